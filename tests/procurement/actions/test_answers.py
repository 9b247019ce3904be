"""Answers: drafted by one, published by another, to everybody at once, and never lost beside other publications."""

from functools import partial

import pytest
from django.utils import timezone

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Notification, Role, User
from procurement.actions import answers, corrections
from procurement.models import Letter, Naming, Notice, NoticeVersion, Participation, Question, Subscriber
from procurement.queries import published, verification
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.factories.boroughs import MembershipFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DROPPED = ("questions", "users_total", "budget_min_total", "budget_max_total")


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def of(name: str, role: Role) -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=role, borough=scene.borough(name))
    return user


def letters() -> list[tuple[str, str]]:
    """Who was told, and under which key, but for what asks to confirm."""
    rows = Letter.objects.exclude(key__startswith="confirm-").order_by("pk")
    return [(row.subscriber.email, row.key) for row in rows.select_related("subscriber")]


def test_answer_is_the_next_version_of_what_the_board_shows_and_of_nothing_else(notice: Notice) -> None:
    first = NoticeVersion.objects.get()
    question = asked.ask(notice)
    corrections.begin(notice=notice, by=scene.analyst())
    Notice.objects.filter(pk=notice.pk).update(title="Half way to something else")
    version = asked.publish(question)
    today = timezone.localdate().isoformat()
    assert version.content["questions"] == [
        {
            "number": 1,
            "asked_on": today,
            "question": "Do tenants need single sign-on?",
            "answer": asked.ANSWER,
            "answered_on": today,
            "corrected_on": None,
        }
    ]
    assert {key: value for key, value in version.content.items() if key not in DROPPED} == {
        key: value for key, value in first.content.items() if key not in DROPPED
    }
    assert version.content["users_total"] == first.content["users_total"] | {"as_at": 1}
    assert (version.number, version.reason, version.title) == (2, "Question 1 answered.", first.title)
    notice.refresh_from_db()
    assert (notice.current, notice.status) == (version, Notice.Status.CORRECTING), "who prepares the next one goes on"
    assert verification.verify() == verification.Verified(versions=2, head=version.digest, faults=())


def test_an_answer_says_that_a_borough_is_no_longer_named_and_not_which(notice: Notice) -> None:
    Naming.objects.filter(borough__slug="brent").update(agrees=False)
    version = asked.publish(asked.ask(notice))
    assert [borough["slug"] for borough in version.content["boroughs"]] == ["camden", "hackney"]
    assert version.content["users_total"] is None
    assert version.reason.startswith("Question 1 answered. Who no longer agrees to be named is left out")
    assert "Brent" not in version.reason


def test_one_person_drafts_and_another_publishes(notice: Notice) -> None:
    author, other = scene.analyst(), scene.analyst()
    question = asked.draft(asked.ask(notice), by=author)
    with pytest.raises(PermissionRefused, match="somebody else"):
        answers.publish(question=question, revision=question.revision, by=author)
    version = answers.publish(question=question, revision=question.revision, by=other)
    assert (version.proposed_by, version.approved_by) == (author.email, other.email)


def test_members_draft_and_the_lead_publishes(notice: Notice) -> None:
    question = asked.ask(notice)
    asked.lead(notice, scene.borough("Camden"))
    brent, reader = of("Brent", Role.BOROUGH_EDITOR), of("Brent", Role.BOROUGH_READER)
    stranger = of("Harrow", Role.BOROUGH_APPROVER)
    for user in (reader, stranger):
        with pytest.raises(PermissionRefused):
            asked.draft(question, by=user)
    approver = of("Camden", Role.BOROUGH_APPROVER)
    question = asked.draft(question, by=brent)
    assert Notification.objects.get(user=approver).headline.startswith("An answer waits for a second person, about NT-")
    for user in (of("Hackney", Role.BOROUGH_APPROVER), of("Camden", Role.BOROUGH_EDITOR), brent):
        with pytest.raises(PermissionRefused):
            answers.publish(question=question, revision=question.revision, by=user)
    assert answers.publish(question=question, revision=question.revision, by=approver).approved_by == approver.email


def test_a_member_that_has_declined_drafts_no_more(notice: Notice) -> None:
    question, editor = asked.ask(notice), of("Brent", Role.BOROUGH_EDITOR)
    Participation.objects.create(
        demand=notice.demand,
        borough=scene.borough("Brent"),
        stage=Participation.Stage.DECLINED,
        reason=Participation.DeclineReason.TIMING,
    )
    with pytest.raises(PermissionRefused):
        asked.draft(question, by=editor)


def test_near_duplicates_are_answered_with_it_and_each_asker_is_told_once(notice: Notice) -> None:
    one = asked.ask(notice)
    two = asked.ask(notice, "Is single sign-on needed for tenants?", "bob@other.example")
    three = asked.ask(notice, "What is the volume of calls?", "cid@third.example")
    version = asked.publish(one, also=[two.pk])
    for each in (one, two, three):
        each.refresh_from_db()
    assert (one.status, one.number) == ("ANSWERED", 1)
    assert (two.status, two.same_as, two.number) == ("DUPLICATE", one, None)
    assert three.status == "WAITING"
    assert letters() == [
        ("ann@supplier.example", f"version-{version.pk}"),
        ("bob@other.example", f"version-{version.pk}"),
    ]
    assert f"/notices/{notice.reference}/#question-1" in Letter.objects.order_by("-pk")[0].body


def test_what_is_taken_along_is_free_again_where_it_is_not_chosen_any_more(notice: Notice) -> None:
    one, two = asked.ask(notice), asked.ask(notice, "Another?", "bob@other.example")
    asked.draft(one, also=[two.pk])
    two.refresh_from_db()
    with pytest.raises(IllegalMove, match="together with another"):
        asked.draft(two)
    asked.draft(one, also=[])
    asked.draft(two)
    one.refresh_from_db()
    asked.draft(one, also=[two.pk])
    two.refresh_from_db()
    assert two.same_as is None, "it has a draft of its own"


def test_corrected_answer_keeps_its_trace(notice: Notice) -> None:
    question = asked.ask(notice)
    first = asked.publish(question)
    question.refresh_from_db()
    with pytest.raises(NotAcceptable, match="says the same"):
        asked.draft(question, reason="Why.")
    with pytest.raises(NotAcceptable, match="Everybody can read it") as refusal:
        asked.draft(question, "No.")
    assert list(refusal.value.fields) == ["reason"]
    second = asked.publish(question, "No, in two of them.", reason="We had\nasked one of them only.")
    assert second.reason == "Answer to question 1 corrected: We had asked one of them only."
    (entry,) = second.content["questions"]
    assert (entry["answer"], entry["corrected_on"]) == ("No, in two of them.", timezone.localdate().isoformat())
    assert first.content["questions"][0]["answer"] == asked.ANSWER
    assert letters()[-1] == ("ann@supplier.example", f"version-{second.pk}")


def test_correction_that_is_given_up_leaves_what_is_published(notice: Notice) -> None:
    question = asked.ask(notice)
    asked.publish(question)
    drafted = asked.draft(question, "Wrong.", reason="Why.")
    answers.take_back(question=drafted, revision=drafted.revision, by=scene.analyst())
    question.refresh_from_db()
    assert (question.answer, question.drafted_by, question.status) == (asked.ANSWER, "", "ANSWERED")
    with pytest.raises(IllegalMove):
        answers.publish(question=question, revision=question.revision, by=scene.analyst())


def test_what_is_published_is_what_was_read(notice: Notice) -> None:
    question = asked.draft(asked.ask(notice))
    read = question.revision
    asked.draft(question, "Something else.")
    with pytest.raises(ChangedMeanwhile):
        answers.publish(question=question, revision=read, by=scene.analyst())
    with pytest.raises(ChangedMeanwhile):
        answers.draft(question=question, public_text="A?", answer="B.", revision=read, by=scene.analyst())
    assert NoticeVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "answer", "field"),
    [
        ("", "Yes.", "public_text"),
        ("Who?", "", "answer"),
        ("x" * 2001, "Yes.", "public_text"),
        ("Who?", "x" * 5001, "answer"),
        ("I am ann@supplier.example. Who?", "Yes.", "public_text"),
    ],
)
def test_what_cannot_be_published_is_not_kept(notice: Notice, text: str, answer: str, field: str) -> None:
    question = asked.ask(notice)
    with pytest.raises(NotAcceptable) as refusal:
        answers.draft(question=question, public_text=text, answer=answer, revision=1, by=scene.analyst())
    assert list(refusal.value.fields) == [field]


def test_declined_question_is_told_to_who_asked_alone(notice: Notice) -> None:
    question = asked.ask(notice)
    other = asked.ask(notice, "Another?", "bob@other.example")
    asked.draft(question, also=[other.pk])
    answers.decline(
        question=question, reason=Question.DeclineReason.IN_THE_NOTICE, words="See “Setup”.", by=scene.analyst()
    )
    question.refresh_from_db()
    other.refresh_from_db()
    assert (question.status, question.drafted_by, other.status, other.same_as) == ("DECLINED", "", "WAITING", None)
    assert letters() == [("ann@supplier.example", f"declined-{question.pk}")]
    body = Letter.objects.order_by("-pk")[0].body
    assert "The notice says it already" in body
    assert "See “Setup”." in body
    assert NoticeVersion.objects.count() == 1
    with pytest.raises(IllegalMove):
        answers.decline(question=question, reason=Question.DeclineReason.NOT_CLEAR, words="", by=scene.analyst())


def test_question_that_is_answered_already_is_sent_there(notice: Notice) -> None:
    asked.publish(asked.ask(notice))
    late = asked.ask(notice, "Single sign-on?", "bob@other.example")
    with pytest.raises(NotAcceptable):
        answers.close_with(question=late, number=2, by=scene.analyst())
    answers.close_with(question=late, number=1, by=scene.analyst())
    late.refresh_from_db()
    assert (late.status, late.same_as.number) == ("DUPLICATE", 1)  # type: ignore[union-attr]
    assert letters()[-1] == ("bob@other.example", f"answered-{late.pk}")
    assert NoticeVersion.objects.count() == 2


def test_answers_go_along_with_corrections_and_the_withdrawal(notice: Notice) -> None:
    asked.publish(asked.ask(notice))
    corrected = scene.correct(notice, title="Repairs of council homes")
    assert corrected.content["questions"][0]["answer"] == asked.ANSWER
    with pytest.raises(NotAcceptable, match="says the same"):
        scene.correct(notice)
    Notice.objects.filter(pk=notice.pk).update(status="CORRECTING", proposed_by="")
    corrections.drop(notice=notice, by=scene.analyst())
    last = scene.withdraw(notice)
    assert last.content["questions"] == corrected.content["questions"]
    assert verification.verify().faults == ()


def test_nothing_is_published_on_a_withdrawn_notice(notice: Notice) -> None:
    question = asked.draft(asked.ask(notice))
    scene.withdraw(notice)
    with pytest.raises(IllegalMove, match="withdrawn"):
        answers.publish(question=question, revision=question.revision, by=scene.analyst())


def test_question_of_who_was_forgotten_is_answered_without_a_letter(notice: Notice) -> None:
    question = asked.ask(notice)
    Subscriber.objects.all().delete()
    assert asked.publish(question).number == 2
    assert not Letter.objects.exists()


def test_trail_tells_what_was_done_and_nothing_that_was_said(notice: Notice) -> None:
    question = asked.ask(notice)
    asked.publish(question)
    events = AuditEvent.objects.filter(noun="question", reference=f"{notice.reference}/{question.pk}").order_by("pk")
    assert [event.verb for event in events] == ["ask", "draft answer", "publish answer"]
    whole = " ".join(f"{event.actor} {event.reference} {event.details}" for event in AuditEvent.objects.all())
    assert "supplier.example" not in whole
    assert "sign-on" not in whole


# --- at the same moment ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_two_versions_in_order() -> None:
    notice = scene.publish().notice
    one, two = asked.draft(asked.ask(notice)), asked.draft(asked.ask(notice, "Who hosts it?", "bob@other.example"))
    moves = [
        partial(
            answers.publish,
            question=Question.objects.select_related("notice").get(pk=each.pk),
            revision=each.revision,
            by=scene.analyst(),
        )
        for each in (one, two)
    ]
    outcomes = at_once(*moves)
    assert sorted(version.number for version in outcomes) == [2, 3]
    notice.refresh_from_db()
    current = NoticeVersion.objects.get(current_of=notice)
    assert [each["number"] for each in current.content["questions"]] == [1, 2]
    assert {each["question"] for each in current.content["questions"]} == {one.public_text, two.public_text}
    assert verification.verify().faults == ()
    assert len(letters()) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_answer_published_twice_at_once_is_one_version() -> None:
    question = asked.draft(asked.ask(scene.publish().notice))
    moves = [
        partial(
            answers.publish,
            question=Question.objects.select_related("notice").get(pk=question.pk),
            revision=question.revision,
            by=scene.analyst(),
        )
        for _ in range(2)
    ]
    outcomes = at_once(*moves)
    assert sorted(type(each).__name__ for each in outcomes) == ["IllegalMove", "NoticeVersion"]
    assert len(letters()) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_seen", [True, False])
def test_answer_that_is_published_while_a_correction_is_approved_is_in_both(is_seen: bool) -> None:
    notice = scene.publish().notice
    question = asked.draft(asked.ask(notice))
    author, second = scene.analyst(), scene.analyst()
    corrections.begin(notice=notice, by=author)
    Notice.objects.filter(pk=notice.pk).update(months=24)
    notice.refresh_from_db()
    corrections.propose(notice=notice, by=author, reason="The length was wrong.")
    seen = published.preview(notice, at=timezone.now()).digest if is_seen else None
    outcomes = at_once(
        partial(
            answers.publish,
            question=Question.objects.select_related("notice").get(pk=question.pk),
            revision=question.revision,
            by=scene.analyst(),
        ),
        partial(corrections.publish, notice=Notice.objects.get(pk=notice.pk), by=second, seen=seen),
    )
    assert isinstance(outcomes[0], NoticeVersion)
    if isinstance(outcomes[1], ChangedMeanwhile):
        # The answer came first, and the preview lacked it: read again, the correction goes out with it.
        assert is_seen
        assert "the questions and answers" in str(outcomes[1])
        corrections.publish(notice=Notice.objects.get(pk=notice.pk), by=second)
    else:
        assert isinstance(outcomes[1], NoticeVersion)
    current = NoticeVersion.objects.get(current_of=notice)
    assert (current.number, current.content["months"]) == (3, 24)
    assert [each["number"] for each in current.content["questions"]] == [1]
    assert verification.verify().faults == ()
