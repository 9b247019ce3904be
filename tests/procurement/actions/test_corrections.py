"""The next version of a notice: what people correct, and what the platform begins where boroughs join or leave."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Need, User
from procurement.actions import corrections, next_versions, notices
from procurement.models import JointDemand, Notice, NoticeVersion, Participation, SpecificationVersion
from procurement.queries import (
    member_changes,
    notice_draft,
    notice_problems,
    published,
    specification_content,
    verification,
)
from procurement.queries.notice_draft import NoticeContent
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def corrected(notice: Notice, by: User, **changes: object) -> Notice:
    """Begun, changed and proposed."""
    corrections.begin(notice=notice, by=by)
    content = replace(notice_draft.content_of(notice), **changes)  # type: ignore[arg-type]
    notices.edit(notice=notice, content=content, revision=notice.revision, by=by)
    scene.agree_again(notice.demand)
    return corrections.propose(notice=notice, by=by, reason="The title was\nwrong.")


def test_correction_is_the_next_version_with_its_reason(analyst: User, second_analyst: User) -> None:
    first = scene.publish()
    notice = corrected(first.notice, analyst, title="Repairs of council homes")
    assert published_title(notice) == "Housing repairs", "the board shows the old one until a second person agrees"
    with pytest.raises(PermissionRefused, match="somebody else"):
        corrections.publish(notice=notice, by=analyst)
    notice.refresh_from_db()
    second = corrections.publish(
        notice=notice, by=second_analyst, seen=published.preview(notice, at=timezone.now()).digest
    )
    assert (second.number, second.reason, second.content["title"]) == (2, "The title was wrong.", notice.title)
    assert (notice.status, notice.current) == (Notice.Status.PUBLISHED, second)
    assert first.content["title"] == NoticeVersion.objects.get(pk=first.pk).content["title"] == "Housing repairs"
    assert verification.verify() == verification.Verified(versions=2, head=second.digest, faults=())
    # Once more, when it has closed: a correction need not be open.
    closed = datetime.combine(notice.closes_date + timedelta(days=1), time(12), tzinfo=UTC)
    with time_machine.travel(closed):
        third = corrections.publish(notice=corrected(notice, analyst, title="Repairs"), by=second_analyst)
    assert third.number == 3


def published_title(notice: Notice) -> str:
    return NoticeVersion.objects.get(current_of=notice).content["title"]


def test_correction_that_changes_nothing_is_no_version(analyst: User, second_analyst: User) -> None:
    notice = corrected(scene.publish().notice, analyst)
    with pytest.raises(NotAcceptable, match="says the same"):
        corrections.publish(notice=notice, by=second_analyst)
    assert NoticeVersion.objects.count() == 1


def test_correction_needs_a_reason_that_everybody_may_read(analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    for reason in ("", "word " * 101):
        with pytest.raises(NotAcceptable, match="Everybody can read it"):
            corrections.propose(notice=notice, by=analyst, reason=reason)
    notice.refresh_from_db()
    assert notice.status == Notice.Status.CORRECTING


OTHER: dict[str, object] = {
    "kind": "PIPELINE",
    "must_requirements": ("Another.",),
    "should_requirements": ("Another.",),
    "differences": ("Another.",),
    "questions_close_date": date(2031, 1, 1),
    "closes_date": date(2031, 2, 1),
    "start_date": date(2032, 1, 1),
    "tender_date": date(2031, 6, 2),
    "months": 99,
}


@pytest.mark.parametrize("name", [field.name for field in fields(NoticeContent)])
def test_given_up_correction_leaves_each_field_as_it_is_published(name: str, analyst: User) -> None:
    notice = scene.publish(setup="Three depots.", differences=["Photos."], start_date=date(2030, 1, 1)).notice
    before = notice_draft.content_of(Notice.objects.get(pk=notice.pk))
    corrections.begin(notice=notice, by=analyst)
    other = scene.borough("Brent") if name == "lead" else OTHER.get(name, "Another text")
    content = replace(before, **{name: other})  # type: ignore[arg-type]
    if name == "questions_close_date":
        content = replace(content, closes_date=date(2031, 2, 1))
    notices.edit(notice=notice, content=content, revision=1, by=analyst)
    assert notice_draft.content_of(Notice.objects.get(pk=notice.pk)) != before
    corrections.drop(notice=notice, by=analyst)
    assert notice_draft.content_of(Notice.objects.get(pk=notice.pk)) == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("questions_close_date", "The date until which suppliers may ask has passed."),
        ("closes_date", "The closing date has passed."),
    ],
)
def test_next_version_closes_nothing_in_the_past(name: str, words: str, analyst: User) -> None:
    """Nobody could have known of it. What is closed on the board already may be corrected."""
    notice = scene.publish().notice
    corrections.begin(notice=notice, by=analyst)
    later = notice.closes_date + timedelta(days=10)
    with time_machine.travel(datetime.combine(later, time(12), tzinfo=UTC)):
        assert notice_problems.of_content(notice) == []
        changed = {"closes_date": later} | {name: notice.closes_date - timedelta(days=1)}
        Notice.objects.filter(pk=notice.pk).update(**changed)
        with pytest.raises(NotAcceptable) as refusal:
            corrections.propose(notice=notice, by=analyst, reason="Why.")
    assert refusal.value.problems == [words]


def test_given_up_correction_leaves_nothing_of_itself(analyst: User) -> None:
    demand = scene.confirmed_demand()
    old = specification(demand, 1)
    version = scene.publish(demand, must_requirements=["One."])
    notice = Notice.objects.get(pk=version.notice_id)
    assert (notice.specification, version.specification) == (old, old)
    # What no change of the working copy may touch, and what is counted on.
    kept = {"revision", "updated_at", "search_text"}
    before = Notice.objects.filter(pk=notice.pk).values().get()
    corrections.begin(notice=notice, by=analyst, reason="Why.")
    notices.edit(
        notice=notice,
        content=notice_draft.content_of(notice),
        revision=1,
        by=analyst,
        contact=("Ann", "ann@camden.example"),
    )
    corrections.propose(notice=notice, by=analyst, reason="Why.")
    corrections.send_back(notice=notice, by=scene.analyst())
    newer = specification(demand, 2)
    notices.take_newest(notice=notice, revision=2, by=analyst)
    assert notice.specification == newer
    corrections.drop(notice=notice, by=analyst)
    after = Notice.objects.filter(pk=notice.pk).values().get()
    assert {name: value for name, value in after.items() if name not in kept} == {
        name: value for name, value in before.items() if name not in kept
    }
    assert scene.withdraw(notice).specification == old


def specification(demand: JointDemand, number: int) -> SpecificationVersion:
    content = specification_content.build(demand, number=number)
    made: SpecificationVersion = SpecificationVersion.objects.create(
        demand=demand, number=number, content=content, digest=f"{number}", frozen_at=timezone.now(), frozen_by="x"
    )
    return made


def test_one_correction_at_a_time(analyst: User, second_analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    with pytest.raises(IllegalMove):
        corrections.begin(notice=notice, by=second_analyst)
    notices.edit(notice=notice, content=notice_draft.content_of(notice), revision=1, by=analyst)
    with pytest.raises(ChangedMeanwhile):
        notices.edit(notice=notice, content=notice_draft.content_of(notice), revision=1, by=second_analyst)


# --- what the platform begins ---------------------------------------------------------------------------------------


def look() -> int:
    next_versions.request()
    return next_versions.run()


def test_next_version_is_begun_where_boroughs_join_and_leave_and_never_published(analyst: User) -> None:
    version = scene.publish()
    notice, demand = version.notice, version.notice.demand
    assert look() == 0, "nothing has changed"
    DemandMemberFactory(
        demand=demand, need=NeedFactory(borough=scene.borough("Harrow"), category=demand.category, users_count=50)
    )
    Participation.objects.create(
        demand=demand,
        borough=scene.borough("Brent"),
        stage=Participation.Stage.DECLINED,
        reason=Participation.DeclineReason.TIMING,
    )
    assert look() == 1
    notice.refresh_from_db()
    assert (notice.status, notice.change_reason) == (Notice.Status.CORRECTING, "Harrow joined. Brent left.")
    assert (notice.current, NoticeVersion.objects.count()) == (version, 1)
    assert look() == 0, "once is enough"
    preview = published.preview(notice, at=version.published_at)
    assert preview.borough_names == ("Camden", "Hackney", "Harrow")
    corrections.propose(notice=notice, by=analyst, reason=notice.change_reason)
    with pytest.raises(NotAcceptable) as refusal:
        corrections.publish(notice=notice, by=scene.analyst())
    assert refusal.value.problems == ["Harrow has not agreed to be named in this notice."]


def test_next_version_is_not_begun_for_what_names_the_same(analyst: User) -> None:
    version = scene.publish()
    Need.objects.filter(borough__slug="camden").update(users_count=7)
    corrections.begin(notice=version.notice, by=analyst)
    version.notice.demand.members.filter(need__borough__slug="brent").delete()
    assert look() == 0, "somebody is at it already"


@pytest.mark.django_db(transaction=True)
def test_eight_people_approve_the_same_correction_and_it_is_one_version(analyst: User) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("needs a database that writes from several connections at once")
    notice = corrected(scene.publish().notice, analyst, title="Repairs of council homes")
    people = [scene.analyst() for _ in range(8)]

    def approve(by: User) -> NoticeVersion:
        return corrections.publish(notice=Notice.objects.get(pk=notice.pk), by=by)

    outcomes = at_once(*(partial(approve, by) for by in people))
    assert [type(outcome) for outcome in outcomes].count(NoticeVersion) == 1
    assert [type(outcome) for outcome in outcomes].count(IllegalMove) == 7
    assert NoticeVersion.objects.filter(notice=notice).count() == 2
    assert verification.verify().faults == ()


@pytest.mark.django_db(transaction=True)
def test_of_an_edit_and_a_proposal_at_once_only_what_was_read_is_proposed(analyst: User, second_analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    seen = published.preview(notice, at=timezone.now()).digest
    content = replace(notice_draft.content_of(notice), title="Not read by anybody")

    def edit() -> Notice:
        mine = Notice.objects.get(pk=notice.pk)
        return notices.edit(notice=mine, content=content, revision=notice.revision, by=second_analyst)

    def propose() -> Notice:
        return corrections.propose(notice=Notice.objects.get(pk=notice.pk), by=analyst, reason="Why.", seen=seen)

    outcomes = at_once(edit, propose)
    stands = Notice.objects.get(pk=notice.pk)
    # Whoever came second was refused.
    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == (
        [IllegalMove] if stands.status == Notice.Status.CORRECTION_PROPOSED else [ChangedMeanwhile]
    )
    assert (stands.status == Notice.Status.CORRECTION_PROPOSED) != (stands.title == "Not read by anybody")


def test_looking_at_the_board_costs_the_same_for_one_notice_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for expected in (1, 5):
        made = scene.publish_many(expected - Notice.objects.count())
        for version in made:
            version.notice.demand.members.filter(need__borough__slug="brent").delete()
        with django_assert_num_queries(3):
            found = member_changes.on_board()
        assert [words for _, words in found] == ["Brent left."] * expected
