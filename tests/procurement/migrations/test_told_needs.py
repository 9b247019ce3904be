"""What migrations 0014 and 0022 write down about the totals that were told before them."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from boroughs.models import Need, NeedRevision, User
from procurement.actions import corrections
from procurement.models import DemandMember, FigureRelease, LineageEvent, NoticeVersion, ToldNeed
from procurement.queries import public_figures
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("procurement.migrations.0014_told_needs")
LATER = import_module("procurement.migrations.0022_told_figures")


class Releases:
    """Of the releases as migration 0014 knew them: what 0022 adds is filled in as that does."""

    objects = FigureRelease.objects

    def __call__(self, *, version: NoticeVersion, **values: Any) -> FigureRelease:
        self.number = getattr(self, "number", public_figures.last_number()) + 1
        said = {"demand_id": version.notice.demand_id, "told_at": version.published_at, "number": self.number}
        return FigureRelease(version=version, **said, **values)


class Then:
    """The models, but for the releases."""

    def __init__(self) -> None:
        self.releases = Releases()

    def get_model(self, app: str, name: str) -> Any:
        return self.releases if name == "FigureRelease" else apps.get_model(app, name)


def emptied(table: str) -> None:
    """As before the migration: somebody with the database's own password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the tests' own names


def test_needs_behind_each_notice_are_those_that_publication_writes() -> None:
    one, _ = scene.publish_many(2)
    scene.correct(one.notice, title="Another title")
    rows = ToldNeed.objects.order_by("demand_id", "need").values_list("demand_id", "need")
    written = list(rows)
    assert len(written) == 6
    emptied("procurement_toldneed")
    LATER._write_told_needs(apps, connection.schema_editor())
    assert list(rows) == written


def releases() -> list[dict[str, Any]]:
    rows = FigureRelease.objects.order_by("version_id", "quantity")
    return list(rows.values("version_id", "quantity", "contributions", "low", "high", "waived", "is_understood"))


def migrated() -> list[dict[str, Any]]:
    """The releases as the migration writes them where none were kept."""
    emptied("procurement_figurerelease")
    emptied("procurement_toldneed")
    MIGRATION._write_releases(Then(), connection.schema_editor())
    LATER._write_told_needs(apps, connection.schema_editor())
    return releases()


def opened_before() -> None:
    """Needs of the factories are as old as their publication."""
    Need.objects.update(opened_at=timezone.now() - timedelta(days=30))


def published() -> NoticeVersion:
    version = scene.publish()
    opened_before()
    return version


def test_what_stood_behind_a_figure_is_what_its_needs_come_to() -> None:
    version = published()
    scene.withdraw(version.notice)
    kept = releases()
    assert len(kept) == 3
    assert migrated() == kept
    assert ToldNeed.objects.filter(demand=version.notice.demand_id).count() == 3


def test_what_is_kept_already_is_not_written_twice() -> None:
    published()
    kept = releases()
    MIGRATION._write_releases(Then(), connection.schema_editor())
    assert releases() == kept


def test_amended_needs_count_as_they_were_and_those_that_left_or_joined_as_then() -> None:
    version = published()
    kept = releases()
    demand, after = version.notice.demand, version.published_at + timedelta(hours=1)
    amended = Need.objects.get(borough__slug="camden")
    said = {name: getattr(amended, name) for name in ("users_count", "budget_min", "budget_max", "budget_basis")}
    NeedRevision.objects.filter(need=amended).delete()
    for number, at, content in ((1, timedelta(hours=-1), said), (2, timedelta(hours=1), said | {"users_count": 9})):
        NeedRevision.objects.create(need=amended, number=number, content=content, at=version.published_at + at, actor="a")
    Need.objects.filter(pk=amended.pk).update(users_count=9)
    left = Need.objects.get(borough__slug="brent")
    DemandMember.objects.filter(need=left).delete()
    Need.objects.filter(pk=left.pk).update(status=Need.Status.WITHDRAWN, closed_at=after)
    joined = NeedFactory(borough=scene.borough("Harrow"), users_count=50, opened_at=after)
    DemandMemberFactory(demand=demand, need=joined)
    for kind, values in (
        (LineageEvent.Kind.SHRANK, {"left": [left.reference]}),
        (LineageEvent.Kind.GREW, {"joined": [joined.reference]}),
    ):
        LineageEvent.objects.create(demand=demand, at=after, kind=kind, **values)
    assert migrated() == kept


def test_where_the_needs_come_to_something_else_nothing_more_is_told(analyst: User) -> None:
    version = published()
    other = scene.publish(scene.confirmed_demand("Ealing", "Merton", "Sutton", title="Other"))
    opened_before()
    # No revision says what it was.
    NeedRevision.objects.all().delete()
    Need.objects.filter(borough__slug="camden").update(users_count=9)
    found = {(row["version_id"], row["quantity"]): row for row in migrated()}
    unclear = found[version.pk, "USERS"]
    assert not unclear["is_understood"]
    assert {slug: list(needs.values()) for slug, needs in unclear["contributions"].items()} == {
        "brent": [0],
        "camden": [0],
        "hackney": [0],
    }
    assert all(row["is_understood"] for key, row in found.items() if key != (version.pk, "USERS"))
    assert ToldNeed.objects.filter(demand=version.notice.demand_id).count() == 3
    # Three more join, which would do; but who knows what the two totals would tell together.
    for name in ("Harrow", "Barnet", "Enfield"):
        need = NeedFactory(borough=scene.borough(name), category=version.notice.demand.category, users_count=300)
        DemandMemberFactory(demand=version.notice.demand, need=need)
    scene.agree(version.notice.demand)
    corrections.begin(notice=version.notice, by=analyst)
    corrections.propose(notice=version.notice, by=analyst, reason="Boroughs joined.")
    second = corrections.publish(notice=version.notice, by=scene.analyst())
    assert second.content["users_total"] == version.content["users_total"] | {"as_at": 1}
    assert scene.correct(other.notice, title="Another").content["users_total"] == other.content["users_total"]
