"""A supplier shows interest in a notice, changes it and takes it back; the authorities alone read it.

Shown under an address, it counts once its mailbox has said so. What stands for a mailbox and notice is never changed by
who merely knows the address: another one that is shown under it takes its place when it is confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough, Notification
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import day, listed
from procurement import notifications
from procurement.actions import interest_bands, lead_news, subscribers
from procurement.actions.questions import SUPPLIER
from procurement.models import Interest, Notice, NoticeVersion, PublicState, state_at

ORGANISATION_CHARACTERS = 150
STATEMENT_CHARACTERS = 1000
FRAMEWORKS = 5
FRAMEWORK_CHARACTERS = 100


@dataclass(frozen=True)
class InterestContent:
    """What a supplier says. `boroughs` are slugs, `volume` is a value of Interest.Volume."""

    organisation: str
    boroughs: tuple[str, ...]
    company_number: str = ""
    volume: str = ""
    is_sme: bool | None = None
    is_vcse: bool | None = None
    frameworks: tuple[str, ...] = ()
    statement: str = ""

    def columns(self) -> Mapping[str, Any]:
        """As the row has it, all but the boroughs."""
        return {
            "organisation": self.organisation,
            "company_number": self.company_number,
            "volume": self.volume,
            "is_sme": self.is_sme,
            "is_vcse": self.is_vcse,
            "frameworks": list(self.frameworks),
            "statement": self.statement,
        }


def refusal_in(state: str, *, closes_date: date) -> str:
    """Why no interest can be shown in a notice of this public state, in words; blank where it can."""
    if state in (PublicState.OPEN, PublicState.QUESTIONS_CLOSED):
        return ""
    if state == PublicState.WITHDRAWN:
        return "This notice is withdrawn, so no more interest is taken."
    return f"This notice closed on {day(closes_date)}."


@transaction.atomic
def show(*, notice: Notice, email: str, content: InterestContent) -> Interest:
    """Show interest; the mailbox is sent a link that confirms it.

    Raises IllegalMove where the notice is not open, and NotAcceptable where it does not have these authorities, or the
    mailbox was asked too often today.
    """
    interest = note(email=email, notice=notice, content=content)
    replaces = Interest.objects.standing().filter(subscriber=interest.subscriber, notice=notice).exists()
    # The page says the same in each case; that some interest stands already is told in the e-mail alone.
    words = notifications.confirm_interest(interest=interest, replaces=replaces)
    subscribers.ask(subscriber=interest.subscriber, thing=interest, words=words)
    return interest


@transaction.atomic
def note(*, email: str, notice: Notice, content: InterestContent) -> Interest:
    """Write down what is still to be confirmed, and tell nobody. Raises as `show` does."""
    boroughs = _of_open(notice, content)
    interest = Interest.objects.create(
        subscriber=subscribers.known(email=email), notice=notice, asked_at=timezone.now(), **content.columns()
    )
    interest.boroughs.set(boroughs)
    return interest


@transaction.atomic
def confirm(*, interest: Interest) -> None:
    """The link in the mailbox was followed: it counts, in place of what this mailbox showed before.

    Twice is the same as once.
    """
    interest_bands.hold([interest.notice_id])
    now = timezone.now()
    subscribers.confirm(subscriber=interest.subscriber)
    unconfirmed = Interest.objects.filter(pk=interest.pk, confirmed_at__isnull=True)
    if not unconfirmed.exists():
        return
    mine = Interest.objects.standing().filter(subscriber=interest.subscriber_id, notice=interest.notice_id)
    before = mine.first()
    if before is None:
        unconfirmed.update(confirmed_at=now, since=now)
    else:
        mine.update(withdrawn_at=now)
        unconfirmed.update(confirmed_at=now, since=before.since, changed_at=now, revision=before.revision + 1)
    interest.refresh_from_db()
    _done(interest, "amend" if before else "show", tells_lead=True)


@transaction.atomic
def change(*, interest: Interest, content: InterestContent, revision: int) -> None:
    """Say it anew, from the mailbox's own page.

    Raises as `show` does, and ChangedMeanwhile where it is not what stood there when the page was read.
    """
    boroughs = _of_open(interest.notice, content)
    interest_bands.hold([interest.notice_id])
    standing = Interest.objects.standing().filter(pk=interest.pk, revision=revision)
    if not standing.update(revision=revision + 1, changed_at=timezone.now(), **content.columns()):
        raise ChangedMeanwhile("You have changed or withdrawn it in another window.")
    interest.refresh_from_db()
    interest.boroughs.set(boroughs)
    _done(interest, "amend", tells_lead=True)


@transaction.atomic
def withdraw(*, interest: Interest) -> None:
    """Take it back: nobody reads it any more, and it does not count. Twice is the same as once."""
    interest_bands.hold([interest.notice_id])
    if Interest.objects.standing().filter(pk=interest.pk).update(withdrawn_at=timezone.now()):
        _done(interest, "withdraw", tells_lead=False)


def _of_open(notice: Notice, content: InterestContent) -> list[Borough]:
    """The authorities that are meant, all of the notice as the board shows it."""
    version = NoticeVersion.objects.filter(current_of=notice).first()
    if version is None:
        raise IllegalMove("This notice is not published.")
    state = state_at(
        timezone.now(),
        is_withdrawn=version.is_withdrawal,
        questions_close_date=version.questions_close_date,
        closes_date=version.closes_date,
    )
    if words := refusal_in(state, closes_date=version.closes_date):
        raise IllegalMove(words)
    found = list(version.boroughs.filter(slug__in=content.boroughs))
    missing = set(content.boroughs) - {borough.slug for borough in found}
    if missing or not found:
        names = Borough.objects.filter(slug__in=missing).order_by("name").values_list("name", flat=True)
        problem = f"Not in this notice: {listed(names)}." if names else "Choose authorities of this notice."
        raise NotAcceptable([problem], fields={"boroughs": [problem]})
    return found


def _done(interest: Interest, verb: str, *, tells_lead: bool) -> None:
    interest_bands.settle([interest.notice_id])
    notice = interest.notice
    # A number that says nothing of who it was.
    audit.record(by=SUPPLIER, verb=verb, noun="interest", reference=f"{notice.reference}/{interest.pk}")
    if tells_lead:
        lead_news.tell(
            notice,
            "Suppliers show interest in",
            kind=Notification.Kind.INTEREST,
            route="notice-interests",
            # Once a day, however many there are.
            key=f"{notice.pk} {timezone.localdate()}",
            to=Permission.TAKE_PART,
        )
