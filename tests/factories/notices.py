"""Scenes with notices. They go through the actions, because a frozen version is only true if publication made it."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import time_machine
from django.utils import timezone

from boroughs.models import Borough, Need, Role, User
from procurement.actions import corrections, notices, withdrawals
from procurement.models import JointDemand, Naming, Notice, NoticeVersion
from procurement.queries import asked_naming, notice_draft, notice_lead
from procurement.queries.notice_problems import boroughs_of
from procurement.queries.totals import users_by_borough
from tests.factories.boroughs import (
    BoroughFactory,
    CategoryFactory,
    MembershipFactory,
    NeedFactory,
    RequirementFactory,
    UserFactory,
)
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

USERS = 400
BUDGET = 120_000


def analyst() -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=Role.LOTI_ANALYST, borough=None)
    return user


def borough(name: str, **fields: Any) -> Borough:
    slug = name.lower().replace(" ", "-")
    made: Borough = BoroughFactory(name=name, slug=slug, org_id=f"GB-LAE-{slug[:3].upper()}", region="UKI31", **fields)
    return made


def confirmed_demand(*names: str, title: str = "Housing repairs", **need: Any) -> JointDemand:
    """A confirmed joint demand with one need for each borough named; three where none is."""
    category = CategoryFactory(slug="housing-repairs", name="Housing repairs", area="Housing", cpv=["48000000"])
    demand: JointDemand = JointDemandFactory(title=title, category=category, status=JointDemand.Status.CONFIRMED)
    for place, name in enumerate(names or ("Camden", "Brent", "Hackney")):
        values = {
            "users_count": USERS + place,
            "budget_min": BUDGET + place,
            "budget_max": 2 * BUDGET + place,
            "budget_basis": Need.BudgetBasis.WHOLE_LIFE,
            "months": 36,
            "users_description": f"{60 + place} repairs advisers; tenants",
        }
        member = NeedFactory(borough=borough(name), category=category, **(values | need))
        RequirementFactory(need=member, position=1, text="Tenants can book a repair by phone.")
        RequirementFactory(need=member, position=2, text=f"Works with the depot of {name}.")
        DemandMemberFactory(demand=demand, need=member)
    return demand


def draft(demand: JointDemand | None = None, *, by: User | None = None, **columns: Any) -> Notice:
    """A draft in which somebody has chosen the lead: the one with the most users, where the boroughs agreed on none."""
    notice = notices.draft_from(demand=demand or confirmed_demand(), by=by or analyst())
    if notice_lead.chosen(notice) is None:
        columns = {"lead": _widest(notice.demand)} | columns
    Notice.objects.filter(pk=notice.pk).update(**columns)
    choose(notice)
    return notice


def choose(notice: Notice) -> None:
    """Somebody chose the lead that the draft has, without another revision."""
    Notice.objects.filter(pk=notice.pk).update(lead_is_chosen=True)
    notice.refresh_from_db()


def _widest(demand: JointDemand) -> Borough:
    users = users_by_borough([member.need for member in demand.members.select_related("need__borough")])
    return min(boroughs_of(demand), key=lambda borough: (-users.get(borough.slug, 0), borough.name))


def agree(demand: JointDemand) -> None:
    """Every borough that a notice would name agrees to it."""
    for each in boroughs_of(demand):
        said = {"agrees": True, "answered_at": timezone.now(), "answered_by": f"approver@{each.slug}.example"}
        Naming.objects.get_or_create(demand=demand, borough=each, defaults=said)
    agree_again(demand)


def agree_again(demand: JointDemand) -> None:
    """Those that agreed agree to what the notice says now, and nobody else."""
    asked = asked_naming.asked(demand)
    Naming.objects.agreed().filter(demand=demand).update(title=asked.title, kind=asked.kind)


def proposed(demand: JointDemand | None = None, *, by: User | None = None, **columns: Any) -> Notice:
    notice = draft(demand, by=by, **columns)
    agree(notice.demand)
    return notices.propose(notice=notice, by=by or analyst())


def publish(demand: JointDemand | None = None, **columns: Any) -> NoticeVersion:
    """A published notice; `columns` change the draft before it is proposed."""
    return notices.publish(notice=proposed(demand, **columns), by=analyst())


def withdraw(notice: Notice, reason: str = "Why.") -> NoticeVersion:
    """Proposed by one analyst and approved by another."""
    withdrawals.propose(notice=notice, by=analyst(), reason=reason)
    return withdrawals.approve(notice=notice, by=analyst())


def publish_many(count: int, **columns: Any) -> list[NoticeVersion]:
    """Notices of different joint demands of the same three boroughs."""
    return [publish(confirmed_demand(title=f"Need number {n}"), **columns) for n in range(count)]


def dates(questions_close: date, closes: date) -> dict[str, date]:
    return {"questions_close_date": questions_close, "closes_date": closes}


def correct(
    notice: Notice, reason: str = "Why.", *, contact: tuple[str, str] | None = None, **changes: Any
) -> NoticeVersion:
    """The next version: prepared with `changes` of its content, proposed by one analyst and approved by another.

    One whose last day for questions is over was made on that day: afterwards nobody may.
    """
    today = timezone.localdate()
    day = changes.get("questions_close_date", today)
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    with time_machine.travel(noon) if day < today else nullcontext():
        return _correct(notice, reason, contact, changes)


def _correct(notice: Notice, reason: str, contact: tuple[str, str] | None, changes: dict[str, Any]) -> NoticeVersion:
    by = analyst()
    notice.refresh_from_db()
    if notice.status == Notice.Status.PUBLISHED:
        corrections.begin(notice=notice, by=by)
    content = replace(notice_draft.content_of(notice), **changes)
    notices.edit(notice=notice, content=content, revision=notice.revision, by=by, contact=contact)
    agree_again(notice.demand)
    return corrections.publish(notice=corrections.propose(notice=notice, by=by, reason=reason), by=analyst())
