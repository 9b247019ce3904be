"""From JSON to what a need says: the API's way to the form of the page, under the limits of the page.

JSON has types, so they are asked for: a number in quotes is no number. What is wrong is said by the name of its field;
a line is named by its place from 0, as in `requirements[2].text`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django.db.models import Q

from boroughs.actions.need_content import DATES, NAMES, NeedContent, as_json
from boroughs.forms.json_fields import DATE, NUMBER, NUMBER_OR_NOT, TEXT, Problems, Type, given
from boroughs.forms.need_lines import LINE_SETS
from boroughs.forms.need_rows import contract_named
from boroughs.forms.need_sections import OF_FIELD
from boroughs.forms.needs import JoinsForm, NeedForm
from boroughs.models import Borough, Category, Contract

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


def whole(
    values: Mapping[str, Any], *, borough: Borough, fixed: Mapping[str, Any], contract: Contract | None = None
) -> NeedContent:
    """A need that says what `values` say; fields that are not there stay empty.

    `fixed` are members that the platform sets: they may be sent back, as they are. `contract` is the one that the need
    named before: it may stay, even where it is out of the register. Raises NotAcceptable.
    """
    problems = Problems()
    said = given(values, types=TYPES, fixed=fixed, problems=problems)
    return NeedContent(**_said(said, problems, names=NAMES, borough=borough, contract=contract))


def changed(values: Mapping[str, Any], *, onto: NeedContent, borough: Borough, fixed: Mapping[str, Any]) -> NeedContent:
    """`onto` with the fields of `values` changed. Only the sections that are changed are checked, as on the page.

    So a need that came in by a file, and is longer than the page allows elsewhere, can be changed still.
    """
    problems = Problems()
    said = given(values, types=TYPES, fixed=fixed, problems=problems)
    touched = {name for each in said for name in (OF_FIELD[each].names if each in OF_FIELD else (each,))}
    names = [name for name in NAMES if name in touched]
    return replace(onto, **_said(as_json(onto) | said, problems, names=names, borough=borough, contract=onto.contract))


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
