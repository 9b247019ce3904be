"""The tables of the report of one joint demand, each as far as it may be told."""

from collections.abc import Iterator
from datetime import date

from procurement.picture import labels, words
from procurement.picture.changes import OUTCOMES
from procurement.picture.demand_case import Case
from procurement.picture.one_report import NOT_TOLD, Cell, Column, Kind, Table, pounds_told, table, users_told

NOTHING = "Nothing"
AUTHORITY = Column("authority", "Authority", Kind.LABEL)
NEED = Column("need", "Need", Kind.REFERENCE)


def members(case: Case) -> tuple[Table, ...]:
    columns = (
        AUTHORITY,
        NEED,
        Column("title", "What is needed"),
        Column("overlap", "Overlap", Kind.LABEL),
        Column("looked_at", "Looked at", Kind.LABEL),
    )
    return table(
        "members",
        "Authorities and their needs, the strongest overlap first",
        columns,
        (
            (
                case.names[need.borough],
                need.reference,
                need.title,
                labels.said(labels.BANDS, member.band),
                "Confirmed" if member.is_confirmed else "Not yet",
            )
            for member, need in case.members
        ),
    )


def told(case: Case) -> tuple[Table, ...]:
    """The totals as those read them who may not see exact ones."""
    if case.telling.exact:
        return ()
    columns = (Column("what", "Total"), Column("told", "As it was told"), Column("as_at", "As at", Kind.DAY))
    figures = case.fact.told
    found = (
        ("Users", figures.users, users_told(figures.users)),
        ("Whole-life budget, lower end", figures.budget_min, pounds_told(figures.budget_min)),
        ("Whole-life budget, upper end", figures.budget_max, pounds_told(figures.budget_max)),
    )
    return table(
        "told",
        "What may be told of all of them together",
        columns,
        ((name, said or "Not told", each.as_at) for name, each, said in found),
    )


def quantities(case: Case) -> tuple[Table, ...]:
    columns = (
        AUTHORITY,
        NEED,
        Column("users", "Users", Kind.COUNT),
        Column("budget_lowest", "Budget, lower end", Kind.POUNDS),
        Column("budget_highest", "Budget, upper end", Kind.POUNDS),
    )
    return table(
        "quantities",
        "What each need states, budgets over the whole life",
        columns,
        (
            (case.names[need.borough], need.reference, need.users, need.lowest, need.highest)
            for need in case.by_authority
            if case.telling.is_exact_of(need.borough)
        ),
    )


def timing(case: Case) -> tuple[Table, ...]:
    columns = (
        AUTHORITY,
        NEED,
        Column("contract_ends", "Present contract ends", Kind.DAY),
        Column("in_use", "In use today"),
        Column("earliest_start", "Start at the earliest", Kind.DAY),
        Column("start", "Start wanted by", Kind.DAY),
    )
    shown = [need for need in case.by_authority if case.telling.is_exact_of(need.borough)]
    return table(
        "timing",
        "Present contracts and the starts that are wanted, the first end first",
        columns,
        (
            (
                case.names[need.borough],
                need.reference,
                need.contract_end_date,
                need.incumbent or None,
                need.earliest_start_date,
                need.start_date,
            )
            for need in sorted(shown, key=lambda need: need.contract_end_date or date.max)
        ),
    )


def stands(case: Case) -> tuple[Table, ...]:
    columns = (
        AUTHORITY,
        Column("stage", "Where it stands", Kind.LABEL),
        Column("depth", "How far it would go", Kind.LABEL),
    )
    return table(
        "stands",
        "What boroughs have said",
        columns,
        (
            (
                f"{case.names[each.borough]} (leads)" if each.borough == case.fact.lead else case.names[each.borough],
                labels.said(labels.STAGES, each.stage),
                labels.said(labels.DEPTHS, each.depth) or "Not said",
            )
            for each in case.stances
            if case.telling.is_exact_of(each.borough)
        ),
    )


def terms(case: Case) -> tuple[Table, ...]:
    fact = case.fact
    takes = words.count(fact.quorum, "committed borough") if fact.quorum else "Not set"
    decided = words.day(fact.decision_date) if fact.decision_date else "Not set"
    outcome = labels.said(OUTCOMES, fact.outcome).capitalize() if fact.outcome else "None yet"
    found = (
        ("Led by", case.figures.lead or "Nobody yet", case.tells_lead),
        ("It takes", takes, True),
        ("How far they go together", labels.said(labels.DEPTHS, fact.depth) or "Not set", True),
        ("Decision by", decided, case.tells_day),
        ("Joint contract starts", words.day(fact.start_date) if fact.start_date else "Not agreed yet", True),
        ("Outcome", outcome, case.telling.exact),
    )
    rows = ((term, said if is_told else NOT_TOLD) for term, said, is_told in found)
    return table("terms", "The terms", (Column("term", "Term", Kind.LABEL), Column("said", "As it stands")), rows)


def dates(case: Case) -> tuple[Table, ...]:
    columns = (Column("date", "By", Kind.DAY), Column("what", "What"))
    return table("dates", "Dates ahead, the first first", columns, sorted(_dates(case)))


def _dates(case: Case) -> Iterator[tuple[date, str]]:
    fact = case.fact
    found: list[tuple[date | None, str]] = [
        (
            case.decides_by,
            "Boroughs commit or decline; at the end of the day the quorum is counted",
        ),
        (fact.start_date, "The joint contract starts"),
        *((each.closes_date, f"{each.reference} closes") for each in case.notices if each.is_on_board),
        *(
            (need.contract_end_date, f"The present contract of {case.names[need.borough]} ends ({need.reference})")
            for need in case.needs
            if case.telling.is_exact_of(need.borough)
        ),
    ]
    for day, what in found:
        if day and day >= case.day:
            yield day, what


def reasons(case: Case) -> tuple[Table, ...]:
    """The matcher's; those that tell a borough's own facts to those alone who may read exact figures."""
    exact = case.telling.exact
    columns = [AUTHORITY, NEED, Column("for", "Speaks for it"), Column("against", "Speaks against it")]
    rows: list[tuple[Cell, ...]] = []
    for member, need in case.members:
        speaks_for = member.reasons_for if exact else member.told_for
        against = member.reasons_against if exact else member.told_against
        rows.append((case.names[need.borough], need.reference, _said(speaks_for), _said(against)))
    if all(row[-1] == NOTHING for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    if all(row[2] == NOTHING for row in rows):
        return ()
    return table("reasons", "The matcher's reasons, the heaviest first", columns, rows)


def _said(reasons: tuple[str, ...]) -> str:
    return ". ".join(reasons) if reasons else NOTHING


def notices(case: Case) -> tuple[Table, ...]:
    columns = (
        Column("notice", "Notice", Kind.REFERENCE),
        Column("title", "Title"),
        Column("kind", "Kind", Kind.LABEL),
        Column("status", "Status"),
        Column("version", "Version", Kind.COUNT),
        Column("closes", "Closes", Kind.DAY),
    )
    return table(
        "notices",
        "Notices about it",
        columns,
        (
            (
                each.reference,
                each.title,
                labels.said(labels.NOTICE_KINDS, each.kind),
                labels.said(labels.NOTICE_STATUSES, each.status) if case.telling.exact else "Published",
                each.version if each.is_on_board else NOT_TOLD if not case.telling.exact else None,
                each.closes_date,
            )
            for each in case.notices
        ),
    )
