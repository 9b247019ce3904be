"""What a borough could be reminded of: whether it applies, in which words, and when it last was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from boroughs.models import Reminder
from boroughs.permissions import SCHEDULER
from boroughs.queries.coverage import BoroughCoverage
from boroughs.queries.register_age import RegisterAge

# A borough is reminded of the same kind of thing at most once in so long.
QUIET = timedelta(days=30)

Kind = Reminder.Kind

_APPLIES: dict[str, Callable[[BoroughCoverage], bool]] = {
    Kind.REGISTER_ABSENT: lambda row: row.register == RegisterAge.ABSENT,
    Kind.REGISTER_OLD: lambda row: row.register == RegisterAge.OLD,
    Kind.CONTRACTS_ENDED: lambda row: row.contracts_ended > 0,
    Kind.NEEDS_ABSENT: lambda row: row.open_needs == 0,
}


@dataclass(frozen=True)
class Topic:
    """One kind of reminder to one borough, as it stands."""

    kind: Reminder.Kind
    # One line: the subject of the e-mail where it applies.
    headline: str
    applies: bool
    sent_at: datetime | None
    # An e-mail address, or that nobody in particular sent it.
    sender: str
    # When the next one of the kind may go out; None where it may now.
    next_at: datetime | None

    @property
    def slug(self) -> str:
        return self.kind.value.lower().replace("_", "-")


def topics(row: BoroughCoverage, *, at: datetime) -> list[Topic]:
    """All kinds. One query."""
    last = {each.kind: each for each in Reminder.objects.filter(borough=row.pk)}
    return [_topic(row, kind, last.get(kind), at) for kind in Kind]


def applies(kind: Reminder.Kind, row: BoroughCoverage) -> bool:
    return _APPLIES[kind](row)


def headline(kind: Reminder.Kind, row: BoroughCoverage) -> str:
    """How the borough stands in one line, whether there is something to remind it of or not."""
    if kind == Kind.CONTRACTS_ENDED:
        number = row.contracts_ended
        if number == 1:
            return f"1 contract of {row.name} is past its end and still listed"
        return f"{number or 'No'} contracts of {row.name} are past their end and still listed"
    if kind == Kind.NEEDS_ABSENT:
        number = row.open_needs
        return (
            f"{number or 'No'} {'need' if number < 2 else 'needs'} of {row.name} {'are' if number > 1 else 'is'} open"
        )
    if kind == Kind.REGISTER_OLD and row.has_register and row.kept_at:
        return f"{row.name}’s contract register was last looked after in {timezone.localtime(row.kept_at):%B %Y}"
    return f"{row.name}’s contract register is {'here' if row.has_register else 'not here yet'}"


def sender(last: Reminder) -> str:
    """Who sent it, to go behind "by"."""
    return "the platform itself" if last.sent_by == SCHEDULER.name else last.sent_by


def _topic(row: BoroughCoverage, kind: Reminder.Kind, last: Reminder | None, at: datetime) -> Topic:
    sent_at = last.sent_at if last else None
    return Topic(
        kind=kind,
        headline=headline(kind, row),
        applies=applies(kind, row),
        sent_at=sent_at,
        sender=sender(last) if last else "",
        next_at=sent_at + QUIET if sent_at and sent_at + QUIET > at else None,
    )
