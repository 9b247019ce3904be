"""Look before you log: what is shown of what is there, to whom, and that what is typed stays nowhere."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Membership, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import indexing, matching
from procurement.models import JointDemand, MatchRun, TextReading, TextVector
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory, NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder", "no_index")]

TELECARE = "Replace analogue telecare alarms before the switch to digital telephone lines"
PARKING = "Parking permits and penalty charge notice back office with evidence review"
TYPED = {"title": "Telecare alarms for digital telephone lines", "problem": TELECARE}


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has looked at nothing yet."""
    monkeypatch.setattr(indexing._Shelf, "kept", None)
    monkeypatch.setattr(indexing._Shelf, "told", None)
    monkeypatch.setattr(indexing._Shelf, "begun", float("-inf"))


def need(text: str = TELECARE, **fields: Any) -> Need:
    category = CategoryFactory(slug="telecare", name="Telecare")
    made: Need = NeedFactory(
        **{"title": text[:60], "problem": text, "description": text, "category": category} | fields
    )
    return made


def ran() -> MatchRun:
    matching.request(by=COMMAND_LINE)
    run = matching.run()
    assert run is not None
    assert run.status == MatchRun.Status.FINISHED, run.error
    return run


def looked(client: Client, typed: dict[str, str] = TYPED, query: str = "?panel", status: int = 200) -> str:
    answer = client.post(f"/needs/look/{query}", typed)
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.fixture
def at(client: Client, editor: User) -> Client:
    """The browser of an editor of Camden."""
    client.force_login(editor)
    return client


@pytest.fixture
def demand() -> JointDemand:
    for number in range(3):
        need(title=f"Telecare alarms {number}", description=f"CANARY outcome {TELECARE}", incumbent="CANARY supplier")
    for _ in range(3):
        need(PARKING, category=CategoryFactory(slug="parking", name="Parking"))
    ran()
    return JointDemand.objects.get(members__need__title="Telecare alarms 0")


# --- what is found --------------------------------------------------------------------------------------------------


def test_joint_demand_that_it_would_join_and_its_needs_are_shown_with_why(at: Client, demand: JointDemand) -> None:
    text = looked(at)
    assert f'name="joins" value="{demand.reference}"' in text
    assert "The matcher would put yours here" in text
    assert "3 boroughs." in text
    assert all(f"Telecare alarms {number}" in text for number in range(3))
    assert "Telecare, software" in text
    assert "Parking" not in text
    assert "words of your title alone" not in text


def test_text_that_is_like_nothing_may_be_the_first(at: Client, demand: JointDemand) -> None:
    typed = {"title": "Crematorium organ tuning", "problem": "Hymns sound sour on damp mornings."}
    assert "Yours may be the first" in looked(at, typed)


def test_need_that_stands_alone_can_be_joined(at: Client) -> None:
    alone = need()
    ran()
    assert f'name="joins" value="{alone.reference}"' in looked(at)


def test_pinned_demand_is_shown_but_takes_nobody_in(at: Client, demand: JointDemand) -> None:
    JointDemand.objects.filter(pk=demand.pk).update(pinned_at=demand.created_at)
    text = looked(at)
    assert demand.reference in text
    assert f'value="{demand.reference}"' not in text
    assert "An analyst holds it" in text


def test_need_that_closed_since_the_run_is_no_longer_shown(at: Client, demand: JointDemand) -> None:
    looked(at)
    Need.objects.filter(title="Telecare alarms 1").update(status=Need.Status.WITHDRAWN, closed_at=demand.created_at)
    text = looked(at)
    assert "Telecare alarms 1" not in text
    assert "Telecare alarms 2" in text


def test_own_needs_are_opened_not_joined(at: Client, borough: Borough) -> None:
    open_one = need(borough=borough, title="Alarms, ours")
    draft = need(borough=borough, title="Telecare lines, drafted", problem="", status=Need.Status.DRAFT)
    other = need(borough=borough, title="Allotments", problem="Plots", status=Need.Status.DRAFT)
    ran()
    text = looked(at)
    for mine in (open_one, draft):
        assert f'href="/needs/{mine.reference}/"' in text
        assert f'value="{mine.reference}"' not in text
    assert other.reference not in text


def test_contracts_that_it_may_replace_are_those_of_the_own_borough(
    at: Client, borough: Borough, other_borough: Borough
) -> None:
    ContractFactory(borough=borough, title="Telecare alarms", supplier="Bell Ltd", end_date=date(2031, 3, 4))
    ContractFactory(borough=borough, title="Grass")
    ContractFactory(borough=other_borough, title="CANARY telecare alarms", supplier="CANARY Ltd")
    ContractFactory(borough=borough, title="CANARY telecare alarms", closed_at=timezone.now())
    text = re.sub(r"</?bdi>", "", looked(at))
    assert "Bell Ltd, ends 4 March 2031. Has “telecare”, “alarms” in its title." in text
    assert "CANARY" not in text
    assert "Grass" not in text


def test_contract_of_the_category_of_what_was_found_is_named(at: Client, borough: Borough, demand: JointDemand) -> None:
    category = CategoryFactory(slug="telecare")
    ContractFactory(borough=borough, title="Careline", category=category)
    assert "Filed under Telecare, as the needs here" in looked(at)


# --- what stays hidden ----------------------------------------------------------------------------------------------


def test_of_foreign_needs_nothing_but_the_summary_is_told(at: Client, demand: JointDemand) -> None:
    Need.objects.update(budget_min=471_100, budget_max=471_900)
    Need.objects.filter(title="Telecare alarms 0").update(problem=f"CANARY problem {TELECARE}")
    ran()
    for query in ("", "?panel"):
        text = looked(at, query=query)
        assert "Telecare alarms 0" in text
        assert "CANARY" not in text
        assert "471" not in text
        assert f"/needs/{Need.objects.get(title='Telecare alarms 0').reference}/" not in text


@pytest.mark.parametrize("with_run", [True, False])
@pytest.mark.parametrize("status", set(Need.Status) - {Need.Status.OPEN})
def test_foreign_needs_that_are_not_open_are_never_shown(
    at: Client, other_borough: Borough, status: Need.Status, with_run: bool
) -> None:
    need(borough=other_borough, title="CANARY telecare alarms telephone lines", status=status)
    if with_run:
        ran()
    assert "CANARY" not in looked(at)


def test_what_others_use_today_cannot_be_found_out_by_typing_it(at: Client, demand: JointDemand) -> None:
    def found(used: str) -> str:
        Need.objects.filter(demand_member__demand=demand).update(incumbent=used)
        ran()
        panel = looked(at, {"title": "Alarms renewal", "problem": "We use Tunstall PNC and Jontek Answerlink today."})
        return re.sub(r"\s+", " ", re.sub(r"csrfmiddlewaretoken[^>]*", "", panel))

    assert found("Tunstall PNC, Jontek Answerlink") == found("")


def test_search_by_words_does_not_answer_for_foreign_texts(at: Client, other_borough: Borough) -> None:
    need(borough=other_borough, title="Something", problem="Zanzibar quixotic", description="Zanzibar quixotic")
    assert "Something" not in looked(at, {"title": "Zanzibar quixotic", "problem": ""})


def test_nothing_typed_is_kept(at: Client, demand: JointDemand) -> None:
    # How the needs of others read for those who may not know what they use is kept.
    indexing.at_hand()
    before = TextVector.objects.count(), TextReading.objects.count(), Need.objects.count()
    looked(at, {"title": "Wholly new telecare words", "problem": "A sentence that nobody wrote before about alarms."})
    looked(at)
    assert (TextVector.objects.count(), TextReading.objects.count(), Need.objects.count()) == before


# --- who may look ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_only_those_who_may_write_needs_look(client: Client, borough: Borough, role: Role) -> None:
    client.force_login(person(role, borough if role.name.startswith("BOROUGH") else None))
    allowed = role in (Role.BOROUGH_EDITOR, Role.BOROUGH_APPROVER)
    assert client.post("/needs/look/?panel", TYPED).status_code == (200 if allowed else 403)
    assert client.get("/needs/look/").status_code == (302 if allowed else 403)


def test_nobody_looks_for_a_borough_that_is_not_theirs(at: Client, editor: User, other_borough: Borough) -> None:
    Membership.objects.create(user=editor, borough=other_borough, role=Role.BOROUGH_READER)
    need(borough=other_borough, title="CANARY telecare alarms", status=Need.Status.DRAFT)
    assert "CANARY" not in looked(at, TYPED | {"borough": "brent"})


def test_who_writes_for_several_boroughs_says_for_which(at: Client, editor: User, other_borough: Borough) -> None:
    Membership.objects.create(user=editor, borough=other_borough, role=Role.BOROUGH_EDITOR)
    drafted = need(borough=other_borough, title="Telecare alarms", status=Need.Status.DRAFT)
    assert "Choose a borough" in looked(at, status=422)
    assert drafted.reference in looked(at, TYPED | {"borough": "brent"})
    assert drafted.reference not in looked(at, TYPED | {"borough": "camden"})
    assert "Select a valid choice" in looked(at, TYPED | {"borough": "barnet"}, status=422)


# --- odd input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Enter a title"),
        ({"title": " \u202e\x00 ", "problem": "x"}, "Enter a title"),
        ({"title": "t" * 101, "problem": ""}, "Title must be 100 characters or fewer"),
        ({"title": "Alarms", "problem": "word " * 201}, "Problem must be 200 words or fewer"),
        ({"title": "Alarms", "problem": "x" * 20_001}, "Problem must be 20,000 characters or fewer"),
    ],
)
def test_what_is_above_the_forms_limits_is_refused_in_words(at: Client, typed: dict[str, str], says: str) -> None:
    for query in ("", "?panel"):
        assert says in looked(at, typed, query, status=422)


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "% _ \\ '\"; --",
        "ﷺ 🧯 عربى",
        "a",
        "of the and",
        "1234 5678",
        "new system",
        "e\u0301" * 50,
    ],
)
def test_odd_titles_are_answered_and_shown_as_text(at: Client, demand: JointDemand, title: str) -> None:
    for query in ("", "?panel"):
        text = looked(at, {"title": title, "problem": title}, query)
        assert "<script>alert" not in text


def test_ten_megabytes_are_refused(at: Client) -> None:
    assert at.post("/needs/look/?panel", {"title": "Alarms", "problem": "x" * 10_000_000}).status_code in (400, 413)


def test_it_is_not_answered_without_the_token_of_the_form(editor: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(editor)
    assert careful.post("/needs/look/?panel", TYPED).status_code == 403


# --- without scripts ------------------------------------------------------------------------------------------------


def test_form_leads_to_the_page_and_keeps_what_was_typed(at: Client, demand: JointDemand) -> None:
    assert 'formaction="/needs/look/"' in at.get("/needs/new/").content.decode()
    text = looked(at, query="")
    assert "<html" in text
    assert f'value="{TYPED["title"]}"' in text
    assert f">\n{TELECARE}</textarea>" in text or f">{TELECARE}</textarea>" in text
    assert "Log mine as a new need" in text
    assert 'form="need-form"' in text
    assert "<html" not in looked(at)


def test_join_begins_a_need_that_says_so(at: Client, demand: JointDemand) -> None:
    answer = at.post("/needs/new/", TYPED | {"joins": demand.reference})
    mine = Need.objects.get(title=TYPED["title"])
    assert answer.headers["Location"] == f"/needs/{mine.reference}/edit/"
    assert mine.joins == demand.reference


def test_address_alone_leads_to_the_form(at: Client) -> None:
    assert at.get("/needs/look/").headers["Location"] == "/needs/new/"


# --- where the matcher has no answer --------------------------------------------------------------------------------


def test_before_the_first_run_words_of_the_title_are_searched_and_it_says_so(at: Client) -> None:
    found = need(title="Telecare alarms")
    DemandMemberFactory(need=found, demand=JointDemandFactory(reference="JD-0077"))
    need(title="Telecare for dogs")
    text = looked(at)
    assert "words of your title alone" in text
    assert "Has “telecare”, “alarms” in its title" in text
    assert "JD-0077" in text
    assert "overlap" not in text
    assert "for dogs" not in text


def test_page_asks_the_database_few_questions(
    at: Client, borough: Borough, demand: JointDemand, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        need(title=f"Telecare alarms {number}", borough=BoroughFactory())
        need(title=f"Telecare alarms mine {number}", borough=borough, status=Need.Status.DRAFT)
        ContractFactory(borough=borough, title=f"Telecare alarms {number}")
    ran()
    looked(at)
    for query in ("?panel", ""):
        with django_assert_max_num_queries(12):
            looked(at, query=query)
