"""Putting the releases of one OCDS process together, so that each contract is known as the newest release tells it.

The rule is the merging of the standard in short: of a field that several releases give, the newest counts; `null` takes
it away; what a release is silent about stays. Awards, contracts and parties are told apart by their `id`.

Find a Tender publishes awards of different buyers under one OCID, where they share a qualification system. Awards are
therefore put together by OCID and buyer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boroughs.forms.text import clean_line
from boroughs.queries.authorities import key_of

ENDED = ("cancelled", "terminated")
KEYED = ("parties", "awards", "contracts")
MAX_TEXT = 10_000
OLDEST = datetime.min.replace(tzinfo=UTC)
# Which of those with the same id within one release, so that two are never made one.
Key = tuple[str, int]
Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A contract, or an award that has none, with what is around it."""

    ocid: str
    # What its reference ends with.
    identifier: str
    contract: Json
    award: Json
    tender: Json
    lots: Mapping[str, Json]
    parties: Mapping[str, Json]
    # Every name and identifier that the buyer is known by.
    buyers: tuple[str, ...]
    # The buyer's name; several where they buy together.
    names: tuple[str, ...]

    @property
    def is_contract(self) -> bool:
        return bool(self.contract)

    @property
    def is_wanted(self) -> bool:
        """Whether it belongs into a register. An award alone counts once it is active."""
        if self.is_contract:
            return word(self.contract.get("status")) not in ENDED
        return word(self.award.get("status")) == "active"


@dataclass
class Group:
    """What the releases of one buyer under one OCID say together."""

    has_buyer: bool = False
    names: dict[str, None] = field(default_factory=dict)
    # As the newest release names the buyer; several where they buy together.
    labels: list[str] = field(default_factory=list)
    parties: dict[Key, Json] = field(default_factory=dict)
    awards: dict[Key, Json] = field(default_factory=dict)
    contracts: dict[Key, Json] = field(default_factory=dict)


@dataclass
class Groups:
    """The groups of one OCID, by every name and identifier of their buyers."""

    all: list[Group] = field(default_factory=list)
    _by_key: dict[str, Group] = field(default_factory=dict)

    def of(self, release: Json) -> Group:
        """The group of the release's buyer; a release that names none goes on with the last."""
        buyers = _buyers_of(release)
        names = list(dict.fromkeys(filter(None, map(name_of, buyers))))
        told = list(dict.fromkeys([*names, *(each for buyer in buyers for each in identifiers_of(buyer))]))
        keys = [key_of(each) for each in told]
        group = next((self._by_key[key] for key in keys if key in self._by_key), None)
        if group is None:
            group = self._other(has_buyer=bool(keys))
        for key in keys:
            self._by_key.setdefault(key, group)
        group.has_buyer = group.has_buyer or bool(keys)
        group.labels = names or group.labels
        group.names.update(dict.fromkeys(told))
        return group

    def _other(self, *, has_buyer: bool) -> Group:
        if self.all and not (has_buyer and self.all[-1].has_buyer):
            return self.all[-1]
        self.all.append(Group())
        return self.all[-1]


@dataclass
class Merger:
    """Takes the releases of a file in any order."""

    # Contracts and awards met so far, the same one in two releases counted twice.
    contracts: int = 0
    _releases: dict[str, list[Json]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def take(self, release: Any) -> None:
        if not isinstance(release, dict):
            self._count("odd")
            return
        ocid = text(release.get("ocid"))
        told = [each for name in ("awards", "contracts") for each in objects(release.get(name))]
        if not ocid:
            self._count("linked" if "url" in release and not told else "nameless")
            return
        self.contracts += len(told)
        self._count("odd", _oddities(release))
        self._releases.setdefault(ocid, []).append(release)

    def entries(self) -> list[Entry]:
        """All contracts and all awards without one, in the order in which the file first names their process."""
        found: list[Entry] = []
        for ocid, releases in self._releases.items():
            groups, tender = self._merged(releases)
            lots = {text(lot.get("id")): lot for lot in objects(tender.get("lots"))}
            mine = [entry for group in groups for entry in _entries_of(ocid, group, tender, lots)]
            if not mine:
                self._count("early", len(releases))
            found += mine
        return found

    def notes(self) -> Iterator[str]:
        """What was passed over, once `entries` has been asked for."""
        for kind, one, many in NOTES:
            number = self._counts.get(kind, 0)
            if number:
                yield f"1 {one}" if number == 1 else f"{number:,} {many}"

    def _count(self, kind: str, number: int = 1) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + number

    def _merged(self, releases: list[Json]) -> tuple[list[Group], Json]:
        dated = [(_moment(release.get("date")), release) for release in releases]
        if len(releases) > 1:
            self._count("undated", sum(at == OLDEST for at, _ in dated))
        groups = Groups()
        tender: Json = {}
        for _, release in sorted(dated, key=lambda pair: pair[0]):
            tender = overlay(tender, mapping(release.get("tender")))
            self._take_into(groups.of(release), release)
        return groups.all, tender

    def _take_into(self, group: Group, release: Json) -> None:
        for names, store in zip(KEYED, (group.parties, group.awards, group.contracts), strict=True):
            again = 0
            for key, each in _keyed(release.get(names)):
                again += key in store
                store[key] = overlay(store.get(key, {}), each)
            if names == "contracts":
                self._count("repeated", again)


NOTES = (
    ("early", "release only tells of planning or of a tender and gives no contract.",
     "releases only tell of planning or of a tender and give no contract."),
    ("nameless", "release has no OCID and is passed over.", "releases have no OCID and are passed over."),
    ("linked", "release is only linked to, not part of the file, and is passed over; nothing is fetched.",
     "releases are only linked to, not part of the file, and are passed over; nothing is fetched."),
    ("odd", "entry is not what OCDS has in its place and is passed over.",
     "entries are not what OCDS has in their place and are passed over."),
    ("undated", "release has no date that can be read and counts as the oldest of its process.",
     "releases have no date that can be read and count as the oldest of their process."),
    ("repeated", "time a later release tells of a contract again; the newest counts.",
     "times a later release tells of a contract again; the newest counts."),
)  # fmt: skip


def text(value: Any) -> str:
    """One line of text, of which no more than MAX_TEXT characters are looked at; a number as its digits; else empty."""
    if isinstance(value, Decimal):
        return str(value)
    if not isinstance(value, str):
        return ""
    if value.isascii() and value.isprintable():
        # What `clean_line` would make of it, in a hundredth of the time.
        return " ".join(value[:MAX_TEXT].split())
    return clean_line(value[:MAX_TEXT])


def word(value: Any) -> str:
    """A code as it is compared."""
    return text(value).casefold()


def mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def objects(value: Any, most: int | None = None) -> list[Json]:
    """The objects of a list, or of its first `most` entries."""
    return [each for each in value[:most] if isinstance(each, dict)] if isinstance(value, list) else []


def overlay(old: Json, new: Json) -> Json:
    """`old`, changed by what `new` says."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = overlay(mapping(result.get(name)), value)
        else:
            result[name] = value
    return result


def identifiers_of(party: Json) -> Iterator[str]:
    """All identifiers of an organisation, written as "GB-COH-01234567"."""
    yield from filter(None, [text(party.get("id"))])
    for each in (mapping(party.get("identifier")), *objects(party.get("additionalIdentifiers"))):
        scheme, number = text(each.get("scheme")), text(each.get("id"))
        if scheme and number:
            yield number if number.upper().startswith(f"{scheme.upper()}-") else f"{scheme}-{number}"


def name_of(party: Json) -> str:
    return text(party.get("name")) or text(mapping(party.get("identifier")).get("legalName"))


def _moment(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(text(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return OLDEST


def _oddities(release: Json) -> int:
    """How many contracts and awards of a release are not objects."""
    odd = 0
    for name in ("awards", "contracts"):
        value = release.get(name)
        if isinstance(value, list):
            odd += sum(not isinstance(each, dict) for each in value)
        else:
            odd += value is not None
    return odd


def _keyed(value: Any) -> Iterator[tuple[Key, Json]]:
    seen: dict[str, int] = {}
    for each in objects(value):
        identifier = text(each.get("id"))
        seen[identifier] = seen.get(identifier, 0) + 1
        yield (identifier, seen[identifier]), each


def _buyers_of(release: Json) -> list[Json]:
    """The buyer as the release and its party tell it, and all who buy together with it."""
    parties = objects(release.get("parties"))
    buyer = mapping(release.get("buyer"))
    identifier = text(buyer.get("id"))
    # A party that is not called a buyer is still the one that `buyer` points at.
    meant = [party for party in parties if identifier and text(party.get("id")) == identifier]
    others = [party for party in parties if "buyer" in _roles(party) and party not in meant]
    first = [overlay(mapping(meant[0]) if meant else {}, buyer)] if buyer else []
    return [*first, *others]


def _roles(party: Json) -> list[str]:
    roles = party.get("roles")
    return [word(role) for role in roles] if isinstance(roles, list) else []


def _entries_of(ocid: str, group: Group, tender: Json, lots: Mapping[str, Json]) -> Iterator[Entry]:
    awards = {identifier: award for (identifier, _), award in reversed(group.awards.items()) if identifier}
    only = next(iter(group.awards.values())) if len(group.awards) == 1 else {}
    parties = {identifier: party for (identifier, _), party in group.parties.items()}
    buyers, names = tuple(group.names), tuple(group.labels)
    contracted = set()

    def entry(identifier: str, contract: Json, award: Json) -> Entry:
        return Entry(ocid, identifier, contract, award, tender, lots, parties, buyers, names)

    for (identifier, _), contract in group.contracts.items():
        pointer = text(contract.get("awardID"))
        award = awards.get(pointer, {}) if pointer else only
        contracted.add(id(award))
        yield entry(identifier or pointer, contract, award)
    taken = {identifier for identifier, _ in group.contracts}
    for (identifier, _), award in group.awards.items():
        if id(award) not in contracted:
            yield entry(f"award {identifier}" if identifier in taken else identifier, {}, award)
