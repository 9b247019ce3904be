import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from boroughs.actions.need_content import as_json, content_of
from boroughs.models import Borough, Need, User
from tests.factories.boroughs import AmendmentFactory, CategoryFactory, NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words alone: what is suggested by meaning is tested with the classifier."""
    monkeypatch.setattr("procurement.actions.matching.embedder", lambda: None)


@pytest.fixture
def need(borough: Borough) -> Need:
    CategoryFactory(slug="parking", name="Parking management", cpv=["48100000"], synonyms=["PCN", "permits"])
    return NeedFactory(
        borough=borough,
        title="Parking permits <b>online</b>",
        problem="A system for resident permits.",
        category=None,
        status=Need.Status.DRAFT,
    )


def page(client: Client, need: Need, query: str = "") -> str:
    answer = client.get(f"/needs/{need.reference}/classification-hints/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_each_suggestion_leads_to_the_form_that_it_fills_in(client: Client, editor: User, need: Need) -> None:
    client.force_login(editor)
    section = reverse("need-section", args=[need.reference, "classification"])
    text = page(client, need)
    assert f'href="{section}?category=parking"' in text
    assert f'href="{section}?kind=SOFTWARE"' in text
    assert f'href="{section}?category=parking&amp;kind=SOFTWARE"' in text
    assert "“Parking permits”" in text
    assert "48100000" in text
    form = client.get(f"{section}?category=parking&kind=SOFTWARE").content.decode()
    assert '<option value="parking" selected' in form or 'value="parking" checked' in form
    need.refresh_from_db()
    assert need.category is None


def test_panel_is_the_list_alone(client: Client, editor: User, need: Need) -> None:
    client.force_login(editor)
    assert "<html" not in page(client, need, "?panel")
    assert "<html" in page(client, need)


def test_says_so_where_the_text_speaks_for_nothing(client: Client, editor: User, borough: Borough) -> None:
    bare = NeedFactory(borough=borough, title="Help", problem="", description="", status=Need.Status.DRAFT)
    client.force_login(editor)
    assert "Nothing in the text points to a category" in page(client, bare)


def test_words_of_the_need_stay_words(client: Client, editor: User, need: Need) -> None:
    client.force_login(editor)
    assert "<b>online</b>" not in page(client, need)


def test_only_who_may_edit_it_is_let_in(
    client: Client, reader: User, stranger: User, analyst: User, need: Need
) -> None:
    address = f"/needs/{need.reference}/classification-hints/"
    client.force_login(stranger)
    foreign = client.get(address)
    missing = client.get("/needs/N-99999/classification-hints/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    client.force_login(analyst)
    assert client.get(address).status_code == 404
    client.force_login(reader)
    assert client.get(address).status_code == 403


def test_an_amendment_is_read_where_one_is_written(client: Client, editor: User, need: Need, borough: Borough) -> None:
    bare = NeedFactory(borough=borough, title="Help", problem="", description="")
    AmendmentFactory(need=bare, content=as_json(content_of(need)))
    client.force_login(editor)
    assert "Parking management" in page(client, bare)


def test_few_queries(
    client: Client, editor: User, need: Need, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    CategoryFactory.create_batch(40)
    client.force_login(editor)
    page(client, need)
    with django_assert_max_num_queries(12):
        page(client, need, "?panel")
