"""The navigation shows each person the ways that are open, and which one they are on."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import get_script_prefix, resolve, reverse, set_script_prefix

from boroughs.models import User
from loti import context


def shown(user: User | AnonymousUser, name: str = "board") -> dict[str, object]:
    request: HttpRequest = RequestFactory().get(reverse(name))
    request.user = user
    request.resolver_match = resolve(request.path)
    found: dict[str, object] = context.site(request)["loti"]
    return found


def words(user: User | AnonymousUser) -> list[str]:
    return [link.text for link in shown(user)["navigation"]]  # type: ignore[attr-defined]


def test_navigation_of_the_public_needs_no_account() -> None:
    assert words(AnonymousUser()) == ["Demand board", "How it works", "API", "Sign in"]
    assert shown(AnonymousUser())["person"] == ""


@pytest.mark.django_db
def test_navigation_follows_permissions(editor: User, analyst: User) -> None:
    assert words(editor) == [
        "Home",
        "Needs",
        "Joint demands",
        "Picture and reports",
        "Colleagues",
        "Notifications",
        "Board",
    ]
    assert words(analyst) == [
        "Home",
        "Needs",
        "Joint demands",
        "Notices",
        "Suppliers",
        "Picture and reports",
        "Notifications",
        "Board",
    ]
    assert shown(editor)["person"] == editor.name


@pytest.mark.django_db
def test_navigation_marks_the_section_of_the_page(editor: User) -> None:
    marked = [link.text for link in shown(editor, "need-create")["navigation"] if link.is_current]  # type: ignore[attr-defined]
    assert marked == ["Needs"]


def test_navigation_works_for_an_address_that_does_not_exist() -> None:
    request = RequestFactory().get("/nowhere")
    request.user = AnonymousUser()
    assert not any(link.is_current for link in context.site(request)["loti"]["navigation"])


def test_addresses_follow_the_prefix_that_the_site_is_served_under() -> None:
    def home() -> object:
        request = RequestFactory().get("/nowhere")
        request.user = AnonymousUser()
        return context.site(request)["loti"]["home"]

    assert home() == "/board/"
    before = get_script_prefix()
    set_script_prefix("/loti/")
    try:
        assert home() == "/loti/board/"
    finally:
        set_script_prefix(before)
    assert home() == "/board/"
