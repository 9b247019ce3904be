"""Migrations that change what is published: with rows, forwards and back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from boroughs import audit
from boroughs.models import User
from procurement.actions import corrections, notices, withdrawals
from procurement.models import Naming, Notice, NoticeVersion
from procurement.queries import notice_draft, specification_content, verification
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db(transaction=True)

Migrate = Callable[[str], Any]
BEFORE, RULINGS = "0010_common_specification_answers", "0013_rulings_of_the_page"
REPORTS = "0024_reports_of_all_kinds"


@pytest.fixture
def migrate() -> Iterator[Migrate]:
    """Goes to one migration of procurement and gives the models of then; the newest stand again afterwards."""

    def to(name: str) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate([("procurement", name)])
        return MigrationExecutor(connection).loader.project_state([("procurement", name)]).apps

    yield to
    _forward()


def _forward() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def rows() -> list[tuple[object, ...]]:
    wanted = ("pk", "canonical", "digest", "title", "start_date", "value_low", "value_high", "current_of__status")
    return list(NoticeVersion.objects.in_order().values_list(*wanted))


def test_versions_are_verified_after_the_way_back_and_forth(migrate: Migrate) -> None:
    first = scene.publish(title="Répairs – “homes” & more", start_date="2030-01-01")
    scene.correct(first.notice, title="Repairs of homes")
    two = scene.publish(scene.confirmed_demand("Camden", "Brent", title="Two"))
    scene.withdraw(two.notice)
    scene.draft(scene.confirmed_demand(title="Three"))
    scene.proposed(scene.confirmed_demand(title="Four"))
    discarded = notices.discard(notice=scene.draft(scene.confirmed_demand(title="Five")), by=scene.analyst())
    before, statuses = rows(), dict(Notice.objects.values_list("reference", "status"))
    head = verification.verify().head

    old = migrate(BEFORE)
    shown = old.get_model("procurement", "NoticeVersion").objects.order_by("pk")
    assert [version.content["title"] for version in shown] == [
        "Répairs – “homes” & more",
        "Repairs of homes",
        "Two",
        "Two",
    ]
    assert set(old.get_model("procurement", "Notice").objects.values_list("status", flat=True)) == {
        "DRAFT",
        "PROPOSED",
        "PUBLISHED",
        "WITHDRAWN",
    }
    _forward()
    assert rows() == before
    assert verification.verify() == verification.Verified(versions=4, head=head, faults=())
    # A draft that was discarded has no status to go back to.
    del statuses[discarded.reference]
    assert dict(Notice.objects.values_list("reference", "status")) == statuses
    assert scene.withdraw(first.notice).previous_digest == head, "the chain goes on"


def test_way_back_is_refused_while_a_notice_waits_for_its_next_version(migrate: Migrate, analyst: User) -> None:
    one, two, three = (version.notice for version in scene.publish_many(3))
    corrections.begin(notice=one, by=analyst)
    corrections.propose(notice=corrections.begin(notice=two, by=analyst), by=analyst, reason="Why.")
    withdrawals.propose(notice=three, by=analyst, reason="Why.")
    with pytest.raises(RuntimeError) as refusal:
        migrate(BEFORE)
    assert str(refusal.value).partition("Settle them first. ")[2] == (
        f"{one.reference}: give the next version up, or publish it; "
        f"{two.reference}: approve the next version, or send it back and give it up; "
        f"{three.reference}: approve the withdrawal, or keep the notice on the board"
    )
    _forward()
    assert [notice.status for notice in Notice.objects.order_by("pk")] == [one.status, two.status, three.status]
    assert verification.verify().versions == 3


def test_what_a_published_notice_named_is_what_its_boroughs_agreed_to(migrate: Migrate, analyst: User) -> None:
    demand, other = scene.confirmed_demand(), scene.confirmed_demand(title="Other")
    content = specification_content.build(demand, number=1)
    specification = demand.specification_versions.create(
        number=1, content=content, digest="1", frozen_at=timezone.now(), frozen_by="x"
    )
    published, draft = scene.publish(demand, must_requirements=["One."]), scene.draft(other)
    scene.agree(other)
    changing = scene.publish(scene.confirmed_demand(title="Third"))
    corrections.begin(notice=changing.notice, by=analyst)
    migrate(RULINGS)
    _forward()
    published.refresh_from_db()
    assert published.specification == specification
    said = {row.borough.slug: row for row in Naming.objects.filter(demand=demand)}
    assert (said["camden"].title, said["camden"].kind, said["camden"].beside) == (
        "Housing repairs",
        "ENGAGEMENT",
        ["Brent", "Hackney"],
    )
    assert {row.title for row in Naming.objects.filter(demand=draft.demand)} == {""}, "of a draft nothing is known"
    assert verification.verify().faults == ()


def test_leads_that_the_audit_trail_names_are_chosen(migrate: Migrate, analyst: User) -> None:
    published = scene.publish().notice
    unled, chosen, open_again, renamed = (
        notices.draft_from(demand=scene.confirmed_demand(title=title), by=analyst) for title in ("1", "2", "3", "4")
    )
    for notice in (chosen, open_again, renamed):
        content = replace(notice_draft.content_of(notice), lead=notice.lead)
        notices.edit(notice=notice, content=content, revision=notice.revision, by=analyst)
    left_open = replace(notice_draft.content_of(open_again), lead=None)
    notices.edit(notice=open_again, content=left_open, revision=open_again.revision, by=analyst)
    # What the trail tells is no longer what stands in the draft.
    Notice.objects.filter(pk=renamed.pk).update(lead=scene.borough("Hackney"))
    # From before leads were told there.
    audit.record(by=analyst, verb="edit", noun="notice", reference=chosen.reference)
    migrate(REPORTS)
    _forward()
    said = dict(Notice.objects.values_list("reference", "lead_is_chosen"))
    assert said == {
        published.reference: True,
        unled.reference: False,
        chosen.reference: True,
        open_again.reference: False,
        renamed.reference: False,
    }
    assert verification.verify().faults == ()


def test_column_of_chosen_leads_comes_before_what_the_trail_says(migrate: Migrate) -> None:
    """Steps of their own: PostgreSQL would keep the table locked while the trail is read."""
    scene.publish()
    migrate(REPORTS)
    states = [
        migrate(step).get_model("procurement", "Notice").objects.get().lead_is_chosen
        for step in ("0025_chosen_leads", "0026_leads_said")
    ]
    assert states == [False, True]


def test_what_goes_on_the_board_between_the_steps_was_chosen(migrate: Migrate) -> None:
    scene.publish()
    between = migrate("0026_leads_said").get_model("procurement", "Notice")
    between.objects.update(lead_is_chosen=False)
    _forward()
    assert Notice.objects.get().lead_is_chosen


def test_process_of_the_version_before_drafts_what_nobody_has_chosen(migrate: Migrate) -> None:
    """While the new column is there already and not every process is of the new version."""
    demand = scene.confirmed_demand()
    old = migrate(REPORTS).get_model("procurement", "Notice")
    _forward()
    day = timezone.localdate()
    old.objects.create(
        reference="NT-0001",
        demand_id=demand.pk,
        lead_id=scene.borough("Camden").pk,
        questions_close_date=day,
        closes_date=day,
        updated_at=timezone.now(),
    )
    assert not Notice.objects.get().lead_is_chosen
