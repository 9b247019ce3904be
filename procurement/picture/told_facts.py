"""A snapshot as those read it who may not see exact figures: its facts without what is a borough's own.

What is computed from these cannot tell more, whoever writes it. So what they keep is named here, field by field: a fact
that is new in a snapshot is not told until somebody has thought about it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from procurement.picture.facts import Demand, Facts, Frozen, Member, Need, Notice
from procurement.picture.telling import Telling

Fact = TypeVar("Fact", Demand, Member, Need, Notice)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY = Need(
    reference="",
    revision=0,
    borough="",
    category="",
    kind="",
    title="",
    users=None,
    budget_min=None,
    budget_max=None,
    budget_basis="",
    months=None,
    earliest_start_date=None,
    start_date=None,
    contract_end_date=None,
    incumbent="",
    supplier="",
    submitted_at=None,
    opened_at=None,
    updated_at=NEVER,
)
NOTHING = Demand(
    reference="",
    title="",
    category="",
    status="",
    is_sure=False,
    is_pinned=False,
    terms=(),
    members=(),
    stances=(),
    lead="",
    quorum=None,
    depth="",
    decision_date=None,
    outcome="",
    start_date=None,
)
OF_NEED = ("reference", "revision", "borough", "category", "kind", "title", "submitted_at", "opened_at", "updated_at")
OF_DEMAND = ("reference", "title", "category", "status", "is_sure", "is_pinned", "told")
OF_MEMBER = ("need", "strength_percent", "band", "is_confirmed", "has_moved")
OF_NOTICE = ("reference", "demand", "kind", "status", "title", "version", "published_at", "digest", "closes_date")


def told(frozen: Frozen, telling: Telling) -> Frozen:
    """The snapshot as it may be told in figures: of no need what it states, one's own neither, since sums would tell
    that they are of one borough alone."""
    if telling.exact:
        return frozen
    held = frozen.facts
    return replace(
        frozen,
        facts=Facts(
            run=held.run,
            board=held.board,
            authorities=held.authorities,
            categories=held.categories,
            needs=tuple(_kept(need, NOBODY, OF_NEED) for need in held.needs),
            demands=tuple(map(_demand, held.demands)),
            notices=tuple(_notice(notice) for notice in held.notices if notice.version),
        ),
    )


def needs(frozen: Frozen, telling: Telling) -> Mapping[str, Need]:
    """The needs by their references, as they may be told one by one."""
    return {
        need.reference: need if telling.is_exact_of(need.borough) else _kept(need, NOBODY, OF_NEED)
        for need in frozen.facts.needs
    }


def _demand(demand: Demand) -> Demand:
    return replace(_kept(demand, NOTHING, OF_DEMAND), members=tuple(map(_member, demand.members)))


def _member(member: Member) -> Member:
    reasons_for, reasons_against = member.told_for, member.told_against
    empty = Member(
        need="",
        strength_percent=0,
        band="",
        is_confirmed=False,
        has_moved=False,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        open_for=tuple(range(len(reasons_for))),
        open_against=tuple(range(len(reasons_against))),
    )
    return _kept(member, empty, OF_MEMBER)


def _notice(notice: Notice) -> Notice:
    """As the board has it: that another version, or its end, is prepared or proposed is nobody's yet."""
    empty = Notice(
        reference="",
        demand="",
        kind="",
        status="",
        title="",
        version=0,
        published_at=None,
        digest="",
        closes_date=notice.closes_date,
    )
    found = _kept(notice, empty, OF_NOTICE)
    return replace(found, status="PUBLISHED") if found.is_on_board else found


def _kept(fact: Fact, empty: Fact, names: tuple[str, ...]) -> Fact:
    return replace(empty, **{name: getattr(fact, name) for name in names})
