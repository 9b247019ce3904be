"""The sections of a need: one page of the form each, saved on its own."""

from collections.abc import Callable
from dataclasses import dataclass

from boroughs.actions.need_content import NeedContent


@dataclass(frozen=True)
class Section:
    slug: str
    title: str
    # What it is good for, in the list of tasks.
    hint: str
    # Fields of boroughs/forms/needs.py:NeedForm, in the order of the page.
    fields: tuple[str, ...]
    # Lines beside them: "requirements", "volumes" or "".
    lines: str = ""
    # Whether the section says enough to be called complete.
    is_complete: Callable[[NeedContent], bool] = lambda content: True
    # Whether a need can be submitted without it.
    is_optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Everything of the need's content that the section writes."""
        return (*self.fields, self.lines) if self.lines else self.fields


def _any(*names: str) -> Callable[[NeedContent], bool]:
    return lambda content: any(getattr(content, name) not in (None, "", ()) for name in names)


SECTIONS = (
    Section(
        "need",
        "What you need",
        "A title, and the problem to be solved",
        ("title", "problem"),
        is_complete=lambda content: bool(content.problem or content.description),
    ),
    Section(
        "users",
        "Users and outcome",
        "Who it is for, and what shall be better",
        ("users_description", "description"),
        is_complete=lambda content: bool(content.users_description and content.description),
        is_optional=True,
    ),
    Section(
        "classification",
        "Category and kind",
        "These two find the boroughs that want the same",
        ("category", "kind", "cpv"),
        is_complete=lambda content: content.category is not None and bool(content.kind),
    ),
    Section(
        "requirements",
        "Requirements",
        "What it must or should do, one line each",
        ("musts_reason",),
        lines="requirements",
        is_complete=_any("requirements"),
        is_optional=True,
    ),
    Section(
        "size",
        "Size and money",
        "Users, other volumes, budget. Never shown to other boroughs or suppliers",
        ("users_count", "users_tolerance", "budget_min", "budget_max", "budget_basis"),
        lines="volumes",
        is_complete=_any("users_count", "budget_min", "budget_max", "volumes"),
        is_optional=True,
    ),
    Section(
        "timing",
        "Timing, and what you have today",
        "When it must start, and the contract that it replaces",
        ("contract", "incumbent", "contract_end_date", "earliest_start_date", "start_date", "months"),
        is_complete=_any("earliest_start_date", "start_date", "contract_end_date"),
        is_optional=True,
    ),
    Section(
        "constraints",
        "Integrations and constraints",
        "What it must work with, where it may run, the data it holds",
        ("integrations", "hosting", "personal_data", "constraints"),
        is_complete=_any("integrations", "hosting", "personal_data", "constraints"),
        is_optional=True,
    ),
    Section(
        "together",
        "Buying together",
        "How far you would go with other boroughs",
        ("depth", "could_lead", "supplier_disclosure"),
        is_complete=_any("depth"),
        is_optional=True,
    ),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
OF_FIELD = {name: section for section in SECTIONS for name in section.names}
