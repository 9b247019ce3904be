"""Whether a sentence is one authority's own: it counts or measures something, or says "we".

A notice speaks for all of its authorities, and no one's figure may be read from it. The lines of its requirements are
asked as its sentences are, but for the terms that they set: "within two days" is nobody's figure, nor is "approval by
two people". Numbers that count nothing are left alone: those of names ("Microsoft 365", "ISO 27001", "level 2"), of
dates and hours, and of the authorities themselves.
"""

import re
from collections.abc import Iterator

_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_LARGE = "dozens?|hundreds?|thousands?|millions?"
_NUMBER = re.compile(
    # "£2.5m", "12,000", "8%", "500k", "600x laptops"; not the digits of "CO2", of "5G" or of "10x zoom".
    r"(?<![\w,/-])(?<!\d\.)£?\s?\d(?:[\d,.]*\d)?"
    r"(?:%|\+|\s?(?:k|m|bn|y|yrs?|km|kg|kwh?|mwh?|mb|gb|tb|ha|sqm|k?m[23²³]|x(?=\s+(?:new\s+)?[a-z]+s\b))\b)?(?![.,]?\w)"
    # "two of the operators", "eleven flats", "ten-year"; not "two-way" or "the two".
    rf"|\b(?:{_WORDS})\b(?=\s+\w|-(?:{_WORDS}|one|year|month|week|day|hour|bed|storey)\b)"
    rf"|\b(?:{_LARGE})\b(?=\s+\w)"
    r"|\b(?:one|a)[ -](?:third|quarter|fifth|tenth)\b(?=\s+(?:of|so)\b)|\bhalf\b(?=\s+(?:of|the|our)\b)",
    re.IGNORECASE,
)
# What a number follows that is part of a name or of a reference: "Windows 11", "Key Stage 2", "section 21", "iOS 16".
_LABELLED = re.compile(
    r"\b(?:Microsoft|Office|Windows|Android|Acts?|Directive|(?:[a-z]+|[A-Z][a-z]+)[A-Z]\w*|[A-Z]{2,}[a-z]{2,}\w*"
    r"|(?i:annex|appendix|article|band|category|chapter|class|clause|grade|level|lot|number|part|phase|regulation|release"
    r"|schedule|section|stage|step|tier|type|version)s?) $"
    r"|\b(?:ISO|IEC|BS|EN|PAS|RFC|WCAG|DSS|OCPP|TLS|FIPS|NIST|SAML|HL7|FHIR|USB)"
    r"[ -](?:\d[\d.]*(?:[ -]|,? (?:and|or) |, ))*$"
)
# "ISO 27001", "EN 301 549"; "They use Exchange 19", though the first word of a sentence has its capital from there.
_NAMED = re.compile(r"\b[A-Z][A-Z&-]+[ -](?:\d[\d.]*[ -])*$|\w[\s\"“(]+[A-Z][\w-]+ $")
_NOT_COUNTED = r"(?!(?:is|was|has|as|does|standards|guidelines|requirements|rules|principles|controls)\b)"
# But "in HR 40 people".
_COUNTED = re.compile(rf"\s+(?:people|staff|children|{_NOT_COUNTED}[a-z]+s\b)")
# "4K", "5G".
_GENERATION = re.compile(r"\d[GKD]")
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
_YEAR = r"(?:19|20)\d\d\b"
# "2000 homes", "from 2050 council homes"; not "by 2027 all systems".
_COUNTS = (
    rf"(?!,\d)(?!\s+(?:(?!(?:an?|all|and|any|as|each|every|it|its|no|or|that|the|this|when|with)\b)[a-z]+\s+)?"
    rf"{_NOT_COUNTED}[a-z]+s\b)"
)
_PLAIN = re.compile(
    # Round the clock, hours of a day and dates; years behind a word for a time or at an end, where they count nothing.
    r"\b24\s?[/x]\s?7(?:\s?/\s?365)?\b|\b24[ -]hours?(?: a day| per day)?\b|\b(?:7|seven) days (?:a|per) week\b"
    r"|\b365 days (?:a|per) year\b|\b\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)\b|\b\d\d:\d\d\b"
    rf"|\b\d{{1,2}} {_MONTHS}\b|\b{_MONTHS} \d{{1,2}}\b(?!,\d)"
    rf"|\b(?:in|by|since|from|until|before|after|during|year|spring|summer|autumn|winter|{_MONTHS}) {_YEAR}{_COUNTS}"
    rf"|\bbetween {_YEAR} and {_YEAR}{_COUNTS}|\b(?:19|20)\d\d\s?[/–-]\s?\d\d(?:\d\d)?\b{_COUNTS}"
    rf"|(?<=\d[:-]){_YEAR}|\b{_YEAR}(?!,\d)(?=\W*$|[^\w\s]|\s+(?:is|was|has|onwards|(?:and|or) (?:later|newer))\b)"
    # The notice names the authorities itself.
    rf"|\b(?:\d+|{_WORDS}) (?:of the )?(?:London )?(?:boroughs|authorities|councils)\b",
    re.IGNORECASE,
)
# "us" is not the US, nor is "I" any letter; "My Account" is a product's name.
_SPEAKS = re.compile(r"\b(?:[Ww]e|[Oo]urs?|[Oo]urselves|us|I|my|My(?! [A-Z]))\b(?!\.\w)")
_ONE = re.compile(r"(?i:\bwholly owned\b)|\bALMO\b|@|\b(?:Mrs?|Ms|Dr|Cllr|Councillor)\.? [A-Z]")
# Whoever asks for it may be meant: "stays the property of the council".
_ASKING = re.compile(r"\b(?:the|this) (?:council|borough|authority|town hall)\b", re.IGNORECASE)
# How long, how often, how fine: the terms of a requirement, whoever asks for it.
_TERM = re.compile(
    # "30, 60 and 90 days", "6-7 years"; but "450 day centre users" are somebody's.
    rf"(?:(?:,? (?:and|or|to) |, ?|\s?[-–/]\s?)(?:\d+|{_WORDS}))*[- ]"
    r"(?:(?:working|calendar|consecutive|business|school|full) )?"
    r"(?:second|sec|minute|min|hour|hr|day|night|week|wk|month|mth|quarter|year|yr)s?\b"
    r"(?! (?:cent(?:re|er)|care|nurser|opportunit|school|patient|trip|pass|book|shelter))"
    r"|\s?(?:dpi|[kMG]?Hz|[kMG]bps|mm|cm|metres?)\b|[- ](?:times|pins?|inch(?:es)?|way)\b"
    r"|[- ](?:digit|character|bit|factor|step|click|decimal place|(?:failed )?attempt)s?\b",
    re.IGNORECASE,
)
# But so are "24,000 hours", and "180 days of consultancy a year".
_TERM_MOST = 1_000
_BOUGHT = re.compile(
    r" (?:hour|hr|day)s? of (?!downtime|outage|unavail)(?:(?:[\w-]+ ){0,2}"
    r"(?:consult\w+|training|support|development|effort|labour|advice|coaching|mentoring|work)\b"
    r"|[^.;,]*\b(?:an?|per|each|every) (?:week|month|quarter|year)\b)",
    re.IGNORECASE,
)
# "8 GB of memory", "50 MB", "7 yrs": how large one thing may be, or how long it lasts.
_UNIT = re.compile(r"(?:mb|y|yrs?)$", re.IGNORECASE)
_MEMORY = re.compile(r" (?:of )?(?:RAM|memory|SSD)\b", re.IGNORECASE)
_PER_CENT = re.compile(r"\s?per ?cent\b", re.IGNORECASE)
# "The 40% of tenants who" is a size; "80% of calls within 20 seconds", "at least 30% of laptops" and "95% of invoices"
# are promises.
_PROMISE = re.compile(
    rf"\b(?:within|in|under) (?:\d|(?:{_WORDS}|one)\b)|\bfirst[- ](?:contact|time|visit|call)\b|\bon time\b",
    re.IGNORECASE,
)
_PROMISED = 90
# What is done twice to be safe → what is counted of it. So few of them tell nobody's size.
_FEW = re.compile(r"[2-4]|two|three|four", re.IGNORECASE)
_SAFEGUARDS = (
    (
        re.compile(r"\b(?:back(?:s|ed)?[ -]?ups?|cop(?:y|ies|ied)|replicat\w+|mirror\w*|resilien\w+)\b", re.IGNORECASE),
        re.compile(
            r" (?:separate |different |independent )?(?:sites|locations|places|regions|zones|data centres|copies)\b"
        ),
    ),
    (
        re.compile(r"\b(?:approv|authori[sz]|sign|countersign|releas)\w*", re.IGNORECASE),
        re.compile(r" (?:separate |different |independent )?(?:people|persons|officers|approvers|signatories)\b"),
    ),
)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
# "12,000 homes incl. those of others" is one sentence.
_END = re.compile(r"(?<=[.!?])(?<!\bincl\.)(?<!\bapprox\.)(?<!\bc\.)(?<!\bno\.)(?<!e\.g\.)(?<!i\.e\.)\s+|\n+")


def is_own(sentence: str) -> bool:
    """Whether only one authority can say so: of itself, of its people, or with a figure."""
    return is_of_one(sentence) or bool(next(quantities(sentence), ""))


def is_own_line(line: str, *, asked_by: int) -> bool:
    """The same of a requirement that so many authorities ask for in the same words."""
    return bool(why_own_line(line, asked_by=asked_by))


def why_own_line(line: str, *, asked_by: int) -> str:
    """Why it is one authority's own, as a sentence; "" where it is not.

    Where two ask for it in the same words, its figures are no one's, and "the council" is each of them.
    """
    if found := _SPEAKS.search(line):
        return f"It says “{found.group()}”."
    if _ONE.search(line):
        return "It points to a person or to one authority."
    if asked_by > 1:
        return ""
    if found := _ASKING.search(line):
        return f"Only one authority asks for it in these words, and it says “{found.group()}”."
    figures = ", ".join(sizes(line))
    return f"Only one authority asks for it, with a figure that may be its own: {figures}." if figures else ""


def is_of_one(sentence: str) -> bool:
    """Whether it says "we" or "the council", or names a person."""
    return bool(_SPEAKS.search(sentence) or _ONE.search(sentence) or _ASKING.search(sentence))


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
    number = found.group().strip()
    if number.endswith("%") or _PER_CENT.match(line, found.end()):
        return _is_promise(line, found)
    if _UNIT.search(number) or (number.lower().endswith("gb") and _MEMORY.match(line, found.end())):
        return True
    if _BOUGHT.match(line, found.end()) and not line[: found.start()].lower().endswith("within "):
        return False
    if _FEW.fullmatch(number) and any(
        about.search(line) and counted.match(line, found.end()) for about, counted in _SAFEGUARDS
    ):
        return True
    return bool(_TERM.match(line, found.end())) and (value(number) or 0) < _TERM_MOST


def _is_promise(line: str, found: re.Match[str]) -> bool:
    """Whether a share is how well something has to be done; else it may be how many people somebody has."""
    if not re.match(r"(?:\s?per ?cent)? of\b", line[found.end() :], re.IGNORECASE):
        return True
    before = line[: found.start()]
    if re.search(r"\b(?:the|about|around|some|roughly) $", before, re.IGNORECASE):
        return False
    is_limit = re.search(r"\b(?:at|least|most|up to|no more than|below|above)\s*$", before, re.IGNORECASE)
    return bool(is_limit or _PROMISE.search(line)) or (value(found.group().strip(" %")) or 0) >= _PROMISED


def _is_name(sentence: str, found: re.Match[str]) -> bool:
    """Whether the number belongs to a name that stands before it. What has separators or a unit never does."""
    if not re.fullmatch(r"\d+(?:\.\d+)*", found.group()):
        return bool(_GENERATION.fullmatch(found.group()))
    before, behind = sentence[: found.start()], sentence[found.end() :]
    return bool(_LABELLED.search(before) or (_NAMED.search(before) and not _COUNTED.match(behind)))
