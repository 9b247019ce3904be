"""The tables of a borough's pack."""

from collections.abc import Iterator
from datetime import date

from procurement.picture import labels, words
from procurement.picture.borough_pack import ENDS_AHEAD, Pack, Renewal
from procurement.picture.figures import DemandFigures
from procurement.picture.moments import day_of
from procurement.picture.numbers import Number
from procurement.picture.one_report import Column, Kind, Table, table


def decisions(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("date", "By", Kind.DAY),
        Column("what", "What to decide"),
        Column("about", "About", Kind.REFERENCE),
        Column("title", "Title"),
    )
    found = sorted(_dated(pack), key=lambda row: (row[0] or date.max, row[2], row[1]))
    return table(
        "decisions",
        "The next first; what has no date comes last",
        columns,
        ((on or "No date", *rest) for on, *rest in found),
    )


def _dated(pack: Pack) -> Iterator[tuple[date | None, str, str, str]]:
    for each in pack.due:
        late = " (the day has passed)" if (each.fact.decision_date or pack.day) < pack.day else ""
        yield each.fact.decision_date, f"Commit or decline{late}", each.reference, each.title
    silent = {each.reference for each in pack.unanswered} - {each.reference for each in pack.due}
    for each in pack.demands:
        if each.reference in silent:
            yield None, "Say where you stand", each.reference, each.title
        if pack.leads(each) and not each.fact.decision_date:
            yield None, "You lead: set the terms", each.reference, each.title
        if each.notice and each.notice.closes_date >= pack.day:
            yield each.notice.closes_date, f"{each.notice.reference} closes", each.reference, each.title
    for renewal in pack.renewals:
        yield from _of_contract(pack, renewal)
    for need in pack.stale:
        yield None, "Confirm that it still holds, or close it", need.reference, need.title


def _of_contract(pack: Pack, renewal: Renewal) -> Iterator[tuple[date | None, str, str, str]]:
    until = pack.day + ENDS_AHEAD
    about, title = renewal.about, renewal.need.title if renewal.need else renewal.what
    notice = renewal.notice_by
    if notice and pack.day <= notice <= until:
        yield notice, f"Give notice, so that the contract ends on {words.day(renewal.ends)}", about, title
    if renewal.ends <= until:
        joined = pack.joint(renewal.need)
        extend = "extend, " if renewal.latest > renewal.ends else ""
        how = f"join {joined.reference}, {extend}or buy alone" if joined else f"{extend}buy, or let it end"
        yield renewal.ends, f"The contract ends: {how}", about, title


def needs(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("category", "Category", Kind.LABEL),
        Column("users", "Users", Kind.COUNT),
        Column("budget_lowest", "Budget, lower end", Kind.POUNDS),
        Column("budget_highest", "Budget, upper end", Kind.POUNDS),
        Column("start", "Start by", Kind.DAY),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    return table(
        "needs",
        "All open needs, budgets over the whole life",
        columns,
        (
            (
                need.reference,
                need.title,
                pack.categories.get(need.category, "None"),
                need.users,
                need.lowest,
                need.highest,
                need.start_date,
                joined.reference if (joined := pack.joint(need)) else "None yet",
            )
            for need in pack.needs
        ),
    )


def partners(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
        Column("title", "Title"),
        Column("needs", "Your needs", Kind.COUNT),
        Column("partners", "Partners"),
        Column("stage", "Where you stand", Kind.LABEL),
        Column("lead", "Led by", Kind.LABEL),
        Column("decision", "Decision by", Kind.DAY),
    )
    return table(
        "partners",
        "Joint demands, those of most authorities first",
        columns,
        (
            (
                each.reference,
                each.title,
                _own_needs(pack, each),
                words.listed([name for name in each.boroughs if name != pack.authority.name]),
                labels.said(labels.STAGES, pack.stages[each.reference]),
                each.lead or "Nobody yet",
                each.fact.decision_date or "Not set",
            )
            for each in pack.demands
        ),
    )


def _own_needs(pack: Pack, demand: DemandFigures) -> Number:
    own = pack.needs_in[demand.reference]
    return pack.count(f"needs-in-{demand.reference}", f"Needs in {demand.reference} of", own)


def renewals(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("ends", "Ends", Kind.DAY),
        Column("what", "In use today", Kind.LABEL),
        Column("supplier", "Supplier", Kind.LABEL),
        Column("latest", "Can run to", Kind.DAY),
        Column("notice_by", "Notice by", Kind.DAY),
        Column("joint_by", "Begin to buy jointly by", Kind.DAY),
        Column("contract", "Contract", Kind.REFERENCE),
        Column("need", "Need", Kind.REFERENCE),
        Column("joint_demand", "Joint demand", Kind.REFERENCE),
    )
    return table(
        "renewals",
        "Present contracts that end within two years, the first end first",
        columns,
        (
            (
                each.ends,
                each.what or None,
                each.supplier or None,
                each.latest if each.latest > each.ends else "No option",
                each.notice_by or "None",
                each.start_joint_by,
                each.contract.entry if each.contract else "Not listed",
                each.need.reference if each.need else "None yet",
                joined.reference if (joined := pack.joint(each.need)) else "None yet",
            )
            for each in pack.renewals
        ),
    )


def alone(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
        Column("category", "Category", Kind.LABEL),
        Column("others", "Other authorities with a need in the category", Kind.COUNT),
    )
    return table(
        "needs-without-partners",
        "Needs in no joint demand",
        columns,
        (
            (
                need.reference,
                need.title,
                pack.categories.get(need.category, "None"),
                pack.others.get(need.category, 0) if need.category else 0,
            )
            for need in pack.alone
        ),
    )


def stale(pack: Pack) -> tuple[Table, ...]:
    columns = (
        Column("held", "Last said to hold", Kind.DAY),
        Column("need", "Need", Kind.REFERENCE),
        Column("title", "What is needed"),
    )
    found = sorted(pack.stale, key=lambda need: (need.held_at or need.updated_at, need.reference))
    return table(
        "needs-to-confirm",
        "Needs of which it was asked whether they still hold",
        columns,
        ((day_of(need.held_at) if need.held_at else None, need.reference, need.title) for need in found),
    )
