"""Kinds of advice about the wording: vague words, jargon, acronyms that are not spelled out, reading age."""

import re
from collections.abc import Collection, Iterator, Sequence

from boroughs.forms.coaching_text import (
    FIELDS,
    PROSE,
    Found,
    Piece,
    Told,
    length_in_words,
    longest_sentence,
    phrase_list,
    word_list,
)
from boroughs.forms.coaching_text import reading_age as age_of

# A vague word, and what says more.
VAGUE = phrase_list("vague")
# Jargon, and the plain words for it.
JARGON = phrase_list("jargon")
# With one of these after it a vague word has a meaning of its own.
HAS_MEANING = re.compile(
    r"\s+(?:slavery|languages?|working|hours?|retirement|hose|tariff|delivery|methods?|teams?)\b", re.IGNORECASE
)
# A list or a measure that follows says what a vague word means; "for 200 officers" does not.
IS_EXPLAINED = re.compile(
    r"[^.!?;\n(:]{0,80}(?:[(:]|(?<![\d.,])\d[\d.,]* ?(?:%|per cent|seconds?|minutes?|hours?|days?))", re.IGNORECASE
)

ACRONYM = re.compile(r"(?:[A-Z]{2,5}|[A-Z][a-z][A-Z]{1,2})(?:s|['’]s)?")
COMMON = word_list("known_acronyms") | word_list("shouted")
# How many words each side of an acronym may hold what it stands for, beside one for each of its letters.
NEAR = 6
SMALL = frozenset(["of", "and", "the", "for", "in", "to", "with", "by", "on", "a"])
PARTS = re.compile(r"[-‑/&+]")

MAX_READING_AGE = 16
# Words in the longest sentence. Up to the first number the terms of a trade make the figure and nothing can be split;
# up to the second it is the long words.
SHORT, MIDDLING = 15, 20


def vague(told: Told) -> Iterator[Found]:
    """Each vague word once a field, where it first stands."""
    for field, text in told.texts.items():
        for match, phrase in _phrases(text, VAGUE_PHRASE, told.names):
            if not IS_EXPLAINED.match(text, match.end()):
                why = "Nobody can check this, and every supplier will say that its product is just that."
                yield Found("vague", field, match[0], match.start(), why, VAGUE[phrase])


def jargon(told: Told) -> Iterator[Found]:
    for field, text in told.texts.items():
        for match, phrase in _phrases(text, JARGON_PHRASE, told.names):
            why = "This is jargon, which readers outside your team skip or take in different ways."
            fix = f"Write it plainly, for example “{JARGON[phrase]}”."
            yield Found("jargon", field, match[0], match.start(), why, fix)


def acronyms(told: Told) -> Iterator[Found]:
    """One piece of advice a field, about the first; the others are named in it."""
    for field, found in zip(FIELDS, unexplained(list(told.words.values()), names=told.names), strict=True):
        if not found:
            continue
        first, *others = found
        also = _and_others([word.text for word in others])
        why = f"This is not spelled out at its first use{also}; other boroughs and suppliers may read it otherwise."
        fix = "Write it in full the first time, with the short form in brackets, as in “schedule of rates (SOR)”."
        yield Found("acronym", field, first.text, first.start, why, fix)


def reading_age(told: Told) -> Iterator[Found]:
    for field in PROSE:
        text = told.texts[field]
        age = age_of(text)
        if age is None or round(age) <= MAX_READING_AGE:
            continue
        longest = longest_sentence(text)
        length = length_in_words(longest.text)
        if length > MIDDLING:
            because = f"with {length} words in its longest sentence"
            fix = "Make two sentences of this one, and aim at 15 to 20 words in each."
        else:
            because = "because of its long words"
            fix = (
                "Write as you would say it to a neighbour, for example “help” for “assistance”, “start” for “commence”."
            )
        if length > SHORT:
            why = f"This text has a reading age of about {round(age)} years {because}, and busy readers skip it."
            yield Found("reading_age", field, longest.text, longest.start, why, fix)


def unexplained(texts: Sequence[list[Piece]], *, names: Collection[str] = ()) -> list[list[Piece]]:
    """For the words of each text of a need, title first: acronyms that few know, not spelled out at their first use.

    A title has no room: what it shortens may be spelled out below. `names`, in lower case, are no acronyms.
    """
    typed = [[] if _is_in_capitals(text) else text for text in texts]
    may_wait = {_bare(word.text) for text in typed[1:] for word in text}
    seen: set[str] = set()
    found = []
    for text in typed:
        strange = [
            (number, word)
            for number, word in enumerate(text)
            if ACRONYM.fullmatch(word.text) and not _is_common(word.text, names) and _bare(word.text) not in may_wait
        ]
        found.append(list(_never_spelled_out(strange, _initials(text), seen)))
        may_wait = set()
    return found


def _never_spelled_out(strange: list[tuple[int, Piece]], initials: list[str], seen: set[str]) -> Iterator[Piece]:
    for number, acronym in strange:
        bare = _bare(acronym.text)
        if bare in seen:
            continue
        seen.add(bare)
        reach = NEAR + len(bare)
        sides = initials[max(0, number - reach) : number], initials[number + 1 : number + 1 + reach]
        if not any(_spell(side, bare.lower()) for side in map("".join, sides)):
            yield acronym


def _spell(initials: str, letters: str) -> bool:
    # Upper case marks small words, which an acronym counts or passes over.
    return letters in initials.lower() or letters in "".join(filter(str.islower, initials))


def _initials(text: list[Piece]) -> list[str]:
    """The first letters of each word's parts: lower case, those of small words upper case."""
    initials = []
    for word in text:
        letters = "".join(part[0] for part in PARTS.split(word.text) if part)
        initials.append(letters.upper() if word.text.lower() in SMALL else letters.lower())
    return initials


def _is_common(acronym: str, names: Collection[str]) -> bool:
    bare = _bare(acronym)
    return bare in COMMON or bare.lower() in names


def _bare(word: str) -> str:
    """Without the s of a plural or a possessive."""
    bare = re.sub(r"['’]s$", "", word)
    return bare[:-1] if len(bare) > 2 and bare.endswith("s") and bare[:-1].isupper() else bare


def _is_in_capitals(text: list[Piece]) -> bool:
    """Whether most is typed in capitals, where an acronym cannot be told from a word."""
    return len(text) > 3 and sum(word.text.isupper() for word in text) > len(text) / 2


def _and_others(names: list[str]) -> str:
    if not names:
        return ""
    *most, last = names
    return f", nor are {', '.join(most)} and {last}" if most else f", nor is {last}"


def _phrases(text: str, pattern: re.Pattern[str], names: Collection[str]) -> Iterator[tuple[re.Match[str], str]]:
    """Matches, each phrase once, with the phrase as the lists have it. Capitals inside a sentence belong to a name."""
    seen = set()
    for match in pattern.finditer(text):
        phrase = re.sub(r"[ \u00a0‑-]", " ", match[0].lower())
        is_name = match[0][0].isupper() and (phrase in names or not _begins_sentence(text, match.start()))
        if phrase in seen or is_name or HAS_MEANING.match(text, match.end()):
            continue
        seen.add(phrase)
        yield match, phrase


def _begins_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at]
    return not before.strip() or before.rstrip()[-1] in ".!?:;•*-–" or "\n" in before


def _pattern(phrases: Collection[str]) -> re.Pattern[str]:
    # The longest first, so that "paradigm shift" is not cut to "paradigm".
    any_of = "|".join(phrase.replace(" ", r"[ \u00a0‑-]") for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{any_of})(?![\w-]|\.\w)", re.IGNORECASE)


VAGUE_PHRASE, JARGON_PHRASE = _pattern(VAGUE), _pattern(JARGON)
