"""Forms of the office's notice pages. The limits are those of procurement/queries/notice_draft.py."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from boroughs.forms.fields import DatePartsField, Radios, WordLimitedTextarea, WordsField
from boroughs.forms.pasted_lists import without_mark
from boroughs.forms.text import LineField, ProseField, clean_line
from boroughs.models import Borough
from procurement.actions.notice_turn import REASON_WORDS
from procurement.models import Notice
from procurement.queries import notice_lead
from procurement.queries.line_limits import LINE_LIMIT, LINE_WORDS, LINES_LIMIT, line_problems
from procurement.queries.notice_draft import MONTHS_LIMIT, TITLE_LIMIT, WORDS, NoticeContent, kept_days, passed

CONTACT = ("contact_name", "contact_email")
KIND_HINTS: dict[str, str] = {
    Notice.Kind.ENGAGEMENT: "You want to hear from suppliers before you decide what and how to buy",
    Notice.Kind.PLANNED: "You know what you want and about when a procurement will start",
    Notice.Kind.PIPELINE: "You say early that a need is coming",
}


class LinesField(forms.CharField):
    """Requirements, one a line, as a tuple of texts."""

    def __init__(self, *, name: str, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 10}))
        super().__init__(required=False, **kwargs)
        self.name = name

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, (list, tuple)) else str(value or "").splitlines()
        # Pasted lists bring their own bullets and numbers.
        cleaned = (without_mark(clean_line(line)) for line in lines)
        return tuple(line for line in cleaned if line)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if found := line_problems(value, name=self.name):
            raise ValidationError([ValidationError(problem) for problem in found])

    def run_validators(self, value: Any) -> None:
        """The text validators of CharField read one text; `validate` has read the lines."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value


def _prose(name: str, label: str, help_text: str = "", *, lacking: str = "", rows: int = 6) -> WordsField:
    """`lacking` is what to say where it is left empty; without it, it may stay empty."""
    return ProseField(
        label=label,
        help_text=help_text,
        required=bool(lacking),
        max_words=WORDS[name],
        rows=rows,
        subject=label,
        error_messages={"required": lacking},
    )


class NoticeForm(forms.Form):
    """A draft notice. Required is what a draft cannot be without; what a publication needs beyond, `propose` says."""

    title = LineField(
        label="Title",
        max_characters=TITLE_LIMIT,
        help_text="What is wanted, in the words that suppliers use",
        error_messages={"required": "Enter a title"},
    )
    kind = forms.ChoiceField(label="Kind of notice", choices=Notice.Kind.choices, widget=Radios(hints=KIND_HINTS))
    lead = forms.ModelChoiceField(
        label="Lead authority",
        queryset=Borough.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="Nobody yet",
        help_text="The one that the authorities agreed on. A draft can be without it, a published notice cannot.",
        error_messages={
            "required": "Choose the lead authority",
            "invalid_choice": "Choose one of the authorities of this joint demand",
        },
    )
    summary = _prose(
        "summary",
        "Summary",
        "Shown in the list. Say what is wanted and by whom.",
        lacking="Enter the summary",
        rows=3,
    )
    problem = _prose(
        "problem", "Problem to be solved", "Why the work is done", lacking="Enter the problem to be solved"
    )
    users_description = _prose(
        "users_description", "Users and what they need", lacking="Say who the users are and what they need"
    )
    work_done = _prose("work_done", "Work done so far")
    market_engagement = _prose("market_engagement", "Market engagement so far")
    setup = _prose("setup", "Setup and locations", "Where the work is done, what it has to fit into, who works on it")
    must_requirements = LinesField(
        label="The solution must",
        name="must",
        help_text=f"One requirement a line: at most {LINES_LIMIT}, each up to {LINE_WORDS} words and {LINE_LIMIT} "
        "characters. Suppliers read five with care.",
    )
    should_requirements = LinesField(label="The solution should", name="should", help_text="One requirement a line")
    differences = LinesField(
        label="Beside that",
        name="beside that",
        help_text="What single authorities ask for, without their names; one a line",
    )
    tender_date = DatePartsField(
        label="Planned tender notice",
        required=False,
        help_text="When the lead means to begin the procurement on Find a Tender. Leave it empty while nobody knows.",
    )
    start_date = DatePartsField(label="Earliest start", required=False)
    months = forms.IntegerField(
        label="Contract length in months",
        required=False,
        min_value=1,
        max_value=MONTHS_LIMIT,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter the number of months",
            "min_value": "The contract must run for at least 1 month",
            "max_value": f"The contract must run for at most {MONTHS_LIMIT} months",
        },
    )
    buying_together = _prose("buying_together", "How the authorities would buy together")
    how_to_respond = _prose("how_to_respond", "How to respond", lacking="Say how suppliers can respond", rows=4)
    contact_name = LineField(label="Contact", max_characters=100, required=False, help_text="A person or a team")
    contact_email = forms.EmailField(
        label="E-mail address of the contact",
        required=False,
        max_length=254,
        help_text="Everybody can read it. It can be erased later, from published versions too.",
        error_messages={"invalid": "Enter an e-mail address in the form name@example.gov.uk"},
    )
    questions_close_date = DatePartsField(
        label="Last day for questions", help_text="Counts to midnight. Choose a working day."
    )
    closes_date = DatePartsField(label="Closing date", help_text="Counts to midnight. Choose a working day.")
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput())

    def __init__(self, *args: Any, notice: Notice, boroughs: Iterable[Borough], today: date, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name not in CONTACT]
        contact, lead = notice.contact, notice_lead.chosen(notice)
        kwargs["initial"] = {name: getattr(notice, name) for name in names} | {
            "lead": lead.slug if lead else "",
            "contact_name": contact.name if contact else "",
            "contact_email": contact.email if contact else "",
        }
        super().__init__(*args, **kwargs)
        keys = [borough.pk for borough in boroughs]
        self.fields["lead"].queryset = Borough.objects.filter(pk__in=keys).by_name()  # type: ignore[attr-defined]
        self.fields["lead"].required = notice.current_id is not None
        self.today = today
        self.kept = kept_days(notice)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("contact_name") and not data.get("contact_email") and "contact_email" not in self.errors:
            # By the address a person is found who asks to be forgotten.
            self.add_error("contact_email", "Enter the e-mail address of the contact")
        questions, closes = data.get("questions_close_date"), data.get("closes_date")
        if questions and closes and closes < questions:
            self.add_error("closes_date", "Closing date must not be before the last day for questions")
        for name in passed(data, kept=self.kept, today=self.today):
            self.add_error(name, f"{self.fields[name].label} must be today or later")
        return data

    def content(self) -> NoticeContent:
        """What the valid form says."""
        beside = {"revision", *CONTACT}
        return NoticeContent(**{name: value for name, value in self.cleaned_data.items() if name not in beside})

    def contact(self) -> tuple[str, str] | None:
        """Name and e-mail address as given; None where they were left as they are."""
        if not any(name in self.changed_data for name in CONTACT):
            return None
        return self.cleaned_data["contact_name"], self.cleaned_data["contact_email"]


class ReasonForm(forms.Form):
    """Why a proposal goes back to its author."""

    reason = LineField(label="Reason", max_characters=500, required=False, help_text="Kept in the notice’s history")


class ChangeForm(forms.Form):
    """Why the next version differs from what is on the board."""

    reason = ProseField(
        label="What has changed, and why?",
        help_text="Everybody can read this beside the new version.",
        max_words=REASON_WORDS,
        rows=3,
        subject="Reason",
    )


class WithdrawForm(forms.Form):
    reason = ProseField(
        label="Why is the notice withdrawn?",
        help_text="Everybody can read this on the page of the notice.",
        max_words=REASON_WORDS,
        rows=4,
        subject="Reason",
        widget=WordLimitedTextarea(max_words=REASON_WORDS, rows=4),
        error_messages={"required": "Say why the notice is withdrawn"},
    )
