"""The pages on which suppliers show interest and look after it, what the authorities read, and what everybody does."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Role, User, Work
from procurement.actions import letters
from procurement.models import Interest, Notice
from procurement.queries import published
from tests.conftest import person
from tests.factories import interests as shown
from tests.factories import notices as scene
from tests.factories.boroughs import BoroughFactory

pytestmark = pytest.mark.django_db
ANN = "ann@supplier.example"
TYPED: dict[str, Any] = {
    "email": ANN,
    "organisation": "Quill Ltd",
    "company_number": "sc 123456",
    "boroughs": ["camden", "brent"],
    "volume": "UP_TO_2000",
    "is_sme": "yes",
    "is_vcse": "",
    "frameworks": "G-Cloud 14\r\n\r\n• Network Services 3\r\nG-Cloud 14",
    "statement": "From May.\r\nIn two parts.",
}


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boroughs.background.ring", lambda *_, **__: None)


@pytest.fixture
def notice() -> Notice:
    return scene.publish().notice


@pytest.fixture
def member(notice: Notice, client: Client) -> Client:
    assert notice.current is not None
    client.force_login(person(Role.BOROUGH_EDITOR, notice.current.boroughs.get(slug="brent")))
    return client


def form_of(notice: Notice) -> str:
    return reverse("notice-interest", args=[notice.reference])


def list_of(notice: Notice) -> str:
    return reverse("notice-interests", args=[notice.reference])


def page(notice: Notice) -> str:
    return Client().get(reverse("notice-detail", args=[notice.reference])).content.decode()


def own(interest: Interest, route: str = "interest-change") -> str:
    return reverse(route, args=[interest.subscriber.token, interest.notice.reference])


def read(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_interest_goes_from_the_form_through_the_mailbox_to_the_authorities(notice: Notice, member: Client) -> None:
    supplier = Client()
    assert form_of(notice) in page(notice)
    assert "It is no bid and gives no advantage" in read(supplier, form_of(notice))
    assert ANN in supplier.post(form_of(notice), TYPED).content.decode()
    assert "No supplier has shown interest yet" in read(member, list_of(notice))
    Work.objects.update(not_before=timezone.now())
    letters.run()
    link = re.search(r"https?://[^/\s]+(/confirm/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    assert "the interest of Quill Ltd, for Brent and Camden. “From May." in read(supplier, link[1])
    assert not Interest.objects.confirmed().exists(), "mail scanners follow links"
    mine = supplier.post(link[1], follow=True).content.decode()
    assert f"The authorities of {notice.reference} can read your interest" in mine
    assert "as Quill Ltd, since" in mine
    listed = read(member, list_of(notice))
    for words in (
        "Quill Ltd",
        "SC123456",
        "Brent and Camden",
        "Up to 2,000 users",
        "G-Cloud 14 and Network Services 3",
    ):
        assert words in listed
    assert "supplier.example" not in listed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"organisation": ""}, "Enter the name of your organisation."),
        ({"organisation": "\u202e\x00 \u200b"}, "Enter the name of your organisation."),
        ({"organisation": "x" * 100_000}, "The name of your organisation must be 150 characters or fewer"),
        ({"statement": "y" * 100_000}, "What you write must be 1,000 characters or fewer"),
        ({"company_number": "12 34 56 78 9"}, "A company number has 8 characters"),
        ({"company_number": "9" * 100_000}, "The company number must be 20 characters or fewer"),
        ({"boroughs": []}, "Choose at least one authority."),
        ({"boroughs": ["camden", "sutton"]}, "Choose authorities of this notice."),
        ({"volume": "ALL"}, "Choose how many users you could serve."),
        ({"is_sme": "perhaps"}, "Choose yes, no or not said."),
        ({"frameworks": "\n".join("abcdef")}, "Name 5 frameworks at the most."),
        ({"frameworks": "z" * 100_000}, "The name of a framework must be 100 characters or fewer."),
        ({"email": "ann"}, "Enter an e-mail address in the correct form"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(notice: Notice, typed: dict[str, Any], words: str) -> None:
    answer = Client().post(form_of(notice), TYPED | typed).content.decode()
    assert "There is a problem" in answer
    assert words in answer
    assert not Interest.objects.exists()
    for name in ("organisation", "company_number", "frameworks", "statement", "email"):
        *_, value = ["", *str((TYPED | typed)[name]).splitlines()]
        assert value in answer or not value.isprintable()
    kept = {"boroughs", "volume", "is_sme", "is_vcse"} - set(typed)
    assert answer.count(" checked") >= len(kept)


def test_statement_of_1000_characters_is_taken(notice: Notice) -> None:
    Client().post(form_of(notice), TYPED | {"statement": "x" * 1000})
    assert len(Interest.objects.get().statement) == 1000


def test_markup_and_links_are_text_everywhere(notice: Notice, member: Client) -> None:
    evil = "<script>alert(1)</script> https://evil.example \u202eabc\u0007"
    Client().post(form_of(notice), TYPED | dict.fromkeys(("organisation", "frameworks", "statement"), evil))
    interest = Interest.objects.get()
    assert interest.organisation == interest.statement == "<script>alert(1)</script> https://evil.example abc"
    confirming = member.get(reverse("confirm", args=[interest.confirmation_token]))
    member.post(reverse("confirm", args=[interest.confirmation_token]))
    subscriber = reverse("subscriber", args=[interest.subscriber.token])
    for answer in (confirming, *map(member.get, (list_of(notice), own(interest), subscriber))):
        body = answer.content.decode()
        assert "script&gt;alert(1)" in body
        assert "<script>alert" not in body
        assert 'href="https://evil.example' not in body


def test_closed_and_withdrawn_notices_say_so_and_keep_what_was_typed(notice: Notice) -> None:
    interest = shown.show(notice)
    scene.correct(notice, **scene.dates(date(2020, 1, 1), date(2020, 1, 2)))
    answer = " ".join(Client().post(form_of(notice), TYPED).content.decode().split())
    assert "This notice closed on 2 January 2020. Nothing was sent." in answer
    for words in ("Quill Ltd", "Camden, Brent", "Up to 2,000 users", "In two parts."):
        assert words in answer
    assert form_of(notice) not in page(notice)
    mine = read(Client(), own(interest))
    assert "What the authorities read" in mine
    assert f"/interest/{notice.reference}/withdraw/" in mine
    changed = Client().post(own(interest), TYPED | {"revision": 1, "statement": "New words"}).content.decode()
    assert "Nothing was changed." in changed
    assert "New words" in changed
    scene.withdraw(notice)
    assert "no more interest is taken" in read(Client(), form_of(notice))


def test_a_draft_takes_no_interest(client: Client) -> None:
    draft = scene.draft(scene.confirmed_demand())
    assert client.get(form_of(draft)).status_code == client.post(form_of(draft), TYPED).status_code == 404


def test_mailbox_looks_at_its_interest_changes_and_withdraws_it(notice: Notice, member: Client) -> None:
    interest = shown.show(notice, frameworks=("G-Cloud 14",), is_sme=True)
    supplier = Client()
    form = supplier.get(own(interest)).content.decode()
    assert form.count(" checked") == 3 + 3
    assert "G-Cloud 14" in form
    said = TYPED | {"revision": "1", "boroughs": ["hackney"]}
    assert "Changed. The authorities" in supplier.post(own(interest), said, follow=True).content.decode()
    again = supplier.post(own(interest), said | {"statement": "Second window"}).content.decode()
    assert "You have changed or withdrawn it in another window" in again
    assert "Second window" in again
    assert "Hackney" in read(member, list_of(notice))
    assert "Withdraw your interest?" in read(supplier, own(interest, "interest-withdraw"))
    assert "Quill Ltd" in read(member, list_of(notice)), "mail scanners follow links"
    gone = supplier.post(own(interest, "interest-withdraw"), follow=True).content.decode()
    assert "Nobody reads your interest" in gone
    assert "Where you show interest" not in gone
    assert "Quill Ltd" not in read(member, list_of(notice))
    assert supplier.get(own(interest)).status_code == 404


def test_nobody_looks_at_the_interest_of_another_mailbox(notice: Notice) -> None:
    shown.show(notice)
    other = shown.show(scene.publish(scene.confirmed_demand(title="Other")).notice, "bob@supplier.example")
    for route in ("interest-change", "interest-withdraw"):
        for token in (other.subscriber.token, "x"):
            assert Client().post(reverse(route, args=[token, notice.reference]), TYPED).status_code == 404
    assert Interest.objects.standing().count() == 2


@pytest.mark.parametrize("role", [Role.BOROUGH_READER, Role.BOROUGH_EDITOR, Role.BOROUGH_APPROVER])
def test_authority_that_is_not_in_the_notice_sees_nothing(notice: Notice, client: Client, role: Role) -> None:
    shown.show_many(notice, 6)
    client.force_login(person(role, BoroughFactory(slug="sutton")))
    expected = 403 if role == Role.BOROUGH_READER else 404
    for address in (list_of(notice), f"{list_of(notice)[:-1]}.csv"):
        answer = client.get(address)
        assert answer.status_code == expected
        assert "Supplier 1" not in answer.content.decode()
    assert list_of(notice) not in read(client, reverse("notice-detail", args=[notice.reference]))


def test_authorities_read_counts_and_nobody_is_ranked(notice: Notice, member: Client, analyst: User) -> None:
    shown.show(notice, "1@a.example", organisation="Zed", boroughs=("camden",), is_sme=True, frameworks=("G-Cloud 14",))
    shown.show(notice, "2@a.example", organisation="Ann", boroughs=("camden", "brent"), is_sme=False)
    frameworks = ("g cloud 14", "G-CLOUD 14", "Spark")
    shown.show(notice, "3@a.example", organisation="Mid", frameworks=frameworks, is_sme=False, is_vcse=True)
    member.force_login(analyst)
    text = re.sub(r"<[^>]+>", " ", read(member, list_of(notice)))
    text = " ".join(text.split())
    counts = ("Brent 2", "Camden 3", "Hackney 1", "G-Cloud 14 2", "Spark 1", "3 Organisations")
    for words in (*counts, "Mid VCSE, not an SME"):
        assert words in text, words
    assert text.index("Zed") < text.index("Ann ") < text.index("Mid ")


def test_list_takes_as_many_queries_for_many_as_for_one(
    notice: Notice, member: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shown.show_many(notice, 30)
    with django_assert_max_num_queries(12):
        member.get(list_of(notice))
    with django_assert_max_num_queries(12):
        member.get(f"{list_of(notice)[:-1]}.csv")


def test_no_cell_of_the_file_is_a_formula_and_none_is_an_address(notice: Notice, member: Client) -> None:
    shown.show(notice, organisation="=cmd|'/c calc'!A0", statement="+1\n@2", frameworks=("-3",), is_vcse=False)
    answer = member.get(f"{list_of(notice)[:-1]}.csv")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="interest-{notice.reference}-')
    text = answer.content.decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(text))
    assert row[:8] == ["'=cmd|'/c calc'!A0", "", "Brent; Camden; Hackney", "", "", "No", "'-3", "'+1\n@2"]
    assert "supplier.example" not in text


def test_page_tells_a_band_and_changes_for_caches_with_it_alone(notice: Notice) -> None:
    address = reverse("notice-detail", args=[notice.reference])
    client = Client()
    first = client.get(address)
    shown.show_many(notice, 4)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert "suppliers have shown interest" not in page(notice)
    shown.show_many(notice, 1, first=5)
    fifth = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert "5 to 9 suppliers have shown interest." in fifth.content.decode()
    shown.show_many(notice, 4, first=6)
    assert client.get(address, headers={"If-None-Match": fifth["ETag"]}).status_code == 304
    assert page(notice) == fifth.content.decode()
    shown.show_many(notice, 1, first=10)
    tenth = client.get(address, headers={"If-None-Match": fifth["ETag"]})
    assert "10 to 19 suppliers have shown interest." in tenth.content.decode()


def test_band_stands_in_no_version_and_on_no_day_of_the_past(notice: Notice) -> None:
    shown.show_many(notice, 6)
    version = notice.current
    assert version is not None
    scene.correct(notice, summary="Put otherwise.")
    reference = notice.reference
    for address in (
        reverse("notice-version", args=[reference, 1]),
        f"{reverse('notice-detail', args=[reference])}?at={timezone.localdate()}",
        f"/api/v1/notices/{reference}/",
        reverse("notice-feed", args=[reference]),
        reverse("board"),
    ):
        assert "shown interest" not in Client().get(address).content.decode()
    assert not [name for name in notice.versions.latest("pk").content if "interest" in name]
    assert "5 to 9 suppliers" in page(notice), "a correction keeps what is true now"
    scene.correct(notice, **scene.dates(date(2020, 1, 1), date(2020, 1, 2)))
    assert "5 to 9 suppliers" in page(notice)
    scene.withdraw(notice)
    assert "suppliers have shown interest" not in page(notice)


def test_stamp_of_the_board_is_one_query(notice: Notice, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    shown.show_many(notice, 5)
    with django_assert_num_queries(1):
        published.stamp(at=timezone.now())
