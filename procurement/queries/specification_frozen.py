"""Whether what is agreed of a common specification is frozen already."""

from collections.abc import Mapping
from typing import Any

from procurement.models import JointDemand
from procurement.queries.specification import RequirementShown, Specification


def is_frozen(demand: JointDemand, found: Specification) -> bool:
    """Whether the newest version says what is agreed now. `found` is what a reader reads who reads everything of the
    `demand`, which is of `for_page`.
    """
    newest: Mapping[str, Any] | None = demand.specification_content  # type: ignore[attr-defined]
    frozen = newest["requirements"] if newest else []
    return bool(frozen) and [_line(each) for each in found.requirements if each.is_agreed] == [
        (
            each["number"],
            each["text"],
            each["priority"],
            tuple(each["standards"]),
            each["settled"],
            tuple(borough["name"] for borough in each["accepted"]),
            tuple((borough["name"], borough["text"]) for borough in each["differences"]),
        )
        for each in frozen
    ]


def _line(each: RequirementShown) -> tuple[object, ...]:
    """An agreed requirement, as a version would hold it."""
    return (
        each.number,
        each.text,
        each.priority,
        tuple(standard.code for standard in each.standards),
        each.settled if each.settled_clashes or each.open_clashes else "",
        each.accepting,
        tuple((said.borough, said.text) for said in each.differing),
    )
