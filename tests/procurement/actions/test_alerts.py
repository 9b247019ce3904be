import pytest
from django.utils import timezone

from boroughs.exceptions import NotAcceptable
from procurement.actions import alerts, letters, subscribers
from procurement.actions.subscribers import ASKED_A_DAY
from procurement.models import Alert, Letter, Subscriber
from tests.factories.subscribers import AlertFactory, SubscriberFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
AT_ONCE, WEEKLY = Alert.Frequency.AT_ONCE, Alert.Frequency.WEEKLY


def follow(email: str = "Ann@Example.com", *, search: str = "q=telephony", frequency: str = AT_ONCE) -> Alert:
    return alerts.follow(email=email, frequency=Alert.Frequency(frequency), name="Search: telephony", search=search)


def test_an_alert_stands_once_its_mailbox_said_yes() -> None:
    alert = follow()
    assert not Alert.objects.standing().exists()
    alerts.confirm(alert=alert)
    assert Alert.objects.standing().get().subscriber.email == "ann@example.com"
    assert Subscriber.objects.reachable().count() == 1


def test_the_link_goes_to_the_mailbox_and_nowhere_else() -> None:
    alert = follow()
    letter = Letter.objects.get()
    assert (letter.subscriber, letter.awaited) == (alert.subscriber, True)
    assert alert.confirmation_token in letter.body


def test_a_mailbox_has_one_row_however_it_is_spelt() -> None:
    follow(" ANN@example.com")
    follow("ann@EXAMPLE.com", search="")
    assert Subscriber.objects.count() == 1


def test_asking_again_takes_the_new_frequency_only_before_the_yes() -> None:
    alert = follow()
    follow(frequency=WEEKLY)
    alert.refresh_from_db()
    assert alert.frequency == WEEKLY
    alerts.confirm(alert=alert)
    # Whoever knows the address does not change what its reader has chosen.
    follow(frequency=AT_ONCE)
    alert.refresh_from_db()
    assert (alert.frequency, Alert.objects.count()) == (WEEKLY, 1)


def test_nobody_fills_another_mailbox_with_our_emails() -> None:
    for number in range(ASKED_A_DAY):
        follow(search=f"q={number}")
    with pytest.raises(NotAcceptable, match="within a day"):
        follow(search="q=more")
    assert not Alert.objects.filter(search="q=more").exists()
    follow("somebody.else@example.com")


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_no_more_write_than_one_mailbox_may_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)
    follow()
    moves = [lambda number=number: follow(search=f"q={number}") for number in range(ASKED_A_DAY + 1)]  # type: ignore[misc]
    asked = at_once(*moves)
    assert Letter.objects.count() == ASKED_A_DAY
    assert sum(isinstance(each, NotAcceptable) for each in asked) == 2


def test_who_answers_may_be_asked_again_the_same_day() -> None:
    asked = [follow(search=f"q={number}") for number in range(ASKED_A_DAY)]
    letters.run()
    alerts.confirm(alert=asked[0])
    follow(search="q=more")


def test_an_ended_alert_can_be_followed_anew() -> None:
    alert = AlertFactory(search="q=telephony", subscriber=SubscriberFactory(email="ann@example.com"))
    alerts.end(alert=alert)
    first = Alert.objects.get().ended_at
    alerts.end(alert=alert)
    assert Alert.objects.get().ended_at == first
    assert follow().pk != alert.pk


def test_forgetting_somebody_leaves_no_row_and_no_letter() -> None:
    alert = follow()
    alerts.confirm(alert=alert)
    subscribers.forget(subscriber=alert.subscriber)
    assert [model.objects.count() for model in (Subscriber, Alert, Letter)] == [0, 0, 0]


def test_a_refused_mailbox_is_believed_again_when_its_reader_follows_a_link() -> None:
    alert = follow()
    Subscriber.objects.update(refused_at=timezone.now())
    alerts.confirm(alert=alert)
    assert Subscriber.objects.reachable().exists()
