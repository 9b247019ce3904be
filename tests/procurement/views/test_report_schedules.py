"""The pages of schedules: whose they are, and what they say of bad input."""

import pytest
from django.test import Client
from django.urls import reverse

from boroughs.models import User
from procurement.models import ReportSchedule

pytestmark = pytest.mark.django_db

NEW = {"kind": "PICTURE", "frequency": "MONTHLY"}


def create(client: Client, user: User, recipients: str, **fields: str) -> str:
    client.force_login(user)
    sent = {**NEW, "recipients": recipients, **fields}
    return client.post(reverse("report-schedule-create"), sent, follow=True).content.decode()


def test_make_change_pause_and_end(client: Client, analyst: User, cdo: User) -> None:
    assert "The schedule is made. The first report comes on 1 " in create(
        client, analyst, f"{analyst.email.upper()}\n{cdo.email}, {cdo.email}"
    )
    schedule = ReportSchedule.objects.get()
    assert set(schedule.recipients.all()) == {analyst, cdo}
    edit, pause, end = (reverse(f"report-schedule-{verb}", args=[schedule.pk]) for verb in ("edit", "pause", "end"))

    shown = client.get(edit).content.decode()
    assert cdo.email in shown
    client.post(edit, {"frequency": "QUARTERLY", "recipients": cdo.email, "revision": "0"})
    stale = client.post(edit, {"frequency": "MONTHLY", "recipients": analyst.email, "revision": "0"}).content.decode()
    schedule.refresh_from_db()
    assert (schedule.frequency, list(schedule.recipients.all())) == ("QUARTERLY", [cdo])
    assert "was changed since you opened this page" in stale

    assert "Let it go on" in client.post(pause, follow=True).content.decode()
    assert "Pause it" in client.post(pause, {"resume": "yes"}, follow=True).content.decode()
    assert "End this schedule?" in client.get(end).content.decode()
    assert "The schedule has ended" in client.post(end, follow=True).content.decode()
    assert "<form" not in client.get(edit).content.decode().partition("<main")[2]


def test_address_without_account_and_one_that_may_not_are_refused_alike(
    client: Client, analyst: User, editor: User
) -> None:
    words = "{} may not have this report, or has no account here. Take the address off the list."

    for address in (editor.email, "nobody@nowhere.example"):
        html = create(client, analyst, address)
        assert words.format(address) in html
        assert "There is a problem" in html
    # Beside one that nobody has, the other is refused in the same breath.
    html = create(client, analyst, f"nobody@nowhere.example\n{editor.email}")
    assert words.format(editor.email) in html
    assert words.format("nobody@nowhere.example") in html
    assert not ReportSchedule.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipients": ""}, "Enter at least one address"),
        ({"frequency": ""}, "Choose how often"),
        ({"kind": "CATEGORY", "subject": ""}, "Choose the category that the report is of"),
        ({"kind": "CATEGORY", "subject": "x"}, "There is no category “x”"),
        ({"kind": "x"}, "Choose what the report is of from the list"),
    ],
)
def test_bad_input_in_words(client: Client, analyst: User, fields: dict[str, str], words: str) -> None:
    assert words in create(client, analyst, **{"recipients": analyst.email, **fields})
    assert not ReportSchedule.objects.exists()


def test_people_of_a_borough_see_their_own_alone(client: Client, editor: User, approver: User, analyst: User) -> None:
    create(client, editor, editor.email, kind="BOROUGH", subject="camden")
    schedule = ReportSchedule.objects.get()
    address = reverse("report-schedule-edit", args=[schedule.pk])

    for user, status in ((editor, 200), (analyst, 200), (approver, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status
        assert ("Borough pack: Camden" in client.get(reverse("report-schedule-list")).content.decode()) == (
            status == 200
        )


def test_refused(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    for name in ("report-schedule-list", "report-schedule-create"):
        assert client.get(reverse(name)).status_code == 403
