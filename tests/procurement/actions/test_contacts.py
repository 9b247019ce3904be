"""A contact is public while it is there, and can be erased without breaking what was published."""

import pytest

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
