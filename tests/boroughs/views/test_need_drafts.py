import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.actions.need_content import Volume, content_of
from boroughs.forms.need_sections import SECTIONS
from boroughs.models import Amendment, Borough, Category, Contract, Membership, Need, Role, User
from tests.factories.boroughs import CategoryFactory, ContractFactory, NeedFactory, RequirementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category() -> Category:
    return CategoryFactory(slug="parking", name="Parking", area="Environment")


@pytest.fixture
def draft(borough: Borough) -> Need:
    return NeedFactory(borough=borough, status=Need.Status.DRAFT, title="Old title")


def text(response: Any) -> str:
    return str(response.content.decode())


def seen(client: Client, address: str) -> str:
    """The token that the page carries."""
    found = re.search(r'name="seen" value="([0-9]+-[0-9a-f]+)"', text(client.get(address)))
    assert found is not None
    return found[1]


def lines(*texts: str, **fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"requirements-TOTAL_FORMS": max(3, len(texts)), "requirements-INITIAL_FORMS": 0}
    for index, line in enumerate(texts):
        data |= {f"requirements-{index}-text": line, f"requirements-{index}-priority": "MUST"}
    return data | fields


def save(client: Client, need: Need, section: str, **fields: Any) -> Any:
    address = f"/needs/{need.reference}/edit/{section}/"
    return client.post(address, {"seen": seen(client, address)} | fields)


def submit(client: Client, need: Need) -> Any:
    """Check the answers and press the button."""
    address = f"/needs/{need.reference}/submit/"
    found = re.search(r'name="revision" value="([0-9]+)"', text(client.get(address)))
    return client.post(address, {"revision": found[1] if found else ""})


# --- beginning ----------------------------------------------------------------------------------------------------


def test_need_is_logged_section_by_section_and_submitted(
    client: Client, editor: User, borough: Borough, category: Category
) -> None:
    contract = ContractFactory(borough=borough, system="PermitPro", end_date="2027-03-31")
    client.force_login(editor)
    assert client.get("/needs/new/").status_code == 200
    answer = client.post("/needs/new/", {"title": "Parking permits", "problem": "Permits are printed."})
    need = Need.objects.get()
    assert answer.headers["Location"] == f"/needs/{need.reference}/edit/"
    assert (need.borough, need.created_by, need.problem) == (borough, editor, "Permits are printed.")

    steps: list[tuple[str, dict[str, Any]]] = [
        ("need", {"title": "Parking permits", "problem": "Permits are printed."}),
        ("users", {"users_description": "Residents.", "description": "Done in a minute."}),
        ("classification", {"category": "parking", "kind": "SOFTWARE", "cpv": "63712400"}),
        ("requirements", lines("Residents apply online.", **{"requirements-0-standard": "UPRN"})),
        (
            "size",
            {
                "users_count": "1,200",
                "budget_min": "£1,200",
                "budget_max": "250k",
                "budget_basis": "PER_YEAR",
                "volumes-TOTAL_FORMS": 1,
                "volumes-INITIAL_FORMS": 0,
                "volumes-0-what": "permits a year",
                "volumes-0-quantity": "12,000",
                "volumes-0-tolerance": "10",
            },
        ),
        (
            "timing",
            {
                "contract": contract.reference,
                "start_date_day": "1",
                "start_date_month": "4",
                "start_date_year": "2027",
                "months": "36",
            },
        ),
        ("constraints", {"integrations": "GOV.UK Pay", "hosting": "SUPPLIER_UK", "personal_data": "PERSONAL"}),
        ("together", {"depth": "TENDER", "could_lead": "no", "supplier_disclosure": "COUNTED"}),
    ]
    assert [slug for slug, _ in steps] == [section.slug for section in SECTIONS]
    following = [f"/needs/{need.reference}/edit/{section.slug}/" for section in SECTIONS[1:]]
    for (slug, fields), after in zip(steps, [*following, f"/needs/{need.reference}/submit/"], strict=True):
        assert save(client, need, slug, **fields).headers["Location"] == after

    said = content_of(Need.objects.get())
    assert (said.category, said.kind, said.cpv) == (category, "SOFTWARE", ("63712400",))
    assert said.volumes == (Volume("permits a year", 12_000, 10),)
    assert (said.contract, said.incumbent, str(said.contract_end_date)) == (contract, "PermitPro", "2027-03-31")
    assert [(line.text, line.standard) for line in said.requirements] == [("Residents apply online.", "UPRN")]
    assert (said.depth, said.could_lead, said.supplier_disclosure) == ("TENDER", False, "COUNTED")
    page = text(client.get(f"/needs/{need.reference}/submit/"))
    for words in ("Check your answers", "£250,000", "12,000 permits a year (±10%)", "36 months", "1 April 2027"):
        assert words in page
    submit(client, need)
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


def test_wrong_input_is_named_kept_and_not_written(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = text(client.post("/needs/new/", {"title": "", "problem": "kept text"}))
    assert not Need.objects.exists()
    assert "<title>Error: Log a need" in page
    assert page.count("Enter a title") == 2
    assert "kept text" in page


def test_wrong_section_is_named_kept_and_not_written(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    page = text(save(client, draft, "size", users_count="lots", budget_max="250k"))
    assert "<title>Error: Size and money" in page
    for message in ("Number of users must be a whole number", "Choose what the budget is for"):
        assert page.count(message) == 2
    assert 'value="lots"' in page
    draft.refresh_from_db()
    assert (draft.budget_max, draft.revision) == (None, 1)


def test_person_of_two_boroughs_chooses_one(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    Membership.objects.create(user=editor, borough=other_borough, role=Role.BOROUGH_EDITOR)
    client.force_login(editor)
    assert "Choose a borough" in text(client.post("/needs/new/", {"title": "Permits"}))
    client.post("/needs/new/", {"title": "Permits", "borough": "brent"})
    assert Need.objects.get().borough == other_borough


def test_borough_of_others_cannot_be_chosen(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    client.force_login(editor)
    client.post("/needs/new/", {"title": "Permits", "borough": "brent"})
    assert Need.objects.get().borough == borough


def test_need_that_joins_says_what(client: Client, editor: User) -> None:
    client.force_login(editor)
    client.post("/needs/new/", {"title": "Permits", "joins": "JD-0003"})
    assert Need.objects.get().joins == "JD-0003"


@pytest.mark.parametrize("joins", ["JD-", "X-1", "JD-1\n", "<b>", "JD-" + "9" * 50])
def test_what_is_no_reference_cannot_be_joined(client: Client, editor: User, joins: str) -> None:
    client.force_login(editor)
    assert "must be a reference" in text(client.post("/needs/new/", {"title": "Permits", "joins": joins}))
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("need", {"title": "a\x00b\u202e"}),
        ("need", {"title": "<script>alert(1)</script>"}),
        ("need", {"title": "x" * 100_000}),
        ("size", {"users_count": "9" * 5000}),
        ("size", {"budget_min": "9" * 500_000}),
        ("requirements", {"requirements-TOTAL_FORMS": "9" * 5000}),
        ("requirements", {"requirements-TOTAL_FORMS": "-1"}),
        ("requirements", {"requirements-TOTAL_FORMS": ""}),
        ("requirements", {"requirements-TOTAL_FORMS": "200"}),
        ("size", {"volumes-TOTAL_FORMS": "200"}),
        ("classification", {"category": "\x00"}),
        ("classification", {"kind": "\x00", "cpv": "9" * 50_000}),
        ("timing", {"start_date_day": "9" * 5000, "start_date_month": "\u0660", "start_date_year": "\x00"}),
        ("timing", {"contract": "\x00"}),
        ("together", {"could_lead": "\x00", "depth": "\u202e"}),
    ],
)
def test_hostile_input_never_breaks_the_page(
    client: Client, editor: User, draft: Need, section: str, fields: dict[str, str]
) -> None:
    client.force_login(editor)
    address = f"/needs/{draft.reference}/edit/{section}/"
    for extra in ({}, {"add_line": "1"}):
        answer = client.post(address, lines("One.") | {"seen": seen(client, address), "title": "x"} | fields | extra)
        assert answer.status_code in (200, 302)
        assert "<script>alert(1)" not in text(answer)
    draft.refresh_from_db()
    assert "\x00" not in draft.title
    assert "<script>alert(1)" not in text(client.get(f"/needs/{draft.reference}/"))


# --- sections -----------------------------------------------------------------------------------------------------


def test_list_of_tasks_says_what_is_done_and_what_is_wanted(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT, kind="", description="", problem="")
    client.force_login(editor)
    page = text(client.get(f"/needs/{need.reference}/edit/"))
    assert page.count("Not yet complete") == 2
    assert page.count("Optional") == 6
    assert "Choose what kind of thing you want." in page
    save(client, need, "need", title="Permits", problem="They are printed.")
    save(client, need, "classification", category=need.category.slug if need.category else "", kind="SOFTWARE")
    page = text(client.get(f"/needs/{need.reference}/edit/"))
    assert "Not yet complete" not in page
    assert "Check your answers and submit" in page


def test_back_to_all_parts_saves_too(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    answer = save(client, draft, "need", title="New title", to_list="1")
    assert answer.headers["Location"] == f"/needs/{draft.reference}/edit/"
    draft.refresh_from_db()
    assert draft.title == "New title"


def test_section_shows_what_is_stored_and_leaves_the_others_alone(
    client: Client, editor: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.DRAFT, budget_min=250_000, cpv=["48000000"])
    RequirementFactory(need=need, position=1, text="First line.")
    client.force_login(editor)
    assert 'value="250,000"' in text(client.get(f"/needs/{need.reference}/edit/size/"))
    assert "First line." in text(client.get(f"/needs/{need.reference}/edit/requirements/"))
    save(client, need, "requirements", **lines("Second line."))
    need.refresh_from_db()
    assert (need.budget_min, need.cpv, need.requirements.get().text) == (250_000, ["48000000"], "Second line.")


def test_another_line_keeps_everything_typed_and_judges_nothing(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    address = f"/needs/{draft.reference}/edit/requirements/"
    page = text(client.post(address, lines("One.", "word " * 40, musts_reason="kept", add_line="1")))
    assert "There is a problem" not in page
    assert 'name="requirements-3-text"' in page
    assert "autofocus" in page
    for kept in ("One.", "word word", "kept"):
        assert kept in page
    assert not draft.requirements.exists()


def test_lines_beyond_the_pages_limit_are_shown_and_refused_in_words(client: Client, editor: User, draft: Need) -> None:
    for position in range(1, 26):
        RequirementFactory(need=draft, position=position, text=f"Line number {position}.")
    client.force_login(editor)
    assert "Line number 25." in text(client.get(f"/needs/{draft.reference}/edit/requirements/"))
    sent = lines(*(f"Line number {position}." for position in range(1, 26)))
    page = text(save(client, draft, "requirements", **sent))
    assert "A need can have 20 requirements at the most" in page
    assert draft.requirements.count() == 25


def test_dates_that_are_over_are_asked_about_and_refuse_nothing(
    client: Client, editor: User, draft: Need, category: Category
) -> None:
    Need.objects.filter(pk=draft.pk).update(
        contract_end_date="1999-01-01", start_date="2021-04-01", problem="P.", category=category, kind="SOFTWARE"
    )
    client.force_login(editor)
    check, timing = (f"/needs/{draft.reference}/{page}/" for page in ("submit", "edit/timing"))
    for address in (check, timing):
        page = text(client.get(address))
        assert "Your present contract ended on 1 January 1999, " in page
        assert "The latest start, 1 April 2021, is in the past." in page
    assert f'href="{timing}">Change the dates</a>' in text(client.get(check))
    assert "is in the past" not in text(client.get(f"/needs/{draft.reference}/edit/size/"))
    submit(client, draft)
    draft.refresh_from_db()
    assert draft.status == Need.Status.SUBMITTED


def test_pasted_list_is_stored_a_requirement_a_line(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    save(client, draft, "requirements", **lines("1. Apply online\r\n2. See a permit", "Send a receipt"))
    stored = [line.text for line in draft.requirements.order_by("position")]
    assert stored == ["Apply online", "See a permit", "Send a receipt"]


def test_link_may_propose_a_category_and_a_kind(client: Client, editor: User, draft: Need, category: Category) -> None:
    client.force_login(editor)
    page = text(client.get(f"/needs/{draft.reference}/edit/classification/?category=parking&kind=HARDWARE"))
    assert '<option value="parking" selected>' in page
    assert re.search(r'value="HARDWARE"[^>]*checked', page)
    draft.refresh_from_db()
    assert draft.kind == Need.Kind.SOFTWARE


def test_advice_stands_in_its_section_and_never_stops_anybody(client: Client, editor: User, borough: Borough) -> None:
    need = NeedFactory(
        borough=borough, status=Need.Status.DRAFT, problem="We want to buy a seamless <b>portal</b>.", description=""
    )
    client.force_login(editor)
    page = text(client.get(f"/needs/{need.reference}/edit/need/"))
    assert "Advice: it never stops you" in page
    assert "seamless" in page[page.index("Advice:") : page.index("</section>", page.index("Advice:"))]
    assert "<b>portal" not in page
    assert "Advice:" not in text(client.get(f"/needs/{need.reference}/edit/constraints/"))
    assert "Advice:" in text(client.get(f"/needs/{need.reference}/submit/"))
    submit(client, need)
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


def test_section_that_does_not_exist(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    assert client.get(f"/needs/{draft.reference}/edit/magic/").status_code == 404


def test_second_save_shows_both_texts_and_loses_neither(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    address = f"/needs/{draft.reference}/edit/requirements/"
    token = seen(client, address)
    client.post(address, lines("Their line.", seen=token))
    answer = client.post(address, lines("My line.", seen=token))
    page = text(answer)
    assert answer.status_code == 409
    for words in ("Must: Their line.", "Must: My line.", "changed by somebody else", "My line.</textarea>"):
        assert words in page
    assert draft.requirements.get().text == "Their line."
    found = re.search(r'name="seen" value="([0-9]+-[0-9a-f]+)"', page)
    assert found is not None
    assert found[1] != token
    client.post(address, lines("My line.", seen=found[1]))
    assert draft.requirements.get().text == "My line."


@pytest.mark.parametrize("token", ["", "x", "9" * 5000, "\x00"])
def test_token_that_makes_no_sense_is_as_one_that_is_gone(
    client: Client, editor: User, draft: Need, token: str
) -> None:
    client.force_login(editor)
    answer = client.post(f"/needs/{draft.reference}/edit/need/", {"seen": token, "title": "My title"})
    assert answer.status_code == 409
    assert "My title" in text(answer)


def test_text_typed_while_the_need_was_submitted_is_shown_back(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    address = f"/needs/{draft.reference}/edit/need/"
    token = seen(client, address)
    Need.objects.filter(pk=draft.pk).update(status=Need.Status.SUBMITTED)
    answer = client.post(address, {"seen": token, "title": "My title"})
    assert answer.status_code == 409
    assert "My title" in text(answer)
    assert "Save my text" not in text(answer)


@pytest.mark.parametrize("page", ["edit/", "edit/need/"])
def test_page_of_what_cannot_be_changed_leads_back(client: Client, editor: User, borough: Borough, page: str) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    client.force_login(editor)
    assert "cannot be changed now" in text(client.get(f"/needs/{need.reference}/{page}", follow=True))


# --- amending -----------------------------------------------------------------------------------------------------


def test_open_need_is_amended_and_approved_by_its_difference(
    client: Client, editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, title="Approved title", months=12)
    client.force_login(editor)
    assert "You are amending an open need" in text(client.get(f"/needs/{need.reference}/edit/"))
    save(client, need, "need", title="Amended title", problem=need.problem)
    submit(client, need)
    need.refresh_from_db()
    assert (need.title, need.status) == ("Approved title", Need.Status.OPEN)

    client.force_login(approver)
    assert "An amendment waits for approval" in text(client.get(f"/needs/{need.reference}/"))
    page = text(client.get(f"/needs/{need.reference}/amendment/"))
    difference = page[page.index("What it changes") : page.index("</table>")]
    assert "Approved title" in difference
    assert "Amended title" in difference
    assert "Contract length" not in difference
    sent = dict(re.findall(r'name="((?:need_)?revision)" value="(\d+)"', page))
    client.post(f"/needs/{need.reference}/amendment/approve/", sent)
    need.refresh_from_db()
    assert (need.title, need.months, need.revision) == ("Amended title", 12, 2)
    assert "Amended title" in text(client.get(f"/needs/{need.reference}/history/"))


def test_approval_of_an_amendment_from_a_page_that_is_out_of_date_is_refused_in_words(
    client: Client, editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, title="Approved title")
    client.force_login(editor)
    save(client, need, "need", title="Amended title", problem="x")
    submit(client, need)
    client.force_login(approver)
    for sent in ({"revision": 1, "need_revision": 1}, {}):
        page = text(client.post(f"/needs/{need.reference}/amendment/approve/", sent, follow=True))
        assert "Read it again" in page
    need.refresh_from_db()
    assert need.title == "Approved title"


def test_amendment_goes_back_with_a_reason_and_can_be_discarded(
    client: Client, editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough)
    client.force_login(editor)
    save(client, need, "need", title="Amended title", problem="x")
    submit(client, need)
    client.force_login(approver)
    address = f"/needs/{need.reference}/amendment/return/"
    assert "Say why" in text(client.post(address, {"reason": " "}))
    assert "Read it again" in text(client.post(address, {"reason": "Why?", "revision": 1}, follow=True))
    client.post(address, {"reason": "The title is <i>unclear</i>", "revision": Amendment.objects.get().revision})
    assert Amendment.objects.get().status == Amendment.Status.DRAFT
    assert "The title is &lt;i&gt;unclear&lt;/i&gt;" in text(client.get(f"/needs/{need.reference}/"))
    assert "The title is &lt;i&gt;unclear" in text(client.get(f"/needs/{need.reference}/amendment/"))
    client.force_login(editor)
    address = f"/needs/{need.reference}/amendment/discard/"
    assert "Discard this amendment" in text(client.get(address))
    client.post(address)
    assert Amendment.objects.get().status == Amendment.Status.DRAFT
    client.post(address, {"revision": Amendment.objects.get().revision})
    assert Amendment.objects.get().status == Amendment.Status.DISCARDED
    for path in ("amendment/", "amendment/discard/"):
        assert "has no amendment now" in text(client.get(f"/needs/{need.reference}/{path}", follow=True))


def test_amendment_is_the_boroughs_own_until_it_is_approved(
    client: Client, editor: User, analyst: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough)
    client.force_login(editor)
    save(client, need, "need", title="CANARY", problem="CANARY")
    client.force_login(analyst)
    assert "CANARY" not in text(client.get(f"/needs/{need.reference}/"))
    assert "amendment" not in text(client.get(f"/needs/{need.reference}/")).lower()
    assert client.get(f"/needs/{need.reference}/amendment/").status_code == 404


def test_second_yes_to_an_amendment_is_told_and_changes_nothing(
    client: Client, editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough)
    client.force_login(editor)
    save(client, need, "need", title="Amended title", problem="x")
    submit(client, need)
    client.force_login(approver)
    sent = {"revision": Amendment.objects.get().revision, "need_revision": 1}
    client.post(f"/needs/{need.reference}/amendment/approve/", sent)
    page = text(client.post(f"/needs/{need.reference}/amendment/approve/", sent, follow=True))
    assert "has no amendment now" in page
    need.refresh_from_db()
    assert (need.title, need.revision) == ("Amended title", 2)


def test_open_need_that_says_what_it_says_already_is_not_offered_for_approval(
    client: Client, editor: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, title="Title")
    client.force_login(editor)
    page = text(client.get(f"/needs/{need.reference}/submit/"))
    assert "Change something first" in page
    assert "Submit for approval" not in page
    save(client, need, "need", title="Amended", problem=need.problem)
    save(client, need, "need", title="Title", problem=need.problem)
    page = text(client.get(f"/needs/{need.reference}/submit/"))
    assert "discard the amendment" in page
    assert "not complete" not in page


def test_what_was_not_read_is_not_submitted(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    client.get(f"/needs/{draft.reference}/submit/")
    save(client, draft, "need", title="Something else")
    page = text(client.post(f"/needs/{draft.reference}/submit/", {"revision": 1}, follow=True))
    assert "Read it again" in page
    draft.refresh_from_db()
    assert draft.status == Need.Status.DRAFT


def test_answer_can_be_taken_back(client: Client, editor: User, draft: Need) -> None:
    client.force_login(editor)
    save(client, draft, "together", depth="TENDER", could_lead="no", supplier_disclosure="NAMED")
    save(client, draft, "together", depth="", could_lead="", supplier_disclosure="")
    draft.refresh_from_db()
    assert (draft.depth, draft.could_lead, draft.supplier_disclosure) == ("", None, "")


def test_another_contract_brings_its_own_product_and_end(
    client: Client, editor: User, borough: Borough, draft: Need
) -> None:
    first = ContractFactory(borough=borough, system="First", end_date="2028-03-31")
    second = ContractFactory(borough=borough, system="Second", end_date="2029-03-31")
    client.force_login(editor)
    save(client, draft, "timing", contract=first.reference)
    end = {"contract_end_date_day": "31", "contract_end_date_month": "3", "contract_end_date_year": "2028"}
    save(client, draft, "timing", contract=second.reference, incumbent="First", **end)
    draft.refresh_from_db()
    assert (draft.incumbent, str(draft.contract_end_date)) == ("Second", "2029-03-31")
    save(client, draft, "timing", contract=second.reference)
    draft.refresh_from_db()
    assert (draft.contract, draft.incumbent, draft.contract_end_date) == (second, "", None)


def test_contract_out_of_the_register_is_offered_only_where_it_was_chosen_before(
    client: Client, editor: User, borough: Borough, draft: Need
) -> None:
    chosen, other = (ContractFactory(borough=borough, title=title) for title in ("Chosen before", "Another"))
    client.force_login(editor)
    save(client, draft, "timing", contract=chosen.reference)
    Contract.objects.update(closed_at=timezone.now())
    shown = text(client.get(f"/needs/{draft.reference}/edit/timing/"))
    assert f"Chosen before ({chosen.reference}, taken out of the register)" in shown
    assert "Another" not in shown
    refused = save(client, draft, "timing", contract=other.reference)
    assert f"There is no contract “{other.reference}”" in text(refused)
    assert save(client, draft, "timing", contract=chosen.reference, months="12").status_code == 302
    draft.refresh_from_db()
    assert (draft.contract, draft.months) == (chosen, 12)


def test_form_of_a_need_that_was_closed_meanwhile_says_so_with_what_was_typed(
    client: Client, editor: User, draft: Need
) -> None:
    client.force_login(editor)
    Need.objects.filter(pk=draft.pk).update(status=Need.Status.SUBMITTED)
    page = text(client.post(f"/needs/{draft.reference}/edit/need/", {"seen": "x", "title": "", "problem": "kept"}))
    assert "cannot be changed now" in page
    assert "kept" in page
