"""One version of a notice as an OCDS 1.1 release: a planning process, never a tender.

One ocid for a joint demand, one release for a version. Everything comes from the frozen version: no figure that the
page does not show, and no key without a value. A borough's need is an item without a quantity, because only totals are
public.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from procurement.ocds.publisher import Publisher
from procurement.queries.published_notice import NamedBorough, PublicFigure, PublishedNotice

LONDON = ZoneInfo("Europe/London")
DISCLAIMER = "This is not a call for competition and not a notice under the Procurement Act 2023."
PLATFORM_ID = "XX-LOTI-BOARD"

Release = dict[str, Any]


def release_id(notice: PublishedNotice, publisher: Publisher) -> str:
    """Unique in the board and never used twice: ocid, notice and version."""
    return f"{publisher.ocid(notice.demand)}-{notice.reference.lower()}-{notice.number}"


def build(notice: PublishedNotice, *, publisher: Publisher, is_first: bool) -> Release:
    """The release of a published version. `is_first` tells whether it is the first ever about its joint demand."""
    if notice.published_at is None:
        raise ValueError(f"{notice.reference} is a preview; only published versions are released")
    ocid = publisher.ocid(notice.demand)
    release = {
        "ocid": ocid,
        "id": release_id(notice, publisher),
        "date": _moment(notice.published_at),
        "tag": ["planning" if is_first else "planningUpdate"],
        "initiationType": "tender",
        "language": "en",
        "title": notice.title,
        "description": _paragraphs(notice.reason, notice.summary, DISCLAIMER),
        "parties": _parties(notice, publisher),
        "buyer": {"id": _party_id(notice.lead), "name": notice.lead.official_name},
        "planning": _planning(notice, publisher),
        "tender": _tender(notice, ocid),
    }
    pruned: Release = prune(release)
    return pruned


def prune(value: Any) -> Any:
    """The value without keys and list entries that say nothing: the standard wants no null, no "" and no empty list."""
    if isinstance(value, Mapping):
        kept = {key: prune(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [item for item in map(prune, value) if item not in (None, "", [], {})]
    return value


def _parties(notice: PublishedNotice, publisher: Publisher) -> list[Mapping[str, Any]]:
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


def _borough(borough: NamedBorough, *, is_lead: bool) -> Mapping[str, Any]:
    scheme, _, code = borough.org_id.rpartition("-")
    return {
        "id": _party_id(borough),
        "name": borough.official_name,
        "identifier": {"scheme": scheme, "id": code, "legalName": borough.official_name},
        "address": {"region": borough.region, "country": "GB", "countryName": "United Kingdom"},
        "roles": ["buyer", "leadBuyer"] if is_lead else ["buyer"],
        "roleDetails": "Leads this joint demand" if is_lead else "",
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


def _party_id(borough: NamedBorough) -> str:
    """The id of org-id.guide's list; a guest authority without one gets ours, marked as such."""
    return borough.org_id or f"XX-LOTI-{borough.slug}"


def _planning(notice: PublishedNotice, publisher: Publisher) -> Mapping[str, Any]:
    return {
        "rationale": _paragraphs(notice.problem, notice.users, notice.work_done, notice.market_engagement),
        "budget": {"description": _budget(notice)},
        "documents": [
            {
                "id": f"{notice.reference.lower()}-{notice.number}",
                "documentType": "marketEngagementNotice",
                "title": notice.title,
                "description": notice.kind_words,
                "url": publisher.notice_url(notice.reference, notice.number),
                "datePublished": _moment(notice.published_at) if notice.published_at else "",
                "format": "text/html",
                "language": "en",
            }
        ],
        "milestones": _milestones(notice),
    }


def _milestones(notice: PublishedNotice) -> list[Mapping[str, Any]]:
    status = "notMet" if notice.is_withdrawn else "scheduled"
    return [
        {
            "id": "engagement",
            "type": "engagement",
            "title": "Responses of suppliers",
            "description": notice.how_to_respond,
            "dueDate": _end_of(notice.closes_date),
            "status": status,
        },
        {
            "id": "questions",
            "type": "engagement",
            "title": "Questions of suppliers",
            "dueDate": _end_of(notice.questions_close_date),
            "status": status,
        },
    ]


def _tender(notice: PublishedNotice, ocid: str) -> Mapping[str, Any]:
    codes = [{"scheme": "CPV", "id": code} for code in notice.cpv]
    return {
        "id": ocid,
        "title": notice.title,
        "description": _requirements(notice),
        "status": "withdrawn" if notice.is_withdrawn else "planning",
        "classification": codes[0] if codes else {},
        "minValue": _value(notice.budget_min_total.floor if notice.budget_min_total else None),
        "value": _value(notice.budget_max_total.ceiling if notice.budget_max_total else None),
        "items": [_item(notice, borough, codes) for borough in notice.boroughs],
        # A duration alone is no OCDS period: the length is given only where there is a start to count it from.
        "contractPeriod": _period(notice),
    }


def _item(notice: PublishedNotice, borough: NamedBorough, codes: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    category = notice.category.name if notice.category else notice.title
    return {
        "id": f"1-{_party_id(borough).rpartition('-')[2] if borough.org_id else borough.slug}",
        "description": f"{category}: {borough.official_name}",
        "classification": codes[0] if codes else {},
        "additionalClassifications": list(codes),
        "deliveryAddresses": [{"region": borough.region, "country": "GB", "countryName": "United Kingdom"}],
    }


def _requirements(notice: PublishedNotice) -> str:
    lines = [
        *(f"Must: {line}" for line in notice.must),
        *(f"Should: {line}" for line in notice.should),
        *(f"Beside that: {line}" for line in notice.differences),
    ]
    return _paragraphs("\n".join(lines), notice.buying_together)


def _budget(notice: PublishedNotice) -> str:
    """The published totals in words: a band is no amount, so it must not stand where a reader adds amounts up."""
    ends = {"At least": notice.budget_min_total, "At most": notice.budget_max_total}
    parts = [f"{words}: {_figure(figure)}." for words, figure in ends.items() if figure]
    if parts:
        parts.append(
            "Totals over the whole life of the contracts, in pounds, excluding VAT, as the authorities estimate."
        )
    if notice.users_total:
        parts.append(f"Users in all: {_figure(notice.users_total)}.")
    return " ".join(parts)


def _figure(figure: PublicFigure) -> str:
    return f"{figure.value:,}" if figure.value is not None else f"between {figure.low:,} and {figure.high:,}"


def _value(amount: int | None) -> Mapping[str, Any]:
    """The outer end of a band, as an estimate of the lowest or the highest total."""
    return {} if amount is None else {"amount": amount, "currency": "GBP"}


def _period(notice: PublishedNotice) -> Mapping[str, Any]:
    if notice.start_date is None:
        return {}
    start = datetime.combine(notice.start_date, time(0, 0), LONDON)
    return {
        "startDate": start.isoformat(),
        "durationInDays": round(notice.months * 365 / 12) if notice.months else None,
    }


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _end_of(day: date) -> str:
    return datetime.combine(day, time(23, 59, 59), LONDON).isoformat()
