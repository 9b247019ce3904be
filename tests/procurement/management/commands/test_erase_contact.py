"""manage.py erase_contact, as an operator runs it."""

import io

import pytest
from django.core.management import CommandError, call_command

from boroughs.models import AuditEvent
from procurement.models import NoticeContact
from procurement.queries import verification
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def run(email: str) -> str:
    output = io.StringIO()
    call_command("erase_contact", email, stdout=output)
    return output.getvalue()


def test_person_is_gone_and_the_chain_whole() -> None:
    scene.correct(scene.publish().notice, contact=("Ann", "Ann@camden.example"))
    before = verification.verify()
    assert run("ann@CAMDEN.example").startswith("1 contact erased.")
    assert list(NoticeContact.objects.values_list("name", "email", "salt")) == [("", "", "")]
    assert verification.verify() == before
    assert "camden.example" not in str(AuditEvent.objects.filter(noun="notice contact").values())


def test_unknown_address_is_said() -> None:
    with pytest.raises(CommandError, match="No notice names a contact"):
        run("nobody@camden.example")
