"""What an entry of a contract register says, in the words of the page: its sections, and two versions side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from boroughs.actions.contract_content import ContractContent
from boroughs.forms.contracts import ContractForm, notice_in_words
from boroughs.forms.need_words import Answer, Difference


@dataclass(frozen=True)
class Section:
    title: str
    # Fields of ContractForm.
    names: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    section: Section
    given: tuple[Answer, ...]
    # Labels of what was left empty.
    missing: tuple[str, ...]


SECTIONS = (
    Section("What it is", ("reference", "title", "description", "system", "department", "category", "ocid")),
    Section("Supplier", ("supplier", "company_number")),
    Section("Term", ("start_date", "end_date", "review_date", "extension_options", "notice")),
    Section("Value", ("annual_value", "total_value")),
)
# The reference is no part of what an entry says: it never changes.
LABELS = {
    name: str(ContractForm.base_fields[name].label)
    for section in SECTIONS
    for name in section.names
    if name != "reference"
}
POUNDS = ("annual_value", "total_value")


def answers(content: ContractContent) -> tuple[Answers, ...]:
    """Every answer, in the order of the form."""
    return tuple(_answered(section, content) for section in SECTIONS)


def differences(*, mine: ContractContent, theirs: ContractContent) -> list[Difference]:
    """Every field in which they differ, in the order of the form."""
    return [
        Difference(label, theirs=said(name, theirs), mine=said(name, mine))
        for name, label in LABELS.items()
        if _value(name, mine) != _value(name, theirs)
    ]


def labels(names: Iterable[str]) -> list[str]:
    """The parts of a ContractContent by the names that the page has for them, in the order of the form."""
    wanted = {"notice" if name.startswith("notice_") else name for name in names}
    return [label for name, label in LABELS.items() if name in wanted]


def said(name: str, content: ContractContent) -> str:
    """One field in words; "" where it says nothing."""
    value = _value(name, content)
    if value is None or value in ("", ()):
        return ""
    if name == "notice":
        return notice_in_words(*value)
    if name == "extension_options":
        return " + ".join(map(str, value)) + " months"
    if name in POUNDS:
        return f"£{value:,}"
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def _value(name: str, content: ContractContent) -> Any:
    if name == "notice":
        return content.notice_months, content.notice_days
    return getattr(content, name)


def _answered(section: Section, content: ContractContent) -> Answers:
    words = {LABELS[name]: said(name, content) for name in section.names if name in LABELS}
    return Answers(
        section,
        given=tuple(Answer(label, text) for label, text in words.items() if text),
        missing=tuple(label for label, text in words.items() if not text),
    )
