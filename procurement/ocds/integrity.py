"""What the official schema lets pass and a reader still trips over: references to nothing, ids twice, empty values."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

TAGS = {"planning", "planningUpdate"}
STATUSES = {"planning", "planned", "withdrawn"}
# Documents with a noticeType claim to be a notice of this service.
STATUTORY_HOST = "www.find-tender.service.gov.uk"


def faults(releases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything that is wrong with the releases of a package, in words, each with the release's id."""
    found = [f"{release.get('id')}: {fault}" for release in releases for fault in _faults(release)]
    found += [f"release id {name} is used twice" for name in _repeated(release.get("id") for release in releases)]
    return found + list(_out_of_order(releases))


def _faults(release: Mapping[str, Any]) -> Iterator[str]:
    yield from _tagging(release)
    yield from _references(release)
    yield from _documents(release)
    yield from _walk(release, "")


def _tagging(release: Mapping[str, Any]) -> Iterator[str]:
    if not set(release["tag"]) <= TAGS:
        yield f"tag {release['tag']} is not one of planning"
    if release["tender"]["status"] not in STATUSES:
        yield f"tender.status {release['tender']['status']} is not one of planning"


def _references(release: Mapping[str, Any]) -> Iterator[str]:
    roles = {party["id"]: set(party["roles"]) for party in release["parties"]}
    buyer = release["buyer"]["id"]
    if "buyer" not in roles.get(buyer, set()):
        yield f"buyer {buyer} is not a party with the role buyer"
    for row in release["planning"].get("budget", {}).get("budgetBreakdown", []):
        source = row["sourceParty"]["id"]
        if "sourceParty" not in roles.get(source, set()):
            yield f"sourceParty {source} is not a party with the role sourceParty"
    lots = {lot["id"] for lot in release["tender"].get("lots", [])}
    for item in release["tender"].get("items", []):
        if "relatedLot" in item and item["relatedLot"] not in lots:
            yield f"item {item['id']} belongs to lot {item['relatedLot']}, which is not there"


def _documents(release: Mapping[str, Any]) -> Iterator[str]:
    for document in release["planning"].get("documents", []):
        if "noticeType" in document and urlsplit(document.get("url", "")).hostname != STATUTORY_HOST:
            yield f"document {document['id']} claims a notice type without being on Find a Tender"


def _walk(value: Any, path: str) -> Iterator[str]:
    if value in (None, "", [], {}):
        yield f"{path} is empty"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for name in _repeated(item["id"] for item in value if isinstance(item, Mapping) and "id" in item):
            # A code may stand in several classifications; every other list is keyed by id.
            if not path.endswith("lassifications"):
                yield f"{path} has the id {name} twice"
        for place, item in enumerate(value):
            yield from _walk(item, f"{path}[{place}]")
    elif path.rpartition(".")[2] in {"date", "dueDate", "datePublished", "startDate", "endDate"}:
        yield from _date(value, path)


def _date(value: str, path: str) -> Iterator[str]:
    if datetime.fromisoformat(value).tzinfo is None:
        yield f"{path} has no time zone"


def _out_of_order(releases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Of two releases of one process, the one that calls itself the first must be the older one."""
    by_process: dict[str, list[Mapping[str, Any]]] = {}
    for release in releases:
        by_process.setdefault(release["ocid"], []).append(release)
    for ocid, group in by_process.items():
        dates = [datetime.fromisoformat(release["date"]) for release in group]
        if len(set(dates)) < len(dates):
            yield f"{ocid} has two releases of the same date"
        ordered = sorted(group, key=lambda release: datetime.fromisoformat(release["date"]))
        if any("planning" in release["tag"] for release in ordered[1:]):
            yield f"{ocid} is begun twice"


def _repeated(names: Iterable[Any]) -> list[Any]:
    return [name for name, count in Counter(names).items() if count > 1]
