"""What a version of the common specification freezes, and what is new in one version against another.

The shape, with JSON types and no floats:

    format, demand, number    1, "JD-0003", counted from 1
    boroughs                  [{"slug", "name"}] that were asked: interested or further up, by name
    requirements              the agreed ones in their order: [{"number", "text", "priority", "standards", "accepted",
                              "differences", "settled"}]
      priority                "MUST" or "SHOULD"
      standards               codes of the register of open standards
      accepted                the boroughs that accept this wording, as above
      differences             what boroughs keep beside it: [{"slug", "name", "text"}], by name
      settled                 how a clash was settled, or ""
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from procurement.models import CommonRequirement, JointDemand, RequirementStance, SpecificationVersion
from procurement.queries import open_standards
from procurement.queries.specification_rules import asked_boroughs, taking_part
from procurement.queries.word_diff import Piece, pieces

FORMAT = 1
Content = Mapping[str, Any]
Kind = RequirementStance.Kind


@dataclass(frozen=True)
class Difference:
    """What one borough keeps beside a requirement."""

    borough: str
    text: str


@dataclass(frozen=True)
class Change:
    """How one requirement differs between two versions."""

    number: int
    # In words: "New", "Left out", "Reworded" …, the first the weightiest.
    what: tuple[str, ...]
    text: tuple[Piece, ...]
    differences_new: tuple[Difference, ...] = ()
    differences_gone: tuple[Difference, ...] = ()


def newest(demand: JointDemand) -> SpecificationVersion | None:
    return SpecificationVersion.objects.filter(demand=demand).order_by("-number").first()


def build(demand: JointDemand, *, number: int) -> dict[str, Any]:
    """The agreed requirements as they stand now, with the word of boroughs that take part now. Five queries."""
    said = Prefetch("stances", RequirementStance.objects.select_related("borough"))
    rows = CommonRequirement.objects.filter(demand=demand).agreed().by_position().prefetch_related(said)
    speaking = taking_part(demand)
    boroughs = sorted(asked_boroughs(demand).values(), key=lambda borough: borough.name)
    return {
        "format": FORMAT,
        "demand": demand.reference,
        "number": number,
        "boroughs": [{"slug": borough.slug, "name": borough.name} for borough in boroughs],
        "requirements": [_requirement(row, speaking) for row in rows],
    }


def is_same(before: Content, after: Content) -> bool:
    """Whether both versions say the same, whatever their number."""
    return {**before, "number": 0} == {**after, "number": 0}


def changes(before: Content | None, after: Content) -> tuple[Change, ...]:
    """What is new against the version before, in the order of the newer one; what was left out comes last."""
    old = {each["number"]: each for each in before["requirements"]} if before else {}
    new = {each["number"]: each for each in after["requirements"]}
    stayed = [number for number in new if number in old]
    moved = _moved([number for number in old if number in new], stayed)
    found = [
        _change(old[number], each, is_moved=number in moved) if number in old else _came(each)
        for number, each in new.items()
    ]
    found += [_left(each) for number, each in old.items() if number not in new]
    return tuple(change for change in found if change.what)


def summary(found: Sequence[Change]) -> str:
    """ "2 new, 1 reworded": how many requirements changed, by what weighs most in each."""
    counts: dict[str, int] = {}
    for change in found:
        counts[change.what[0]] = counts.get(change.what[0], 0) + 1
    return ", ".join(f"{count} {what[:1].lower()}{what[1:]}" for what, count in counts.items())


def _requirement(row: CommonRequirement, speaking: Collection[int]) -> dict[str, Any]:
    current = sorted(
        (each for each in row.stances.all() if each.wording == row.wording and each.borough_id in speaking),
        key=lambda stance: stance.borough.name,
    )
    return {
        "number": row.number,
        "text": row.text,
        "priority": row.priority,
        "standards": [each.code for each in open_standards.named(row.standards)],
        "accepted": [
            {"slug": stance.borough.slug, "name": stance.borough.name}
            for stance in current
            if stance.kind == Kind.ACCEPTS
        ],
        "differences": [
            {"slug": stance.borough.slug, "name": stance.borough.name, "text": stance.text}
            for stance in current
            if stance.kind == Kind.DIFFERS
        ],
        "settled": row.clash_settled_by if row.clashes else "",
    }


def _came(requirement: Content) -> Change:
    text = pieces("", requirement["text"])
    return Change(requirement["number"], ("New",), text, differences_new=_differences(requirement))


def _left(requirement: Content) -> Change:
    text = pieces(requirement["text"], "")
    return Change(requirement["number"], ("Left out",), text, differences_gone=_differences(requirement))


def _change(before: Content, after: Content, *, is_moved: bool) -> Change:
    old, new = _differences(before), _differences(after)
    added, gone = tuple(each for each in new if each not in old), tuple(each for each in old if each not in new)
    what = {
        "Reworded": before["text"] != after["text"],
        f"Now a {after['priority'].lower()}": before["priority"] != after["priority"],
        "Other open standards": before["standards"] != after["standards"],
        "Other differences beside it": bool(added or gone),
        "Clash settled otherwise": before["settled"] != after["settled"],
        "Accepted by other boroughs": before["accepted"] != after["accepted"],
        "Moved": is_moved,
    }
    return Change(
        number=after["number"],
        what=tuple(words for words, holds in what.items() if holds),
        text=pieces(before["text"], after["text"]),
        differences_new=added,
        differences_gone=gone,
    )


def _differences(requirement: Content) -> tuple[Difference, ...]:
    return tuple(Difference(each["name"], each["text"]) for each in requirement["differences"])


def _moved(before: Sequence[int], after: Sequence[int]) -> set[int]:
    """Those that stand in another order among the requirements that both have."""
    return {number for place, number in enumerate(after) if before[place] != number}
