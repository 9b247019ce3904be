"""Who takes part in a process: the boroughs, one of them as the lead, and the platform that publishes for them."""

from collections.abc import Mapping
from typing import Any

from procurement.ocds.publisher import Publisher
from procurement.queries.published_notice import NamedBorough, PublishedNotice

PLATFORM_ID = "XX-LOTI-BOARD"
BUYER, LEAD, GONE = "buyer", "leadBuyer", "interestedParty"


def of(notice: PublishedNotice, publisher: Publisher) -> list[Mapping[str, Any]]:
    """The parties of one version. No person is among them: the contact of a notice can be erased, a release cannot."""
    boroughs = [_borough(borough, is_lead=borough.slug == notice.lead.slug) for borough in notice.boroughs]
    platform = {
        "id": PLATFORM_ID,
        "name": publisher.name,
        "identifier": {"legalName": publisher.name, "uri": publisher.site},
        "contactPoint": {"name": publisher.name, "email": publisher.email},
        "roles": ["procurementServiceProvider"],
        "roleDetails": "Publishes joint demand for the authorities; not a contracting authority",
    }
    return [*boroughs, platform]


def gone(party: Mapping[str, Any], since: str) -> Mapping[str, Any]:
    """A borough that an earlier release named and this one does not: a merged record would keep it as a buyer."""
    if BUYER not in party["roles"]:
        return party
    return {**party, "roles": [GONE], "roleDetails": f"No longer takes part since {since}"}


def party_id(borough: NamedBorough) -> str:
    """The id of org-id.guide's list; a guest authority without one gets ours, marked as such."""
    return borough.org_id or f"XX-LOTI-{borough.slug}"


def short_id(borough: NamedBorough) -> str:
    """What stands for the borough inside other ids."""
    return borough.org_id.rpartition("-")[2] or borough.slug


def place(borough: NamedBorough) -> Mapping[str, str]:
    return {"region": borough.region, "country": "GB", "countryName": "United Kingdom"}


def _borough(borough: NamedBorough, *, is_lead: bool) -> Mapping[str, Any]:
    scheme, _, code = borough.org_id.rpartition("-")
    return {
        "id": party_id(borough),
        "name": borough.official_name,
        "identifier": {"scheme": scheme, "id": code, "legalName": borough.official_name},
        "address": place(borough),
        "roles": [BUYER, LEAD] if is_lead else [BUYER],
        "roleDetails": "Leads this joint demand" if is_lead else "Takes part in this joint demand",
        "details": {
            "classifications": [
                {
                    "scheme": "UK_CA_TYPE",
                    "id": "publicAuthoritySubCentralGovernment",
                    "description": "Public authority - sub-central government",
                }
            ]
        },
    }
