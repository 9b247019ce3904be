"""One of everything, for a walk through every page. Run by `manage.py shell` in a stage's empty database."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from boroughs.actions import amendments, demo
from boroughs.actions.need_content import content_of
from boroughs.models import Borough, Contract, Need, Notification, Reminder, User
from procurement.actions import demands, notices
from procurement.models import JointDemand, Report
from tests.factories import api
from tests.factories.boroughs import ContractFactory, NeedFactory, NotificationFactory, RequirementFactory
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
    ContractFactory(borough=camden, end_date=timezone.localdate() + timedelta(days=200), supplier="A supplier")
    _registers(camden, analyst)
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


def _registers(camden: Borough, analyst: User) -> None:
    """Registers of every age, one with an end that has passed, one of which its borough was reminded."""
    today, now = timezone.localdate(), timezone.now()
    ContractFactory(borough=camden, end_date=today - timedelta(days=20))
    for slug, days in (("barnet", 3), ("brent", 250), ("city-of-london", 500)):
        for _ in range(40):
            ContractFactory(borough=Borough.objects.get(slug=slug))
        Contract.objects.filter(borough__slug=slug).update(updated_at=now - timedelta(days=days))
    Reminder.objects.create(borough=camden, kind=Reminder.Kind.REGISTER_OLD, sent_at=now, sent_by=analyst.email)
