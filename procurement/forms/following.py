"""Forms for people outside the boroughs, who are known by an e-mail address."""

from django import forms

from procurement.models import Alert


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
