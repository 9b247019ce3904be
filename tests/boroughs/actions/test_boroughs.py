import pytest

from boroughs.actions import boroughs
from boroughs.exceptions import NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, User

pytestmark = pytest.mark.django_db


def test_guest_is_admitted_with_an_address_of_its_own(administrator: User) -> None:
    first = boroughs.admit_guest(name="Transport for London", by=administrator)
    second = boroughs.admit_guest(name="Transport for London (TfL)", by=administrator)
    third = boroughs.admit_guest(name="伦敦", by=administrator)
    assert [guest.slug for guest in (first, second, third)] == [
        "transport-for-london",
        "transport-for-london-tfl",
        "guest",
    ]
    assert first.kind == Borough.Kind.GUEST
    assert first.admitted_at is not None
    assert AuditEvent.objects.filter(verb="admit").count() == 3


def test_slug_that_is_taken_gets_a_number(administrator: User) -> None:
    boroughs.admit_guest(name="Hull - Council", by=administrator)
    assert boroughs.admit_guest(name="Hull Council", by=administrator).slug == "hull-council-2"


def test_authority_that_is_there_is_not_admitted_again(administrator: User, borough: Borough) -> None:
    with pytest.raises(NotAcceptable, match="Camden is already there"):
        boroughs.admit_guest(name="CAMDEN COUNCIL", by=administrator)


def test_only_administrators_admit(analyst: User, approver: User) -> None:
    for user in (analyst, approver):
        with pytest.raises(PermissionRefused):
            boroughs.admit_guest(name="Hull", by=user)
