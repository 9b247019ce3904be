"""The engagement log: what one supplier was told, all read at the same moment; who it was stays in the office."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent
from procurement.actions import answers, engagement
from procurement.actions.engagement import EntryContent
from procurement.models import EngagementEntry, Notice, NoticeVersion, Question
from procurement.queries import verification
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.threads import at_once

pytestmark = pytest.mark.django_db
GOOD = EntryContent(EngagementEntry.Kind.CALL, date(2026, 1, 5), "It may start in parts.")


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


def test_entry_is_a_version_with_what_was_told_and_not_with_whom(notice: Notice) -> None:
    asked.publish(asked.ask(notice))
    version = asked.tell(asked.write(notice))
    today = timezone.localdate()
    assert version.content["engagement"] == [
        {"number": 1, "kind": "MEETING", "held_on": today.isoformat(), "told": "The contract may start in parts."}
    ]
    assert len(version.content["questions"]) == 1, "what came before goes along"
    assert version.reason == f"What suppliers were told on {today.day} {today:%B %Y} added."
    assert "Quiet" not in version.canonical
    assert "Quiet" not in str([event.details for event in AuditEvent.objects.all()])
    second = asked.tell(asked.write(notice, "And in two places."))
    assert [each["number"] for each in second.content["engagement"]] == [1, 2]
    assert scene.withdraw(notice).content["engagement"] == second.content["engagement"]
    assert verification.verify().faults == ()


def test_one_person_writes_and_another_publishes(notice: Notice) -> None:
    author = scene.analyst()
    entry = asked.write(notice, by=author)
    with pytest.raises(PermissionRefused, match="somebody else"):
        engagement.tell(entry=entry, revision=entry.revision, by=author)
    other = scene.analyst()
    entry = engagement.edit(entry=entry, content=GOOD, revision=entry.revision, by=other)
    with pytest.raises(PermissionRefused, match="somebody else"):
        engagement.tell(entry=entry, revision=entry.revision, by=other)
    with pytest.raises(ChangedMeanwhile):
        engagement.tell(entry=entry, revision=1, by=author)
    assert engagement.tell(entry=entry, revision=entry.revision, by=author).proposed_by == other.email


def test_what_is_published_or_given_up_stays_so(notice: Notice) -> None:
    entry, gone = asked.write(notice), asked.write(notice, "Nothing.")
    asked.tell(entry)
    engagement.drop(entry=gone, revision=1, by=scene.analyst())
    for each in (entry, gone):
        each.refresh_from_db()
        for act in (
            partial(engagement.edit, entry=each, content=GOOD),
            partial(engagement.drop, entry=each),
            partial(engagement.tell, entry=each),
        ):
            with pytest.raises(IllegalMove):
                act(revision=each.revision, by=scene.analyst())
    assert NoticeVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (replace(GOOD, held_date=timezone.localdate() + timedelta(days=1)), "held_date"),
        (replace(GOOD, told=""), "told"),
        (replace(GOOD, told="x" * 3001), "told"),
        (replace(GOOD, met_with="x" * 501), "met_with"),
    ],
)
def test_what_cannot_be_published_is_not_kept(notice: Notice, content: EntryContent, field: str) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        engagement.write(notice=notice, content=content, by=scene.analyst())
    assert list(refusal.value.fields) == [field]


def test_nothing_is_written_about_a_withdrawn_notice(notice: Notice) -> None:
    scene.withdraw(notice)
    with pytest.raises(IllegalMove):
        asked.write(notice)


@pytest.mark.django_db(transaction=True)
def test_entry_and_answer_at_once_are_both_there() -> None:
    notice = scene.publish().notice
    question, entry = asked.draft(asked.ask(notice)), asked.write(notice)
    outcomes = at_once(
        partial(
            answers.publish,
            question=Question.objects.select_related("notice").get(pk=question.pk),
            revision=question.revision,
            by=scene.analyst(),
        ),
        partial(
            engagement.tell,
            entry=EngagementEntry.objects.select_related("notice").get(pk=entry.pk),
            revision=entry.revision,
            by=scene.analyst(),
        ),
    )
    assert sorted(version.number for version in outcomes) == [2, 3]
    content = NoticeVersion.objects.get(current_of=notice).content
    assert (len(content["questions"]), len(content["engagement"])) == (1, 1)
