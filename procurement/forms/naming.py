"""The form in which a borough says whether suppliers may read its name."""

from django import forms

from boroughs.forms.fields import Radios
from boroughs.forms.text import ProseField
from procurement.actions.naming import NOTE_WORDS


class NamingForm(forms.Form):
    agrees = forms.ChoiceField(
        label="May notices about this joint demand name your borough?",
        choices=[("yes", "Yes, name us"), ("no", "No, leave us out")],
        widget=Radios(
            hints={
                "yes": "Suppliers read your name, never your figures, your supplier or the end of your contract",
                "no": "Notices count and name only the other boroughs",
            }
        ),
        error_messages={"required": "Say yes or no", "invalid_choice": "Say yes or no"},
    )
    opens_figures = forms.BooleanField(
        label="Our own figures may be read by everybody",
        help_text="The totals of notices are cut so that nobody can work out one borough’s users or budget. Tick this "
        "only if yours need no such protection. What is published cannot be taken back.",
        required=False,
    )
    note = ProseField(
        label="Anything the lead should know",
        help_text="Analysts and the lead borough read it; suppliers do not.",
        max_words=NOTE_WORDS,
        rows=3,
        required=False,
        subject="The note",
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
