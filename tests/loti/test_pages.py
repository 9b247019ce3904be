import pytest
from django.test import Client

from boroughs.models import User


@pytest.mark.parametrize("path", ["/how-it-works/", "/accessibility/", "/privacy/"])
@pytest.mark.django_db
def test_page_opens_for_everybody(client: Client, path: str, editor: User) -> None:
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 405
    client.force_login(editor)
    assert client.get(path).status_code == 200
