"""A supplier asks: what is taken, what reaches the lead, and that nobody learns who it was."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import AuditEvent, Notification, Role, User
from procurement.actions import confirming, questions, subscribers
from procurement.models import Letter, LinkNotOurs, Notice, Question, Subscriber
from procurement.queries import published
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.factories.boroughs import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
ANN = "ann@supplier.example"


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def person(notice: Notice, role: Role = Role.BOROUGH_EDITOR) -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=role, borough=notice.lead)
    return user


def test_question_reaches_the_lead_only_once_its_mailbox_has_confirmed_it(notice: Notice) -> None:
    editor, reader = person(notice), person(notice, Role.BOROUGH_READER)
    question = questions.ask(notice=notice, email=" Ann@Supplier.example ", text="Who hosts it?")
    assert (question.confirmed_at, Notification.objects.count()) == (None, 0)
    assert [letter.subscriber.email for letter in Letter.objects.all()] == [ANN]
    before = published.stamp(at=timezone.now()).token
    confirming.confirm(confirming.thing_of(question.confirmation_token))
    confirming.confirm(confirming.thing_of(question.confirmation_token))
    told = Notification.objects.get()
    assert (told.user, told.kind, told.path) == (editor, "QUESTION", f"/notices/{notice.reference}/questions/")
    assert not Notification.objects.filter(user=reader).exists()
    assert published.stamp(at=timezone.now()).token != before, "the page says that one more waits"
    assert "ann" not in f"{told.headline}{told.comment}{told.key}"
    trail = AuditEvent.objects.filter(noun="question").values_list("actor", "verb", "reference", "details")
    assert list(trail) == [("a supplier", "ask", f"{notice.reference}/{question.pk}", {})]


def test_whom_the_boroughs_made_their_lead_is_told(notice: Notice) -> None:
    brent = notice.current.boroughs.exclude(pk=notice.lead_id).first()  # type: ignore[union-attr]
    asked.lead(notice, brent)
    user = UserFactory()
    MembershipFactory(user=user, role=Role.BOROUGH_APPROVER, borough=brent)
    person(notice)
    asked.ask(notice)
    assert Notification.objects.get().user == user


def test_the_same_question_forty_times_is_one_and_five_letters(notice: Notice) -> None:
    said = []
    for number in range(40):
        try:
            questions.ask(notice=notice, email=ANN, text="Who  HOSTS it" + "?" * number)
        except NotAcceptable as refusal:
            said.append(str(refusal))
    assert (Question.objects.count(), Letter.objects.count(), len(said)) == (1, 5, 35)
    assert "Follow the links in them first" in said[0]


def test_asked_again_after_it_was_confirmed_the_mailbox_alone_is_told(notice: Notice) -> None:
    first = asked.ask(notice, "Who hosts it?")
    again = questions.ask(notice=notice, email=ANN, text="who hosts it")
    assert again == first
    letter = Letter.objects.order_by("-pk").first()
    assert letter is not None
    assert letter.subject.startswith("You have asked this already")
    assert "It waits for an answer" in letter.body


def test_the_same_words_of_another_mailbox_are_a_question_of_its_own(notice: Notice) -> None:
    assert asked.ask(notice) != asked.ask(notice, email="bob@other.example")


def most_of_ann(notice: Notice, **fields: object) -> None:
    subscriber = subscribers.known(email=ANN)
    for number in range(questions.MOST_OPEN):
        Question.objects.create(
            notice=notice,
            subscriber=subscriber,
            text="?",
            public_text="?",
            fingerprint=str(number),
            asked_at=timezone.now(),
            **fields,
        )


def test_an_address_has_only_so_many_unconfirmed_questions_on_a_notice(notice: Notice) -> None:
    most_of_ann(notice)
    with pytest.raises(NotAcceptable, match="which is the most"):
        questions.ask(notice=notice, email=ANN, text="One more?")
    assert Question.objects.count() == questions.MOST_OPEN


def test_only_the_mailbox_learns_that_as_many_of_its_questions_wait_as_may(notice: Notice, client: Client) -> None:
    most_of_ann(notice, confirmed_at=timezone.now())
    # Whoever types the address is told what everybody is told.
    question = questions.ask(notice=notice, email=ANN, text="One more?")
    answer = client.post(reverse("confirm", args=[question.confirmation_token]))
    assert "10 of your questions wait for an answer here" in answer.content.decode()
    question.refresh_from_db()
    assert question.confirmed_at is None


def test_following_the_link_again_is_no_further_question(notice: Notice) -> None:
    question = questions.ask(notice=notice, email=ANN, text="One more?")
    questions.confirm(question=question)
    most_of_ann(notice, confirmed_at=timezone.now())
    questions.confirm(question=question)
    question.refresh_from_db()
    assert question.status == Question.Status.WAITING


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (scene.dates(date(2020, 1, 1), date(2099, 1, 1)), "The last day for questions was 1 January 2020"),
        (scene.dates(date(2020, 1, 1), date(2020, 1, 2)), "The last day for questions was 1 January 2020"),
    ],
)
def test_after_the_last_day_nobody_asks(notice: Notice, columns: dict[str, date], words: str) -> None:
    scene.correct(notice, **columns)
    with pytest.raises(IllegalMove, match=words):
        questions.ask(notice=notice, email=ANN, text="Late?")
    assert not Subscriber.objects.exists()


def test_nobody_asks_about_a_withdrawn_notice_or_a_draft(notice: Notice) -> None:
    scene.withdraw(notice)
    for each, words in ((notice, "withdrawn"), (scene.draft(scene.confirmed_demand(title="Other")), "not published")):
        with pytest.raises(IllegalMove, match=words):
            questions.ask(notice=each, email=ANN, text="Late?")


def test_letter_that_asks_to_confirm_carries_no_words_of_a_stranger(notice: Notice) -> None:
    questions.ask(notice=notice, email=ANN, text="Buy gold at https://gold.example")
    assert "gold" not in Letter.objects.get().body


def test_who_deletes_their_address_leaves_a_question_that_nobody_asked(notice: Notice) -> None:
    question = asked.ask(notice, "Confirmed?")
    unconfirmed = questions.ask(notice=notice, email=ANN, text="Not confirmed?")
    subscribers.forget(subscriber=Subscriber.objects.get())
    assert (Question.objects.get(), Question.objects.get().subscriber) == (question, None)
    for token in (question.confirmation_token, unconfirmed.confirmation_token):
        with pytest.raises(LinkNotOurs):
            confirming.thing_of(token)
