"""Migrations that change what is published: with rows, forwards and back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from boroughs.models import User
from procurement.actions import corrections, notices, withdrawals
from procurement.models import Naming, Notice, NoticeVersion
from procurement.queries import specification_content, verification
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db(transaction=True)

Migrate = Callable[[str], Any]
BEFORE, RULINGS = "0010_common_specification_answers", "0013_rulings_of_the_page"


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
