"""A contact is public while it is there, and can be erased without breaking what was published."""

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import User
from procurement.actions import contacts, notices
from procurement.models import Notice, NoticeContact
from procurement.queries import chain, notice_draft, published, verification
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def with_contact(analyst: User, second: User) -> Notice:
    notice = scene.draft()
    scene.agree(notice.demand)
    content = notice_draft.content_of(notice)
    notices.edit(notice=notice, content=content, revision=1, by=analyst, contact=("Ann Lee", "Ann@camden.example"))
    notices.publish(notice=notices.propose(notice=notice, by=analyst), by=second)
    return notice


def test_contact_is_erased_and_the_chain_stays_whole(analyst: User, second_analyst: User, administrator: User) -> None:
    notice = with_contact(analyst, second_analyst)
    version = notice.versions.get()
    assert "Ann" not in version.canonical
    shown = published.notice(notice.reference, at=version.published_at)
    assert shown is not None
    assert shown.contact is not None
    assert (shown.contact.name, shown.contact.email) == ("Ann Lee", "Ann@camden.example")
    before = verification.verify()
    assert contacts.erase(email="ann@CAMDEN.example", by=administrator) == 1
    assert verification.verify() == before
    shown = published.notice(notice.reference, at=version.published_at)
    assert shown is not None
    assert shown.contact is None
    assert list(NoticeContact.objects.values_list("salt", "name", "email")) == [("", "", "")]
    with pytest.raises(IllegalMove):
        contacts.erase(email="ann@camden.example", by=administrator)


def test_blank_address_erases_nobody(administrator: User) -> None:
    contacts.keep("Ann", "")
    with pytest.raises(NotAcceptable):
        contacts.erase(email="  ", by=administrator)
    assert NoticeContact.objects.get().name == "Ann"


def test_only_administrators_erase(analyst: User, second_analyst: User) -> None:
    with_contact(analyst, second_analyst)
    with pytest.raises(PermissionRefused):
        contacts.erase(email="ann@camden.example", by=analyst)


def test_same_person_twice_cannot_be_told_from_two() -> None:
    one, two = (contacts.keep("Ann", "ann@camden.example") for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.digest != two.digest
    assert one.digest == chain.contact_digest(one.salt, "Ann", "ann@camden.example")
    assert contacts.keep(" ", "") is None


def test_no_kept_page_names_who_was_erased(
    client: Client, analyst: User, second_analyst: User, administrator: User
) -> None:
    """What a reader, or a cache on the way, has kept is asked about again, and is found to be old."""
    notice = with_contact(analyst, second_analyst)
    addresses = [
        f"/notices/{notice.reference}/",
        f"/notices/{notice.reference}/versions/1/",
        "/board/",
        f"/api/v1/notices/{notice.reference}/",
    ]
    before = {address: client.get(address) for address in addresses}
    for address in addresses:
        assert client.get(address).status_code == 200
    assert sum(b"Ann@camden.example" in answer.content for answer in before.values()) == 3
    asked = {"If-None-Match": before[addresses[0]].headers["ETag"]}
    assert client.get(addresses[0], headers=asked).status_code == 304
    contacts.erase(email="ann@camden.example", by=administrator)
    for address in addresses:
        etag = before[address].headers.get("ETag", "")
        answer = client.get(address, headers={"If-None-Match": etag} if etag else {})
        assert answer.status_code == 200, address
        assert b"Ann" not in answer.content, address


def test_each_erasure_is_a_new_state_of_the_board(analyst: User, second_analyst: User, administrator: User) -> None:
    notice = with_contact(analyst, second_analyst)
    scene.correct(notice, contact=("Bo", "bo@camden.example"))
    tokens = [published.stamp(at=timezone.now())]
    for email in ("ann@camden.example", "bo@camden.example"):
        contacts.erase(email=email, by=administrator)
        tokens.append(published.stamp(at=timezone.now()))
    assert len({stamp.token for stamp in tokens}) == 3
    assert tokens[0].changed_at < tokens[1].changed_at < tokens[2].changed_at
    assert {stamp.head for stamp in tokens} == {tokens[0].head}
