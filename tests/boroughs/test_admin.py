import pytest
from django.contrib import admin
from django.test import Client

from boroughs import audit
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
    for model in admin.site._registry:
        if model._meta.app_label != "boroughs":
            continue
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


def test_staff_without_the_role_see_nothing(client: Client, analyst: User) -> None:
    analyst.is_staff = True
    analyst.save(update_fields=["is_staff"])
    client.force_login(analyst)
    assert client.get("/admin/boroughs/auditevent/").status_code == 403


def test_admin_has_no_sign_in_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
