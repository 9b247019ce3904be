"""One of everything, for a walk through every page. Run by `manage.py shell` in a stage's empty database."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from boroughs.actions import amendments, demo
from boroughs.actions.need_content import content_of
from boroughs.models import Borough, Need, Notification, RenewalDismissal, User
from procurement.actions import demands, notices
from procurement.models import JointDemand, Report
from tests.factories import api
from tests.factories.boroughs import (
    CategoryFactory,
    ContractFactory,
    NeedFactory,
    NotificationFactory,
    RenewalDismissalFactory,
    RequirementFactory,
)
from tests.factories.picture import joint_demand
from tests.factories.procurement import MatchRunFactory


def build() -> None:
    demo.load_people()
    camden = Borough.objects.get(slug="camden")
    analyst, second = (User.objects.get(email=f"{name}@loti.example") for name in ("analyst", "analyst2"))
    for status, reference in (("DRAFT", "N-10001"), ("SUBMITTED", "N-10002"), ("OPEN", "N-10003")):
        NeedFactory(borough=camden, status=Need.Status[status], reference=reference, title=f"A need: {status.lower()}")
    editor = User.objects.get(email="editor@camden.example")
    amended = NeedFactory(borough=camden, reference="N-10004", title="A need: amended")
    content = replace(content_of(amended), title="A need: amended since", months=24)
    amendments.submit(amendment=amendments.begin(need=amended, content=content, by=editor), by=editor)
    api.token(camden, name="Contract register")
    approver = User.objects.get(email="approver@camden.example")
    told = {"user": approver, "borough": camden, "kind": Notification.Kind.OVERLAP_FOUND, "read_at": timezone.now()}
    for number in range(30):
        NotificationFactory(
            **told, headline=f"N-10003 “A need: open” could be bought together with {number + 2} others"
        )
    new = {"user": approver, "borough": camden, "kind": Notification.Kind.RETURNED, "comment": "Whose users?"}
    NotificationFactory(**new, headline="N-10001 “A need: draft” was sent back to you")
    _contracts(camden)
    MatchRunFactory(engine_version="1.0.0", needs_count=3)
    suggested, removed, drafted, proposed, published = (
        joint_demand("camden", "brent", "barnet", reference=reference)
        for reference in ("JD-0001", "JD-0002", "JD-0003", "JD-0004", "JD-0005")
    )
    for each in (drafted, proposed, published):
        RequirementFactory(need=each.members.first().need, position=1)
    assert suggested.status == JointDemand.Status.SUGGESTED
    demands.remove_member(demand=removed, need=removed.members.first().need, by=analyst, reason="Hardware only")
    made = [
        notices.draft_from(demand=demands.confirm(demand=each, by=analyst), by=analyst)
        for each in (drafted, proposed, published)
    ]
    for notice in made[1:]:
        notices.propose(notice=notice, by=analyst)
    notices.publish(notice=made[2], by=second)
    Report.objects.create(
        asked_at=timezone.now(), asked_by=analyst.email, status=Report.Status.FAILED, error="No room."
    )


def _contracts(camden: Borough) -> None:
    """Of a register: one to decide on soon that others have as well, one that nobody else has, one kept quiet."""
    today, category = timezone.localdate(), CategoryFactory(slug="housing-repairs", name="Housing repairs")
    repairs = {"system": "Northgate Repairs", "supplier": "A supplier", "category": category}
    terms = {"start_date": today - timedelta(days=900), "extension_options": [12, 12], "notice_months": 3}
    title = "Repairs scheduling and mobile working for the housing repairs service"
    ContractFactory(
        borough=camden, reference="C-2027", title=title, end_date=today + timedelta(days=200), **repairs, **terms
    )
    ContractFactory(borough=camden, title="Telecare", end_date=today + timedelta(days=500))
    for slug, same in (("brent", repairs), ("barnet", {"supplier": "A Supplier"}), ("hackney", {"category": category})):
        end = today + timedelta(days=400)
        ContractFactory(borough=Borough.objects.get(slug=slug), title="Theirs", end_date=end, **same)
    RenewalDismissalFactory(
        contract=ContractFactory(borough=camden, title="Penetration testing", end_date=today + timedelta(days=300)),
        reason=RenewalDismissal.Reason.EXTENDING,
        note="The first option is signed.",
    )
