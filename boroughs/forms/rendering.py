"""How Django's forms become the markup of the GOV.UK Design System.

`Renderer` is the project's FORM_RENDERER; it gives every form `BoundField`, rendered by templates/django/forms.
tests/boroughs/forms/test_rendering.py compares the result with the examples that govuk-frontend publishes.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting

from boroughs.forms import fields

# Class of the control itself and the class it takes beside it when its value is refused; the first match counts.
CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str, str], ...] = (
    # Before radios: Django derives checkboxes from them.
    (forms.CheckboxSelectMultiple, "govuk-checkboxes__input", ""),
    (forms.RadioSelect, "govuk-radios__input", ""),
    (forms.CheckboxInput, "govuk-checkboxes__input", ""),
    (forms.Select, "govuk-select", "govuk-select--error"),
    (forms.Textarea, "govuk-textarea", "govuk-textarea--error"),
    (forms.FileInput, "govuk-file-upload", "govuk-file-upload--error"),
    (
        forms.PasswordInput,
        "govuk-input govuk-password-input__input govuk-js-password-input-input",
        "govuk-input--error",
    ),
    (forms.widgets.Input, "govuk-input", "govuk-input--error"),
)


class BoundField(DjangoBoundField):
    """A field of a form with its GOV.UK ids, classes and descriptions.

    The form class may set `label_size` ("", "s", "m", "l", "xl"; "s" by default) and `mark_optional` (true by default:
    the labels of fields that may stay empty end in "(optional)").
    """

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}-error"

    @property
    def info_id(self) -> str:
        return f"{self.auto_id}-info"

    @property
    def label_size(self) -> str:
        return str(getattr(self.form, "label_size", "s"))

    @property
    def says_optional(self) -> bool:
        return (
            not self.field.required
            and not self.is_single_checkbox
            and not self.field.disabled
            and bool(getattr(self.form, "mark_optional", True))
        )

    @property
    def is_single_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def can_be_answered(self) -> bool:
        """Whether there is anything to choose from, where choosing is the way to answer."""
        widget = self.field.widget
        return not isinstance(widget, forms.widgets.ChoiceWidget) or any(True for _ in widget.choices)

    @property
    def is_group_of_inputs(self) -> bool:
        """Whether the fieldset holds several inputs that make one value, which screen readers are told by a role."""
        return bool(getattr(self.field.widget, "is_group_of_inputs", False))

    @property
    def group_attrs(self) -> dict[str, str]:
        """Attributes of the element round label, hint, error and control, with its classes under "class"."""
        widget = self.field.widget
        attrs: dict[str, str] = dict(getattr(widget, "group_attrs", {}))
        if isinstance(widget, forms.PasswordInput):
            attrs = {"class": "govuk-password-input", "data-module": "govuk-password-input"}
        classes = ["govuk-form-group", "govuk-form-group--error" if self.errors else "", attrs.pop("class", "")]
        return {"class": " ".join(filter(None, classes)), **attrs}

    @property
    def count_message(self) -> str:
        """The sentence that tells the limit of a counted text area, or ""."""
        return str(getattr(self.field.widget, "count_message", ""))

    @property
    def label_for(self) -> str:
        """The id that the label points at."""
        return self.id_for_label or self.auto_id

    @property
    def error_target(self) -> str:
        """The id that the error summary links to: the first option of a group, the first wrong part of a date."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return widget.id_for_label(self.auto_id, "0")
        parts = self.error_parts
        return f"{self.auto_id}-{parts[0]}" if parts else self.label_for

    @property
    def error_parts(self) -> tuple[str, ...]:
        """Names of the parts that an error of a many-part field is about."""
        data: list[ValidationError] = self.errors.as_data() if self.errors else []
        for error in data:
            for one in error.error_list:
                params: Mapping[str, Any] = one.params or {}
                if "parts" in params:
                    return tuple(params["parts"])
        return ()

    @property
    def messages(self) -> list[str]:
        """What to correct, in words; Django's own "This field is required." becomes "Enter …" or "Select …"."""
        return [
            self._required_message()
            if str(message) == str(forms.Field.default_error_messages["required"])
            else str(message)
            for message in self.errors
        ]

    def _required_message(self) -> str:
        verb = "Select" if isinstance(self.field.widget, forms.widgets.ChoiceWidget | forms.CheckboxInput) else "Enter"
        label = str(self.label)
        if label.endswith("?"):
            return f"{verb} an answer"
        return f"{verb} {fields.lower_first(label)}"

    @property
    def aria_describedby(self) -> str:
        ids = [
            self.info_id if self.count_message else "",
            self.hint_id if self.help_text else "",
            self.error_id if self.errors else "",
        ]
        return "" if self.is_hidden else " ".join(filter(None, ids))

    def get_context(self) -> dict[str, Any]:
        return {
            "field": self,
            "group": {"attrs": self.group_attrs},
            "label": f"{self.label} (optional)" if self.says_optional else self.label,
            "label_size": self.label_size,
            "heading": False,
            "hint": self.help_text,
        }

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = dict(super().build_widget_attrs(attrs, widget))
        # Our own messages in our own summary: the browser's bubbles are not announced alike and vanish too soon.
        attrs.pop("required", None)
        attrs.pop("aria-invalid", None)
        if widget.is_hidden:
            return attrs
        if "placeholder" in widget.attrs:
            # It vanishes when typing begins and is too pale to read; False keeps the attribute from being written.
            attrs["placeholder"] = False
        if isinstance(widget, forms.Textarea):
            # Django counts forty columns; the style sheet decides the width.
            attrs["cols"] = False
        own = (str(widget.attrs.get("class", "")), str(attrs.get("class", "")))
        classes = " ".join(filter(None, (*self._control_classes(widget), *own)))
        if classes:
            attrs["class"] = classes
        if self.is_group_of_inputs:
            attrs["error_parts"] = self.error_parts
        return attrs

    def _control_classes(self, widget: forms.Widget) -> tuple[str, str]:
        for kind, usual, wrong in CONTROL_CLASSES:
            if isinstance(widget, kind):
                return usual, wrong if self.errors else ""
        return "", ""


class Renderer(TemplatesSetting):
    """Forms through the project's own templates."""

    form_template_name = "django/forms/form.html"
    formset_template_name = "django/forms/formset.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = BoundField
