"""Whether a sentence is one authority's own: it counts or measures something, or says "we".

A notice speaks for all of its authorities, and no one's figure may be read from it. The lines of its requirements are
asked as its sentences are, but for the terms that they set: "within two days" is nobody's figure. Numbers that count
nothing are left alone: those of names ("Microsoft 365", "ISO 27001", "level 2"), of dates and hours, and of the
authorities themselves.
"""

import re
from collections.abc import Iterator

_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_LARGE = "dozens?|hundreds?|thousands?|millions?"
_NUMBER = re.compile(
    # "£2.5m", "12,000", "8%", "500k"; not the digits of "CO2" or "5G".
    r"(?<![\w,/-])(?<!\d\.)£?\s?\d(?:[\d,.]*\d)?(?:%|\+|\s?(?:k|m|bn|y|yrs?|km|kg|kwh?|mwh?|mb|gb|tb|ha|sqm)\b)?(?![.,]?\w)"
    # "two of the operators", "eleven flats", "ten-year"; not "two-way" or "the two".
    rf"|\b(?:{_WORDS})\b(?=\s+\w|-(?:{_WORDS}|one|year|month|week|day|hour|bed|storey)\b)"
    rf"|\b(?:{_LARGE})\b(?=\s+\w)"
    r"|\b(?:one|a)[ -](?:third|quarter|fifth|tenth)\b(?=\s+(?:of|so)\b)|\bhalf\b(?=\s+(?:of|the|our)\b)",
    re.IGNORECASE,
)
# What a number follows that is part of a name or of a reference: "Windows 11", "Key Stage 2", "section 21".
_LABELLED = re.compile(
    r"\b(?:Microsoft|Office|Windows|Android"
    r"|(?i:annex|appendix|article|band|category|chapter|class|clause|grade|level|lot|number|part|phase|regulation|release"
    r"|schedule|section|stage|step|tier|type|version)s?) $"
)
# "ISO 27001", "EN 301 549"; "They use Exchange 19", though the first word of a sentence has its capital from there.
_NAMED = re.compile(r"\b[A-Z][A-Z&-]+[ -](?:\d[\d.]*[ -])*$|\w[\s\"“(]+[A-Z][\w-]+ $")
# But "in HR 40 people".
_COUNTED = re.compile(r"\s+(?:people|staff|children|(?!is\b|was\b|has\b|as\b|does\b)[a-z]+s\b)")
# "4K", "5G".
_GENERATION = re.compile(r"\d[GKD]")
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
_PLAIN = re.compile(
    # Round the clock, hours of a day, dates, and years where nothing stands behind them that they could count.
    r"\b24\s?[/x]\s?7(?:\s?/\s?365)?\b|\b24[ -]hours?(?: a day| per day)?\b|\b(?:7|seven) days (?:a|per) week\b"
    r"|\b365 days (?:a|per) year\b|\b\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)\b|\b\d\d:\d\d\b"
    rf"|\b\d{{1,2}} {_MONTHS}\b|\b{_MONTHS} \d{{1,2}}\b(?!,\d)"
    r"|\b(?:19|20)\d\d(?:\s?[/–-]\s?\d\d(?:\d\d)?)?\b(?!,\d)(?!\s+(?!is\b|was\b|has\b|as\b|does\b)[a-z]+s\b)"
    # The notice names the authorities itself.
    rf"|\b(?:\d+|{_WORDS}) (?:of the )?(?:London )?(?:boroughs|authorities|councils)\b",
    re.IGNORECASE,
)
# "us" is not the US, nor is "I" any letter.
_SPEAKS = re.compile(r"\b(?:[Ww]e|[Oo]urs?|[Oo]urselves|us|I|[Mm]y)\b(?!\.\w)")
_ONE = re.compile(
    r"(?i:\b(?:the|this) (?:council|borough|authority|town hall)\b|\bwholly owned\b)|\bALMO\b|@"
    r"|\b(?:Mrs?|Ms|Dr|Cllr|Councillor)\.? [A-Z]"
)
# How long, how often, what share, how fine: the terms of a requirement, whoever asks for it.
_TERM = re.compile(
    r"[- ](?:(?:working|calendar|consecutive|business|school|full) )?"
    r"(?:second|minute|hour|day|night|week|month|quarter|year)s?\b"
    r"|\s?(?:per cent|percent|dpi|[kMG]?Hz|mm|cm|metres?)\b|[- ](?:times|pins?|inch(?:es)?)\b",
    re.IGNORECASE,
)
# But "24,000 hours" a year are somebody's.
_TERM_MOST = 1_000
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
# "12,000 homes incl. those of others" is one sentence.
_END = re.compile(r"(?<=[.!?])(?<!\bincl\.)(?<!\bapprox\.)(?<!\bc\.)(?<!\bno\.)(?<!e\.g\.)(?<!i\.e\.)\s+|\n+")


def is_own(sentence: str) -> bool:
    """Whether only one authority can say so: of itself, of its people, or with a figure."""
    return is_of_one(sentence) or bool(next(quantities(sentence), ""))


def is_own_line(line: str, *, asked_by: int) -> bool:
    """The same of a requirement that so many authorities ask for in the same words: then its figures are no one's."""
    return is_of_one(line) or (asked_by < 2 and bool(next(sizes(line), "")))


def is_of_one(sentence: str) -> bool:
    """Whether it says "we" or "the council", or names a person."""
    return bool(_SPEAKS.search(sentence) or _ONE.search(sentence))


def quantities(sentence: str) -> Iterator[str]:
    """What the sentence counts, measures or pays, as it stands there."""
    return (found.group().strip() for found in _quantities(sentence))


def sizes(line: str) -> Iterator[str]:
    """What a requirement counts or pays: "60 swaps a day" and "600 devices", but not "within ten days" or "99.5%"."""
    return (found.group().strip() for found in _quantities(line) if not _is_term(line, found))


def _quantities(sentence: str) -> Iterator[re.Match[str]]:
    plain = [found.span() for found in _PLAIN.finditer(sentence)]
    for found in _NUMBER.finditer(sentence):
        is_plain = any(start <= found.start() < end for start, end in plain)
        if not is_plain and not _is_name(sentence, found):
            yield found


def value(quantity: str) -> float | None:
    """What "12,000" or "£2.5m" comes to; None of words, of shares and of what is measured."""
    found = re.fullmatch(r"£?\s?(\d[\d,]*(?:\.\d+)?)\s?(k|m|bn)?", quantity, re.IGNORECASE)
    return None if found is None else float(found[1].replace(",", "")) * _TIMES[(found[2] or "").lower()]


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _END.split(text) if part.strip()]


def _is_term(line: str, found: re.Match[str]) -> bool:
    if found.group().endswith("%"):
        return True
    return bool(_TERM.match(line, found.end())) and (value(found.group().strip()) or 0) < _TERM_MOST


def _is_name(sentence: str, found: re.Match[str]) -> bool:
    """Whether the number belongs to a name that stands before it. What has separators or a unit never does."""
    if not re.fullmatch(r"\d+(?:\.\d+)*", found.group()):
        return bool(_GENERATION.fullmatch(found.group()))
    before, behind = sentence[: found.start()], sentence[found.end() :]
    return bool(_LABELLED.search(before) or (_NAMED.search(before) and not _COUNTED.match(behind)))
