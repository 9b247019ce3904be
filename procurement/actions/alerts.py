"""Following the board by e-mail: asked for, confirmed from the mailbox, changed, ended."""

from django.db import transaction
from django.utils import timezone

from boroughs.exceptions import NotAcceptable
from procurement import notifications
from procurement.actions import alert_news, subscribers
from procurement.models import Alert, Mute, Notice, NoticeVersion, Subscriber
from procurement.queries import alert_matches

# So many a mailbox may follow.
MOST = 50
# Characters of a search; an index of PostgreSQL holds no row of more than some 2,700 bytes.
MOST_CHARACTERS = 2500


@transaction.atomic
def follow(
    *, email: str, frequency: Alert.Frequency, name: str, search: str = "", notice: Notice | None = None
) -> Alert:
    """Ask for an alert; the mailbox is sent a link that confirms it.

    Asked for again, it is the same alert with the new frequency, and a new link where it is not confirmed.
    Raises NotAcceptable where the search is too long, the mailbox follows too much, or was asked too often today.
    """
    if len(search) > MOST_CHARACTERS:
        raise NotAcceptable(["This search has too many filters to be followed. Take some out."])
    subscriber = subscribers.known(email=email)
    mine = Alert.objects.filter(subscriber=subscriber, ended_at__isnull=True)
    if mine.count() >= MOST:
        problem = f"This address follows {MOST} searches and notices, which is the most. End one first."
        raise NotAcceptable([problem], fields={"email": [problem]})
    alert, is_new = mine.get_or_create(
        search=search,
        notice=notice,
        defaults={"subscriber": subscriber, "name": name, "frequency": frequency, "asked_at": timezone.now()},
    )
    if not is_new and alert.confirmed_at is None:
        alert.frequency, alert.asked_at = frequency, timezone.now()
        alert.save(update_fields=["frequency", "asked_at"])
    # The page says the same in each case: nobody learns from it who follows what.
    subscribers.ask(subscriber=subscriber, thing=alert, words=notifications.confirm_alert(alert=alert))
    return alert


@transaction.atomic
def confirm(*, alert: Alert) -> None:
    """The link in the mailbox was followed. Twice is the same as once."""
    subscribers.confirm(subscriber=alert.subscriber)
    Alert.objects.filter(pk=alert.pk, confirmed_at__isnull=True).update(confirmed_at=timezone.now())


def end(*, alert: Alert) -> None:
    """Nothing more is sent for it. Twice is the same as once."""
    Alert.objects.filter(pk=alert.pk, ended_at__isnull=True).update(ended_at=timezone.now())


@transaction.atomic
def change(*, alert: Alert, frequency: Alert.Frequency) -> None:
    """Tell in another rhythm from now on, and nothing twice, and nothing not at all."""
    if alert.frequency == frequency:
        return
    now = timezone.now()
    standing = Alert.objects.filter(pk=alert.pk, ended_at__isnull=True)
    if frequency == Alert.Frequency.AT_ONCE:
        # What waited for the morning. Telling a version again writes a letter to those only who have none of it.
        since = max(alert.since or now, alert_matches.news_since(now))
        for version in NoticeVersion.objects.filter(published_at__gt=since):
            alert_news.request(version)
    else:
        # Told at once until now: the first morning begins here.
        standing.filter(frequency=Alert.Frequency.AT_ONCE).update(told_until=now)
    standing.update(frequency=frequency)


def mute(*, subscriber: Subscriber, notice: Notice) -> None:
    """Tell this subscriber nothing more of the notice, whatever search finds it. Twice is the same as once."""
    Mute.objects.get_or_create(subscriber=subscriber, notice=notice, defaults={"at": timezone.now()})


def unmute(*, subscriber: Subscriber, notice: Notice) -> None:
    Mute.objects.filter(subscriber=subscriber, notice=notice).delete()
