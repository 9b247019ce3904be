"""What notices lacked: counted by quarter, first versions only; and the coach on the preview."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from boroughs.models import Role
from procurement.models import Notice
from tests.factories import notices as scene
from tests.factories.boroughs import MembershipFactory

pytestmark = pytest.mark.django_db


def test_counts_what_published_notices_lack(client: Client) -> None:
    scene.publish(market_engagement="")
    scene.draft(scene.confirmed_demand("Ealing", "Barnet", "Bexley"), market_engagement="")
    client.force_login(MembershipFactory(role=Role.CDO_READER, borough=None).user)
    shown = " ".join(client.get(reverse("notice-quality")).content.decode().split())
    row = shown[shown.index("Market engagement") :]
    assert ">1 of 1</td>" in row[: row.index("</tr>")]


def test_nothing_published_says_so(client: Client) -> None:
    client.force_login(scene.analyst())
    assert "Nothing was published" in client.get(reverse("notice-quality")).content.decode()


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        (datetime(2027, 1, 1, tzinfo=UTC), "January to March 2027", "April to June 2026"),
        (datetime(2027, 12, 31, tzinfo=UTC), "October to December 2027", "January to March 2027"),
        # In London it is July already.
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "July to September 2027", "October to December 2026"),
    ],
)
def test_quarters_end_with_the_present_one(
    client: Client, monkeypatch: pytest.MonkeyPatch, now: datetime, first: str, last: str
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(scene.analyst())
    quarters = client.get(reverse("notice-quality")).context["quarters"]
    assert (quarters[0].words, quarters[-1].words) == (first, last)


def test_page_asks_few_queries_whatever_is_published(client: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for names in (("Ealing", "Barnet"), ("Brent", "Camden")):
        scene.publish(scene.confirmed_demand(*names))
    client.force_login(scene.analyst())
    with django_assert_max_num_queries(12):
        client.get(reverse("notice-quality"))


def test_preview_gives_advice_and_can_still_be_proposed(client: Client) -> None:
    notice = scene.draft(market_engagement="")
    client.force_login(scene.analyst())
    shown = client.get(reverse("notice-preview", args=[notice.reference])).content.decode()
    assert "What suppliers would miss" in shown
    assert "Nothing says what the market was asked before." in shown
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    client.post(reverse("notice-propose", args=[notice.reference]), {"seen": seen[1]})
    notice.refresh_from_db()
    assert notice.status == Notice.Status.PROPOSED
