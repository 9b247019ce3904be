"""Forms of questions and answers: of those who ask, and of those who answer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from boroughs.forms.fields import Checkboxes, Radios, WordLimitedTextarea
from boroughs.forms.text import ProseField, clean_block
from procurement.actions.answers import ANSWER_CHARACTERS, DECLINE_CHARACTERS, QUESTION_CHARACTERS
from procurement.actions.notice_turn import REASON_WORDS
from procurement.forms.following import MailboxForm
from procurement.models import Question
from procurement.queries.questions import Asked


class CountedField(forms.CharField):
    """Text of several lines and at most `max_characters`, counted as they stand after cleaning."""

    def __init__(self, *, max_characters: int, subject: str, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=WordLimitedTextarea(max_characters=max_characters, rows=rows), **kwargs)
        self.max_characters = max_characters
        self.subject = subject

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else clean_block(value)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.max_characters:
            raise ValidationError(f"{self.subject} must be {self.max_characters:,} characters or fewer")


class AskForm(MailboxForm):
    text = CountedField(
        label="Your question",
        help_text="Ask one thing at a time. Do not write who you are: everybody reads the question with its answer.",
        max_characters=QUESTION_CHARACTERS,
        subject="Your question",
        rows=6,
        error_messages={"required": "Write your question."},
    )
    # That the answers which are alike were shown.
    looked = forms.BooleanField(required=False, widget=forms.HiddenInput())

    field_order = ("text", "email", "looked")


class AnswerForm(forms.Form):
    public_text = CountedField(
        label="The question, as everybody reads it",
        help_text="Take out what points to who asked: names, products, customers.",
        max_characters=QUESTION_CHARACTERS,
        subject="The question",
        rows=5,
        error_messages={"required": "Write the question as suppliers are to read it"},
    )
    answer = CountedField(
        label="The answer",
        max_characters=ANSWER_CHARACTERS,
        subject="The answer",
        rows=8,
        error_messages={"required": "Write the answer"},
    )
    also = forms.TypedMultipleChoiceField(
        label="It answers these too",
        help_text="They ask nearly the same. Who asked them is told as well; their words are not published.",
        coerce=int,
        required=False,
        widget=Checkboxes(),
    )
    reason = ProseField(
        label="Why is the answer corrected?",
        help_text="Everybody can read this beside the new version.",
        max_words=REASON_WORDS,
        rows=3,
        subject="Reason",
        error_messages={"required": "Say why the answer is corrected"},
    )
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput())

    def __init__(self, *args: Any, question: Question, alike: Iterable[Asked], **kwargs: Any) -> None:
        alike = tuple(alike)
        kwargs["initial"] = {
            "public_text": question.public_text,
            "answer": question.answer,
            "reason": question.correction_reason,
            "revision": question.revision,
            # All, until somebody has chosen.
            "also": [each.pk for each in alike if each.same_as or not question.drafted_by],
        }
        super().__init__(*args, **kwargs)
        if question.status == Question.Status.ANSWERED:
            del self.fields["also"]
        else:
            del self.fields["reason"]
            self.fields["also"].choices = [(each.pk, each.text) for each in alike]  # type: ignore[attr-defined]
            if not alike:
                del self.fields["also"]


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why is it not answered?",
        choices=Question.DeclineReason.choices,
        widget=Radios(),
        error_messages={"required": "Choose why it is not answered"},
    )
    words = CountedField(
        label="What do you write to who asked?",
        help_text="Only they read it. Nothing is published.",
        max_characters=DECLINE_CHARACTERS,
        subject="What you write",
        rows=4,
        required=False,
    )
