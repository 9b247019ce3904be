"""Reminding a borough politely of what would help: at most one reminder of a kind in 30 days, whoever sends it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import notifying
from boroughs.actions.notifying import News
from boroughs.exceptions import IllegalMove
from boroughs.models import Borough, Notification, Reminder
from boroughs.permissions import SCHEDULER, Actor, Permission
from boroughs.queries import reminders
from boroughs.queries.coverage import BoroughCoverage, coverage
from boroughs.queries.register_age import RegisterAge

# The clock reminds of a register that nobody looks after once in so long.
YEARLY = timedelta(days=365)

Kind = Reminder.Kind
# Who is told, and where the notification leads.
READERS: dict[str, Permission] = {
    Kind.REGISTER_ABSENT: Permission.EDIT_CONTRACTS,
    Kind.REGISTER_OLD: Permission.EDIT_CONTRACTS,
    Kind.CONTRACTS_ENDED: Permission.EDIT_CONTRACTS,
    Kind.NEEDS_ABSENT: Permission.EDIT_NEEDS,
}
ROUTES: dict[str, str] = {
    Kind.REGISTER_ABSENT: "import-create",
    Kind.REGISTER_OLD: "contract-list",
    Kind.CONTRACTS_ENDED: "contract-list",
    Kind.NEEDS_ABSENT: "need-create",
}


@transaction.atomic
def send(*, borough: Borough, kind: Reminder.Kind, by: Actor) -> int:
    """Remind the borough's people whose role it is; how many are told.

    Raises PermissionRefused, and IllegalMove where there is nothing to remind of, where nobody of the borough could do
    it, and where the last reminder of the kind is less than 30 days old.
    """
    permissions.require(by, Permission.SEND_REMINDERS)
    now = timezone.now()
    if not _claim(borough.pk, kind, by=by, at=now, quiet=reminders.QUIET):
        raise IllegalMove(_too_soon(borough, Reminder.objects.get(borough=borough, kind=kind), now))
    row = coverage(at=now, slug=borough.slug).boroughs
    if not row or not reminders.applies(kind, row[0]):
        raise IllegalMove(f"There is nothing to remind {borough.name} of here any more.")
    told = _tell(row[0], kind, by=by, at=now)
    if not told:
        raise IllegalMove(f"Nobody of {borough.name} who could do this is here yet.")
    return told


def tell_of_old_registers(*, at: datetime) -> int:
    """The clock's: remind, once a year, of each register that nobody has looked after for one; how many boroughs.

    A borough of which nobody could do it is not reminded, and so is as soon as somebody can.
    """
    rows = coverage(at=at).boroughs
    old = [row for row in rows if row.register == RegisterAge.OLD and (row.has_editors or row.has_approvers)]
    return sum(_remind_of_old(row, at=at) for row in old)


@transaction.atomic
def _remind_of_old(row: BoroughCoverage, *, at: datetime) -> bool:
    if not _claim(row.pk, Kind.REGISTER_OLD, by=SCHEDULER, at=at, quiet=YEARLY):
        return False
    _tell(row, Kind.REGISTER_OLD, by=SCHEDULER, at=at)
    return True


def _claim(borough_id: int, kind: Reminder.Kind, *, by: Actor, at: datetime, quiet: timedelta) -> bool:
    """Write down that one is sent now, unless one was within `quiet`; whether it was written."""
    Reminder.objects.get_or_create(borough_id=borough_id, kind=kind)
    rested = Q(sent_at__isnull=True) | Q(sent_at__lte=at - quiet)
    free = Reminder.objects.filter(rested, borough_id=borough_id, kind=kind)
    return bool(free.update(sent_at=at, sent_by=audit.name_of(by)))


def _tell(row: BoroughCoverage, kind: Reminder.Kind, *, by: Actor, at: datetime) -> int:
    borough = Borough.objects.get(pk=row.pk)
    audit.record(by=by, verb="remind", noun="borough", reference=row.slug, borough=borough, details={"of": kind.value})
    news = News(
        kind=Notification.Kind(kind.value),
        borough_id=row.pk,
        subject=row.name,
        headline=reminders.headline(kind, row),
        path=reverse(ROUTES[kind]),
        key=f"{kind} {row.slug} {at.isoformat()}",
    )
    return notifying.announce([news], to=READERS[kind], besides=by)


def _too_soon(borough: Borough, last: Reminder, at: datetime) -> str:
    sent_at = timezone.localtime(last.sent_at or at)
    following = sent_at + reminders.QUIET
    return (
        f"{borough.name} was reminded of this on {sent_at.day} {sent_at:%B %Y} by {reminders.sender(last)}. "
        f"The next reminder can go out on {following.day} {following:%B %Y}."
    )
