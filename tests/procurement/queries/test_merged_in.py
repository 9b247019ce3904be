"""Estimates and versions of a joint demand that was merged away: where they are found, and by whom they are read."""

import html

import pytest
from django.test import Client

from boroughs.models import Borough, Role, User
from procurement.actions import merging, savings
from procurement.actions.participation import Standing
from procurement.models import JointDemand, SpecificationVersion
from procurement.queries.merged_in import merged_in, took_part
from procurement.queries.savings import savings as savings_page
from procurement.queries.specification import reads_all
from tests.conftest import person
from tests.factories.picture import joint_demand
from tests.factories.specifications import agreed, frozen
from tests.factories.standings import Stage
from tests.procurement.actions.test_participation import DECLINED, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]

INTERESTED = Standing(Stage.INTERESTED, "TENDER")


@pytest.fixture
def older(analyst: User) -> JointDemand:
    """JD-0001 of two. JD-0002 of three, which had a version and an estimate, went into it."""
    older = joint_demand("camden", "brent", reference="JD-0001", title="Telephony")
    gone = joint_demand("ealing", "harrow", "sutton", reference="JD-0002", title="Call centre")
    say(older, "camden", INTERESTED)
    for slug in ("ealing", "harrow"):
        say(gone, slug, INTERESTED)
    say(gone, "sutton", DECLINED)
    agreed(gone, "Record every call.")
    frozen(gone, reason="For the market")
    typed = {"tenders": 2, "low": 20_000, "high": 40_000}
    savings.estimate(demand=gone, method="TENDERS", typed=typed, by=analyst)
    merging.merge(demand=older, other=gone, by=analyst)
    older.refresh_from_db()
    return older


def reader(slug: str) -> User:
    return person(Role.BOROUGH_READER, Borough.objects.get(slug=slug))


def gone() -> JointDemand:
    return JointDemand.objects.get(reference="JD-0002")


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_the_surviving_pages_lead_to_what_stayed(older: JointDemand, analyst: User) -> None:
    assert [(each.reference, each.versions, each.estimates) for each in merged_in(older)] == [("JD-0002", 1, 1)]
    for address, there in (
        ("/demands/JD-0001/savings/", "/demands/JD-0002/savings/"),
        ("/demands/JD-0001/specification/", "/demands/JD-0002/specification/versions/"),
        ("/demands/JD-0001/specification/versions/", "/demands/JD-0002/specification/versions/"),
    ):
        assert f'href="{there}"' in page(analyst, address)
        old = page(analyst, there)
        assert "JD-0002 went into" in old
        assert ("£40,000 to £80,000" in old) == ("savings" in there)
    assert "For the market" in page(analyst, "/demands/JD-0002/specification/versions/")


@pytest.mark.parametrize(("slug", "reads"), [("ealing", True), ("sutton", False), ("camden", False)])
def test_who_read_it_before_reads_it_still_and_nobody_else(older: JointDemand, slug: str, reads: bool) -> None:
    user = reader(slug)
    assert savings_page(gone(), user).may_read == reads
    assert reads_all(gone(), user) == reads
    assert [each.reference for each in savings_page(older, user).elsewhere] == (["JD-0002"] if reads else [])
    # What was agreed, and that it was frozen, is read by all who see joint demands.
    versions = page(user, "/demands/JD-0002/specification/versions/")
    assert "Version 1" in versions
    assert ("For the market" in versions) == reads


def test_who_declines_where_it_went_reads_no_more(older: JointDemand) -> None:
    say(older, "ealing", DECLINED)
    assert not savings_page(gone(), reader("ealing")).may_read
    assert savings_page(gone(), reader("harrow")).may_read


def test_by_way_of_another_one_it_is_found_too(older: JointDemand, analyst: User) -> None:
    oldest = joint_demand("barnet", "bexley", reference="JD-0000")
    JointDemand.objects.filter(pk=oldest.pk).update(created_at="2020-01-01T00:00Z")
    oldest.refresh_from_db()
    _, survivor = merging.merge(demand=oldest, other=older, by=analyst)
    assert {each.reference for each in merged_in(survivor)} == {
        "JD-0002",
        *{"JD-0001", "JD-0000"} - {survivor.reference},
    }
    assert savings_page(gone(), reader("ealing")).may_read


def test_the_last_word_counts(older: JointDemand) -> None:
    ealing = Borough.objects.get(slug="ealing").pk
    assert took_part(["JD-0002", "JD-0404"], [ealing]) == {"JD-0002"}
    assert took_part(["JD-0002"], []) == set()
    assert SpecificationVersion.objects.get().demand.reference == "JD-0002"
