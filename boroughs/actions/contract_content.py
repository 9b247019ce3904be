"""What an entry of a contract register says: the one shape that page, import and API hand over, and the same as JSON.

Validated by boroughs/forms/contracts.py before it comes here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from boroughs.models import Category, Contract

DATES = ("start_date", "end_date", "review_date")


@dataclass(frozen=True)
class ContractContent:
    title: str
    description: str = ""
    system: str = ""
    supplier: str = ""
    company_number: str = ""
    department: str = ""
    category: Category | None = None
    start_date: date | None = None
    end_date: date | None = None
    review_date: date | None = None
    extension_options: tuple[int, ...] = ()
    notice_months: int = 0
    notice_days: int = 0
    annual_value: int | None = None
    total_value: int | None = None
    ocid: str = ""

    def fields(self) -> dict[str, Any]:
        """Columns of the contract."""
        columns = {name: getattr(self, name) for name in NAMES}
        return columns | {"extension_options": list(self.extension_options)}


NAMES = tuple(each.name for each in fields(ContractContent))


def content_of(contract: Contract) -> ContractContent:
    """What the stored contract says."""
    values = {name: getattr(contract, name) for name in NAMES}
    return ContractContent(**values | {"extension_options": tuple(contract.extension_options)})


def as_json(content: ContractContent) -> dict[str, Any]:
    """JSON values: dates as ISO text, the category by its slug."""
    values = content.fields()
    for name in DATES:
        values[name] = values[name].isoformat() if values[name] else None
    return values | {"category": content.category.slug if content.category else ""}


def from_json(stored: Mapping[str, Any], *, categories: Mapping[str, Category]) -> ContractContent:
    """The content that `as_json` wrote; `categories` by slug. A field that came later has its empty value."""
    values = {name: stored[name] for name in NAMES if name in stored}
    for name in DATES:
        values[name] = date.fromisoformat(values[name]) if values.get(name) else None
    values["category"] = categories.get(values.get("category") or "")
    return ContractContent(**values | {"extension_options": tuple(values.get("extension_options") or ())})


def categories_of(stored: Iterable[Mapping[str, Any]]) -> dict[str, Category]:
    """The categories that stored contents name, by slug: one query for many."""
    slugs = {each["category"] for each in stored if each.get("category")}
    return {category.slug: category for category in Category.objects.filter(slug__in=slugs)} if slugs else {}


def changed_fields(before: ContractContent, after: ContractContent) -> list[str]:
    """Names of the fields that differ, in the order of the shape."""
    return [name for name in NAMES if getattr(before, name) != getattr(after, name)]
