"""What was typed outlives the session, on the page alone."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from boroughs.models import Borough, Membership, Need, Notification, User, Work
from loti import unsent
from procurement.models import JointDemand, Letter, Notice, ReviewAnswer
from tests.factories import notices as scene
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-33"
PROBLEM = 'Permits are printed.\r\n\r\n  "Queues" <b>of</b> an hour & more.\r\n'
LONG = {"title": "Parking permits", "problem": PROBLEM}
HERE = {"origin": "http://testserver"}


class Form(HTMLParser):
    """The one form of the page's middle, as a browser would send it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields, self.files = "", {}, []
        self.feed(page[page.index('id="main-content"') :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = said["action"]
        elif tag == "input" and said["type"] == "file":
            self.files.append(said["name"])
        elif tag == "input":
            self.fields.setdefault(said["name"], []).append(said["value"])


def form_on(answer: Any) -> Form:
    assert answer.status_code == 403
    return Form(answer.content.decode())


def press(browser: Client, form: Form) -> Any:
    return browser.post(form.action, form.fields, headers=HERE)


def token(browser: Client) -> dict[str, str]:
    browser.get("/accounts/login/")
    return {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}


def sign_in(browser: Client, user: User) -> None:
    """As in another tab, which gives all forms a new token."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    before = token(browser)
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD} | before, headers=HERE)
    assert token(browser) != before


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def test_need_that_was_typed_is_saved_after_signing_in_again(browser: Client, editor: User) -> None:
    sign_in(browser, editor)
    opened = token(browser)
    Session.objects.all().delete()
    ended = browser.post("/needs/new/?from=home", LONG | opened, headers=HERE)
    page = ended.content.decode()
    assert "You are signed out, and nothing you typed is lost" in page
    assert 'target="_blank"' in page
    assert "no-store" in ended.headers["Cache-Control"]
    still = press(browser, form_on(ended))
    assert "You are signed out" in still.content.decode()
    sign_in(browser, editor)
    asked = press(browser, form_on(still))
    assert f"You are signed in as <strong>{editor.name}</strong>" in asked.content.decode()
    assert not Need.objects.exists()
    assert form_on(asked).action == "/needs/new/?from=home"
    assert press(browser, form_on(asked)).status_code == 302
    need = Need.objects.get()
    assert (need.title, need.problem.splitlines()) == ("Parking permits", PROBLEM.strip().splitlines())
    assert need.created_by == editor


def test_form_that_was_open_while_the_person_signed_in_anew_is_sent_once_more(browser: Client, editor: User) -> None:
    sign_in(browser, editor)
    opened = token(browser)
    sign_in(Client(), editor)
    browser.post("/accounts/logout/", token(browser), headers=HERE)
    sign_in(browser, editor)
    asked = browser.post("/needs/new/", LONG | opened, headers=HERE)
    assert press(browser, form_on(asked)).status_code == 302
    assert Need.objects.get().title == "Parking permits"


def test_whoever_signs_in_then_is_asked_for_their_own_permission(browser: Client, editor: User, analyst: User) -> None:
    ended = browser.post("/needs/new/", LONG | token(browser), headers=HERE)
    sign_in(browser, analyst)
    asked = press(browser, form_on(ended))
    assert f"You are signed in as <strong>{analyst.name}</strong>" in asked.content.decode()
    assert press(browser, form_on(asked)).status_code == 403
    assert not Need.objects.exists()


def test_draft_of_a_notice_and_an_answer_of_the_review_are_kept_whole(browser: Client, analyst: User) -> None:
    notice: Notice = scene.draft()
    demand: JointDemand = joint_demand("camden", "brent", "barnet", title="Telephony")
    for path, typed in (
        (reverse("notice-edit", args=[notice.reference]), {"summary": PROBLEM, "must_requirements": "One.\r\nTwo."}),
        (reverse("demand-answer", args=[demand.reference]), {"kind": "APART", "reason": PROBLEM, "seen": ["1", "2"]}),
    ):
        form = form_on(browser.post(path, typed | token(browser), headers=HERE))
        del form.fields["csrfmiddlewaretoken"]
        assert form.action == path
        assert form.fields == {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    assert not ReviewAnswer.objects.exists()


def test_supplier_without_an_account_keeps_a_question(browser: Client) -> None:
    path = reverse("notice-ask", args=[scene.publish().notice.reference])
    typed = {"email": "ann@supplier.example", "text": "Who hosts it, and where is it hosted?"}
    asked = browser.post(path, typed | {"csrfmiddlewaretoken": "x" * 64}, headers=HERE)
    assert "allow cookies for this site" in asked.content.decode()
    assert "Sign in (opens in a new tab)" not in asked.content.decode()
    assert press(browser, form_on(asked)).status_code == 200
    assert Letter.objects.count() == 1


def test_file_is_named_and_can_be_chosen_again(browser: Client, editor: User) -> None:
    file = SimpleUploadedFile("register <2026>.csv", b"system\nCANARY")
    ended = browser.post("/imports/new/", {"noun": "CONTRACTS", "file": file} | token(browser), headers=HERE)
    page, form = ended.content.decode(), form_on(ended)
    assert "register &lt;2026&gt;.csv" in page
    assert "CANARY" not in page
    assert 'enctype="multipart/form-data"' in page
    assert (form.files, form.fields["noun"]) == (["file"], ["CONTRACTS"])
    sign_in(browser, editor)
    asked = form_on(press(browser, form))
    again = SimpleUploadedFile("register.csv", b"Supplier,System\nCivica,PermitPro\n")
    sent = browser.post(
        asked.action, {name: value[0] for name, value in asked.fields.items()} | {"file": again}, headers=HERE
    )
    assert sent.status_code == 302


@pytest.mark.parametrize(
    "said",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {}, {"origin": "https://["}, {"referer": "https://["}],
    ids=["other", "null", "no", "broken", "broken-referer"],
)
@pytest.mark.parametrize("is_in", [True, False])
def test_what_another_site_has_sent_is_not_carried(
    browser: Client, editor: User, said: dict[str, str], is_in: bool
) -> None:
    if is_in:
        sign_in(browser, editor)
    answer = browser.post("/needs/new/", {"title": "A forged need of somebody"}, headers=said)
    assert answer.status_code == 403
    assert "forged" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/accounts/login/", {"login": "ann@example.org", "password": "the secret words"}),
        ("/accounts/password/change/", {"oldpassword": "the secret words", "password1": "the secret words"}),
        ("/needs/new/", {"title": "Parking permits", "password": "the secret words"}),
    ],
)
@pytest.mark.parametrize("is_forged", [True, False])
def test_password_is_never_on_the_page(browser: Client, path: str, typed: dict[str, str], is_forged: bool) -> None:
    sent = token(browser) | ({"csrfmiddlewaretoken": "x" * 64} if is_forged else {})
    answer = browser.post(path, typed | sent, headers=HERE, follow=True)
    assert "secret" not in answer.content.decode()


def test_button_without_words_still_leads_to_the_sign_in(browser: Client) -> None:
    answer = browser.post("/needs/new/", token(browser) | {"blank": " "}, headers=HERE)
    assert answer.headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/needs/N-00001/approve/", {"revision": "3"}),
        ("/notices/NT-00001/publish/", {"seen": "0f3a9c", "reason": " "}),
        ("/demands/JD-00001/specification/2/of/camden/", {"kind": "ACCEPTS", "wording": "4", "from_list": "1"}),
        ("/demands/JD-00001/participation/of/camden/", {"stage": "COMMITTED", "depth": "CONTRACT", "revision": "0"}),
        ("/demands/JD-00001/specification/wordings/5/answer/", {"answer": "yes", "revision": "2"}),
        ("/needs/N-00001/edit/volumes/", {"form-TOTAL_FORMS": "2", "save": "1", "seen": "0f3a9c"}),
    ],
)
def test_press_that_holds_nothing_written_is_not_carried_to_the_next_person(
    browser: Client, approver: User, path: str, sent: dict[str, str]
) -> None:
    opened = token(browser)
    ended = browser.post(path, opened | sent, headers=HERE)
    assert (ended.status_code, ended.headers["Location"][:22]) == (302, "/accounts/login/?next=")
    sign_in(browser, approver)
    refused = browser.post(path, opened | sent, headers=HERE)
    assert refused.status_code == 403
    assert "Send again" not in refused.content.decode()


@pytest.mark.parametrize(
    "written",
    [{"title": "CRM"}, {"form-0-quantity": "120"}, {"answer": "Yes"}, {"users_count": "40"}],
)
def test_short_word_or_one_number_is_kept_and_the_page_says_where_it_goes(
    browser: Client, written: dict[str, str]
) -> None:
    path = "/needs/N-00012/edit/"
    ended = browser.post(path, token(browser) | written | {"seen": "0f3a9c", "save": "1"}, headers=HERE)
    fields = form_on(ended).fields
    assert {name: fields[name] for name in written} == {name: [value] for name, value in written.items()}
    page = ended.content.decode()
    assert "Need N-00012: edit" in page
    assert path in page


def test_what_a_form_holds_of_its_own_accord_is_known_to_be_unwritten() -> None:
    """What the page before has asked for is asked again by the page of the split, in hidden fields."""
    pages = "".join(path.read_text() for path in Path("templates").rglob("*.html") if path.name != "unsent.html")
    named = re.findall(r'(?:type="hidden"|<button\b|\{% button)[^>}]*? name="(\w+)"', pages)
    assert len(named) > 20
    # An answer is a button on one page and a text on another: the text is told by its words.
    assert set(named) - unsent.NOT_WRITTEN == {"title", "reason", "answer"}


def test_what_a_person_can_write_in_a_form_has_none_of_these_names() -> None:
    """But for the references that a list or a button fills in, and no field for words."""
    written = {
        name
        for form in _kinds_of(forms.BaseForm)
        if form.__module__.startswith(("boroughs.", "procurement."))
        for name, field in form.base_fields.items()
        if not field.widget.is_hidden and not isinstance(field, forms.ChoiceField | forms.BooleanField)
    }
    assert "answer" in written
    assert written & unsent.NOT_WRITTEN == {"need", "other", "sure_of"}


def _kinds_of(kind: Any) -> set[Any]:
    return {kind}.union(*(_kinds_of(each) for each in kind.__subclasses__()))


def test_form_that_stops_halfway_is_not_carried(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: HttpRequest) -> None:
        raise UnreadablePostError("the connection was lost")

    sent = rf.post("/needs/new/", LONG, headers=HERE)
    sent.resolver_match = resolve("/needs/new/")
    monkeypatch.setattr(type(sent), "_load_post_and_files", broken)
    assert unsent.typed_in(sent) is None


def test_server_keeps_nothing_of_it(browser: Client, borough: Borough) -> None:
    for typed in (LONG | token(browser), LONG):
        assert browser.post("/needs/new/", typed, headers=HERE).status_code == 403
    for model in (Session, Need, Work, Notification, Membership):
        assert not model.objects.exists()
    assert set(browser.cookies) == {"csrftoken"}
