"""Forms of experiences: the filter of the list, and what a borough writes down."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from boroughs.forms.fields import AutocompleteSelect
from boroughs.forms.text import LineField, ProseField
from boroughs.models import Borough, Category
from procurement.actions.experiences import LINE_LIMIT, PROSE_WORDS, ExperienceContent


class ExperienceFilterForm(forms.Form):
    mark_optional = False

    category = forms.ModelChoiceField(
        label="Category",
        queryset=Category.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="All",
        widget=AutocompleteSelect(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Category]", self.fields["category"]).queryset = Category.objects.by_area()


class ExperienceForm(forms.Form):
    borough = forms.ChoiceField(label="Borough", error_messages={"invalid_choice": "Choose one of your boroughs"})
    category = forms.ModelChoiceField(
        label="Category",
        queryset=Category.objects.none(),
        to_field_name="slug",
        empty_label="Choose a category",
        widget=AutocompleteSelect(),
        error_messages={"required": "Choose a category", "invalid_choice": "Choose a category from the list"},
    )
    bought = LineField(
        label="What was bought?",
        help_text="For example, “Telecare alarms and monitoring, 4,000 homes”.",
        max_characters=LINE_LIMIT,
        subject="What was bought",
        error_messages={"required": "Say what was bought"},
    )
    bought_year = forms.IntegerField(
        label="In which year?", required=False, error_messages={"invalid": "Enter a year, like 2023"}
    )
    supplier = LineField(label="Supplier or product", max_characters=LINE_LIMIT, required=False)
    worked = ProseField(label="What worked?", max_words=PROSE_WORDS, required=False, subject="What worked")
    avoid = ProseField(
        label="What should others avoid?",
        help_text="Say what happened, rather than what you think of people.",
        max_words=PROSE_WORDS,
        required=False,
        subject="What to avoid",
    )
    contact_role = LineField(
        label="Whom can others ask?",
        help_text="A role, for example “Head of housing systems”. No names, addresses or numbers.",
        max_characters=LINE_LIMIT,
        subject="Whom to ask",
        error_messages={"required": "Say whom to ask, as a role"},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput(), min_value=0, required=False)

    def __init__(self, *args: Any, boroughs: Iterable[Borough], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boroughs = {borough.slug: borough for borough in boroughs}
        cast("forms.ModelChoiceField[Category]", self.fields["category"]).queryset = Category.objects.by_area()
        cast(forms.ChoiceField, self.fields["borough"]).choices = [
            (slug, borough.name) for slug, borough in self.boroughs.items()
        ]
        if len(self.boroughs) < 2:
            del self.fields["borough"]

    def chosen_borough(self) -> Borough:
        return self.boroughs[self.cleaned_data.get("borough") or next(iter(self.boroughs))]

    def content(self) -> ExperienceContent:
        return ExperienceContent(**{name: self.cleaned_data[name] for name in ExperienceContent.__dataclass_fields__})
