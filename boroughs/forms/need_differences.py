"""Two versions of a need beside each other, in the words of the page."""

from dataclasses import dataclass
from datetime import date

from boroughs.actions.needs import NeedContent
from boroughs.models import Need, Requirement

LABELS = {
    "title": "Title",
    "problem": "Problem",
    "users_description": "Users",
    "description": "Outcome",
    "requirements": "Requirements",
    "category": "Category",
    "kind": "Kind of thing",
    "users_count": "Number of users",
    "budget_min": "Lowest budget",
    "budget_max": "Highest budget",
    "budget_basis": "Budget is for",
    "start_date": "Latest start",
    "months": "Months",
    "contract_end_date": "Present contract ends",
    "incumbent": "In use today",
}


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: str
    mine: str


def differences(*, mine: NeedContent, theirs: NeedContent) -> list[Difference]:
    """Every field in which they differ, in the order of the form."""
    return [
        Difference(label=label, theirs=_words(name, theirs), mine=_words(name, mine))
        for name, label in LABELS.items()
        if getattr(mine, name) != getattr(theirs, name)
    ]


def _words(name: str, content: NeedContent) -> str:
    value = getattr(content, name)
    if value is None or value == "":
        return ""
    if name == "requirements":
        return "\n".join(f"{Requirement.Priority(line.priority).label}: {line.text}" for line in value)
    if name == "kind":
        return str(Need.Kind(value).label)
    if name == "budget_basis":
        return str(Need.BudgetBasis(value).label)
    if name in ("budget_min", "budget_max"):
        return f"£{value:,}"
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)
