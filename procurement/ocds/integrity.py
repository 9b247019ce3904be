"""What the official schema lets pass and a reader still trips over: references to nothing, ids twice, empty values,
codes that nobody knows, times without a zone, releases out of order.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

Part = Mapping[str, Any]

TAGS = {"planning", "planningUpdate"}
STATUSES = {"planning", "planned", "withdrawn"}
ROLES = {"buyer", "leadBuyer", "sourceParty", "interestedParty", "procurementServiceProvider"}
DOCUMENT_TYPES = {"marketEngagementNotice", "plannedProcurementNotice", "needsAssessment", "technicalSpecifications"}
MILESTONE_TYPES = {"engagement", "preProcurement"}
MILESTONE_STATUSES = {"scheduled", "met", "notMet"}
# Documents with a noticeType claim to be a notice of this service.
STATUTORY_HOST = "www.find-tender.service.gov.uk"
DATES = {
    "date",
    "dueDate",
    "dateMet",
    "dateModified",
    "datePublished",
    "dateAnswered",
    "startDate",
    "endDate",
    "maxExtentDate",
    "futureNoticeDate",
}
VERSION = re.compile(r"(?P<notice>.+)-(?P<number>\d+)", re.ASCII)


def faults(releases: Sequence[Part]) -> list[str]:
    """Everything that is wrong with the releases of a package, in words, each with the release's id."""
    found = [f"{release.get('id')}: {fault}" for release in releases for fault in _faults(release)]
    found += [f"release id {name} is used twice" for name in _repeated(release.get("id") for release in releases)]
    return found + list(_between(releases))


def _faults(release: Part) -> Iterator[str]:
    yield from _codes(release)
    yield from _people(release)
    yield from _lots(release)
    yield from _documents(release)
    # Only what was said before can be taken back.
    yield from _walk(release, "", may_take_back="planningUpdate" in release["tag"])


def _codes(release: Part) -> Iterator[str]:
    planning, tender = release["planning"], release["tender"]
    milestones = [*planning.get("milestones", []), *tender.get("milestones", [])]
    documents = [*planning.get("documents", []), *tender.get("documents", [])]
    for field, known, used in (
        ("tag", TAGS, release["tag"]),
        ("tender.status", STATUSES, [tender["status"]]),
        ("role", ROLES, [role for party in release["parties"] for role in party["roles"]]),
        ("documentType", DOCUMENT_TYPES, [document.get("documentType") for document in documents]),
        ("milestone type", MILESTONE_TYPES, [milestone.get("type") for milestone in milestones]),
        ("milestone status", MILESTONE_STATUSES, [milestone.get("status") for milestone in milestones]),
    ):
        for code in used:
            if code not in known:
                yield f"{field} {code} is not one of planning"


def _people(release: Part) -> Iterator[str]:
    roles = {party["id"]: set(party["roles"]) for party in release["parties"]}
    buyer = release["buyer"]["id"]
    if "buyer" not in roles.get(buyer, set()):
        yield f"buyer {buyer} is not a party with the role buyer"
    for row in release["planning"].get("budget", {}).get("budgetBreakdown", []):
        source = row["sourceParty"]["id"]
        if "sourceParty" not in roles.get(source, set()):
            yield f"sourceParty {source} is not a party with the role sourceParty"
    for enquiry in release["tender"].get("enquiries", []):
        if "author" in enquiry:
            yield f"enquiry {enquiry['id']} names who asked"


def _lots(release: Part) -> Iterator[str]:
    planning, tender = release["planning"], release["tender"]
    lots = {lot["id"] for lot in tender.get("lots", [])}
    items = {item["id"] for item in tender.get("items", [])}
    for kind, entries in (
        ("item", tender.get("items", [])),
        ("enquiry", tender.get("enquiries", [])),
        ("document", [*planning.get("documents", []), *tender.get("documents", [])]),
        ("milestone", [*planning.get("milestones", []), *tender.get("milestones", [])]),
    ):
        for entry in entries:
            for lot in [*entry.get("relatedLots", []), *([entry["relatedLot"]] if "relatedLot" in entry else [])]:
                if lot not in lots:
                    yield f"{kind} {entry['id']} belongs to lot {lot}, which is not there"
            if "relatedItem" in entry and entry["relatedItem"] not in items:
                yield f"{kind} {entry['id']} belongs to item {entry['relatedItem']}, which is not there"


def _documents(release: Part) -> Iterator[str]:
    for document in release["planning"].get("documents", []):
        if "noticeType" in document and urlsplit(document.get("url", "")).hostname != STATUTORY_HOST:
            yield f"document {document['id']} claims a notice type without being on Find a Tender"


def _walk(value: Any, path: str, *, may_take_back: bool) -> Iterator[str]:
    if value in ("", {}) or (value in (None, []) and not may_take_back):
        yield f"{path} is empty"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}".lstrip("."), may_take_back=may_take_back)
    elif isinstance(value, list):
        for name in _repeated(item["id"] for item in value if isinstance(item, Mapping) and "id" in item):
            # A code may stand in several classifications; every other list is keyed by id.
            if not path.endswith("lassifications"):
                yield f"{path} has the id {name} twice"
        for place, item in enumerate(value):
            yield from _walk(item, f"{path}[{place}]", may_take_back=may_take_back)
    elif value is not None and path.rpartition(".")[2] in DATES:
        yield from _date(value, path)


def _date(value: str, path: str) -> Iterator[str]:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        yield f"{path} is no date and time"
        return
    if moment.tzinfo is None:
        yield f"{path} has no time zone"


def _between(releases: Sequence[Part]) -> Iterator[str]:
    """Of two releases of one process, the later version must be the later one, and only the oldest begins it."""
    by_process: dict[str, list[tuple[datetime, Part]]] = {}
    for release in releases:
        at = datetime.fromisoformat(release["date"])
        if at.tzinfo is not None:
            by_process.setdefault(release["ocid"], []).append((at, release))
    for ocid, dated in by_process.items():
        ordered = sorted(dated, key=lambda pair: pair[0])
        if len({at for at, _ in ordered}) < len(ordered):
            yield f"{ocid} has two releases of the same date"
        if any("planning" in release["tag"] for _, release in ordered[1:]):
            yield f"{ocid} is begun twice"
        yield from _numbers([release["id"] for _, release in ordered])


def _numbers(ids: Iterable[str]) -> Iterator[str]:
    """Ids in the order of their dates: the versions of each notice must rise."""
    last: dict[str, int] = {}
    for name in ids:
        found = VERSION.fullmatch(name)
        if found is None:
            yield f"{name} does not end with the number of a version"
            continue
        number = int(found["number"])
        if number <= last.get(found["notice"], 0):
            yield f"{name} is not dated after the version before it"
        last[found["notice"]] = number


def _repeated(names: Iterable[Any]) -> list[Any]:
    return [name for name, count in Counter(names).items() if count > 1]
