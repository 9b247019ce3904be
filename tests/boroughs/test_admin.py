from contextlib import suppress
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.db.models import Model
from django.test import Client, RequestFactory

from boroughs import audit
from boroughs.admin import LookUp
from boroughs.models import AuditEvent, Borough, Need, User
from boroughs.permissions import COMMAND_LINE
from tests.factories.boroughs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(administrator: User) -> User:
    administrator.is_staff = True
    administrator.save(update_fields=["is_staff"])
    return administrator


def test_look_up_pages_open_and_offer_no_change(client: Client, staff: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, incumbent="CANARY", budget_min=4711)
    NeedFactory(borough=borough, status=Need.Status.DRAFT, title="CANARY")
    audit.record(by=COMMAND_LINE, verb="log", noun="need", reference=need.reference, borough=borough)
    client.force_login(staff)
    for model in look_ups():
        listed = client.get(f"/admin/boroughs/{model._meta.model_name}/")
        assert listed.status_code == 200
        assert b"CANARY" not in listed.content
        assert client.get(f"/admin/boroughs/{model._meta.model_name}/add/").status_code == 403
        row = model._default_manager.first()
        if row is not None:
            page = client.get(f"/admin/boroughs/{model._meta.model_name}/{row.pk}/change/")
            assert page.status_code == 200
            assert b"CANARY" not in page.content
            assert b"4711" not in page.content
            assert client.post(f"/admin/boroughs/{model._meta.model_name}/{row.pk}/change/").status_code == 403
            assert client.post(f"/admin/boroughs/{model._meta.model_name}/{row.pk}/delete/").status_code == 403
    assert AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("noun", "details", "shown", "kept"),
    [
        ("savings estimate", {"estimate": 1, "was": None, "now": 47110}, [], ["47110"]),
        ("need", {"reason": "CANARY", "fields": ["budget_min"]}, [], ["CANARY"]),
        ("contract", {"reason": "CANARY"}, [], ["CANARY"]),
        ("supplier", {"before": "CANARY", "after": "CANARY 2"}, [], ["CANARY"]),
        ("participation", {"from": "WATCHING", "to": "CANARY"}, [], ["CANARY"]),
        ("joint demand", {"need": "N-00007", "reason": "CANARY"}, ["N-00007"], ["CANARY"]),
        ("joint demand", {"needs": ["N-00007", "N-00008"]}, ["needs: N-00007, N-00008"], []),
        ("person", {"role": "BOROUGH_EDITOR"}, ["BOROUGH_EDITOR"], []),
        ("a noun of tomorrow", {"now": "CANARY"}, [], ["CANARY"]),
    ],
)
def test_audit_trail_shows_no_figure_and_no_reason_of_a_borough(
    client: Client, staff: User, noun: str, details: dict[str, Any], shown: list[str], kept: list[str]
) -> None:
    audit.record(by=COMMAND_LINE, verb="act", noun=noun, reference="X-1", details=details)
    client.force_login(staff)
    event = AuditEvent.objects.get(noun=noun)
    page = client.get(f"/admin/boroughs/auditevent/{event.pk}/change/").content.decode()
    assert "command line" in page
    assert [words for words in shown if words not in page] == []
    assert [words for words in kept if words in page] == []


def look_ups() -> list[type[Model]]:
    return list(admin.site._registry)


def test_no_library_brings_pages_of_its_own() -> None:
    assert all(isinstance(each, LookUp) for each in admin.site._registry.values())


def columns(model: type[Model]) -> list[str]:
    """Names by which an address can ask for a column of the model, or for one of a model that it leads to."""
    names = ["pk"]
    for field in model._meta.concrete_fields:
        names += [field.name, field.attname]
        if field.related_model is not None:
            names += [f"{field.name}__{each.name}" for each in field.related_model._meta.concrete_fields]
    return names


@pytest.mark.parametrize("model", look_ups(), ids=lambda model: model.__name__)
def test_nothing_can_be_asked_for_but_what_the_filters_offer(
    rf: RequestFactory, staff: User, model: type[Model]
) -> None:
    look_up = admin.site._registry[model]
    offered = {name + by for name in look_up.list_filter for by in ("", "__exact", "__isnull")}
    ways = ("", "__exact", "__gte", "__regex", "__startswith", "__isnull")
    asked = {name + way for name in columns(model) for way in ways} - offered
    assert len(asked) > 30
    answered = []
    for name in asked:
        request = rf.get("/", {name: "1"})
        request.user = staff
        with suppress(DisallowedModelAdminLookup):
            look_up.get_changelist_instance(request)
            answered.append(name)
    assert answered == []


@pytest.mark.parametrize(
    "asked",
    [
        "need/?reference=N-00001&budget_max__gte=1",
        "need/?status__exact=open&incumbent__regex=%5EC",
        "need/?requirements__text__startswith=C",
        "need/?status__regex=.",
        "user/?password__regex=%5Escrypt",
        "membership/?user__password__startswith=scrypt",
        "borough/?needs__budget_max__gte=1",
        "borough/?no_such_column=1",
    ],
)
def test_a_figure_is_not_guessed_by_the_number_of_rows(client: Client, staff: User, asked: str) -> None:
    client.force_login(staff)
    assert client.get(f"/admin/boroughs/{asked}").status_code == 400


def test_filters_beside_the_list_lead_to_what_they_say(client: Client, staff: User, borough: Borough) -> None:
    shown = NeedFactory(borough=borough, status=Need.Status.OPEN)
    hidden = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    client.force_login(staff)
    page = client.get(
        "/admin/boroughs/need/", {"status__exact": Need.Status.OPEN, "q": "N-", "o": "-1"}
    ).content.decode()
    assert f">{shown.reference}</a>" in page
    assert f">{hidden.reference}</a>" not in page
    for model in look_ups():
        address = f"/admin/boroughs/{model._meta.model_name}/"
        filters = client.get(address).context["cl"].filter_specs
        links = [
            choice["query_string"] for each in filters for choice in each.choices(client.get(address).context["cl"])
        ]
        assert all(client.get(address + link).status_code == 200 for link in links)


@pytest.mark.parametrize("model", look_ups(), ids=lambda model: model.__name__)
def test_lists_are_searched_and_ordered_by_what_is_shown_only(client: Client, staff: User, model: type[Model]) -> None:
    client.force_login(staff)
    request = client.get("/admin/").wsgi_request
    look_up = admin.site._registry[model]
    shown = {*look_up.get_fields(request), *look_up.list_display, "pk"}
    used = [
        *look_up.list_filter,
        *look_up.get_search_fields(request),
        *look_up.get_ordering(request),
    ]
    assert {str(name).lstrip("-").partition("__")[0] for name in used} <= shown


def test_other_pages_of_a_need_keep_what_its_borough_keeps(client: Client, staff: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, incumbent="CANARY", budget_max=4711)
    draft = NeedFactory(borough=borough, status=Need.Status.DRAFT, title="CANARY")
    client.force_login(staff)
    for row, pages in ((need, ("history", "change")), (draft, ("history", "change", "delete"))):
        for name in pages:
            page = client.get(f"/admin/boroughs/need/{row.pk}/{name}/", follow=True).content.decode()
            assert "CANARY" not in page
            assert "4711" not in page
    assert client.get(f"/admin/boroughs/need/{need.pk}/delete/").status_code == 403
    asked = {"app_label": "boroughs", "model_name": "requirement", "field_name": "need", "term": "CANARY"}
    assert client.get("/admin/autocomplete/", asked).json()["results"] == []
    found = client.get("/admin/autocomplete/", asked | {"term": "N-"}).json()["results"]
    assert [each["id"] for each in found] == [str(need.pk)]
    assert client.get("/admin/boroughs/need/", {"_to_field": "incumbent", "_popup": "1"}).status_code == 400


def test_staff_without_the_role_see_nothing(client: Client, analyst: User) -> None:
    analyst.is_staff = True
    analyst.save(update_fields=["is_staff"])
    client.force_login(analyst)
    assert client.get("/admin/boroughs/auditevent/").status_code == 403


def test_admin_has_no_sign_in_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
