"""From JSON to what a need says: the API's way to the form of the page, under the limits of the page.

JSON has types, so they are asked for: a number in quotes is no number. What is wrong is said by the name of its field;
a line is named by its place from 0, as in `requirements[2].text`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from django import forms
from django.db.models import Q

from boroughs.actions.need_content import DATES, NAMES, NeedContent, as_json
from boroughs.exceptions import NotAcceptable
from boroughs.forms.need_lines import LINE_SETS
from boroughs.forms.need_rows import contract_named
from boroughs.forms.need_sections import OF_FIELD
from boroughs.forms.needs import JoinsForm, NeedForm, ReasonForm
from boroughs.models import Borough, Category, Contract

# Python reads more forms of ISO dates than people write.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Type:
    """What a value must be, and how a message says so."""

    fits: Callable[[Any], bool]
    words: str


TEXT = Type(lambda value: isinstance(value, str), "must be text")
NUMBER = Type(lambda value: isinstance(value, int) and not isinstance(value, bool), "must be a whole number")
NUMBER_OR_NOT = Type(lambda value: value is None or NUMBER.fits(value), "must be a whole number or null")
DATE = Type(
    lambda value: value is None or (isinstance(value, str) and DAY.fullmatch(value) is not None),
    "must be a date such as “2027-04-01”, or null",
)
FLAG = Type(lambda value: value is None or isinstance(value, bool), "must be true, false or null")
CODES = Type(
    lambda value: isinstance(value, list) and all(isinstance(part, str) for part in value), "must be a list of texts"
)
LIST = Type(lambda value: isinstance(value, list), "must be a list of objects")

NUMBERS = ("users_count", "users_tolerance", "budget_min", "budget_max", "months")
TYPES: Mapping[str, Type] = {
    **dict.fromkeys(NAMES, TEXT),
    **dict.fromkeys(NUMBERS, NUMBER_OR_NOT),
    **dict.fromkeys(DATES, DATE),
    "could_lead": FLAG,
    "cpv": CODES,
    "requirements": LIST,
    "volumes": LIST,
}


# What each line may hold, and its member without which it says nothing.
LINES: Mapping[str, tuple[Mapping[str, Type], str]] = {
    "requirements": ({"text": TEXT, "priority": TEXT, "standard": TEXT}, "text"),
    "volumes": ({"what": TEXT, "quantity": NUMBER, "tolerance": NUMBER_OR_NOT}, "what"),
}


@dataclass
class Problems:
    """What is wrong, by field."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, *messages: str) -> None:
        self.fields.setdefault(name, []).extend(messages)

    def add_form(self, form: forms.Form, prefix: str = "") -> None:
        """What the form finds, but for fields of which it was not shown what was sent."""
        for name, messages in form.errors.items():
            if f"{prefix}{name}" not in self.fields:
                self.add(f"{prefix}{name}", *map(str, messages))

    def raise_any(self) -> None:
        """Raises NotAcceptable with everything that was found; nothing where nothing was."""
        if self.fields:
            messages = [message for each in self.fields.values() for message in each]
            raise NotAcceptable([f"{message.rstrip('.')}." for message in messages], self.fields)


def whole(
    values: Mapping[str, Any], *, borough: Borough, fixed: Mapping[str, Any], contract: Contract | None = None
) -> NeedContent:
    """A need that says what `values` say; fields that are not there stay empty.

    `fixed` are members that the platform sets: they may be sent back, as they are. `contract` is the one that the need
    named before: it may stay, even where it is out of the register. Raises NotAcceptable.
    """
    problems = Problems()
    given = _given(values, fixed, problems)
    return NeedContent(**_said(given, problems, names=NAMES, borough=borough, contract=contract))


def changed(values: Mapping[str, Any], *, onto: NeedContent, borough: Borough, fixed: Mapping[str, Any]) -> NeedContent:
    """`onto` with the fields of `values` changed. Only the sections that are changed are checked, as on the page.

    So a need that came in by a file, and is longer than the page allows elsewhere, can be changed still.
    """
    problems = Problems()
    given = _given(values, fixed, problems)
    touched = {name for each in given for name in (OF_FIELD[each].names if each in OF_FIELD else (each,))}
    names = [name for name in NAMES if name in touched]
    said = as_json(onto) | given
    return replace(onto, **_said(said, problems, names=names, borough=borough, contract=onto.contract))


def _given(values: Mapping[str, Any], fixed: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The members that are the need's own and of their type."""
    given = {}
    for name, value in values.items():
        if name in TYPES and TYPES[name].fits(value):
            given[name] = value
        elif name in TYPES:
            problems.add(name, f"{name} {TYPES[name].words}")
        elif name not in fixed:
            problems.add(name, f"There is no field called “{name[:60]}”")
        elif value != fixed[name]:
            problems.add(name, f"{name} is set by the platform: leave it out, or send it back as it is")
    return given


def _said(
    given: Mapping[str, Any],
    problems: Problems,
    *,
    names: Sequence[str],
    borough: Borough,
    contract: Contract | None,
) -> dict[str, Any]:
    """What valid values say in the fields of `names`, as NeedContent takes them. Raises NotAcceptable."""
    form = NeedForm(
        given,
        categories=list(Category.objects.by_area()) if given.get("category") else (),
        contracts=contract_named(given.get("contract"), borough, or_else=Q(pk=contract.pk) if contract else None),
        only=names,
    )
    problems.add_form(form)
    said: dict[str, Any] = dict(form.cleaned_data)
    for name in LINES.keys() & set(names):
        said[name] = tuple(_lines(name, given.get(name, ()), problems))
    if "joins" in names:
        joins = JoinsForm({"joins": given.get("joins", "")})
        problems.add_form(joins)
        said["joins"] = joins.cleaned_data.get("joins", "")
    problems.raise_any()
    return said


def _lines(name: str, parts: Sequence[Any], problems: Problems) -> Iterable[Any]:
    rows: Any = LINE_SETS[name]
    if len(parts) > rows.most:
        problems.add(name, rows.refusal)
        return
    for place, part in enumerate(parts):
        line = _line(name, part, f"{name}[{place}]", problems)
        if line is not None:
            yield line


def _line(name: str, part: Any, where: str, problems: Problems) -> Any:
    types, first = LINES[name]
    if not isinstance(part, dict):
        problems.add(where, f"{where} must be an object with {', '.join(types)}")
        return None
    wrong = [member for member, value in part.items() if member not in types or not types[member].fits(value)]
    for member in wrong:
        words = types[member].words if member in types else "is not known here"
        problems.add(f"{where}.{member[:60]}", f"{member[:60]} {words}")
    if wrong:
        return None
    form = cast(Any, LINE_SETS[name]).form(part)
    problems.add_form(form, f"{where}.")
    if not form.is_valid():
        return None
    line = form.said()
    if line is None:
        problems.add(f"{where}.{first}", f"{first} is empty: fill it in, or leave the line out")
    return line


def reason(values: Mapping[str, Any]) -> str:
    """Why a need is withdrawn, as the page asks it. Raises NotAcceptable."""
    problems = Problems()
    for name in values.keys() - {"reason"}:
        problems.add(name, f"There is no field called “{name[:60]}”")
    if not TEXT.fits(values.get("reason", "")):
        problems.add("reason", f"reason {TEXT.words}")
    problems.raise_any()
    form = ReasonForm(dict(values))
    problems.add_form(form)
    problems.raise_any()
    return str(form.cleaned_data["reason"])
