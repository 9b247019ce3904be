"""Fields against the examples of govuk-frontend, and what we add to them."""

import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from boroughs.forms import fields
from boroughs.forms.need_fields import PercentField
from tests.markup import fixture, needs_fixtures, tree


def form_of(
    name: str, field: forms.Field, *, error: str = "", initial: Any = None, data: dict[str, Any] | None = None
) -> forms.Form:
    kind = type("SampleForm", (forms.Form,), {name: field, "label_size": "", "mark_optional": False})
    form = kind(data if data is not None else ({} if error else None), auto_id="%s", initial={name: initial})
    if error:
        form.is_valid()
        form.errors.pop(name, None)
        form.add_error(name, error)
    return form


def choices_of(options: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(item["value"], item["text"]) for item in options.get("items", [])]


def widget_of(component: str, options: dict[str, Any]) -> forms.Widget:
    extra = {"class": options["classes"]} if options.get("classes") else {}
    hints = {item["value"]: item["hint"]["text"] for item in options.get("items", []) if item.get("hint")}
    small = f"govuk-{component}--small" in options.get("classes", "")
    inline = f"govuk-{component}--inline" in options.get("classes", "")
    return {
        "input": lambda: (fields.PoundsInput if "prefix" in options else forms.TextInput)({"class": "", **extra}),
        "textarea": lambda: forms.Textarea({"rows": options.get("rows", 5), **extra}),
        "character-count": lambda: fields.WordLimitedTextarea(max_characters=options.get("maxlength")),
        "radios": lambda: fields.Radios(choices=choices_of(options), hints=hints, inline=inline, small=small),
        "checkboxes": lambda: fields.Checkboxes(choices=choices_of(options), hints=hints, small=small),
        "select": lambda: forms.Select(extra, choices=choices_of(options)),
        "file-upload": lambda: fields.FileUpload(drop_zone=bool(options.get("javascript"))),
        "password-input": lambda: forms.PasswordInput(extra),
    }[component]()


CASES = [
    ("input", "default"),
    ("input", "with hint text"),
    ("input", "with error message"),
    ("input", "with error and hint"),
    ("input", "with width-10 class"),
    ("input", "value"),
    ("textarea", "default"),
    ("textarea", "with hint and error message"),
    ("textarea", "with default value"),
    ("textarea", "with custom rows"),
    ("character-count", "default"),
    ("character-count", "with hint"),
    ("character-count", "with default value"),
    ("radios", "default"),
    ("radios", "inline"),
    ("radios", "with hint and error message"),
    ("checkboxes", "default"),
    ("checkboxes", "with hint"),
    ("checkboxes", "with error message"),
    ("checkboxes", "small"),
    ("select", "hint"),
    ("select", "error"),
    ("select", "id"),
    ("file-upload", "default"),
    ("file-upload", "with error message and hint"),
    ("file-upload", "enhanced"),
    ("password-input", "default"),
    ("password-input", "with error message"),
    ("password-input", "with input width class"),
]


def chosen(options: dict[str, Any]) -> Any:
    checked = [item["value"] for item in options.get("items", []) if item.get("checked") or item.get("selected")]
    return options.get("value", options.get("values", checked[0] if len(checked) == 1 else checked or None))


@needs_fixtures
@pytest.mark.parametrize(("component", "name"), CASES)
def test_field_gives_published_markup(component: str, name: str) -> None:
    published = fixture(component, name)
    options, expected = published["options"], published["html"]
    field_name = options.get("name") or options["id"]
    own = options.get("idPrefix") or options.get("id") or field_name
    # Our ids are made of the field's name; the example's may be its own.
    expected = re.sub(rf'(?<=[" ])(?<!name="){re.escape(own)}(?=["-])', field_name, expected)
    label = (options.get("fieldset", {}).get("legend") or options.get("label"))["text"]
    field = forms.Field(
        label=label,
        help_text=options.get("hint", {}).get("text", ""),
        widget=widget_of(component, options),
        required=False,
    )
    error = options.get("errorMessage", {}).get("text", "")
    form = form_of(field_name, field, error=error, initial=chosen(options))
    assert tree(form[field_name].as_field_group()) == tree(expected)


@needs_fixtures
@pytest.mark.parametrize("name", ["default", "with error message and hint", "with error on day input"])
def test_date_field_gives_published_markup(name: str) -> None:
    published = fixture("date-input", name)
    options = published["options"]
    field = fields.DatePartsField(
        label=options["fieldset"]["legend"]["text"], help_text=options["hint"]["text"], required=False
    )
    form = form_of(options["id"], field)
    if "errorMessage" in options:
        parts = ("day",) if options.get("day", {}).get("error") else fields.DATE_PARTS
        form = form_of(options["id"], field, data={})
        form.is_valid()
        form.add_error(options["id"], forms.ValidationError(options["errorMessage"]["text"], params={"parts": parts}))
    # The example's boxes share their names with every other date of a page; ours begin with the field's.
    ours = re.sub(r'name="[^"]*_(day|month|year)"', r'name="\1"', form[options["id"]].as_field_group())
    assert tree(ours) == tree(published["html"])


@needs_fixtures
def test_words_limit_gives_published_markup() -> None:
    published = fixture("character-count", "with count type 'words'")
    options = published["options"]
    name = options["name"]
    field = fields.WordsField(max_words=options["maxlength"], label=options["label"]["text"], required=False)
    ours = tree(form_of(name, field)[name].as_field_group())
    expected = tree(published["html"].replace(f'"{options.get("id", name)}', f'"{name}'))
    assert ours == expected


@needs_fixtures
def test_pounds_field_gives_published_markup() -> None:
    published = fixture("input", "with prefix")
    options = published["options"]
    field = fields.PoundsField(label=options["label"]["text"], required=False)
    ours = form_of("amount", field)["amount"].as_field_group()
    for added in (' inputmode="decimal"', ' spellcheck="false"', " govuk-input--width-10"):
        assert added in ours
        ours = ours.replace(added, "")
    assert tree(ours) == tree(published["html"].replace(options["id"], "amount"))


@needs_fixtures
def test_percent_field_gives_published_markup() -> None:
    published = fixture("input", "with suffix")
    options = published["options"]
    ours = form_of("weight", PercentField(label=options["label"]["text"], required=False))["weight"].as_field_group()
    for added in (' inputmode="numeric"', " govuk-input--width-3"):
        assert added in ours
        ours = ours.replace(added, "")
    theirs = published["html"].replace(options["id"], "weight").replace(options["suffix"]["text"], "%")
    assert tree(ours) == tree(theirs)


class NeedForm(forms.Form):
    title = forms.CharField()
    notes = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=fields.Radios())
    old_kind = forms.ChoiceField(label="Is it old?", choices=[("a", "A")], widget=forms.RadioSelect())
    starts = fields.DatePartsField(label="When?", subject="start date")
    agree = forms.BooleanField(label="I agree", help_text="With all of it")
    secret = forms.CharField(widget=forms.HiddenInput(), required=False)


def test_label_says_optional_unless_the_form_forbids() -> None:
    class Plain(NeedForm):
        mark_optional = False

    assert "Notes (optional)" in NeedForm()["notes"].as_field_group()
    assert "(optional)" not in str(Plain())


def test_missing_value_message_names_the_label() -> None:
    form = NeedForm({})
    assert form["title"].messages == ["Enter title"]
    assert form["kind"].messages == ["Select kind"]
    assert form["old_kind"].messages == ["Select an answer"]
    assert form["agree"].messages == ["Select I agree"]
    assert form["starts"].messages == ["Enter the start date"]


def test_browser_validation_and_placeholders_are_not_rendered() -> None:
    class Form(forms.Form):
        email = forms.EmailField(widget=forms.EmailInput({"placeholder": "E-mail"}))

    html = str(Form())
    assert "required" not in html
    assert "placeholder" not in html


def test_error_targets_point_at_elements_of_the_form() -> None:
    form = NeedForm({"starts_day": "1", "starts_month": "13", "starts_year": "2027"})
    html = str(form)
    targets = {name: form[name].error_target for name in form.errors}
    assert targets == {
        "title": "id_title",
        "kind": "id_kind",
        "old_kind": "id_old_kind_0",
        "starts": "id_starts-month",
        "agree": "id_agree",
    }
    for target in targets.values():
        assert f'id="{target}"' in html


def test_single_checkbox_has_its_label_and_hint_beside_it() -> None:
    html = NeedForm()["agree"].as_field_group()
    assert html.count("<label") == 1
    assert 'aria-describedby="id_agree-hint"' in html
    assert 'id="id_agree-hint" class="govuk-hint govuk-checkboxes__hint"' in html


def test_text_of_people_is_escaped_in_labels_hints_options_and_errors() -> None:
    evil = "<script>alert(1)</script>"

    class Form(forms.Form):
        kind = forms.ChoiceField(
            label=evil, help_text=evil, choices=[(evil, evil)], widget=fields.Radios(hints={evil: evil})
        )

    form = Form({"kind": "x"})
    form.is_valid()
    form.add_error("kind", evil)
    html = str(form)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 5


def test_formset_renders_every_form_and_its_management_form() -> None:
    formset = forms.formset_factory(NeedForm, extra=2)()
    html = str(formset)
    assert 'name="form-TOTAL_FORMS"' in html
    assert html.count('class="loti-repeat"') == 2


def test_error_summary_lists_forms_and_formsets_with_links() -> None:
    formset = forms.formset_factory(NeedForm, extra=0, min_num=1, validate_min=True)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": ""}
    )
    form = NeedForm({"title": "x"})
    form.add_error(None, "Both dates cannot be the same")
    form.add_error("secret", "This page is too old")
    html = Template("{% error_summary form formset %}").render(Context({"form": form, "formset": formset}))
    assert '<a href="#id_form-0-title">Enter title</a>' in html
    assert "<li>Both dates cannot be the same</li>" in html
    assert "<li>This page is too old</li>" in html
    assert '<a href="#id_agree">Select I agree</a>' in html


@pytest.mark.parametrize("widget", [fields.Radios, fields.Checkboxes])
def test_group_without_options_asks_for_no_script(widget: type[forms.Widget]) -> None:
    # The library complains in the console about a module without inputs.
    class Form(forms.Form):
        kind = forms.MultipleChoiceField(choices=[], widget=widget())

    assert "data-module" not in str(Form()["kind"])
