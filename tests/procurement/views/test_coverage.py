"""The page of registers and needs: neutral, the own borough first, the same for everybody but for what is their own."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boroughs.actions import reminding
from boroughs.models import Borough, Contract, Need, Notification, Reminder, Role, User
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, ContractFactory, MembershipFactory, NeedFactory, UserFactory

pytestmark = pytest.mark.django_db

NAMES = ("Barnet", "Camden", "Ealing", "Lambeth")


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


@pytest.fixture
def city() -> dict[str, Borough]:
    return {name: BoroughFactory(name=name, slug=name.lower()) for name in NAMES}


def text(client: Client, user: User, address: str = "/coverage/", code: int = 200) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == code
    return str(response.content.decode())


def rows(html: str) -> list[list[str]]:
    """The cells of the table's rows, as one reads them."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    found = re.findall(r"<tr id=.*?</tr>", body, re.DOTALL)
    return [
        [
            " ".join(re.sub("<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", each, re.DOTALL)
        ]
        for each in found
    ]


def aged(borough: Borough, days: int, **more: Any) -> None:
    """A contract last looked after that many days ago by the calendar here: an hour of summer moves no day."""
    contract = ContractFactory(borough=borough, **more)
    Contract.objects.filter(pk=contract.pk).update(updated_at=timezone.localtime() - timedelta(days=days))


def test_page_names_all_by_the_alphabet_the_own_borough_first(client: Client, city: dict[str, Borough]) -> None:
    aged(city["Ealing"], 400)
    ContractFactory(borough=city["Lambeth"])
    NeedFactory(borough=city["Lambeth"])
    user = person(Role.BOROUGH_EDITOR, city["Lambeth"])
    html = text(client, user)
    assert "2 of 4 authorities have a contract register here, and 1 has an open need." in html
    assert [row[0] for row in rows(html)] == ["Lambeth Yours", "Barnet", "Camden", "Ealing"]
    assert [row[0] for row in rows(text(client, user, "/coverage/?order=z-a"))] == [
        "Lambeth Yours",
        "Ealing",
        "Camden",
        "Barnet",
    ]
    today, then = timezone.localdate(), timezone.localdate() - timedelta(days=400)
    assert [row[1:] for row in rows(html)] == [
        [f"Up to date: 1 contract, last looked after on {today.day} {today:%b %Y}", "1", "Editors"],
        ["Not here yet", "None yet", "Not here yet"],
        ["Not here yet", "None yet", "Not here yet"],
        [f"Old: 1 contract, last looked after on {then.day} {then:%b %Y}", "None yet", "Not here yet"],
    ]


def test_order_is_offered_by_name_alone_and_said_to_those_who_hear_it(
    client: Client, city: dict[str, Borough], cdo: User
) -> None:
    html = text(client, cdo)
    assert html.count("aria-sort=") == 1
    assert 'aria-sort="ascending"' in html
    assert 'aria-sort="descending"' in text(client, cdo, "/coverage/?order=z-a")
    # Other orders there are none.
    assert rows(text(client, cdo, "/coverage/?order=-contracts")) == rows(html)


@pytest.mark.parametrize("role", ["reader", "approver", "analyst", "cdo", "administrator"])
def test_everybody_reads_the_same_of_others_and_no_money(
    client: Client, city: dict[str, Borough], role: str, request: pytest.FixtureRequest
) -> None:
    aged(city["Ealing"], 10, annual_value=7_313_117, title="CANARY", supplier="CANARY", end_date="2031-03-17")
    NeedFactory(borough=city["Ealing"], title="CANARY", budget_min=7_313_117)
    NeedFactory(borough=city["Ealing"], status=Need.Status.DRAFT, title="CANARY")
    html = text(client, request.getfixturevalue(role))
    ealing = next(row for row in rows(html) if row[0] == "Ealing")
    kept = timezone.localdate() - timedelta(days=10)
    assert ealing[1:3] == [f"Up to date: 1 contract, last looked after on {kept.day} {kept:%b %Y}", "1"]
    for secret in ("CANARY", "£", "7,313", "2031", "missing", "Missing"):
        assert secret not in html


def test_drafts_of_a_borough_are_told_to_its_own_people_alone(
    client: Client, borough: Borough, reader: User, stranger: User, analyst: User
) -> None:
    for status in (Need.Status.DRAFT, Need.Status.DRAFT, Need.Status.SUBMITTED):
        NeedFactory(borough=borough, status=status)
    html = text(client, reader)
    assert "2 drafts</a> can be finished" in html
    assert "1 need</a> waits for an approver’s yes" in html
    assert "logs a need" not in html
    before = {user: text(client, user) for user in (stranger, analyst)}
    Need.objects.all().delete()
    for user, html in before.items():
        assert rows(text(client, user)) == rows(html)
        assert "draft" not in html


def test_own_borough_is_told_what_would_help_next(client: Client, borough: Borough, editor: User) -> None:
    html = text(client, editor)
    assert "Camden: what would help next" in html
    assert '<a class="govuk-link" href="/imports/new/">Import your contract register</a>' in html
    assert '<a class="govuk-link" href="/needs/new/">Log a need</a>' in html

    aged(borough, 400, end_date=timezone.localdate() - timedelta(days=1))
    aged(borough, 400)
    then = timezone.now() - timedelta(days=500)
    for _ in range(3):
        NeedFactory(borough=borough, opened_at=then, confirmed_at=then, confirmation_asked_at=timezone.now())
    html = text(client, editor)
    assert "mport your contract register" not in html
    assert "Look through your contract register</a>" in html
    assert "Look at 1 contract past its end</a>" in html
    assert "Give 1 contract an end date</a>" in html
    assert '<a class="govuk-link" href="/needs/?status=OPEN">Confirm 3 needs</a>' in html
    assert "Log a need" not in html


def test_borough_that_has_all_is_thanked(client: Client, borough: Borough, editor: User) -> None:
    NeedFactory(borough=borough)
    ContractFactory(borough=borough, end_date=timezone.localdate() + timedelta(days=100))
    assert "Nothing for now" in text(client, editor)


def test_reader_is_offered_nothing_that_would_be_refused(client: Client, borough: Borough, reader: User) -> None:
    html = text(client, reader)
    assert "An editor logs a need" in html
    for address in set(re.findall(r'<a [^>]*href="(/[^"#]*)"', html)):
        assert client.get(address).status_code in (200, 302), address


def test_only_who_may_invite_is_offered_to(
    client: Client, borough: Borough, administrator: User, analyst: User, cdo: User
) -> None:
    assert "/people/new/" in text(client, administrator)
    assert "/reminders/" not in text(client, administrator)
    for user in (analyst, cdo):
        assert "/people/new/" not in text(client, user)
    assert "/coverage/camden/reminders/" in text(client, analyst)
    assert "/reminders/" not in text(client, cdo)
    MembershipFactory(borough=borough, role=Role.BOROUGH_READER)
    assert "/people/new/" not in text(client, administrator)


def test_map_leads_to_the_rows(client: Client, city: dict[str, Borough], cdo: User) -> None:
    html = text(client, cdo)
    for slug in ("barnet", "camden", "ealing", "lambeth"):
        assert f'href="#{slug}"' in html
        assert f'<tr id="{slug}">' in html


def test_csv_is_the_table(client: Client, city: dict[str, Borough]) -> None:
    aged(city["Ealing"], 400)
    NeedFactory(borough=city["Ealing"])
    NeedFactory(borough=city["Barnet"], status=Need.Status.DRAFT)
    BoroughFactory(name="=1+1", slug="formula")
    user = person(Role.BOROUGH_EDITOR, city["Lambeth"])
    client.force_login(user)
    response = client.get("/coverage/coverage.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="coverage-20')
    head, *lines = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert head == ["authority", "register", "contracts", "last_looked_after", "open_needs", "people"]
    said = {}
    for name, register, needs, people in rows(text(client, user)):
        word, _, contracts = register.partition(": 1 contract, last looked after")
        said[name.removesuffix(" Yours")] = [
            word.lower(),
            "1" if contracts else "0",
            needs.replace("None yet", "0"),
            people,
        ]
    assert {line[0].lstrip("'"): [line[1], line[2], line[4], line[5]] for line in lines} == said
    assert "'=1+1" in [line[0] for line in lines]
    kept = timezone.localdate() - timedelta(days=400)
    assert [line[3] for line in lines if line[0] == "Ealing"] == [kept.isoformat()]
    assert [line[3] for line in lines if line[0] == "Barnet"] == [""]


def test_names_are_escaped(client: Client, cdo: User) -> None:
    BoroughFactory(name="<script>alert(1)</script>", slug="evil")
    assert "<script>alert(1)" not in text(client, cdo)


def test_page_costs_the_same_whatever_there_is(client: Client, borough: Borough, editor: User) -> None:
    text(client, editor)
    with CaptureQueriesContext(connection) as few:
        text(client, editor)
    for _ in range(32):
        other = BoroughFactory()
        MembershipFactory(borough=other)
        aged(other, 10)
        NeedFactory(borough=other)
    with CaptureQueriesContext(connection) as many:
        text(client, editor)
    assert len(few) == len(many) <= 12


# --- reminders --------------------------------------------------------------------------------------------------


def test_analyst_reads_a_reminder_and_sends_it(client: Client, borough: Borough, editor: User, analyst: User) -> None:
    html = text(client, analyst, "/coverage/camden/reminders/")
    assert "/coverage/camden/reminders/register-absent/" in html
    assert "/coverage/camden/reminders/register-old/" not in html
    assert html.count("None yet") == 4
    html = text(client, analyst, "/coverage/camden/reminders/register-absent/")
    assert "It goes to 1 person of Camden" in html
    assert "Hello [name]," in html
    assert "A spreadsheet as you keep it today is enough" in html
    assert not Notification.objects.exists()

    html = client.post("/coverage/camden/reminders/register-absent/", follow=True).content.decode()
    assert "1 person of Camden will be told." in html
    assert Notification.objects.get().user == editor
    assert f"by {analyst.email}" in html
    assert "Next from" in html
    assert "/coverage/camden/reminders/register-absent/" not in html


def test_second_reminder_within_thirty_days_is_refused_kindly(
    client: Client, borough: Borough, editor: User, analyst: User, second_analyst: User
) -> None:
    reminding.send(borough=borough, kind=Reminder.Kind.NEEDS_ABSENT, by=analyst)
    address = "/coverage/camden/reminders/needs-absent/"
    html = text(client, second_analyst, address)
    assert "This reminder cannot be sent now" in html
    assert "Send the reminder" not in html
    answer = client.post(address, follow=True).content.decode()
    assert f"Camden was reminded of this on {timezone.localdate().day} " in answer
    assert Notification.objects.count() == 1


def test_reminder_that_the_clock_sent_is_said_to_come_from_nobody(
    client: Client, borough: Borough, editor: User, analyst: User
) -> None:
    aged(borough, 400)
    reminding.tell_of_old_registers(at=timezone.now())
    for address in ("/coverage/camden/reminders/", "/coverage/camden/reminders/register-old/"):
        assert "by the platform itself" in text(client, analyst, address)


def test_reminder_of_what_does_not_apply_cannot_be_sent(
    client: Client, borough: Borough, editor: User, analyst: User
) -> None:
    address = "/coverage/camden/reminders/contracts-ended/"
    assert "There is nothing to remind Camden of" in text(client, analyst, address)
    assert "nothing to remind Camden of here any more" in client.post(address, follow=True).content.decode()
    assert not Notification.objects.exists()


def test_borough_without_people_cannot_be_reminded(client: Client, borough: Borough, analyst: User) -> None:
    html = text(client, analyst, "/coverage/camden/reminders/")
    assert "Nobody of this borough is here yet" in html
    address = "/coverage/camden/reminders/needs-absent/"
    assert "Nobody of Camden who could do this is here yet" in text(client, analyst, address)
    assert "Nobody of Camden who could do this is here yet" in client.post(address, follow=True).content.decode()
    MembershipFactory(borough=borough, role=Role.BOROUGH_READER)
    html = text(client, analyst, "/coverage/camden/reminders/")
    assert "Nobody of this borough can change its register or needs yet" in html


@pytest.mark.parametrize(
    "address",
    ["/coverage/nowhere/reminders/", "/coverage/kent/reminders/", "/coverage/camden/reminders/something/"],
)
def test_what_is_not_there_is_not_found(client: Client, borough: Borough, analyst: User, address: str) -> None:
    BoroughFactory(name="Kent", slug="kent", kind=Borough.Kind.GUEST)
    text(client, analyst, address, code=404)
    assert client.post(address).status_code in (404, 405)


@pytest.mark.parametrize("role", ["editor", "cdo", "administrator"])
def test_reminders_are_for_analysts(
    client: Client, borough: Borough, role: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(role)
    for address in ("/coverage/camden/reminders/", "/coverage/camden/reminders/needs-absent/"):
        text(client, user, address, code=403)
    assert client.post("/coverage/camden/reminders/needs-absent/").status_code == 403
    assert not Reminder.objects.exists()


def test_person_without_a_role_reads_nothing(client: Client) -> None:
    for address in ("/coverage/", "/coverage/coverage.csv"):
        text(client, UserFactory(), address, code=403)


def test_reminder_pages_stay_within_the_budget(client: Client, borough: Borough, editor: User, analyst: User) -> None:
    for address in ("/coverage/camden/reminders/", "/coverage/camden/reminders/needs-absent/"):
        text(client, analyst, address)
        with CaptureQueriesContext(connection) as made:
            client.get(address)
        assert len(made) <= 12
