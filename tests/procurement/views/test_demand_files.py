"""A joint demand to take away: who reads what in it, and when a snapshot is kept."""

import html
import io
import re
import zipfile
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.models import Borough, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import snapshots
from procurement.models import JointDemand, Snapshot
from procurement.queries import live_picture, picture_facts
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

ODT, JSON = "/demands/JD-0001/demand.odt", "/demands/JD-0001/demand.json"
PAGE = "/demands/JD-0001/"
OWN, OTHER = {"users_count": 5_119, "incumbent": "Tabellarius"}, {"users_count": 41_413, "incumbent": "Vexillum"}


@pytest.fixture
def demand(borough: Borough) -> JointDemand:
    """Of the borough of the people here and of Brent, each with figures of its own."""
    found = joint_demand(borough.slug, "brent", reference="JD-0001")
    for slug, stated in ((borough.slug, OWN), ("brent", OTHER)):
        Need.objects.filter(borough__slug=slug).update(**stated)
    return found


def outsider(role: Role) -> User:
    """Of a borough that has no need here, where the role is one of a borough."""
    return person(role, None if role == Role.ADMINISTRATOR else BoroughFactory(slug="sutton"))


def text_of(client: Client, *, freeze: bool = False) -> str:
    answer = client.post(ODT) if freeze else client.get(ODT)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.text"
    assert "no-store" in answer["Cache-Control"]
    assert f'filename="loti-jd-0001-{timezone.localdate():%Y-%m-%d}.odt"' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        return html.unescape(re.sub("<[^>]+>", " ", package.read("content.xml").decode()))


def json_of(client: Client, *, freeze: bool = False) -> dict[str, Any]:
    answer = client.post(JSON) if freeze else client.get(JSON)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    told: dict[str, Any] = answer.json()
    return told


def test_the_office_reads_every_figure(client: Client, demand: JointDemand, analyst: User) -> None:
    client.force_login(analyst)

    for said in (text_of(client), str(json_of(client))):
        for words in ("Tabellarius", "Vexillum"):
            assert words in said
    assert "46,532" in text_of(client)


def test_a_borough_reads_its_own_figures_and_nothing_of_the_others(
    client: Client, demand: JointDemand, editor: User, borough: Borough
) -> None:
    client.force_login(editor)

    told = json_of(client)
    assert told["told"] == {"exact": False, "own": borough.slug}
    for said in (text_of(client), str(told)):
        assert "Tabellarius" in said
        assert "Brent" in said
        for words in ("Vexillum", "41413", "41,413", "46532", "46,532"):
            assert words not in said


def test_a_person_of_a_borough_without_a_need_here_reads_no_boroughs_figures(
    client: Client, demand: JointDemand
) -> None:
    client.force_login(outsider(Role.BOROUGH_READER))

    for said in (text_of(client), str(json_of(client))):
        for words in ("Tabellarius", "Vexillum", "5,119", "5119", "41413", "41,413"):
            assert words not in said


def test_to_read_keeps_nothing(client: Client, demand: JointDemand, analyst: User) -> None:
    client.force_login(analyst)

    assert "no snapshot of that moment was kept" in text_of(client)
    assert json_of(client)["reference"] == ""
    assert not Snapshot.objects.exists()


def test_all_of_london_is_read_once_for_the_picture_and_for_every_file(
    client: Client, demand: JointDemand, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(analyst)
    reader = Mock(wraps=picture_facts.read)
    monkeypatch.setattr(picture_facts, "read", reader)

    client.get("/picture/")
    first, second = json_of(client), json_of(client)
    text_of(client)

    reader.assert_called_once()
    assert first == second


def test_joint_demand_that_formed_after_the_picture_that_is_kept_has_its_file(
    client: Client, demand: JointDemand, analyst: User
) -> None:
    client.force_login(analyst)
    kept = live_picture.live_picture()
    joint_demand("sutton", "merton", reference="JD-0002")

    assert client.get("/demands/JD-0002/demand.json").json()["subject"] == "JD-0002"
    assert live_picture.live_picture() is kept


def test_joint_demand_that_was_settled_after_the_picture_that_is_kept_has_its_file(
    client: Client, demand: JointDemand, analyst: User
) -> None:
    client.force_login(analyst)
    doubted = joint_demand("sutton", "merton", reference="JD-0002", certainty=JointDemand.Certainty.NOT_SURE)
    live_picture.live_picture()
    JointDemand.objects.filter(pk=doubted.pk).update(certainty=JointDemand.Certainty.SURE)

    assert client.get("/demands/JD-0002/demand.json").json()["subject"] == "JD-0002"


def test_both_ways_say_the_same_of_the_joint_demand(client: Client, demand: JointDemand, analyst: User) -> None:
    joint_demand("sutton", "merton", title="Fleet")
    client.force_login(analyst)

    now, kept = json_of(client), json_of(client, freeze=True)

    of_the_file = ("reference", "digest", "taken_at", "previous")
    assert {key: now[key] for key in now if key not in of_the_file} == {
        key: kept[key] for key in kept if key not in of_the_file
    }


def test_who_may_ask_for_reports_freezes_the_moment_once(client: Client, demand: JointDemand, analyst: User) -> None:
    client.force_login(analyst)

    told = json_of(client, freeze=True)
    text = text_of(client, freeze=True)

    snapshot = Snapshot.objects.get()
    assert (told["reference"], told["digest"]) == (snapshot.reference, snapshot.digest)
    assert snapshot.reference in text
    assert snapshot.digest in text


def test_the_file_is_of_this_moment_and_not_of_the_last_snapshot(
    client: Client, demand: JointDemand, analyst: User
) -> None:
    client.force_login(analyst)
    earlier = snapshots.take(by=COMMAND_LINE)
    Need.objects.filter(borough__slug="brent").update(incumbent="Novum")

    text = text_of(client, freeze=True)

    assert "Novum" in text
    assert earlier.reference not in text


def test_a_borough_with_a_need_here_freezes_too_and_reads_no_more_for_it(
    client: Client, demand: JointDemand, editor: User
) -> None:
    client.force_login(editor)

    told = json_of(client, freeze=True)

    assert told["reference"] == Snapshot.objects.get().reference
    assert "Tabellarius" in str(told)
    assert "Vexillum" not in str(told)


@pytest.mark.parametrize("role", [Role.BOROUGH_APPROVER, Role.ADMINISTRATOR])
def test_who_may_not_ask_for_a_report_of_it_cannot_freeze(client: Client, demand: JointDemand, role: Role) -> None:
    client.force_login(outsider(role))

    for address in (ODT, JSON):
        assert client.post(address).status_code == 403
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"certainty": JointDemand.Certainty.NOT_SURE},
        {"status": JointDemand.Status.RETIRED, "retired_at": timezone.now()},
    ],
    ids=["unsure", "retired"],
)
def test_what_is_in_no_report_has_no_file_and_no_link(
    client: Client, demand: JointDemand, analyst: User, fields: dict[str, Any]
) -> None:
    client.force_login(analyst)
    JointDemand.objects.update(**fields)

    for address in (ODT, JSON):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert not Snapshot.objects.exists()
    assert ODT not in client.get(PAGE).content.decode()


def test_no_open_need_is_no_file(client: Client, demand: JointDemand, analyst: User) -> None:
    client.force_login(analyst)
    Need.objects.update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())

    assert client.get(ODT).status_code == 404


def test_the_page_offers_each_what_they_may_do(
    client: Client, demand: JointDemand, analyst: User, editor: User
) -> None:
    client.force_login(outsider(Role.BOROUGH_READER))
    page = client.get(PAGE).content.decode()
    assert f'href="{ODT}" download' in page
    assert f'href="{JSON}" download' in page

    for who in (analyst, editor):
        client.force_login(who)
        page = client.get(PAGE).content.decode()
        assert f'action="{ODT}"' in page
        assert f'formaction="{JSON}"' in page
