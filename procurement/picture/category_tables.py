"""The tables of the report of one category, each as far as it may be told."""

from collections import defaultdict

from procurement.picture import labels, words
from procurement.picture.category_share import Share, products, quarter_words, quarters
from procurement.picture.facts import Need
from procurement.picture.figures import DemandFigures
from procurement.picture.numbers import Unit
from procurement.picture.one_report import NOT_TOLD, Cell, Column, Kind, Table, budget_told, table, users_told


def authorities(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("authority", "Authority", Kind.LABEL),
        Column("needs", "Open needs", Kind.COUNT),
        Column("matched", "In a joint demand", Kind.COUNT),
    )
    by_borough: dict[str, list[Need]] = defaultdict(list)
    for need in share.needs:
        by_borough[need.borough].append(need)
    return table(
        "authorities",
        "Authorities with an open need",
        columns,
        (
            (
                each.name,
                share.count(f"needs-of-{each.slug}", f"Open needs of {each.name} in", held),
                share.count(
                    f"matched-of-{each.slug}",
                    f"Needs of {each.name} in joint demands, in",
                    [need for need in held if need.reference in share.demand_of],
                ),
            )
            for each in share.authorities
            if (held := by_borough[each.slug])
        ),
    )


def demands(share: Share) -> tuple[Table, ...]:
    exact = share.telling.exact
    columns = (
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
        Column("title", "Title"),
        Column("authorities", "Authorities", Kind.COUNT),
        Column("needs", "Needs", Kind.COUNT),
        Column("users", "Users", Kind.COUNT) if exact else Column("users", "Users, as told", Kind.LABEL),
        Column("budget", "Whole-life budget" if exact else "Whole-life budget, as told", Kind.LABEL),
        Column("status", "Status", Kind.LABEL),
        Column("lead", "Led by", Kind.LABEL),
        Column("decision", "Decision by", Kind.DAY),
    )
    return table(
        "joint-demands",
        "Joint demands, those of most authorities first",
        columns,
        (
            (
                each.reference,
                each.title,
                each.authorities,
                each.needs,
                each.users if exact else users_told(each.fact.told.users) or "Not told",
                _budget(each)
                if exact
                else budget_told(each.fact.told.budget_min, each.fact.told.budget_max) or "Not told",
                labels.said(labels.STATUSES, each.fact.status),
                (each.lead or "Nobody yet") if share.telling.is_exact_of(each.fact.lead) else NOT_TOLD,
                (each.fact.decision_date or "Not set") if exact else NOT_TOLD,
            )
            for each in share.demands
        ),
    )


def _budget(demand: DemandFigures) -> Cell:
    if demand.lowest.value is None or demand.highest.value is None:
        return None
    return words.pounds_range(demand.lowest.value, demand.highest.value)


def timing(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("ends", "Ends", Kind.DAY),
        Column("authority", "Authority", Kind.LABEL),
        Column("need", "Need", Kind.REFERENCE),
        Column("in_use", "In use today"),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    names = {each.slug: each.name for each in share.authorities}
    found = [
        (end, need)
        for need in share.needs
        if (end := need.contract_end_date) and share.telling.is_exact_of(need.borough)
    ]
    return table(
        "contract-ends",
        "Present contracts that open needs would replace, the first end first",
        columns,
        (
            (end, names[need.borough], need.reference, need.incumbent or None, _joined(share, need))
            for end, need in sorted(found, key=lambda each: (each[0], each[1].reference))
        ),
    )


def _joined(share: Share, need: Need) -> str:
    demand = share.demand_of.get(need.reference)
    return demand.reference if demand else "None yet"


def by_quarter(share: Share) -> tuple[Table, ...]:
    columns = (Column("quarter", "Quarter"), Column("ends", "Contracts that end", Kind.COUNT))
    return table(
        "ends-by-quarter",
        "Contracts that end, by quarter",
        columns,
        ((quarter_words(first), ends) for first, ends in quarters(share)),
    )


def in_use(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("product", "In use today"),
        Column("needs", "Needs", Kind.COUNT),
        Column("authorities", "Authorities", Kind.COUNT),
        Column("names", "Which"),
    )
    names = {each.slug: each.name for each in share.authorities}
    return table(
        "in-use-today",
        "Products and suppliers that open needs would replace",
        columns,
        (
            (
                product,
                share.count(f"in-use/{key}", f"Needs that would replace {words.short(product)}, in", needs),
                share.count(
                    f"in-use/{key}/authorities",
                    f"Authorities that use {words.short(product)}, in",
                    needs,
                    Unit.AUTHORITIES,
                ),
                words.listed(sorted({names[need.borough] for need in needs})),
            )
            for key, product, needs in products(share)
        ),
    )


def needs(share: Share) -> tuple[Table, ...]:
    columns = (
        Column("authority", "Authority", Kind.LABEL),
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("users", "Users", Kind.COUNT),
        Column("budget_lowest", "Budget, lower end", Kind.POUNDS),
        Column("budget_highest", "Budget, upper end", Kind.POUNDS),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    names = {each.slug: each.name for each in share.authorities}
    rows: list[tuple[Cell, ...]] = []
    for need in sorted(share.needs, key=lambda need: (names[need.borough], need.reference)):
        if share.may_name(need):
            stated = (need.users, need.lowest, need.highest)
            told = stated if share.telling.is_exact_of(need.borough) else (NOT_TOLD, NOT_TOLD, NOT_TOLD)
            rows.append((names[need.borough], need.reference, need.title, *told, _joined(share, need)))
    is_money_in_it = share.telling.exact or bool(share.telling.own)
    caption = f"Open needs by authority{', budgets over the whole life' if is_money_in_it else ''}"
    return table("needs", caption, columns, rows)
