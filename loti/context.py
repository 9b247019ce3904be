"""What every page knows: the brand, the phase, and the ways through the site that are open to this person."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission

SERVICE = "Demand board"
PHASE = "Beta"
PHASE_NOTE = "Independent open-source software, not a government service."

NOTIFICATIONS = "Notifications"

# Words, name of the address, how the names of the section's pages begin, and the permissions of which one is asked.
Entry = tuple[str, str, tuple[str, ...], tuple[Permission, ...]]
PUBLIC: tuple[Entry, ...] = (
    ("Demand board", "board", ("board", "notice-"), ()),
    ("How it works", "how-it-works", ("how-it-works",), ()),
    ("API", "api-docs", ("api-",), ()),
    ("Sign in", "account_login", ("account_login", "account_reset"), ()),
)
SIGNED_IN: tuple[Entry, ...] = (
    ("Home", "home", ("home",), ()),
    (
        "Needs",
        "need-list",
        ("need-", "contract-", "import-", "renewal-"),
        (Permission.VIEW_NEEDS, Permission.VIEW_SUBMITTED_NEEDS),
    ),
    (
        "Joint demands",
        "demand-list",
        ("demand-", "double-reading", "match-", "experience-"),
        (Permission.VIEW_DEMANDS,),
    ),
    ("Notices", "notice-list", ("notice-",), (Permission.DRAFT_NOTICES,)),
    ("Suppliers", "supplier-list", ("supplier-",), (Permission.FOLD_SUPPLIERS,)),
    ("Picture and reports", "picture", ("picture", "coverage", "report-", "snapshot-"), (Permission.VIEW_DEMANDS,)),
    ("Colleagues", "colleague-list", ("colleague-", "api-token-"), (Permission.VIEW_NEEDS,)),
    (
        NOTIFICATIONS,
        "notification-list",
        ("notification-",),
        (Permission.VIEW_NEEDS, Permission.BUILD_REPORTS),
    ),
    ("People", "person-list", ("person-", "authority-"), (Permission.MANAGE_PEOPLE,)),
    ("Board", "board", ("board",), ()),
)
FOOTER: tuple[tuple[str, str], ...] = (
    ("Demand board", "board"),
    ("About", "about"),
    ("How it works", "how-it-works"),
    ("How to follow", "how-to-follow"),
    ("API", "api-docs"),
    ("Accessibility", "accessibility"),
    ("Privacy", "privacy"),
    ("Terms", "terms"),
    ("Data licence", "data-licence"),
)


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    is_current: bool = False
    # Unread things behind it.
    unread: int = 0


def site(request: HttpRequest) -> dict[str, Any]:
    """The `loti` of every template. (`site` is what allauth calls the host in its pages.)"""
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) and user.is_authenticated else None
    match = request.resolver_match
    here = (match.url_name or "") if match else ""
    unread = permissions.unread_notifications(person) if person else 0
    return {
        "loti": {
            "service": SERVICE,
            "phase": PHASE,
            "phase_note": PHASE_NOTE,
            "home": _address("home" if person else "board"),
            "navigation": _navigation(SIGNED_IN if person else PUBLIC, person, here, unread),
            "unread": unread,
            "person": person.name or person.email if person else "",
            "footer": [Link(text, _address(name)) for text, name in FOOTER],
        }
    }


def _navigation(entries: tuple[Entry, ...], person: User | None, here: str, unread: int) -> list[Link]:
    return [
        Link(text, _address(name), here.startswith(section), unread if text == NOTIFICATIONS else 0)
        for text, name, section, wanted in entries
        if not wanted or (person is not None and any(permissions.has(person, each) for each in wanted))
    ]


def _address(name: str) -> str:
    return _kept_address(name, get_script_prefix())


@lru_cache(maxsize=100)
def _kept_address(name: str, prefix: str) -> str:
    """The addresses that every page shows are the same for everybody, under one prefix of the site."""
    return reverse(name)
