"""From JSON to an entry of a contract register: the API's way to the form of the page."""

from collections.abc import Mapping
from typing import Any

from boroughs.actions.contract_content import DATES, ContractContent
from boroughs.forms.contracts import ContractForm
from boroughs.forms.json_fields import DATE, NUMBER, NUMBER_OR_NOT, TEXT, Problems, Type, given
from boroughs.models import Category, Contract

PARTS = ("months", "days")
MONTHS = Type(
    lambda value: isinstance(value, list) and all(NUMBER.fits(each) for each in value),
    "must be a list of whole numbers of months, such as [12, 12]",
)
NOTICE = Type(
    lambda value: (
        isinstance(value, str)
        or (isinstance(value, dict) and value.keys() <= set(PARTS) and all(map(NUMBER.fits, value.values())))
    ),
    "must be an object of the whole numbers months and days, or text such as “3 months”",
)
TYPES: Mapping[str, Type] = {
    **dict.fromkeys(ContractForm.base_fields, TEXT),
    **dict.fromkeys(DATES, DATE),
    **dict.fromkeys(("annual_value", "total_value"), NUMBER_OR_NOT),
    "extension_options": MONTHS,
    "notice": NOTICE,
}


def new(values: Mapping[str, Any], *, fixed: Mapping[str, Any]) -> tuple[str, ContractContent]:
    """The reference of a new entry, and what it says; fields that are not there stay empty. Raises NotAcceptable.

    `fixed` are members that the platform sets: they may be sent as they are.
    """
    form = _checked(values, TYPES, fixed)
    return form.cleaned_data["reference"], form.content()


def whole(values: Mapping[str, Any], *, of: Contract, fixed: Mapping[str, Any]) -> ContractContent:
    """What the entry shall say; fields that are not there become empty. Raises NotAcceptable."""
    types = {name: each for name, each in TYPES.items() if name != "reference"}
    return _checked(values, types, fixed, of=of).content()


def _checked(
    values: Mapping[str, Any], types: Mapping[str, Type], fixed: Mapping[str, Any], *, of: Contract | None = None
) -> ContractForm:
    problems = Problems()
    said = given(values, types=types, fixed=fixed, problems=problems)
    if isinstance(said.get("notice"), dict):
        said["notice"] = tuple(said["notice"].get(part, 0) for part in PARTS)
    categories = list(Category.objects.by_area()) if said.get("category") else ()
    form = ContractForm(said, categories=categories, of=of)
    problems.add_form(form)
    problems.raise_any()
    return form
