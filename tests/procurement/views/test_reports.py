"""The report pages: who may, what they show, and the file."""

import hashlib
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boroughs.models import User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import reports, snapshots
from procurement.models import JointDemand, Report
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

OTHERS = ["reader", "editor", "approver", "administrator"]
ASKERS = ["reader", "editor", "approver", "cdo", "analyst"]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "reports").mkdir(parents=True)
    return tmp_path / "media"


def ready(media: Path, content: bytes = b"%PDF-1.7 stub", **fields: Any) -> Report:
    now = timezone.now()
    report = Report.objects.create(
        **{"telling": Report.Telling.TOLD, **fields},
        status=Report.Status.READY,
        asked_at=now,
        asked_by="person@example.org",
        built_at=now,
        path=f"reports/{Report.objects.count()}.pdf",
        digest=hashlib.sha256(content).hexdigest(),
        pages=12,
        size=len(content),
    )
    (media / report.path).write_bytes(content)
    return report


@pytest.mark.parametrize("role", ["cdo", "analyst"])
def test_file_for_the_office(client: Client, media: Path, role: str, request: pytest.FixtureRequest) -> None:
    report = ready(media)
    client.force_login(request.getfixturevalue(role))

    response = client.get(reverse("report-file", args=[report.pk]))

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"%PDF-1.7 stub"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="loti-demand-picture-')
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("name", ["report-file", "report-status"])
def test_not_there_for_others(
    client: Client, media: Path, role: str, name: str, request: pytest.FixtureRequest
) -> None:
    """The same answer for a report that is there and for one that is not."""
    report = ready(media)
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse(name, args=[report.pk])).status_code == 404
    assert client.get(reverse(name, args=[report.pk + 1])).status_code == 404


def test_list_and_asking_refused(client: Client, administrator: User) -> None:
    client.force_login(administrator)

    assert client.get(reverse("report-list")).status_code == 403
    assert client.get(reverse("report-ask")).status_code == 403
    assert client.post(reverse("report-ask"), {"kind": "PICTURE"}).status_code == 403
    assert not Report.objects.exists()


def test_everything_asks_for_a_sign_in(client: Client, media: Path) -> None:
    pk = ready(media).pk
    for name in ("report-detail", "report-status", "report-file"):
        assert client.get(reverse(name, args=[pk])).status_code == 302
    for name in ("report-list", "report-ask", "report-schedule-list"):
        assert client.get(reverse(name)).status_code == 302
    assert client.post(reverse("report-rebuild", args=[pk])).status_code == 302


TELLINGS = [("EXACT", ""), ("TOLD", ""), ("OWN", "camden"), ("OWN", "brent")]


@pytest.mark.parametrize(
    ("role", "seen"), [("reader", [2]), ("editor", [2]), ("stranger", [3]), ("cdo", [1]), ("analyst", [0, 1, 2, 3])]
)
def test_each_lists_and_gets_what_they_may_have(
    client: Client, media: Path, role: str, seen: list[int], request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    found = [ready(media, telling=telling, own=own) for telling, own in TELLINGS]

    html = client.get(reverse("report-list")).content.decode()

    for index, report in enumerate(found):
        assert (reverse("report-file", args=[report.pk]) in html) == (index in seen)
        for name in ("report-file", "report-detail", "report-status"):
            response = client.get(reverse(name, args=[report.pk]))
            assert (response.status_code == 200) == (index in seen)
            # Read to its end it is closed as the test client closes it: the connection stays.
            assert b"".join(response)
        again = client.post(reverse("report-rebuild", args=[report.pk])).status_code
        assert again == (302 if index in seen else 404)


@pytest.mark.parametrize(
    ("kind", "subject", "name"),
    [
        ("PICTURE", "", "loti-demand-picture"),
        ("DEMAND", "JD-0003", "loti-joint-demand-JD-0003"),
        ("BOROUGH", "camden", "loti-borough-pack-camden"),
        ("CATEGORY", "telephony", "loti-category-telephony"),
    ],
)
def test_file_name_tells_kind_subject_and_day(
    client: Client, analyst: User, media: Path, kind: str, subject: str, name: str
) -> None:
    client.force_login(analyst)
    report = ready(media, kind=kind, subject=subject)

    response = client.get(reverse("report-file", args=[report.pk]))

    # Read to its end it is closed as the test client closes it: the connection stays.
    assert b"".join(response)
    day = timezone.localdate(report.built_at)
    assert response["Content-Disposition"] == f'attachment; filename="{name}-{day:%Y-%m-%d}.pdf"'


def test_file_that_is_not_ready_is_not_there(client: Client, cdo: User) -> None:
    client.force_login(cdo)
    waiting = reports.ask(kind=Report.Kind.PICTURE, by=cdo)

    assert client.get(reverse("report-file", args=[waiting.pk])).status_code == 404


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "is gone from the platform's disk."),
        (b"%PDF", "is cut off: it has 4 of its 13 bytes, so it is not handed out."),
        (b"%PDF-1.7 Changed", "is not the one that was built: its SHA-256 is another, so it is not handed out."),
    ],
    ids=["gone", "cut off", "changed"],
)
def test_file_that_is_gone_or_not_whole_is_said_in_words(
    client: Client, cdo: User, media: Path, left: bytes | None, words: str
) -> None:
    client.force_login(cdo)
    report = ready(media)
    (media / report.path).unlink()
    if left:
        (media / report.path).write_bytes(left)

    response = client.get(reverse("report-file", args=[report.pk]))

    page = unescape(response.content.decode())
    assert response.status_code == 404
    assert f"The file of this report {words}" in page
    assert "Build it again" in page
    assert "Download the report" not in page


@pytest.mark.parametrize("role", ASKERS)
def test_kinds_to_choose_from(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(role)
    client.force_login(user)

    html = client.get(reverse("report-ask")).content.decode()

    shown = {"analyst": {*Report.Kind}, "cdo": {*Report.Kind} - {"BOROUGH"}}.get(role, {"DEMAND", "BOROUGH"})
    for kind in Report.Kind:
        assert (f'value="{kind}"' in html) == (kind in shown)
    assert "Choose what the report is of" in client.get(reverse("report-ask"), {"sent": "yes"}).content.decode()
    wrong = client.get(reverse("report-ask"), {"kind": "EVERYTHING"}).content.decode()
    assert "Choose what the report is of from the list" in wrong


def test_ask_then_progress_then_failure(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    demand = joint_demand("camden", "brent", title="Telephony")
    filled = client.get(reverse("report-ask"), {"kind": "DEMAND", "subject": demand.reference}).content.decode()
    assert f'<option value="{demand.reference}" selected>' in filled

    asked = {"kind": "DEMAND", "subject": demand.reference, "snapshot": ""}
    html = client.post(reverse("report-ask"), asked, follow=True).content.decode()

    report = Report.objects.get()
    status_url = reverse("report-status", args=[report.pk])
    assert "The report is asked for." in html
    assert status_url in html
    assert status_url in client.get(reverse("report-list")).content.decode()
    answer = {"value": 1, "maximum": 3, "label": "Waiting for a worker", "done": False}
    assert client.get(status_url).json() == answer

    again = client.post(reverse("report-ask"), asked, follow=True).content.decode()
    assert "The same report was asked for already." in again
    Report.objects.update(status=Report.Status.FAILED, error="The report is too large.")
    assert client.get(status_url).json()["done"]
    page = client.get(reverse("report-detail", args=[report.pk])).content.decode()
    assert "The report is too large." in page
    assert f"?kind=DEMAND&amp;subject={demand.reference}" in page


def test_ask_again_for_what_is_there_offers_it(client: Client, analyst: User, media: Path) -> None:
    client.force_login(analyst)
    kept = ready(media, telling=Report.Telling.EXACT, snapshot=snapshots.take(by=COMMAND_LINE))

    response = client.post(reverse("report-ask"), {"kind": "PICTURE", "snapshot": ""}, follow=True)

    assert response.redirect_chain == [(reverse("report-detail", args=[kept.pk]), 302)]
    assert "was built already" in response.content.decode()


def test_ask_in_the_readers_words(client: Client, editor: User) -> None:
    client.force_login(editor)
    joint_demand("brent", "sutton")

    nothing = client.post(reverse("report-ask"), {"kind": "DEMAND", "subject": ""}).content.decode()
    foreign = client.post(reverse("report-ask"), {"kind": "DEMAND", "subject": "JD-0001"}).content.decode()
    moment = client.post(reverse("report-ask"), {"kind": "BOROUGH", "subject": "camden", "snapshot": "DP-1999-0001"})

    assert "Choose the joint demand that the report is of" in nothing
    assert "There is no joint demand “JD-0001” that you may have a report of" in foreign
    assert "Choose a moment from the list" in moment.content.decode()
    assert "There is a problem" in nothing
    assert not Report.objects.exists()


def test_ask_of_an_earlier_moment_lists_what_there_was(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    demand = joint_demand("camden", "brent", title="Long gone")
    earlier = snapshots.take(by=COMMAND_LINE)
    JointDemand.objects.update(status=JointDemand.Status.RETIRED, retired_at=timezone.now())

    now = client.get(reverse("report-ask"), {"kind": "DEMAND"}).content.decode()
    then = client.get(reverse("report-ask"), {"kind": "DEMAND", "snapshot": earlier.reference}).content.decode()
    asked = {"kind": "DEMAND", "subject": demand.reference, "snapshot": earlier.reference}
    client.post(reverse("report-ask"), asked)

    assert "Long gone" not in now
    assert "Long gone" in then
    assert Report.objects.get().snapshot == earlier


def test_too_many_waiting_is_said_on_the_form(client: Client, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_WAITING", 0)
    client.force_login(analyst)

    html = client.post(reverse("report-ask"), {"kind": "PICTURE", "snapshot": ""}).content.decode()

    assert "Ask again when one of them is ready" in html


def test_build_again_shows_how_far_and_what_came_of_it(client: Client, analyst: User, media: Path) -> None:
    client.force_login(analyst)
    report = ready(media, engine="platform a, WeasyPrint 1")
    address = reverse("report-detail", args=[report.pk])

    client.post(reverse("report-rebuild", args=[report.pk]))

    waiting = client.get(address).content.decode()
    status = client.get(reverse("report-status", args=[report.pk])).json()
    assert (status["label"], status["done"]) == ("Waiting for a worker, to compare", False)
    assert "Build again and compare" not in waiting
    rebuilds = report.rebuilds
    rebuilds.update(status="AGREED", digest="abc")
    assert "it is the same file, byte for byte" in client.get(address).content.decode()
    rebuilds.update(status="DIFFERENT", digest="def", engine="platform a, WeasyPrint 2")
    other = client.get(address).content.decode()
    assert f"SHA-256 def instead of {report.digest}" in other
    assert "It was made with platform a, WeasyPrint 2; the one that was kept with platform a, WeasyPrint 1" in other
    rebuilds.update(engine="platform a, WeasyPrint 1")
    assert "they should be equal" in client.get(address).content.decode()


def test_list_of_one_kind(client: Client, cdo: User, media: Path) -> None:
    client.force_login(cdo)
    picture, category = ready(media), ready(media, kind="CATEGORY", subject="telephony")

    html = client.get(reverse("report-list"), {"kind": "CATEGORY"}).content.decode()

    assert reverse("report-file", args=[category.pk]) in html
    assert reverse("report-file", args=[picture.pk]) not in html


def test_list_queries_do_not_grow(client: Client, analyst: User, media: Path) -> None:
    client.force_login(analyst)
    ready(media, telling="OWN", own="camden")
    client.get(reverse("report-list"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("report-list"))
    for index in range(10):
        ready(media, telling="OWN", own=f"borough-{index}")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("report-list"))

    assert len(few) == len(many)


def test_links_lead_there(client: Client, editor: User, stranger: User, analyst: User) -> None:
    demand = joint_demand("camden", "sutton")
    page, home = reverse("demand-detail", args=[demand.reference]), reverse("home")
    link = f"?kind=DEMAND&amp;subject={demand.reference}"
    for user, is_there in ((editor, True), (analyst, True), (stranger, False)):
        client.force_login(user)
        assert (link in client.get(page).content.decode()) == is_there
    client.force_login(editor)
    assert "?kind=BOROUGH&amp;subject=camden" in client.get(home).content.decode()
