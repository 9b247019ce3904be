"""Text as people and files give it, made fit to store and to show.

What is taken away cannot be seen but can deceive or break: control characters, direction overrides, zero-width spaces,
halves of surrogate pairs, and code points that XML forbids. Joiners stay, because Persian, Hindi and emoji need them.
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from boroughs.forms.fields import WordsField

# Control, format and surrogate characters.
INVISIBLE = {"Cc", "Cf", "Cs"}
JOINERS = "\u200c\u200d"
LINE_ENDS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")

# Marks on one letter, as many as Unicode's stream-safe texts have (UAX #15): composing a letter takes time by the
# square of its marks, and no other request of the process goes on meanwhile.
MOST_MARKS = 30
# Texts up to this are harmless.
FEW_CHARACTERS = 1_000

# The most that any text of a need may hold, whatever its source.
MAX_CHARACTERS = 20_000


def clean_block(value: object) -> str:
    """Text of several lines: composed (NFC), without what cannot be seen, no more than one empty line in a row."""
    text = LINE_ENDS.sub("\n", str(value))
    if not text.replace("\n", "").isprintable():
        # Rare, and slow by the character.
        text = "".join(char for char in text if _may_stay(char))
    if len(text) > FEW_CHARACTERS and not text.isascii():
        text = _with_few_marks(text)
    lines = (line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text if text.strip(JOINERS + " \n\t") else ""


def _with_few_marks(text: str) -> str:
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_line(value: object) -> str:
    """The same in one line."""
    return SPACES.sub(" ", clean_block(value).replace("\n", " ")).strip()


def _may_stay(char: str) -> bool:
    if char in "\n\t" or char in JOINERS:
        return True
    code = ord(char)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not is_noncharacter and unicodedata.category(char) not in INVISIBLE


class LineField(forms.CharField):
    """One line of text of at most `max_characters`. `subject` is how messages name it where the label is a question."""

    def __init__(self, *, max_characters: int, subject: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_characters = max_characters
        self.subject = subject

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else clean_line(value)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.max_characters:
            subject = self.subject or str(self.label)
            raise ValidationError(f"{subject} must be {self.max_characters} characters or fewer", code="max_characters")


class ProseField(WordsField):
    """Text of several lines, of at most `max_words` where `counts_words`, and never above MAX_CHARACTERS."""

    counts_words = True

    def to_python(self, value: Any) -> str:
        return "" if value in self.empty_values else clean_block(value)

    def validate(self, value: str) -> None:
        if len(value) > MAX_CHARACTERS:
            subject = self.subject or str(self.label)
            raise ValidationError(f"{subject} must be {MAX_CHARACTERS:,} characters or fewer", code="max_characters")
        if self.counts_words:
            super().validate(value)
        else:
            forms.CharField.validate(self, value)
