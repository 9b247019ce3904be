"""What a need says: the one shape that page, import and API hand over, and the same as JSON.

Validated by boroughs/forms/needs.py before it comes here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from boroughs.models import Borough, Category, Contract, Need, Requirement

DATES = ("earliest_start_date", "start_date", "contract_end_date")
BUDGETS = ("budget_min", "budget_max")
# Parts of which one alone, beside others of another source, would say what nobody meant.
TOGETHER = ((*BUDGETS, "budget_basis"), ("earliest_start_date", "start_date"))


@dataclass(frozen=True)
class RequirementLine:
    text: str
    priority: str = Requirement.Priority.MUST
    # An open standard by name; "" where the line asks for none.
    standard: str = ""


@dataclass(frozen=True)
class Volume:
    """How much of something, so that it can be summed: 12,000 "parking permits a year", give or take 10 per cent."""

    what: str
    quantity: int
    tolerance: int | None = None


@dataclass(frozen=True)
class NeedContent:
    title: str
    problem: str = ""
    users_description: str = ""
    description: str = ""
    category: Category | None = None
    kind: str = ""
    cpv: tuple[str, ...] = ()
    users_count: int | None = None
    users_tolerance: int | None = None
    volumes: tuple[Volume, ...] = ()
    budget_min: int | None = None
    budget_max: int | None = None
    budget_basis: str = ""
    earliest_start_date: date | None = None
    start_date: date | None = None
    months: int | None = None
    contract: Contract | None = None
    contract_end_date: date | None = None
    incumbent: str = ""
    integrations: str = ""
    hosting: str = ""
    personal_data: str = ""
    constraints: str = ""
    depth: str = ""
    could_lead: bool | None = None
    supplier_disclosure: str = ""
    joins: str = ""
    musts_reason: str = ""
    requirements: tuple[RequirementLine, ...] = field(default=())

    def fields(self) -> dict[str, Any]:
        """Columns of the need, without the requirement lines."""
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        del columns["requirements"]
        return columns | {"cpv": list(self.cpv), "volumes": [asdict(volume) for volume in self.volumes]}


NAMES = tuple(each.name for each in fields(NeedContent))


def over(before: NeedContent, content: NeedContent, told: Iterable[str]) -> NeedContent:
    """What the need says once `content` is written over it, of which only the parts in `told` are spoken of."""
    merged = replace(before, **{name: getattr(content, name) for name in told})
    has_budget = any(getattr(merged, name) is not None for name in BUDGETS)
    return merged if has_budget or not merged.budget_basis else replace(merged, budget_basis="")


def disorder(content: NeedContent) -> str:
    """Why parts that come from two sources cannot stand side by side, in words; "" where they can."""
    low, high = content.budget_min, content.budget_max
    if low is not None and high is not None and high < low:
        return f"the highest budget (£{high:,}) would be below the lowest (£{low:,})"
    earliest, latest = content.earliest_start_date, content.start_date
    if earliest and latest and latest < earliest:
        return "the latest start would be before the earliest start"
    return ""


def content_of(need: Need) -> NeedContent:
    """What the stored need says."""
    lines = sorted(need.requirements.all(), key=lambda line: line.position)
    plain = {name: getattr(need, name) for name in NAMES if name not in ("cpv", "volumes", "requirements")}
    return NeedContent(
        **plain,
        cpv=tuple(need.cpv),
        volumes=tuple(Volume(**volume) for volume in need.volumes),
        requirements=tuple(RequirementLine(line.text, line.priority, line.standard) for line in lines),
    )


def as_json(content: NeedContent) -> dict[str, Any]:
    """JSON values: dates as ISO text, the category by its slug, the contract by its reference in the register."""
    values = content.fields()
    for name in DATES:
        values[name] = values[name].isoformat() if values[name] else None
    values["category"] = content.category.slug if content.category else ""
    values["contract"] = content.contract.reference if content.contract else ""
    return values | {"requirements": [asdict(line) for line in content.requirements]}


@dataclass(frozen=True)
class References:
    """What stored contents refer to, so that many can be read with two queries."""

    categories: Mapping[str, Category]
    contracts: Mapping[str, Contract]

    @classmethod
    def of(cls, stored: Iterable[Mapping[str, Any]], *, borough: Borough) -> "References":
        many = list(stored)
        slugs = {each["category"] for each in many if each.get("category")}
        references = {each["contract"] for each in many if each.get("contract")}
        contracts = Contract.objects.filter(borough=borough, reference__in=references) if references else ()
        return cls(
            {category.slug: category for category in Category.objects.filter(slug__in=slugs)} if slugs else {},
            {contract.reference: contract for contract in contracts},
        )


def from_json(stored: Mapping[str, Any], *, references: References) -> NeedContent:
    """The content that `as_json` wrote. A field that came later has its empty value."""
    values = dict(stored)
    for name in DATES:
        values[name] = date.fromisoformat(values[name]) if values.get(name) else None
    values["category"] = references.categories.get(values.get("category", ""))
    values["contract"] = references.contracts.get(values.get("contract", ""))
    values["cpv"] = tuple(values.get("cpv", ()))
    values["volumes"] = tuple(Volume(**volume) for volume in values.get("volumes", ()))
    values["requirements"] = tuple(RequirementLine(**line) for line in values.get("requirements", ()))
    return NeedContent(**values)


def changed_fields(before: NeedContent, after: NeedContent) -> tuple[str, ...]:
    """Names of the fields in which they differ, in the order of the need."""
    return tuple(name for name in NAMES if getattr(before, name) != getattr(after, name))


def same_in(names: Iterable[str], one: NeedContent, other: NeedContent) -> bool:
    """Whether both say the same in these fields."""
    return all(getattr(one, name) == getattr(other, name) for name in names)
