"""What the versions of a notice tell of the boroughs' figures, given all that was told before."""

import pytest
from django.test import Client

from boroughs.models import User
from procurement.actions import corrections
from procurement.models import FigureRelease, Naming, Notice, NoticeVersion
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory

pytestmark = pytest.mark.django_db

TOTAL = 3 * scene.USERS + 3


def joined(notice: Notice, *names: str, users: int = 300) -> None:
    for name in names:
        need = NeedFactory(borough=scene.borough(name), category=notice.demand.category, users_count=users)
        DemandMemberFactory(demand=notice.demand, need=need)
    scene.agree(notice.demand)


def next_version(notice: Notice, by: User) -> NoticeVersion:
    corrections.begin(notice=notice, by=by)
    corrections.propose(notice=notice, by=by, reason="Boroughs joined.")
    return corrections.publish(notice=notice, by=scene.analyst())


def test_what_stands_behind_each_figure_is_kept_for_later_audits() -> None:
    version = scene.publish()
    kept = {row.quantity: row for row in FigureRelease.objects.filter(version=version)}
    assert set(kept) == {"USERS", "BUDGET_MIN", "BUDGET_MAX"}
    assert (kept["USERS"].low, kept["USERS"].high) == (TOTAL, TOTAL + 1)
    assert {slug: sum(amounts.values()) for slug, amounts in kept["USERS"].contributions.items()} == {
        "brent": scene.USERS + 1,
        "camden": scene.USERS,
        "hackney": scene.USERS + 2,
    }


def test_one_borough_that_joins_is_not_told_from_the_difference(client: Client, analyst: User) -> None:
    notice = scene.publish().notice
    joined(notice, "Harrow")
    second = next_version(notice, analyst)
    assert second.content["users_total"] == {"value": TOTAL, "as_at": 1}
    assert not FigureRelease.objects.filter(version=second, quantity="USERS").exists()
    page = client.get(f"/notices/{notice.reference}/").content.decode()
    assert "as at version 1" in page
    # With two more the three of them hide each other.
    joined(notice, "Sutton", "Ealing")
    third = next_version(notice, analyst)
    assert third.content["users_total"] == {"value": TOTAL + 900}


def test_borough_that_waives_is_told_and_nobody_else(analyst: User) -> None:
    notice = scene.publish().notice
    joined(notice, "Harrow")
    Naming.objects.filter(borough__slug="harrow").update(opens_figures=True)
    assert next_version(notice, analyst).content["users_total"] == {"value": TOTAL + 300}


def test_too_few_look_like_nothing_stated() -> None:
    two = scene.publish(scene.confirmed_demand("Camden", "Brent", title="Two"))
    none = scene.publish(scene.confirmed_demand(title="None", users_count=None))
    assert two.content["users_total"] is none.content["users_total"] is None
