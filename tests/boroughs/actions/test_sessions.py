from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from boroughs.actions import sessions
from boroughs.models import User


@pytest.mark.django_db
def test_sessions_that_are_over_are_dropped_and_others_go_on(client: Client, editor: User) -> None:
    over = Session.objects.create(session_key="k" * 32, expire_date=timezone.now() - timedelta(minutes=1))
    client.force_login(editor)

    sessions.drop_expired()

    assert not Session.objects.filter(pk=over.pk).exists()
    assert client.get("/needs/").status_code == 200
