"""The versions of a notice for everybody: what changed between two, and what stood on a day."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from procurement import canonical_json
from procurement.models import NoticeVersion
from procurement.queries import notice_changes, published
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def versions() -> list[NoticeVersion]:
    """Published on the 2nd, corrected on the 5th and on the 9th."""
    with time_machine.travel(at(2)):
        first = scene.publish()
    with time_machine.travel(at(5)):
        second = scene.correct(first.notice, "The title was <wrong>.", title="Repairs of homes")
    with time_machine.travel(at(9)):
        third = scene.correct(
            first.notice, "We ask for less.", must_requirements=("Tenants can book by phone.",), months=24
        )
    return [first, second, third]


def words(client: Client, address: str, status: int = 200) -> str:
    """What a person reads of the page's content."""
    response = client.get(address)
    assert response.status_code == status, address
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode().partition("<main")[2]).split())


def compare(versions: list[NoticeVersion], query: str = "") -> str:
    return f"/notices/{versions[0].notice.reference}/compare/{query}"


def test_any_two_versions_are_compared_with_every_reason_in_between(client: Client, versions: Any) -> None:
    shown = words(client, compare(versions, "?from=1&to=3"))
    for part in (
        "Version 2 5 November 2026",
        "The title was &lt;wrong&gt;.",
        "We ask for less.",
        "gone: Housing repairs new: Repairs of homes",
        "Removed: Tenants can book a repair by phone. Added: Tenants can book by phone.",
        "Contract length Before: 36 months Now: 24 months",
    ):
        assert part in shown
    assert "Problem to be solved" not in shown, "it did not change"


def test_newest_version_is_compared_with_the_one_before_where_nothing_is_chosen(client: Client, versions: Any) -> None:
    shown = words(client, compare(versions))
    assert "We ask for less." in shown
    assert "The title was" not in shown


def test_older_version_comes_first_whichever_was_chosen_first(client: Client, versions: Any) -> None:
    assert "From version 1 , published on 2 November 2026" in words(client, compare(versions, "?from=2&to=1"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?from=1&to=4", "There is no such version. Choose one of 1 to 3."),
        ("?from=x&to=2", "There is no such version."),
        ("?from=0&to=2", "There is no such version."),
        ("?from=&to=2", "There is no such version."),
        ("?from=2&to=2", "Choose two different versions."),
        ("?from=%00&to=99999999999999999999999", "There is no such version."),
    ],
)
def test_what_cannot_be_compared_is_said(query: str, said: str, client: Client, versions: Any) -> None:
    assert said in words(client, compare(versions, query), 400)


def test_single_version_has_nothing_to_compare(client: Client) -> None:
    shown = client.get(compare([scene.publish()])).content.decode()
    assert "This notice has one version so far" in shown
    assert "<title>What changed" in shown


def test_format_of_a_version_is_no_change(client: Client) -> None:
    """Versions of before have fewer keys: what they do not know they say as the new ones say nothing."""
    first = scene.publish()
    second = scene.correct(first.notice, title="Repairs of homes", setup="")
    old = {"format": 1} | {
        key: value
        for key, value in first.content.items()
        if key not in ("format", "setup", "differences", "tender_date", "stage", "depth", "contact")
    }
    first.canonical = canonical_json.dump(old).decode()
    first.__dict__.pop("content", None)
    earlier, later = published.read([first, second], at=at(9))
    assert [change.label for change in notice_changes.between(earlier, later)] == ["Title"]


@pytest.mark.parametrize(
    ("day", "number", "title"), [(2, 1, "Housing"), (4, 1, "Housing"), (5, 2, "Repairs"), (9, 3, "Repairs")]
)
def test_version_of_a_day_is_what_stood_at_its_end(
    day: int, number: int, title: str, client: Client, versions: Any
) -> None:
    with time_machine.travel(at(12)):
        shown = words(client, f"/notices/{versions[0].notice.reference}/?at=2026-11-{day:02}")
    assert f"This is version {number} of 3: what stood here at the end of {day} November 2026." in shown
    assert title in shown


def test_version_of_a_day_is_in_its_state_of_then(client: Client) -> None:
    with time_machine.travel(at(2)):
        notice = scene.publish(**scene.dates(at(5).date(), at(5).date())).notice
    with time_machine.travel(at(12)):
        assert "This notice closed on" in words(client, f"/notices/{notice.reference}/")
        assert "This notice closed on" not in words(client, f"/notices/{notice.reference}/?at=2026-11-05")
        assert "This notice closed on" in words(client, f"/notices/{notice.reference}/?at=2026-11-06")


def test_day_ends_at_midnight_in_london(client: Client) -> None:
    with time_machine.travel(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)):
        notice = scene.publish().notice
    with time_machine.travel(at(2)):
        assert "was not published yet" in words(client, f"/notices/{notice.reference}/?at=2026-07-01", 404)
        assert "This is version 1" in words(client, f"/notices/{notice.reference}/?at=2026-07-02")


@pytest.mark.parametrize(
    ("day", "status", "said"),
    [
        (
            "2026-11-01",
            404,
            "On 1 November 2026 this notice was not published yet. Its first version is of 2 November 2026",
        ),
        ("2026-11-13", 400, "This day is still to come."),
        ("9999-12-31", 400, "This day is still to come."),
        ("0001-01-01", 404, "was not published yet"),
        ("2026-02-30", 400, "Enter a real day as year, month and day"),
        ("tomorrow", 400, "Enter a real day as year, month and day"),
        ("", 400, "Enter a day"),
        ("%00", 400, "Enter a real day"),
    ],
)
def test_day_without_a_version_says_why(day: str, status: int, said: str, client: Client, versions: Any) -> None:
    with time_machine.travel(at(12)):
        shown = words(client, f"/notices/{versions[0].notice.reference}/?at={day}", status)
    assert said in shown
    assert "The present system goes out of support." not in shown


def test_pages_of_versions_take_few_queries(client: Client, versions: Any, django_assert_max_num_queries: Any) -> None:
    for version in range(6):
        scene.correct(versions[0].notice, title=f"Repairs {version}")
    for query in ("", "compare/?from=1&to=9", "?at=2026-11-09"):
        with time_machine.travel(at(12)), django_assert_max_num_queries(5):
            client.get(f"/notices/{versions[0].notice.reference}/{query}")
