"""What an imported row says, in the words of the page: its own parts, and how they differ from what is stored."""

from collections.abc import Mapping
from typing import Any

from boroughs.forms.contracts import ContractForm
from boroughs.forms.need_words import LABELS, Difference
from boroughs.models import DataImport

CONTRACT_LABELS = {name: str(field.label) for name, field in ContractForm.base_fields.items()} | {
    "notice_months": "Notice period in months",
    "notice_days": "Notice period in days",
}


def labels_of(noun: str) -> Mapping[str, str]:
    """By the name of the field, what people call it."""
    return LABELS if noun == DataImport.Noun.NEEDS else CONTRACT_LABELS


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any], *, noun: str) -> list[Difference]:
    """The parts in which a row differs from what is stored; both as JSON values, as actions keep them."""
    labels = labels_of(noun)
    stored = before or {}
    return [
        Difference(label=labels.get(name, name), theirs=in_words(stored.get(name)), mine=in_words(value))
        for name, value in after.items()
        if stored.get(name) != value
    ]


def in_words(value: Any) -> str:
    """A JSON value as a person reads it; "" for nothing."""
    match value:
        case None | "" | [] | {}:
            return ""
        case bool():
            return "Yes" if value else "No"
        case int():
            return f"{value:,}"
        case list():
            return "\n".join(in_words(each) for each in value)
        case dict():
            return ", ".join(text for each in value.values() if (text := in_words(each)))
        case _:
            return str(value)
