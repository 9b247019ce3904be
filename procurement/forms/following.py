"""Forms for people outside the boroughs, who are known by an e-mail address."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.encoding import punycode

from procurement.forms.board import CHOICES, NAMES, read
from procurement.models import Alert
from procurement.queries.board_facets import Options

# What is no part of what is followed: it says how a notice stands today, and who follows is told whenever something
# happens.
PASSING = "state"
# What stands before the @ in the addresses that people have. Left out is what Django's field takes besides: quotes and
# signs outside ASCII, and "=?", by which mail programs write another text: one mailbox would have any number of names.
LOCAL = re.compile(r"(?!.*=\?)[a-z0-9!#$%&'*+/=?^_`{|}~.-]+", re.ASCII | re.IGNORECASE)


def followed(asked: QueryDict, options: Options) -> tuple[str, str]:
    """The search that is followed by whoever follows an address of the board: its query, and its filters in words.

    Of the address stays what the board's page understands: what it leaves out, nobody chose.
    """
    query = QueryDict(mutable=True)
    filters = read(asked, options).filters
    words = []
    if filters.q:
        query["q"] = filters.q
        words.append(f"Search: {filters.q}")
    for name, name_of in CHOICES.items():
        values = getattr(filters, name_of)
        if values and name != PASSING:
            query.setlist(name, values)
            words += [f"{NAMES[name]}: {options.label(name_of, value)}" for value in values]
    return query.urlencode(), ", ".join(words) or "all notices"


class MailboxForm(forms.Form):
    """The address under which something is asked for. It is confirmed by a link that is sent there."""

    email = forms.EmailField(
        label="Your e-mail address",
        help_text="We send a link there to confirm it is yours. It is never published.",
        max_length=254,
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in the correct form, like name@example.com.",
            "max_length": "An e-mail address has 254 characters at most.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        """In the one spelling by which mail servers know it: a name outside ASCII is asked for by another one."""
        local, _, domain = self.cleaned_data["email"].rpartition("@")
        invalid = ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        if not LOCAL.fullmatch(local) or domain.startswith("["):
            raise invalid
        try:
            return f"{local}@{punycode(domain)}"
        except UnicodeError as error:
            raise invalid from error


class FrequencyForm(forms.Form):
    frequency = forms.ChoiceField(
        label="How often",
        choices=Alert.Frequency.choices,
        initial=Alert.Frequency.DAILY,
        widget=forms.RadioSelect(),
        error_messages={"required": "Choose how often you want to be told."},
    )


class FollowForm(FrequencyForm, MailboxForm):
    field_order = ("email", "frequency")
