"""A webhook as it is typed: an address that is ours to send to, and a search of the board."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from procurement.forms.board import PARAMETERS
from procurement.forms.following import followed
from procurement.outbound import address
from procurement.queries import board, published

MOST_CHARACTERS = 2000


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address of your server",
        help_text="It begins with https:// and is reachable from the internet.",
        error_messages={"required": "Enter the address of your server."},
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "url"}),
    )
    search = forms.CharField(
        label="Address of a search",
        help_text="To be sent only what is for you: search the demand board, and copy the address of the list here. "
        "Leave it empty for all notices.",
        required=False,
        max_length=MOST_CHARACTERS,
        error_messages={"max_length": f"The address of a search has {MOST_CHARACTERS:,} characters at most."},
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            target = address.parse(url, loopback=settings.WEBHOOK_LOOPBACK)
            address.addresses(target, seconds=5, resolve=address.lookup)
        except address.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return url

    def clean_search(self) -> tuple[str, str]:
        """The search as it is kept, and in words."""
        typed: str = self.cleaned_data["search"]
        asked = QueryDict(_query(typed))
        if typed and not any(asked.get(name) for name in PARAMETERS) and not _is_the_board(typed):
            raise forms.ValidationError(
                "Copy the address of a search of the demand board, like "
                f"{settings.SITE_URL}{reverse('board')}?q=telephony."
            )
        return followed(asked, board.options(published.stamp(at=timezone.now())))


def _query(typed: str) -> str:
    """The query of a whole address, or one that stands alone."""
    if "?" in typed:
        return typed.partition("?")[2].partition("#")[0]
    return typed if "=" in typed else ""


def _is_the_board(typed: str) -> bool:
    try:
        return urlsplit(typed).path == reverse("board")
    except ValueError:
        return False
