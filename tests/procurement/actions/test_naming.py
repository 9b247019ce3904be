"""Boroughs say for themselves whether suppliers may read their name."""

from dataclasses import replace

import pytest

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Borough, Notification, Role, User
from procurement.actions import naming, notices
from procurement.models import Naming, Notice
from procurement.queries import asked_naming, notice_draft, notice_problems
from procurement.queries.naming import answers, earlier
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
    notice = scene.draft(demand)
    assert [each.slug for each in notice_problems.not_agreed(notice)] == ["brent", "hackney"]
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
    notes = {
        who.email: answers(demand, who, asked_naming.asked(demand))[1].note for who in (camden, brent, scene.analyst())
    }
    assert sorted(notes.values()) == ["", "A secret.", "A secret."]
    assert notes[brent.email] == ""


def test_approvers_are_asked_when_a_notice_is_drafted(camden: User, analyst: User) -> None:
    demand = scene.confirmed_demand()
    notices.draft_from(demand=demand, by=analyst)
    told = Notification.objects.get(user=camden)
    assert "name your borough?" in told.headline
    assert told.path == f"/demands/{demand.reference}/naming/"


def test_agreement_is_to_a_title_and_a_kind_and_is_asked_again_for_another(camden: User, analyst: User) -> None:
    notice = scene.draft(kind="ENGAGEMENT")
    scene.agree(notice.demand)
    own = Borough.objects.get(slug="camden")
    held = Naming.objects.get(demand=notice.demand, borough=own)
    assert notice_problems.not_agreed(notice) == []
    content = notice_draft.content_of(notice)
    immaterial = replace(content, title=f" {content.title.upper()}! ", summary="Another summary.", months=12)
    notices.edit(notice=notice, content=immaterial, revision=notice.revision, by=analyst)
    assert notice_problems.not_agreed(notice) == []
    for material in (replace(content, title="Repairs of roads"), replace(content, kind="PLANNED")):
        notices.edit(notice=notice, content=material, revision=notice.revision, by=analyst)
        assert [each.name for each in notice_problems.not_agreed(notice)] == ["Brent", "Camden", "Hackney"]
    Notification.objects.all().delete()
    notices.propose(notice=notice, by=analyst)
    assert "name your borough?" in Notification.objects.get(user=camden).headline
    with pytest.raises(NotAcceptable, match="Camden has not agreed to be named in this notice"):
        notices.publish(notice=notice, by=scene.analyst())
    naming.answer(demand=notice.demand, borough=own, agrees=True, by=camden, revision=held.revision)
    notice.refresh_from_db()
    assert [each.name for each in notice_problems.not_agreed(notice)] == ["Brent", "Hackney"]
    scene.agree_again(notice.demand)
    assert notices.publish(notice=notice, by=scene.analyst()).content["kind"] == "PLANNED"


def test_agreement_before_a_draft_is_to_any_kind(camden: User) -> None:
    demand = scene.confirmed_demand()
    own = Borough.objects.get(slug="camden")
    said = naming.answer(demand=demand, borough=own, agrees=True, by=camden)
    assert (said.title, said.kind, said.beside) == ("Housing repairs", "", ["Brent", "Hackney"])
    for kind in ("ENGAGEMENT", "PIPELINE"):
        assert said.covers(title="Housing repairs", kind=kind)
    assert not said.covers(title="Housing", kind="PIPELINE")


def test_what_was_agreed_to_before_stays_in_the_history(camden: User, analyst: User) -> None:
    notice = scene.draft()
    own = Borough.objects.get(slug="camden")
    naming.answer(demand=notice.demand, borough=own, agrees=True, by=camden)
    content = replace(notice_draft.content_of(notice), title="Repairs of roads")
    notices.edit(notice=notice, content=content, revision=notice.revision, by=analyst)
    naming.answer(demand=notice.demand, borough=own, agrees=False, by=camden, revision=1)
    assert [(each.words, each.as_what, each.beside) for each in earlier(notice.demand, own, scene.analyst())] == [
        ("Refused to be named", "“Repairs of roads”, early market engagement", ("Brent", "Hackney")),
        ("Agreed to be named", "“Housing repairs”, early market engagement", ("Brent", "Hackney")),
    ]
    assert earlier(notice.demand, Borough.objects.get(slug="brent"), scene.analyst()) == []


@pytest.mark.parametrize("change", ["title", "kind", "members"])
def test_answer_to_what_was_not_shown_is_refused(change: str, camden: User) -> None:
    notice = scene.draft()
    own = Borough.objects.get(slug="camden")
    seen = asked_naming.asked(notice.demand).token
    if change == "members":
        notice.demand.members.filter(need__borough__slug="brent").delete()
    else:
        Notice.objects.update(**{change: "PIPELINE"})
    with pytest.raises(ChangedMeanwhile, match="What your borough is asked changed"):
        naming.answer(demand=notice.demand, borough=own, agrees=True, by=camden, seen=seen)
    seen = asked_naming.asked(notice.demand).token
    assert naming.answer(demand=notice.demand, borough=own, agrees=True, by=camden, seen=seen).agrees
