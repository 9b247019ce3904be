"""The walk along the chain: it finds a change of one byte, a version gone or moved, and whatever is filed wrongly."""

import json
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from boroughs.models import User
from procurement import canonical_json
from procurement.models import Notice, NoticeContact, NoticeVersion
from procurement.queries import chain, public_content, verification
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def test_digest_is_of_the_canonical_json_of_everything() -> None:
    version = scene.withdraw(scene.publish().notice, 'Said "no" \\ né\x07.')
    whole = {
        "content": version.content,
        "notice": version.notice.reference,
        "number": 2,
        "previous_digest": version.previous_digest,
        "published_at": version.published_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reason": version.reason,
    }
    assert chain.fingerprint(whole) == version.digest


def unlocked() -> None:
    """As somebody with the database's own password would begin."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS procurement_noticeversion_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS procurement_noticeversion_no_delete")
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        else:
            # What foreign keys still have to check stands in the way of changing the table.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE procurement_noticeversion DISABLE TRIGGER USER")


def tampered(sql: str, *values: object) -> verification.Verified:
    """What the walk finds after somebody with the database's own password changed a row."""
    unlocked()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    return verification.verify()


def test_verify_finds_a_changed_word() -> None:
    one, two = scene.publish_many(2)
    content = two.content | {"title": two.content["title"].replace("N", "M")}
    verified = tampered(
        "UPDATE procurement_noticeversion SET canonical = %s WHERE id = %s",
        canonical_json.dump(content).decode(),
        two.pk,
    )
    assert (verified.versions, verified.head) == (1, one.digest)
    assert two.notice.reference in verified.faults[0]


@pytest.mark.parametrize("column", ["reason", "previous_digest", "category_slug", "kind"])
def test_verify_finds_a_changed_column(column: str) -> None:
    (one,) = scene.publish_many(1)
    verified = tampered(f"UPDATE procurement_noticeversion SET {column} = 'PLANNED' WHERE id = %s", one.pk)  # noqa: S608
    assert one.notice.reference in verified.faults[0]


def test_verify_finds_a_notice_that_shows_an_old_version(analyst: User) -> None:
    first = scene.publish()
    scene.withdraw(first.notice, "Why.")
    first.notice.__class__.objects.update(current=first)
    assert first.notice.reference in verification.verify().faults[0]


@pytest.mark.parametrize("place", [0, 1, 100, -2, -1])
def test_verify_finds_a_change_of_one_byte_wherever_it_is(place: int) -> None:
    one, two = scene.publish_many(2)
    changed = list(two.canonical)
    changed[place] = "x" if changed[place] != "x" else "y"
    verified = tampered("UPDATE procurement_noticeversion SET canonical = %s WHERE id = %s", "".join(changed), two.pk)
    assert (verified.versions, verified.head) == (1, one.digest)


def test_verify_finds_a_removed_version() -> None:
    # Of two boroughs, so that no total stands behind it that would keep it.
    demands = [scene.confirmed_demand("Camden", "Brent", title=f"Need {n}") for n in range(3)]
    one, two, _ = [scene.publish(demand) for demand in demands]
    Notice.objects.filter(pk=two.notice_id).update(current=None)
    two.boroughs.clear()
    verified = tampered("DELETE FROM procurement_noticeversion WHERE id = %s", two.pk)
    assert (verified.versions, verified.head) == (1, one.digest)
    assert "one was removed, added or moved" in verified.faults[0]


def test_verify_finds_the_last_version_removed() -> None:
    demands = [scene.confirmed_demand("Camden", "Brent", title=f"Need {n}") for n in range(2)]
    one, two = [scene.publish(demand) for demand in demands]
    Notice.objects.filter(pk=two.notice_id).update(current=None)
    two.boroughs.clear()
    verified = tampered("DELETE FROM procurement_noticeversion WHERE id = %s", two.pk)
    assert (verified.versions, verified.head) == (1, one.digest)
    assert verified.faults == (f"{two.notice.reference} does not show its newest version.",)


def test_verify_finds_two_versions_that_changed_places() -> None:
    rows = scene.publish_many(2)
    unlocked()
    names = ("notice_id", "number", "canonical", "published_at", "reason", "title", "digest", "previous_digest")
    kept = list(NoticeVersion.objects.in_order().values(*names))
    for row in rows:
        aside = f"aside {row.pk}"
        NoticeVersion.objects.filter(pk=row.pk).update(number=1000 + row.pk, digest=aside, previous_digest=aside)
    for row, values in zip(rows, reversed(kept), strict=True):
        NoticeVersion.objects.filter(pk=row.pk).update(**values)
    verified = verification.verify()
    assert verified.versions == 0
    assert "one was removed, added or moved" in verified.faults[0]


def test_verify_finds_a_version_without_one_of_its_boroughs_and_with_one_too_many() -> None:
    version = scene.publish()
    own = list(version.boroughs.all())
    for filed in (own[1:], [*own, scene.borough("Harrow")], [*own[1:], scene.borough("Harrow")]):
        version.boroughs.set(filed)
        (fault,) = verification.verify().faults
        assert fault == f"{version.notice.reference} version 1 is filed under other values than it shows."


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "Other"),
        ("stage", "TERMS"),
        ("closes_date", "2031-01-01"),
        ("questions_close_date", "2020-01-01"),
        ("start_date", "2031-01-01"),
        ("value_low", 1),
        ("value_high", None),
        ("is_withdrawal", True),
        ("contact_id", None),
    ],
)
def test_verify_finds_a_version_filed_under_another_value(column: str, value: object) -> None:
    notice = scene.publish().notice
    version = scene.correct(notice, contact=("Ann", "ann@camden.example"))
    verified = tampered(f"UPDATE procurement_noticeversion SET {column} = %s WHERE id = %s", value, version.pk)  # noqa: S608
    assert verified.versions == 1
    assert verified.faults == (f"{notice.reference} version 2 is filed under other values than it shows.",)


def test_verify_finds_a_contact_that_was_changed(analyst: User) -> None:
    notice = scene.publish().notice
    scene.correct(notice, contact=("Ann", "ann@camden.example"))
    assert verification.verify().faults == ()
    NoticeContact.objects.update(email="eve@evil.example")
    assert "Contact" in verification.verify().faults[0]


def appended(notice: Notice, content: dict[str, Any]) -> NoticeVersion:
    """A version with any content at the end of the chain, as it would have been written."""
    head = chain.head()
    assert head
    given: dict[str, Any] = {
        "number": notice.versions.count() + 1,
        "canonical": canonical_json.dump(content).decode(),
        "published_at": timezone.now(),
        "reason": "Why.",
        "previous_digest": head.digest,
    }
    version = NoticeVersion.objects.create(
        notice=notice,
        digest=chain.digest(reference=notice.reference, **given),
        **given,
        **public_content.columns(content),
    )
    version.boroughs.set(head.boroughs.all())
    Notice.objects.filter(pk=notice.pk).update(current=version)
    return version


def test_content_of_format_one_verifies() -> None:
    first = scene.publish()
    gone = ("setup", "differences", "tender_date", "stage", "depth", "contact")
    old = {key: value for key, value in first.content.items() if key not in gone} | {"format": 1}
    second = appended(first.notice, old)
    assert verification.verify() == verification.Verified(versions=2, head=second.digest, faults=())


@pytest.mark.parametrize("figure", [None, {"value": 7}, {"low": 1, "high": 9}, {"as_at": 12, "low": 1, "high": 9}])
def test_figure_is_found_in_each_of_its_shapes(figure: dict[str, int] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scene.publish()
    second = appended(first.notice, first.content | {"budget_max_total": figure})
    # Without the reading that comes after.
    monkeypatch.setattr(verification, "_is_filed_as_read", lambda row, boroughs: False)
    assert verification.verify() == verification.Verified(versions=2, head=second.digest, faults=())


@pytest.mark.parametrize(
    "title",
    ['","stage":"TERMS","start_date":null,"', '\\","title":"x","', "“né” \u2028 \x7f </script>", '"', "\\"],
)
def test_text_that_looks_like_a_column_is_only_a_text(title: str) -> None:
    first = scene.publish()
    second = appended(first.notice, first.content | {"title": title, "summary": title, "problem": title})
    assert json.loads(second.canonical)["title"] == title
    assert verification.verify() == verification.Verified(versions=2, head=second.digest, faults=())
    verified = tampered("UPDATE procurement_noticeversion SET title = %s WHERE id = %s", f"{title}x", second.pk)
    assert verified.versions == 1


def test_walk_takes_few_queries_however_many_versions(django_assert_num_queries: Any) -> None:
    scene.publish_many(4)
    # Boroughs by name; a page of versions and its boroughs; the empty page; notices; contacts.
    with django_assert_num_queries(6):
        verification.verify()


def test_pages_of_the_walk_join(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = scene.publish_many(5)
    monkeypatch.setattr(verification, "CHUNK", 2)
    assert verification.verify() == verification.Verified(versions=5, head=versions[-1].digest, faults=())
