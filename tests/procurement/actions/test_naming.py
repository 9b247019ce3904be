"""Boroughs say for themselves whether suppliers may read their name."""

import pytest

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, PermissionRefused
from boroughs.models import Borough, Notification, Role, User
from procurement.actions import naming, notices
from procurement.models import Naming
from procurement.queries import notice_problems
from procurement.queries.naming import answers
from tests.conftest import person
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def camden() -> User:
    scene.borough("Camden")
    return person(Role.BOROUGH_APPROVER, Borough.objects.get(slug="camden"))


def test_approver_answers_and_changes_the_answer(camden: User) -> None:
    demand = scene.confirmed_demand()
    own = Borough.objects.get(slug="camden")
    first = naming.answer(demand=demand, borough=own, agrees=True, by=camden)
    assert [each.slug for each in notice_problems.not_agreed(demand)] == ["brent", "hackney"]
    with pytest.raises(ChangedMeanwhile):
        naming.answer(demand=demand, borough=own, agrees=False, by=camden)
    naming.answer(demand=demand, borough=own, agrees=False, by=camden, revision=first.revision, note="Not yet.")
    assert {each.slug for each in notice_problems.boroughs_of(demand)} == {"brent", "hackney"}
    assert Naming.objects.get(demand=demand).note == "Not yet."


def test_nobody_answers_for_another_borough_nor_below_the_approver(camden: User) -> None:
    demand = scene.confirmed_demand()
    brent, own = Borough.objects.get(slug="brent"), Borough.objects.get(slug="camden")
    for who, borough in ((camden, brent), (person(Role.BOROUGH_EDITOR, own), own), (scene.analyst(), own)):
        with pytest.raises(PermissionRefused):
            naming.answer(demand=demand, borough=borough, agrees=True, by=who)
    assert not Naming.objects.exists()


def test_borough_without_an_open_need_has_nothing_to_answer(camden: User) -> None:
    demand = scene.confirmed_demand("Brent", "Hackney")
    with pytest.raises(IllegalMove, match="no open need"):
        naming.answer(demand=demand, borough=Borough.objects.get(slug="camden"), agrees=True, by=camden)


def test_notes_are_read_by_who_prepares_the_notice_and_by_the_borough(camden: User) -> None:
    demand = scene.confirmed_demand()
    own = Borough.objects.get(slug="camden")
    naming.answer(demand=demand, borough=own, agrees=False, by=camden, note="A secret.")
    brent = person(Role.BOROUGH_APPROVER, Borough.objects.get(slug="brent"))
    notes = {who.email: answers(demand, who)[1].note for who in (camden, brent, scene.analyst())}
    assert sorted(notes.values()) == ["", "A secret.", "A secret."]
    assert notes[brent.email] == ""


def test_approvers_are_asked_when_a_notice_is_drafted(camden: User, analyst: User) -> None:
    demand = scene.confirmed_demand()
    notices.draft_from(demand=demand, by=analyst)
    told = Notification.objects.get(user=camden)
    assert "May it name your borough?" in told.headline
    assert told.path == f"/demands/{demand.reference}/naming/"
