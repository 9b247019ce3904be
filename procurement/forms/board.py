"""The board's filters, read from an address: the same for the page, the feed and the API.

Whatever an address holds, there is an answer: what is not understood is left out and named in `notes`. The page says
so; the API refuses.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from boroughs.forms.counted import SLOT, CountedAutocompleteSelect, CountedCheckboxes, CountedSelect
from boroughs.forms.fields import SearchInput
from procurement.models import PublicState
from procurement.queries.board_facets import SORTS, Filters, Option, Options

SEARCH_CHARACTERS = 200
SEARCH_TERMS = 20
# What nobody types: a page that answers the beginning of it says with its status that the question was wrong.
REFUSED_CHARACTERS = 3_000
REFUSED_TERMS = 800
# Parameter → attribute of Options.
CHOICES = {
    "state": "states",
    "kind": "kinds",
    "stage": "stages",
    "category": "categories",
    "borough": "boroughs",
    "sub_region": "sub_regions",
    "value": "values",
    "start": "starts",
    "quarter": "quarters",
    "closing": "closings",
}
# What each filter is called before a value that was chosen.
NAMES = {
    "state": "Status",
    "kind": "Kind",
    "stage": "Stage",
    "category": "Category",
    "borough": "Borough",
    "sub_region": "Part of London",
    "value": "Value",
    "start": "Start",
    "quarter": "Starts in",
    "closing": "Closes in",
}
PARAMETERS = ("q", *CHOICES, "sort", "page")
PAGE = re.compile(r"[1-9]\d{0,5}", re.ASCII)


@dataclass(frozen=True)
class Query:
    """What an address asks of the board."""

    filters: Filters
    page: int
    # What was left out and why, in words.
    notes: tuple[str, ...]
    # Whether the search is far longer than any that is meant.
    is_too_long: bool = False

    @property
    def is_narrowed(self) -> bool:
        return self.filters != Filters(sort=self.filters.sort)


def read(parameters: QueryDict, options: Options) -> Query:
    """Read the address's parameters. Unknown ones are nobody's business here: links carry all kinds of marks."""
    notes: list[str] = []
    q = " ".join("".join(sign if sign.isprintable() else " " for sign in parameters.get("q", "")).split())
    is_too_long = len(q) >= REFUSED_CHARACTERS or len(q.split()) >= REFUSED_TERMS
    if len(q) > SEARCH_CHARACTERS:
        q = q[:SEARCH_CHARACTERS]
        notes.append(f"We searched for the first {SEARCH_CHARACTERS} characters only.")
    if len(q.split()) > SEARCH_TERMS:
        q = " ".join(q.split()[:SEARCH_TERMS])
        notes.append(f"We searched for the first {SEARCH_TERMS} words only.")
    chosen = {name: _chosen(parameters, name, getattr(options, name_of), notes) for name, name_of in CHOICES.items()}
    usual = _usual_order(q)
    sort = parameters.get("sort") or usual
    if sort not in SORTS:
        sort = usual
        notes.append(f"We do not know this order, so this is: {SORTS[usual].lower()}.")
    if sort == "best":
        # Of two addresses that ask for the same, one answer: without a search nothing matches better.
        sort = usual
    page = parameters.get("page") or "1"
    if not PAGE.fullmatch(page):
        notes.append("We do not know this page number, so this is the first page.")
        page = "1"
    filters = Filters(
        q=q,
        states=tuple(PublicState(value) for value in chosen["state"]),
        **{name_of: chosen[name] for name, name_of in CHOICES.items() if name != "state"},
        sort=sort,
    )
    return Query(filters=filters, page=int(page), notes=tuple(notes), is_too_long=is_too_long)


def _usual_order(q: str) -> str:
    return "best" if q else "newest"


def _chosen(parameters: QueryDict, name: str, offered: Iterable[Option], notes: list[str]) -> tuple[str, ...]:
    asked = set(parameters.getlist(name)) - {""}
    known = tuple(option.value for option in offered if option.value in asked)
    if len(known) < len(asked):
        words = name.replace("_", "-")
        notes.append(f"We left out a {words} that no published notice has.")
    return known


class BoardForm(forms.Form):
    """The filter panel. It shows a Query and is never validated: `read` has done that.

    Of `options` come the counts, of `offered` what is offered: an option that would give nothing now stays, with a 0.
    """

    mark_optional = False

    q = forms.CharField(label="Search", widget=SearchInput(attrs={"maxlength": SEARCH_CHARACTERS}))
    sort = forms.ChoiceField(label="Order", choices=list(SORTS.items()), widget=forms.Select())
    state = forms.MultipleChoiceField(label="Status", widget=CountedCheckboxes(small=True))
    category = forms.ChoiceField(label="Category", widget=CountedAutocompleteSelect())
    borough = forms.ChoiceField(label="Borough", widget=CountedAutocompleteSelect())
    sub_region = forms.ChoiceField(label="Part of London", widget=CountedSelect())
    stage = forms.MultipleChoiceField(label="Stage", widget=CountedCheckboxes(small=True))
    value = forms.MultipleChoiceField(label="Value, all boroughs together", widget=CountedCheckboxes(small=True))
    start = forms.MultipleChoiceField(label="Earliest start", widget=CountedCheckboxes(small=True))
    kind = forms.MultipleChoiceField(label="Kind of notice", widget=CountedCheckboxes(small=True))
    # Chosen on the timeline, and kept here while the other filters change.
    quarter = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput())
    closing = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput())

    def __init__(self, query: Query, options: Options, offered: Options) -> None:
        filters = query.filters
        chosen = {name: list(getattr(filters, name_of)) for name, name_of in CHOICES.items()}
        # The usual order is asked for by nothing: a search begun on the list would otherwise stay the newest first.
        usual = _usual_order(filters.q)
        orders = {value: "" if value == usual else value for value in SORTS if filters.q or value != "best"}
        super().__init__(initial={"q": filters.q, "sort": orders[filters.sort], **chosen})
        self.fields["sort"].choices = [  # type: ignore[attr-defined]
            (asked, SORTS[value]) for value, asked in orders.items()
        ]
        for name, name_of in CHOICES.items():
            used = {option.value for option in getattr(offered, name_of) if option.count} | set(chosen[name])
            shown = [option for option in getattr(options, name_of) if option.value in used]
            choices = [(option.value, f"{option.label} ({SLOT})") for option in shown]
            self.fields[name].widget.counts = [option.count for option in shown]
            if not isinstance(self.fields[name], forms.MultipleChoiceField):
                choices = [("", "All"), *choices]
                self.initial[name] = chosen[name][0] if chosen[name] else ""
            self.fields[name].choices = choices  # type: ignore[attr-defined]
