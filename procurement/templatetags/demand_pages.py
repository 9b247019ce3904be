"""What the pages of one joint demand share: the way between them, and what stands in each row of a list."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from procurement.models import JointDemand
from procurement.queries.listed_standings import NOTHING_SAID, ListedStanding
from procurement.queries.requirement_matrix import MatrixCell, State

register = template.Library()

# Name of the page, its address, its words.
PAGES = (
    ("overview", "demand-detail", "Overview"),
    ("requirements", "demand-requirements", "Requirements"),
    ("participation", "demand-participation", "Participation"),
    ("timeline", "demand-timeline", "Timeline"),
    ("volumes", "demand-volumes", "Volumes"),
    ("savings", "demand-savings", "Savings"),
    ("specification", "demand-specification", "Specification"),
    ("experience", "demand-experience", "Experience"),
    ("history", "demand-history", "History"),
    ("record", "demand-record", "Decision record"),
)
# What is left to read of one that is retired.
OF_RETIRED = ("overview", "savings", "history", "record")
SIGNS = {State.SAME: "✓", State.DIFFERS: "≠", State.CLASHES: "✕", State.ABSENT: "–", State.HIDDEN: "·"}


class Named(Protocol):
    """A joint demand, or a read model of one."""

    @property
    def reference(self) -> str: ...
    @property
    def status(self) -> str: ...


class Page(NamedTuple):
    words: str
    href: str
    is_current: bool


@register.inclusion_tag("procurement/demands/_navigation.html")
def demand_navigation(demand: Named, current: str) -> dict[str, object]:
    """The way between the pages of a joint demand. `current` is the name of the page that it stands on."""
    retired = demand.status == JointDemand.Status.RETIRED
    pages = [
        Page(words, reverse(route, args=[demand.reference]), name == current)
        for name, route, words in PAGES
        if not retired or name in OF_RETIRED
    ]
    return {"reference": demand.reference, "pages": pages}


@register.simple_tag
def state_cell(cell: MatrixCell) -> SafeString:
    """A cell of the requirement matrix: a sign, and the word for it."""
    value = format_html('<span class="loti-state__value">{}</span>', cell.value) if cell.value else ""
    return format_html(
        '<td class="loti-state loti-state--{}"><span aria-hidden="true" class="loti-state__sign">{}</span> {}{}</td>',
        cell.state.name.lower(),
        SIGNS[cell.state],
        cell.state.value.capitalize(),
        value,
    )


@register.filter
def sign(state: State) -> str:
    """{{ state|sign }}, always beside its word."""
    return SIGNS[state]


@register.filter
def of(standings: Mapping[str, ListedStanding], reference: str) -> ListedStanding:
    """{{ standings|of:demand.reference }}"""
    return standings.get(reference, NOTHING_SAID)
