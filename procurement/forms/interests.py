"""Forms in which suppliers show interest in a notice, and change what they showed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from boroughs.forms.fields import Checkboxes, Radios
from boroughs.forms.need_fields import YesNoField
from boroughs.forms.text import LineField
from boroughs.queries import supplier_folding
from procurement.actions.interests import (
    FRAMEWORK_CHARACTERS,
    FRAMEWORKS,
    ORGANISATION_CHARACTERS,
    STATEMENT_CHARACTERS,
    InterestContent,
)
from procurement.forms.following import MailboxForm
from procurement.forms.notices import LinesField
from procurement.forms.questions import CountedField
from procurement.models import Interest
from procurement.queries.published_notice import NamedBorough

# Long enough for any company number as people write it.
NUMBER_CHARACTERS = 20


class CompanyNumberField(LineField):
    """A number of Companies House, however it is written."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        number = supplier_folding.company_number_of(typed)
        if typed and not number:
            raise ValidationError("A company number has 8 characters, like 01234567 or SC123456.", code="invalid")
        return number


class FrameworksField(LinesField):
    """Names of frameworks, one a line."""

    def validate(self, value: tuple[str, ...]) -> None:
        forms.CharField.validate(self, value)
        if len(value) > FRAMEWORKS:
            raise ValidationError(f"Name {FRAMEWORKS} frameworks at the most.")
        if any(len(line) > FRAMEWORK_CHARACTERS for line in value):
            raise ValidationError(f"The name of a framework must be {FRAMEWORK_CHARACTERS} characters or fewer.")

    def to_python(self, value: Any) -> Any:
        """Each once."""
        return tuple(dict.fromkeys(super().to_python(value)))


class InterestContentForm(forms.Form):
    organisation = LineField(
        label="Name of your organisation",
        max_characters=ORGANISATION_CHARACTERS,
        subject="The name of your organisation",
        error_messages={"required": "Enter the name of your organisation."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    company_number = CompanyNumberField(
        label="Company number",
        help_text="8 characters, like 01234567 or SC123456",
        max_characters=NUMBER_CHARACTERS,
        subject="The company number",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "spellcheck": "false"}),
    )
    boroughs = forms.MultipleChoiceField(
        label="Which authorities could you serve?",
        widget=Checkboxes(),
        error_messages={
            "required": "Choose at least one authority.",
            "invalid_choice": "Choose authorities of this notice.",
        },
    )
    volume = forms.ChoiceField(
        label="How many users could you serve in all?",
        help_text="What is counted otherwise, write further below.",
        choices=Interest.Volume.choices,
        required=False,
        widget=Radios(),
        error_messages={"invalid_choice": "Choose how many users you could serve."},
    )
    is_sme = YesNoField(
        label="Are you a small or medium-sized enterprise (SME)?",
        help_text="Fewer than 250 staff, and a turnover of £44 million or a balance sheet of £38 million at the most",
        required=False,
        error_messages={"invalid_choice": "Choose yes, no or not said."},
    )
    is_vcse = YesNoField(
        label="Are you a voluntary, community or social enterprise (VCSE)?",
        required=False,
        error_messages={"invalid_choice": "Choose yes, no or not said."},
    )
    frameworks = FrameworksField(
        label="Frameworks that you are on",
        help_text=f"One a line, {FRAMEWORKS} at the most. Leave it empty if you are on none.",
        name="Frameworks",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    statement = CountedField(
        label="Anything else that the authorities should know",
        help_text="What you could deliver and from when. Leave out prices and names of people.",
        max_characters=STATEMENT_CHARACTERS,
        subject="What you write",
        rows=5,
        required=False,
    )

    def __init__(self, *args: Any, named: tuple[NamedBorough, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["boroughs"].choices = [(each.slug, each.name) for each in named]  # type: ignore[attr-defined]

    def content(self) -> InterestContent:
        """What the valid form says."""
        said = self.cleaned_data
        return InterestContent(
            organisation=said["organisation"],
            boroughs=tuple(said["boroughs"]),
            company_number=said["company_number"],
            volume=said["volume"],
            is_sme=said["is_sme"],
            is_vcse=said["is_vcse"],
            frameworks=said["frameworks"],
            statement=said["statement"],
        )

    def typed(self) -> list[tuple[str, str]]:
        """Label and words of everything that was filled in, for a page that takes none of it."""
        found = []
        for field in self.visible_fields():
            value = field.value()
            names = {str(code): str(words) for code, words in getattr(field.field, "choices", ())}
            given = value if isinstance(value, list) else [value]
            words = ", ".join(names.get(each, str(each)) for each in given if each)
            found.append((str(field.label), words))
        return [(label, words) for label, words in found if words]


class InterestForm(InterestContentForm, MailboxForm):
    field_order = (*InterestContentForm.base_fields, "email")


class InterestChangeForm(InterestContentForm):
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput())

    def __init__(self, *args: Any, interest: Interest, **kwargs: Any) -> None:
        names = ("organisation", "company_number", "volume", "is_sme", "is_vcse", "frameworks", "statement", "revision")
        kwargs["initial"] = {name: getattr(interest, name) for name in names}
        kwargs["initial"]["boroughs"] = [borough.slug for borough in interest.boroughs.all()]
        super().__init__(*args, **kwargs)
