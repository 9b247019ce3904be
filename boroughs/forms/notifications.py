"""How a person wants to be told."""

from django import forms

from boroughs.forms.fields import Radios
from boroughs.models import User

Preference = User.MailPreference


class MailPreferenceForm(forms.Form):
    """When notifications are sent by e-mail."""

    mail_preference = forms.ChoiceField(
        label="When do you want e-mails?",
        help_text="Notifications are always on the site.",
        choices=Preference.choices,
        widget=Radios(
            hints={
                str(Preference.AT_ONCE): "Each on its own; many in the same minute come as one",
                str(Preference.DAILY): "All in one e-mail, at half past seven in the morning",
                str(Preference.NONE): "You see them when you sign in",
            },
        ),
        error_messages={"required": "Choose when you want e-mails", "invalid_choice": "Choose one from the list"},
    )

    def preference(self) -> Preference:
        return Preference(self.cleaned_data["mail_preference"])
