"""When the boroughs of one joint demand could start together, as far as a person may read it.

What the planner is told of a borough comes from its open needs in the joint demand and from the contracts that these
name: of a contract its dates, its options to extend and its notice, nothing else. Who has declined is left out.

Whoever sees exact figures sees every borough. A borough's own people see their own, and another one once both have
accepted the overlap (procurement/queries/sharing.py). Of the boroughs that a person may not read, only how many could
join is told, and only from three of them and from three that could: they have no part in the best start, in the waves
or in how many months are looked at, for each of these would tell of one borough. Nor is it told of those that have
accepted together with those that have not: a reader who accepts reads the former, and could take them away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from boroughs import permissions
from boroughs.models import Contract, Need, User
from boroughs.permissions import Permission
from procurement.models import Coalition, DemandMember, JointDemand, Participation
from procurement.picture.terms import RULES, Terms, Timed, latest_start, possible_ends, tightest
from procurement.planning.plan import Plan, plan
from procurement.planning.situations import Prospects, Situation, month_from
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.leading import leads
from procurement.queries.sharing import shared

# Of a coalition: while terms may still be set.
OPEN_OUTCOMES = ("", Coalition.Outcome.ENDED)
OF_TERMS = ("start_date", "lead", "decision_date", "outcome")
# So many months are shown at least.
SHOWN_MONTHS = 36
# Long texts and money have no part in it.
READ = (
    "reference",
    "borough__slug",
    "borough__name",
    "earliest_start_date",
    "start_date",
    "contract_end_date",
    *(f"contract__{name}" for name in ("start_date", "end_date", "extension_options", "notice_months", "notice_days")),
    "contract__closed_at",
)


@dataclass(frozen=True)
class Member:
    """A borough of the joint demand that may be read."""

    slug: str
    name: str
    # References of its open needs here.
    needs: tuple[str, ...]
    terms: Terms | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class WhatIf:
    """A borough's contract ends on another day."""

    slug: str
    end_date: date


@dataclass(frozen=True)
class Timing:
    """What is known of the boroughs' timing, as far as the person may read it."""

    today: date
    # When the joint purchase can begin: on the decision date that the terms name while it lies ahead; else today.
    begins: date
    members: tuple[Member, ...]
    # Of the boroughs that may not be read; () where so few are left that their number would tell of one.
    hidden: tuple[Prospects, ...]
    hidden_count: int
    declined: tuple[str, ...]
    agreed_start: date | None
    # Whether the person may write a start into the terms: it acts for all, and nothing is decided.
    may_set_terms: bool

    @property
    def first_month(self) -> int:
        return month_from(self.begins) + RULES.lead_months

    @property
    def months(self) -> range:
        """All that can be asked for."""
        return range(self.first_month, self.first_month + RULES.horizon)

    def member(self, slug: str) -> Member:
        return next(each for each in self.members if each.slug == slug)

    def plan(self, *, what_if: WhatIf | None = None, up_to: int = 0) -> Plan:
        """The plan of the boroughs that may be read; at least up to the month `up_to` is looked at."""
        situations = [_situation(_moved(each, what_if)) for each in self.members]
        at_least = max(SHOWN_MONTHS, up_to - self.first_month + 1)
        return plan(situations, rules=RULES, today=self.today, begins=self.begins, at_least=at_least)

    def hidden_joining(self, month: int) -> int:
        return sum(1 for each in self.hidden if each.at(month).joins)


def timing(demand: JointDemand, user: User, *, today: date) -> Timing:
    """Three queries for whoever sees exact figures, six for others."""
    needs = list(_needs(demand))
    rows = Participation.objects.filter(demand=demand).values_list("borough__slug", "borough__name", "stage")
    stands = {slug: stage for slug, _, stage in rows}
    declined = {slug: name for slug, name, stage in rows if stage == Participation.Stage.DECLINED}
    by_borough: dict[str, list[Need]] = {}
    for need in needs:
        if need.borough.slug not in declined:
            by_borough.setdefault(need.borough.slug, []).append(need)
    readable = _readable(demand, user, needs)
    known: list[Member] = []
    unknown: list[Member] = []
    for listed in by_borough.values():
        (known if readable.issuperset(need.pk for need in listed) else unknown).append(_member(listed))
    suggested = Participation.Stage.SUGGESTED
    have_accepted = {stands.get(each.slug, suggested) != suggested for each in unknown}
    told = unknown if len(unknown) >= disclosure_rule().minimum_contributors and len(have_accepted) == 1 else []
    coalition = Coalition.objects.filter(demand=demand).only(*OF_TERMS).first()
    return Timing(
        today=today,
        begins=_begins(coalition, today),
        members=tuple(sorted(known, key=lambda each: each.name)),
        hidden=tuple(Prospects(_situation(each), RULES, today) for each in told),
        hidden_count=len(unknown),
        declined=tuple(sorted(name for slug, name in declined.items() if any(n.borough.slug == slug for n in needs))),
        agreed_start=coalition.start_date if coalition else None,
        may_set_terms=leads(user, coalition) and (coalition is None or coalition.outcome in OPEN_OUTCOMES),
    )


def _begins(coalition: Coalition | None, today: date) -> date:
    """Nobody buys together before it is decided to."""
    decision = coalition.decision_date if coalition and not coalition.outcome else None
    return max(today, decision or today)


def _needs(demand: JointDemand) -> Iterable[Need]:
    open_here = Need.objects.open().filter(demand_member__in=DemandMember.objects.filter(demand=demand))
    return open_here.select_related("borough", "contract").only(*READ).order_by("pk")


def _readable(demand: JointDemand, user: User, needs: Sequence[Need]) -> frozenset[int]:
    """Primary keys of the needs whose timing the person may read."""
    if permissions.has(user, Permission.VIEW_EXACT_FIGURES):
        return frozenset(need.pk for need in needs)
    return shared(user, demand).asked


def _member(needs: Sequence[Need]) -> Member:
    borough = needs[0].borough
    timed = tightest(Timed(_terms(need), need.earliest_start_date, _latest(need)) for need in needs)
    return Member(
        slug=borough.slug,
        name=borough.name,
        needs=tuple(need.reference for need in needs),
        terms=timed.terms,
        earliest=timed.earliest,
        latest=timed.latest,
    )


def _terms(need: Need) -> Terms | None:
    """By the register where the need names an entry of it that is listed and has an end; else as the need says."""
    contract: Contract | None = need.contract
    if contract and contract.end_date and contract.closed_at is None:
        return Terms(
            contract.end_date,
            tuple(contract.extension_options),
            contract.notice_months,
            contract.notice_days,
            contract.start_date,
        )
    return Terms(need.contract_end_date) if need.contract_end_date else None


def _latest(need: Need) -> date | None:
    return latest_start(need.start_date, (need.contract_end_date, need.contract.end_date if need.contract else None))


def _moved(member: Member, what_if: WhatIf | None) -> Member:
    if what_if is None or what_if.slug != member.slug:
        return member
    moved = replace(member.terms, end_date=what_if.end_date) if member.terms else Terms(what_if.end_date)
    return replace(member, terms=moved)


def _situation(member: Member) -> Situation:
    return Situation(
        key=member.slug,
        name=member.name,
        ends=possible_ends(member.terms) if member.terms else (),
        earliest=member.earliest,
        latest=member.latest,
    )
