"""Small OCDS releases, shaped as Find a Tender publishes them."""

import json
from typing import Any

CAMDEN: dict[str, Any] = {
    "id": "GB-PPON-PABC-1234-DEFG",
    "name": "London Borough of Camden",
    "identifier": {"scheme": "GB-PPON", "id": "PABC-1234-DEFG"},
    "additionalIdentifiers": [{"scheme": "GB-LAE", "id": "CMD"}],
    "roles": ["buyer"],
}
SUPPLIER: dict[str, Any] = {
    "id": "GB-PPON-PXYZ-9876-STUV",
    "name": "Permit Systems Ltd",
    "identifier": {"scheme": "GB-PPON", "id": "PXYZ-9876-STUV"},
    "additionalIdentifiers": [{"scheme": "GB-COH", "id": "9442333"}],
    "roles": ["supplier"],
}
CONTRACT: dict[str, Any] = {
    "id": "C1",
    "awardID": "1",
    "title": "Parking permits",
    "status": "active",
    "period": {"startDate": "2024-04-01T00:00:00+01:00", "endDate": "2027-03-31T23:59:59+01:00"},
    "value": {"amount": 395493.4, "amountGross": 474592.08, "currency": "GBP"},
}
AWARD: dict[str, Any] = {
    "id": "1",
    "status": "active",
    "suppliers": [{"id": SUPPLIER["id"], "name": SUPPLIER["name"]}],
    "items": [{"id": "1", "additionalClassifications": [{"scheme": "CPV", "id": "48445000", "description": "CRM"}]}],
}
RELEASE: dict[str, Any] = {
    "ocid": "ocds-h6vhtk-000001",
    "id": "000001-2024",
    "date": "2024-03-01T10:00:00Z",
    "tag": ["award", "contract"],
    "buyer": {"id": CAMDEN["id"], "name": CAMDEN["name"]},
    "parties": [CAMDEN, SUPPLIER],
    "tender": {"title": "A permit system", "description": "Permits for people who live here."},
    "awards": [AWARD],
    "contracts": [CONTRACT],
}


def package(*releases: Any) -> bytes:
    return json.dumps({"uri": "https://fts.example/1", "version": "1.1", "releases": releases}).encode()


def release(**changes: Any) -> dict[str, Any]:
    """The release with some of its parts in another form; a part that is None is left out."""
    return {name: value for name, value in {**RELEASE, **changes}.items() if value is not None}


def with_contract(**changes: Any) -> bytes:
    """A package of one contract of which some fields are in another form."""
    return package(release(contracts=[{**CONTRACT, **changes}]))
