"""Telling people what happened: one row for each person, in the transaction of the event.

An event has a key. Nobody is told of the same key twice, and a key that anybody was told of is not told again to those
who come later: a new colleague begins with what happens from then on.

Call these last in a transaction. The row of work that the e-mails wait for is one for all, so whoever has written to it
holds up everybody else who has something to tell, until the commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.background import Task
from boroughs.models import Amendment, Need, Notification, User
from boroughs.permissions import Actor, Permission

Kind = Notification.Kind
MailPreference = User.MailPreference

# All e-mails are one piece of work: boroughs/actions/mailing.py.
MAIL = "london"
CHUNK = 500


@dataclass(frozen=True)
class News:
    """Something that happened to a thing of one borough. The fields are those of a notification."""

    kind: Notification.Kind
    # 0 for what is all London's.
    borough_id: int
    subject: str
    headline: str
    path: str
    key: str
    comment: str = ""


def submitted(*, need: Need, by: Actor, amendment: Amendment | None = None) -> None:
    """Tell the borough's approvers that the need, or its amendment, waits for one of them."""
    words = f"{_named(need, amendment)} waits for your approval"
    announce([_of(need, Kind.SUBMITTED, words, _moved(need, amendment))], to=Permission.APPROVE_NEEDS, besides=by)


def approved(*, need: Need, by: Actor, authors: Iterable[int | None], amendment: Amendment | None = None) -> None:
    """Tell those who wrote and submitted it, by primary key, of the yes."""
    words = f"{_named(need, amendment)} is approved"
    _answer(_of(need, Kind.APPROVED, words, _moved(need, amendment)), authors, by)


def returned(
    *, need: Need, by: Actor, authors: Iterable[int | None], reason: str, amendment: Amendment | None = None
) -> None:
    """Tell those who wrote and submitted it, by primary key, that it is theirs to change again, and why."""
    words = f"{_named(need, amendment)} was sent back to you"
    _answer(_of(need, Kind.RETURNED, words, _moved(need, amendment), comment=reason), authors, by)


def asked_to_confirm(*, needs: Sequence[Need]) -> int:
    """Ask editors and approvers whether needs that nobody has touched still hold; the number of rows."""
    news = [
        _of(need, Kind.CONFIRMATION_ASKED, f"Does {_named(need)} still hold?", f"{need.confirmation_asked_at}")
        for need in needs
    ]
    return announce(news, to=Permission.EDIT_NEEDS)


def expired(*, need: Need) -> int:
    """Tell editors and approvers that the need left matching; the number of rows."""
    words = f"{_named(need)} has expired: nobody confirmed it"
    return announce([_of(need, Kind.EXPIRED, words, f"{need.closed_at}")], to=Permission.EDIT_NEEDS)


@transaction.atomic
def announce(news: Sequence[News], *, to: Permission, besides: Actor | None = None) -> int:
    """Tell everybody whose role in the borough of the news carries `to`; the number of rows.

    Four queries, and two for each 500 events and each 500 rows.
    """
    unheard = _unheard(news)
    people = permissions.holders(to, {each.borough_id for each in unheard}) if unheard else {}
    return _write(
        [(each, person) for each in unheard for person in people.get(each.borough_id, ()) if person != besides]
    )


@transaction.atomic
def tell(told: Sequence[tuple[News, User]]) -> int:
    """Tell people by name, each once of a key; the number of rows."""
    return _write(told)


@transaction.atomic
def read(*, by: User, pk: int) -> Notification | None:
    """One of the person's own notifications, read from now on; None where there is none that they may see."""
    found = permissions.visible_notifications(by).filter(pk=pk).first()
    if found is not None and found.read_at is None:
        Notification.objects.unread().filter(pk=pk).update(read_at=timezone.now())
    return found


def read_all(*, by: User, upto: int) -> int:
    """Mark what the person has seen in the list, up to this primary key, as read; the number of rows."""
    return permissions.visible_notifications(by).unread().filter(pk__lte=upto).update(read_at=timezone.now())


@transaction.atomic
def prefer(*, user: User, preference: "User.MailPreference") -> None:
    """Have the own e-mails sent at once, once a day or never. Who wants none is not sent later what they missed."""
    if not User.objects.filter(pk=user.pk).exclude(mail_preference=preference).update(mail_preference=preference):
        return
    if preference == MailPreference.NONE:
        Notification.objects.filter(user=user, mailed_at__isnull=True).update(mail_wanted=False)
    audit.record(by=user, verb="prefer", noun="person", reference=user.email, details={"e-mails": preference})


def _answer(news: News, authors: Iterable[int | None], by: Actor) -> None:
    """Tell the authors, but for whoever acted and who has no role in the borough any more."""
    wanted = set(authors) - {by.pk if isinstance(by, User) else None}
    people = permissions.holders(Permission.VIEW_NEEDS, [news.borough_id]).get(news.borough_id, [])
    _write([(news, person) for person in people if person.pk in wanted])


def _unheard(news: Sequence[News]) -> list[News]:
    heard: set[str] = set()
    for start in range(0, len(news), CHUNK):
        keys = [each.key for each in news[start : start + CHUNK]]
        heard |= set(Notification.objects.filter(key__in=keys).values_list("key", flat=True))
    return [each for each in news if each.key not in heard]


def _write(told: Sequence[tuple[News, User]]) -> int:
    now = timezone.now()
    rows = [
        Notification(
            user=person,
            borough_id=each.borough_id or None,
            kind=each.kind,
            subject=each.subject,
            headline=each.headline,
            comment=each.comment,
            path=each.path,
            key=each.key,
            at=now,
            mail_wanted=person.mail_preference != MailPreference.NONE,
        )
        for each, person in told
    ]
    # Two workers may tell of the same event in the same moment: the second one's rows are there already.
    Notification.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    if any(person.mail_preference == MailPreference.AT_ONCE for _, person in told):
        work.request(task=Task.MAIL_NOTIFICATIONS, key=MAIL)
    return len(rows)


def _of(need: Need, kind: Notification.Kind, headline: str, moment: str, *, comment: str = "") -> News:
    return News(
        kind=kind,
        borough_id=need.borough_id,
        subject=need.reference,
        headline=headline,
        path=reverse("need-detail", args=[need.reference]),
        key=f"{kind} {need.reference} {moment}",
        comment=comment,
    )


def _named(need: Need, amendment: Amendment | None = None) -> str:
    return f"{'The amendment of ' if amendment else ''}{need.reference} “{need.title}”"


def _moved(need: Need, amendment: Amendment | None) -> str:
    """What tells one move from the next of the same kind: a need may be submitted and sent back many times."""
    return f"amendment {amendment.pk} at {amendment.revision}" if amendment else f"{need.updated_at}"
