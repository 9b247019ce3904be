"""What the coach reads and finds; words, sentences and reading age. Time grows with the length of the text only."""

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from boroughs.actions.need_content import NeedContent
from boroughs.models import Requirement

DATA = Path(__file__).resolve().parent.parent / "data" / "coaching"
# Texts of a need in the order of the form; the requirement lines follow.
PROSE = ("problem", "users_description", "description")
FIELDS = ("title", *PROSE, "requirements")
# Separators stand between characters that they are not themselves, so that a word is found in one pass.
WORD = re.compile(r"[^\W_]+(?:[.&'’/+‑-][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+|\n+")
SPOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# After these a full stop ends no sentence.
ABBREVIATIONS = frozenset(
    ["e.g", "i.e", "eg", "ie", "approx", "c", "ca", "incl", "inc", "no", "nos", "st", "vs", "max", "min", "p"]
)
# Below this the average of a sentence says nothing.
ENOUGH_WORDS = 30
# A reading age in the United Kingdom is the school grade of the United States and five years.
YEARS_BEFORE_SCHOOL = 5


def word_list(name: str) -> frozenset[str]:
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def phrase_list(name: str) -> dict[str, str]:
    """Phrases in lower case, and what is said instead."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return dict(list(csv.reader(file))[1:])


# What a supplier or a product is called, without these, is a name of its own.
NOT_NAMES = word_list("generic_names") | word_list("no_products")


class Piece(NamedTuple):
    """A word or a sentence; `start` and `end` are its offsets in the text that was typed."""

    text: str
    start: int
    end: int
    # Whether a sentence begins with it; true of every sentence.
    is_first: bool = False

    @property
    def has_capital(self) -> bool:
        return self.text.lower() != self.text


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    # Its offset in the requirements as one text.
    start: int
    is_must: bool


@dataclass(frozen=True)
class Found:
    code: str
    field: str
    quote: str
    # Where the quote begins in the text of its field; -1 where something is absent.
    at: int
    words: str
    fix: str


@dataclass(frozen=True)
class Told:
    """What a need says, as texts."""

    content: NeedContent
    # Names of products and suppliers, in lower case.
    products: frozenset[str]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        lines = []
        start = 0
        for line in self.content.requirements:
            lines.append(Line(line.text, start, line.priority == Requirement.Priority.MUST))
            start += len(line.text) + 1
        return tuple(lines)

    @cached_property
    def texts(self) -> dict[str, str]:
        """By field; the requirement lines as one text with a line each."""
        prose: dict[str, str] = {field: getattr(self.content, field) for field in FIELDS[:-1]}
        return prose | {"requirements": "\n".join(line.text for line in self.lines)}

    @cached_property
    def words(self) -> dict[str, list[Piece]]:
        return {field: words(text) for field, text in self.texts.items()}

    @cached_property
    def incumbents(self) -> frozenset[str]:
        """What people call what is in use today, in lower case: the whole, and each word that is a name."""
        named = words(self.content.incumbent)
        whole = " ".join(word.text.lower() for word in named)
        if any(word.text.islower() and len(word.text) > 3 for word in named):
            # "Out of hours call service" describes, it does not name.
            return frozenset([whole])
        own = {word.text.lower() for word in named if word.has_capital and len(word.text) > 2} - NOT_NAMES
        return frozenset(own | {whole}) if own else frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        return self.products | self.incumbents

    @property
    def is_begun(self) -> bool:
        """Whether more is typed than a title: before that, nothing can be missed."""
        return any(self.texts[field].strip() for field in FIELDS[1:])


def sentences(text: str) -> list[Piece]:
    found = []
    start = 0
    for end in [*_sentence_ends(text), len(text)]:
        raw = text[start:end]
        inner = raw.strip()
        if inner:
            at = start + len(raw) - len(raw.lstrip())
            found.append(Piece(inner, at, at + len(inner), is_first=True))
        start = end
    return found


def words(text: str) -> list[Piece]:
    found = []
    for sentence in sentences(text):
        is_first = True
        for match in WORD.finditer(text, sentence.start, sentence.end):
            found.append(Piece(match[0], match.start(), match.end(), is_first))
            is_first = False
    return found


def length_in_words(text: str) -> int:
    return len(SPOKEN.findall(text))


def longest_sentence(text: str) -> Piece:
    """The one with the most words. Raises ValueError where there is none."""
    return max(sentences(text), key=lambda sentence: length_in_words(sentence.text))


def reading_age(text: str) -> float | None:
    """Years, by the Flesch-Kincaid grade; None where there are too few words to tell."""
    spoken = [match[0].replace("’", "'") for match in SPOKEN.finditer(text)]
    if len(spoken) < ENOUGH_WORDS:
        return None
    # It reads its list of words when it is imported: only who writes a need waits for that.
    import syllapy

    syllables: int = sum(syllapy.count(word) for word in spoken)
    # A list with semicolons is read item by item; a sentence of figures alone is not read as one.
    items = [item for sentence in sentences(text) for item in sentence.text.split(";")]
    number = sum(1 for item in items if SPOKEN.search(item))
    grade = 0.39 * len(spoken) / number + 11.8 * syllables / len(spoken) - 15.59
    return grade + YEARS_BEFORE_SCHOOL


def _sentence_ends(text: str) -> list[int]:
    return [
        match.end()
        for match in SENTENCE_END.finditer(text)
        if text[match.start()] != "." or _last_word(text, match.start()) not in ABBREVIATIONS
    ]


def _last_word(text: str, end: int) -> str:
    return text[max(0, end - 8) : end].rpartition(" ")[2].lstrip("(").lower()
