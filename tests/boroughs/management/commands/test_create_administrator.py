import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from boroughs.models import AuditEvent, Role, User

pytestmark = pytest.mark.django_db


def test_first_administrator_sets_a_password_by_the_printed_link(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    call_command("create_administrator", "First@Example.org", "First Person")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    user = User.objects.get()
    assert (user.email, user.is_staff, user.has_usable_password()) == ("first@example.org", True, False)
    assert user.memberships.get().role == Role.ADMINISTRATOR
    assert AuditEvent.objects.filter(actor="command line").count() == 2
    form = client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
    page = form.request["PATH_INFO"]
    client.post(page, {"password1": "a-long-password-33", "password2": "a-long-password-33"})
    assert User.objects.get().check_password("a-long-password-33")


def test_address_that_is_taken_or_wrong_is_refused() -> None:
    call_command("create_administrator", "first@example.org", "First Person")
    with pytest.raises(CommandError, match="already a person"):
        call_command("create_administrator", "FIRST@example.org", "Again")
    with pytest.raises(CommandError, match="valid email"):
        call_command("create_administrator", "first", "Again")
