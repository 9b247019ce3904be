"""A contact is erased from the command line, and a wrong address says so."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from boroughs.models import AuditEvent
from procurement.actions import contacts, notices
from procurement.models import Notice
from procurement.queries import chain, published
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def test_erases_the_contact_of_a_published_notice() -> None:
    notice = scene.draft()
    Notice.objects.filter(pk=notice.pk).update(contact=contacts.keep("Ann Lee", "ann@camden.example"))
    notice.refresh_from_db()
    scene.agree(notice.demand)
    notices.publish(notice=notices.propose(notice=notice, by=scene.analyst()), by=scene.analyst())
    out = StringIO()
    call_command("erase_contact", "ANN@camden.example", stdout=out)
    assert out.getvalue().startswith("Erased from 1 place")
    shown = published.notice(notice.reference, at=timezone.now())
    assert shown is not None
    assert shown.contact is None
    assert not chain.verify().faults
    assert AuditEvent.objects.filter(verb="erase", actor__contains="command line").exists()


def test_address_that_no_notice_names_is_told() -> None:
    with pytest.raises(CommandError, match="No notice names a contact"):
        call_command("erase_contact", "nobody@camden.example")
