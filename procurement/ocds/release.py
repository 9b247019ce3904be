"""One version of a notice as an OCDS 1.1 release: a planning process, never a tender.

One ocid for a joint demand, one release for a version. Everything comes from the frozen version: no figure that the
page does not show, and no key without a value. A borough's need is an item without a quantity, because only totals are
public. What earlier releases of the process said is seen to in merging.py.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from procurement.ocds import merging, parties
from procurement.ocds.merging import State
from procurement.ocds.pruning import prune
from procurement.ocds.publisher import Publisher
from procurement.queries.published_notice import NamedBorough, PublicFigure, PublicQuestion, PublishedNotice

LONDON = ZoneInfo("Europe/London")
DISCLAIMER = "This is not a call for competition and not a notice under the Procurement Act 2023."
# By the value of procurement.models.Notice.Kind, in the standard's codes for tender.status.
STATUSES = {"ENGAGEMENT": "planning", "PLANNED": "planned", "PIPELINE": "planning"}
DOCUMENT_TYPES = {
    "ENGAGEMENT": "marketEngagementNotice",
    "PLANNED": "plannedProcurementNotice",
    "PIPELINE": "plannedProcurementNotice",
}

Release = dict[str, Any]


def release_id(notice: PublishedNotice, publisher: Publisher) -> str:
    """Unique in the board and never used twice: ocid, notice and version."""
    return f"{publisher.ocid(notice.demand)}-{notice.reference.lower()}-{notice.number}"


def state(notice: PublishedNotice, *, publisher: Publisher, earlier: State | None) -> State:
    """What holds of a joint demand after a published version. `earlier` is what held before, None before the first."""
    fresh: State = prune(_fresh(notice, publisher))
    since = _published_at(notice).astimezone(LONDON).date()
    return merging.carried(earlier, fresh, since=since.isoformat())


def build(notice: PublishedNotice, *, publisher: Publisher, earlier: State | None = None) -> Release:
    """The release of a published version. `earlier` is what held of its joint demand before it, None before the first
    that was ever published about it.
    """
    return between(notice, earlier, state(notice, publisher=publisher, earlier=earlier), publisher=publisher)


def between(notice: PublishedNotice, earlier: State | None, after: State, *, publisher: Publisher) -> Release:
    """The same, where what holds after the version is known."""
    said = merging.release(earlier, after)
    return {
        "ocid": said.pop("ocid"),
        "id": release_id(notice, publisher),
        "date": _moment(_published_at(notice)),
        "tag": ["planning" if earlier is None else "planningUpdate"],
        **said,
    }


def _published_at(notice: PublishedNotice) -> datetime:
    if notice.published_at is None:
        raise ValueError(f"{notice.reference} is a preview; only published versions are released")
    return notice.published_at


def _fresh(notice: PublishedNotice, publisher: Publisher) -> Mapping[str, Any]:
    """What the version says by itself."""
    ocid = publisher.ocid(notice.demand)
    return {
        "ocid": ocid,
        "initiationType": "tender",
        "language": "en",
        "title": notice.title,
        "description": _paragraphs(notice.reason, notice.summary, DISCLAIMER),
        "parties": parties.of(notice, publisher),
        "buyer": {"id": parties.party_id(notice.lead), "name": notice.lead.official_name},
        "planning": {
            "rationale": _paragraphs(notice.problem, notice.users, notice.work_done, notice.market_engagement),
            "budget": _budget(notice),
            "documents": _documents(notice, publisher),
            "milestones": _milestones(notice),
        },
        "tender": _tender(notice, ocid),
    }


def _documents(notice: PublishedNotice, publisher: Publisher) -> list[Mapping[str, Any]]:
    """The page and the PDF of the version. A later version of the same notice takes their place in a merged record."""
    said = {
        "documentType": DOCUMENT_TYPES[notice.kind],
        "title": notice.title,
        "datePublished": _moment(notice.first_published_at or _published_at(notice)),
        "dateModified": _moment(_published_at(notice)),
        "language": "en",
    }
    name, address = notice.reference.lower(), publisher.notice_url(notice.reference, notice.number)
    return [
        {**said, "id": name, "description": notice.kind_words, "url": address, "format": "text/html"},
        {
            **said,
            "id": f"{name}-pdf",
            "description": f"{notice.kind_words}, as a tagged PDF",
            "url": publisher.pdf_url(notice.reference, notice.number),
            "format": "application/pdf",
        },
    ]


def _milestones(notice: PublishedNotice) -> list[Mapping[str, Any]]:
    engagement = {
        "id": "engagement",
        "type": "engagement",
        "title": "Responses of suppliers",
        "description": notice.how_to_respond,
        **_due(notice, notice.closes_date),
    }
    questions = {
        "id": "questions",
        "type": "engagement",
        "title": "Questions of suppliers",
        **_due(notice, notice.questions_close_date),
    }
    if notice.tender_date is None:
        return [engagement, questions]
    tender = {
        "id": "tender-notice",
        "type": "preProcurement",
        "title": "Planned tender notice",
        "description": "When the lead authority means to publish the statutory notice that begins the procurement.",
        **_due(notice, notice.tender_date),
    }
    return [engagement, questions, tender]


def _due(notice: PublishedNotice, day: date) -> Mapping[str, str]:
    """The end of a day, and whether it had come when the version was published."""
    has_passed = _published_at(notice).astimezone(LONDON).date() > day
    return {
        "dueDate": _end_of(day),
        "status": "notMet" if notice.is_withdrawn else "met" if has_passed else "scheduled",
    }


def _tender(notice: PublishedNotice, ocid: str) -> Mapping[str, Any]:
    codes = [{"scheme": "CPV", "id": code} for code in notice.cpv]
    return {
        "id": ocid,
        "title": notice.title,
        "description": _requirements(notice),
        "status": "withdrawn" if notice.is_withdrawn else STATUSES[notice.kind],
        "statusDetails": notice.stage_words,
        "classification": codes[0] if codes else {},
        "minValue": _value(notice.budget_min_total.floor if notice.budget_min_total else None),
        "value": _value(notice.budget_max_total.ceiling if notice.budget_max_total else None),
        "items": [_item(notice, borough, codes) for borough in notice.boroughs],
        # A duration alone is no OCDS period: the length is given only where there is a start to count it from.
        "contractPeriod": _period(notice),
        "communication": {"futureNoticeDate": _start_of(notice.tender_date) if notice.tender_date else None},
        **_enquiries(notice),
    }


def _enquiries(notice: PublishedNotice) -> Mapping[str, Any]:
    """Questions and answers, without who asked. A version that answers none says nothing of them."""
    if not notice.questions:
        return {}
    begins = notice.first_published_at or _published_at(notice)
    return {
        "enquiryPeriod": {"startDate": _moment(begins), "endDate": _end_of(notice.questions_close_date)},
        "hasEnquiries": True,
        "enquiries": [_enquiry(notice, question) for question in notice.questions],
    }


def _enquiry(notice: PublishedNotice, question: PublicQuestion) -> Mapping[str, Any]:
    return {
        "id": f"{notice.reference.lower()}-{question.number}",
        "date": _start_of(question.asked_on),
        "title": f"Question {question.number}",
        "description": question.question,
        "answer": question.answer,
        "dateAnswered": _start_of(question.corrected_on or question.answered_on),
    }


def _item(notice: PublishedNotice, borough: NamedBorough, codes: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    category = notice.category.name if notice.category else notice.title
    return {
        "id": f"1-{parties.short_id(borough)}",
        "description": f"{category}: {borough.official_name}",
        "classification": codes[0] if codes else {},
        "additionalClassifications": list(codes),
        "deliveryAddresses": [parties.place(borough)],
    }


def _requirements(notice: PublishedNotice) -> str:
    lines = [
        *(f"Must: {line}" for line in notice.must),
        *(f"Should: {line}" for line in notice.should),
        *(f"Beside that: {line}" for line in notice.differences),
    ]
    depth = f"How far the authorities agreed to go together: {notice.depth_words}." if notice.depth_words else ""
    return _paragraphs("\n".join(lines), notice.setup, notice.buying_together, depth)


def _budget(notice: PublishedNotice) -> Mapping[str, Any]:
    """The published totals in words: a band is no amount, so it must not stand where a reader adds amounts up."""
    ends = {"At least": notice.budget_min_total, "At most": notice.budget_max_total}
    parts = [f"{words}: {_figure(figure)}." for words, figure in ends.items() if figure]
    if parts:
        parts.append(
            "Totals over the whole life of the contracts, in pounds, excluding VAT, as the authorities estimate."
        )
    if notice.users_total:
        parts.append(f"Users in all: {_figure(notice.users_total)}.")
    exact = notice.budget_max_total.value if notice.budget_max_total else None
    return {"amount": _value(exact), "description": " ".join(parts)}


def _figure(figure: PublicFigure) -> str:
    return f"{figure.value:,}" if figure.value is not None else f"between {figure.low:,} and {figure.high:,}"


def _value(amount: int | None) -> Mapping[str, Any]:
    """The outer end of a band, as an estimate of the lowest or the highest total."""
    return {} if amount is None else {"amount": amount, "currency": "GBP"}


def _period(notice: PublishedNotice) -> Mapping[str, Any]:
    if notice.start_date is None:
        return {}
    return {
        "startDate": _start_of(notice.start_date),
        "durationInDays": round(notice.months * 365 / 12) if notice.months else None,
    }


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _moment(at: datetime) -> str:
    # Always of the same length: who merges releases sorts them by this text.
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _start_of(day: date) -> str:
    return datetime.combine(day, time(0, 0), LONDON).isoformat()


def _end_of(day: date) -> str:
    return datetime.combine(day, time(23, 59, 59), LONDON).isoformat()
