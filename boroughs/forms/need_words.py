"""What a need says, in the words of the page: its answers section by section, and two versions beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from boroughs.actions.need_content import NeedContent
from boroughs.forms.need_sections import SECTIONS, Section
from boroughs.models import Need, Requirement

LABELS = {
    "title": "Title",
    "problem": "Problem",
    "users_description": "Users",
    "description": "Outcome",
    "category": "Category",
    "kind": "Kind of thing",
    "cpv": "CPV codes",
    "requirements": "Requirements",
    "musts_reason": "Why so many musts",
    "users_count": "Number of users",
    "users_tolerance": "Users, more or fewer",
    "volumes": "Other volumes",
    "budget_min": "Lowest budget",
    "budget_max": "Highest budget",
    "budget_basis": "Budget is for",
    "contract": "Replaces the contract",
    "incumbent": "In use today",
    "contract_end_date": "Present contract ends",
    "earliest_start_date": "Earliest start",
    "start_date": "Latest start",
    "months": "Contract length",
    "integrations": "Must work with",
    "hosting": "Where it may run",
    "personal_data": "Personal data",
    "constraints": "Other constraints",
    "depth": "How far together",
    "could_lead": "Could lead",
    "supplier_disclosure": "Shown to suppliers before a notice",
}
CHOICES: dict[str, Any] = {
    "kind": Need.Kind,
    "budget_basis": Need.BudgetBasis,
    "hosting": Need.Hosting,
    "personal_data": Need.PersonalData,
    "depth": Need.Depth,
    "supplier_disclosure": Need.Disclosure,
}
PERCENT = {"users_tolerance"}
POUNDS = {"budget_min", "budget_max"}


@dataclass(frozen=True)
class Answer:
    label: str
    words: str


@dataclass(frozen=True)
class Answers:
    section: Section
    given: tuple[Answer, ...]
    # Labels of what was left empty.
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: str
    mine: str


def answers(content: NeedContent) -> tuple[Answers, ...]:
    """Every answer, in the order of the form."""
    return tuple(_answered(section, content) for section in SECTIONS)


def _answered(section: Section, content: NeedContent) -> Answers:
    names = _in_order(section.names)
    words = {name: said(name, content) for name in names}
    return Answers(
        section,
        given=tuple(Answer(LABELS[name], words[name]) for name in names if words[name]),
        missing=tuple(LABELS[name] for name in names if not words[name]),
    )


def differences(*, mine: NeedContent, theirs: NeedContent, among: Iterable[str] = LABELS) -> list[Difference]:
    """Every field of `among` in which they differ, in the order of the form."""
    return [
        Difference(LABELS[name], theirs=said(name, theirs), mine=said(name, mine))
        for name in _in_order(among)
        if getattr(mine, name) != getattr(theirs, name)
    ]


def labels(names: Iterable[str]) -> list[str]:
    """The fields by the names that the page has for them, in the order of the form."""
    return [LABELS[name] for name in _in_order(names)]


def said(name: str, content: NeedContent) -> str:
    """One field in words; "" where it says nothing."""
    value = getattr(content, name)
    if value is None or value in ("", ()):
        return ""
    if name in CHOICES:
        return str(CHOICES[name](value).label)
    if name in POUNDS:
        return f"£{value:,}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, int):
        return _number(name, value)
    return _lines(name, value) if isinstance(value, tuple) else str(value)


def _number(name: str, value: int) -> str:
    if name == "months":
        return f"{value} month" if value == 1 else f"{value} months"
    return f"±{value}%" if name in PERCENT else f"{value:,}"


def _lines(name: str, value: tuple[Any, ...]) -> str:
    if name == "requirements":
        return "\n".join(_requirement(line) for line in value)
    if name == "volumes":
        return "\n".join(
            f"{each.quantity:,} {each.what}" + ("" if each.tolerance is None else f" (±{each.tolerance}%)")
            for each in value
        )
    return ", ".join(value)


def _requirement(line: Any) -> str:
    standard = f" (standard: {line.standard})" if line.standard else ""
    return f"{Requirement.Priority(line.priority).label}: {line.text}{standard}"


def _in_order(names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [name for name in LABELS if name in wanted]
