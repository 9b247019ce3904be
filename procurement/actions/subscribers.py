"""People outside the boroughs: known by a mailbox, believed once they followed a link that was sent to it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs.exceptions import NotAcceptable
from procurement.actions import interest_bands, letters
from procurement.models import Alert, Confirmable, Interest, Letter, Question, Subscriber
from procurement.models.confirmable import CONFIRM_WITHIN
from procurement.notifications import Words

# So many things a day, counted from its last yes, may ask one mailbox for a yes: nobody fills somebody else's with our
# e-mails.
ASKED_A_DAY = 5


def mailbox(email: str) -> str:
    """The address as it is kept: one for each mailbox. `email` was validated by a form."""
    return email.strip().lower()


@transaction.atomic
def known(*, email: str) -> Subscriber:
    """The subscriber of this mailbox, new where there is none. Unconfirmed until they follow a link.

    The row is held until the commit, so that what several requests ask at once is counted one after the other.
    """
    subscriber, _ = Subscriber.objects.get_or_create(email=mailbox(email), defaults={"created_at": timezone.now()})
    Subscriber.objects.filter(pk=subscriber.pk).update(secret=F("secret"))
    return subscriber


def ask(*, subscriber: Subscriber, thing: Confirmable, words: Words) -> None:
    """Send the link that confirms `thing`. Call this last in a transaction.

    Raises NotAcceptable where this mailbox was asked too often within a day.
    """
    since = timezone.now() - timedelta(days=1)
    asked = Letter.objects.filter(subscriber=subscriber, awaited=True, written_at__gte=since)
    if asked.count() >= ASKED_A_DAY:
        problem = f"We have sent {ASKED_A_DAY} e-mails to this address within a day. Follow the links in them first."
        raise NotAcceptable([problem], fields={"email": [problem]})
    # Each time anew: who asks again has not found the first.
    key = f"confirm-{thing._meta.model_name}-{thing.pk}-{timezone.now().isoformat()}"
    letters.write([letters.Draft(subscriber.pk, key, words, awaited=True)])


def confirm(*, subscriber: Subscriber) -> None:
    """They followed a link: the mailbox is theirs, and it works. Nobody waits for what was sent there any more, so as
    much again may be asked.
    """
    Subscriber.objects.filter(pk=subscriber.pk, confirmed_at__isnull=True).update(confirmed_at=timezone.now())
    Subscriber.objects.filter(pk=subscriber.pk).update(refused_at=None)
    Letter.objects.filter(subscriber=subscriber, awaited=True, sent_at__isnull=False).update(awaited=False)


@transaction.atomic
def forget(*, subscriber: Subscriber) -> None:
    """Delete the address and everything that hangs on it alone. What was published names nobody, and stays."""
    # A question that reached the authorities is answered all the same; by then nobody asked it.
    Question.objects.filter(subscriber=subscriber, confirmed_at__isnull=True).delete()
    shown_in = set(Interest.objects.filter(subscriber=subscriber).values_list("notice", flat=True))
    interest_bands.hold(shown_in)
    Subscriber.objects.filter(pk=subscriber.pk).delete()
    interest_bands.settle(shown_in)


@transaction.atomic
def drop_unconfirmed() -> int:
    """Delete what nobody confirmed while its link worked, and mailboxes that never confirmed anything; their number.

    Interest that was withdrawn goes as well.
    """
    Alert.objects.forgotten().delete()
    Question.objects.forgotten().delete()
    Interest.objects.forgotten().delete()
    Interest.objects.over().delete()
    asked_for = {f"{kind}__isnull": True for kind in ("alerts", "questions", "interests")}
    long_ago = timezone.now() - CONFIRM_WITHIN
    idle = Subscriber.objects.filter(confirmed_at__isnull=True, created_at__lt=long_ago, **asked_for)
    _, deleted = idle.delete()
    return deleted.get("procurement.Subscriber", 0)
