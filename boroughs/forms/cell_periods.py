"""Understanding spans of time in cells: options to extend ("2 x 12 months", "1+1") and notice ("3 months")."""

import re

from boroughs.forms.cells import UNKNOWN, Read, is_nothing, plain_line, refusal
from boroughs.forms.grid import Cell

NUMBER_WORDS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "twelve": "12",
    "eighteen": "18",
    "twenty four": "24",
    "thirty": "30",
    "sixty": "60",
    "ninety": "90",
    "single": "1",
    "a year": "1 year",
    "a month": "1 month",
    "an additional": "1",
    "a further": "1",
}
WORDS = re.compile(r"\b(?:" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True)) + r")\b")
# Said around a period without changing it.
FILLING = re.compile(
    r"\b(?:options?|optional|further|additional|extra|extensions?|extendable|extend|periods?|terms?|possible|available|"
    r"up to|maximum|max|remaining|written|calendar|notice|prior|at least|minimum|min|by|for|to|of|is|the|each|in|"
    r"increments?)\b"
    r"|['’.:]"
)
UNIT = r"(y|yrs?|years?|m|mths?|mos?|months?|w|wks?|weeks?|d|days?)"
PART = re.compile(rf"(?:(\d{{1,3}})\s*[x×*]\s*)?(\d{{1,4}})\s*-?\s*{UNIT}?", re.ASCII)
# "2 1 year", once the words between are gone: two of a year.
TIMES = re.compile(rf"(\d{{1,2}})\s+(\d{{1,4}})\s*-?\s*{UNIT}", re.ASCII)
NOTICE = re.compile(rf"(\d{{1,4}})\s*-?\s*(working|business)?\s*{UNIT}?", re.ASCII)
# As our own download writes it.
MONTHS_AND_DAYS = re.compile(r"(\d{1,2}) months? and (\d{1,4}) days?", re.ASCII)
BRACKETS = re.compile(r"\(([^()]*)\)")
# Above this, people who write "1+1" no longer mean years.
MOST_YEARS = 5
MAX_OPTIONS = 20
MONTHS_OF = {"y": 12, "m": 1}
SAYS_NO = frozenset({"no", "n", "0", "no extension", "no extensions", "no option", "no options", "not extendable"})


def read_options(cell: Cell, *, unit: str = "") -> Read[tuple[int, ...]]:
    """Months of each option to extend, in their order. `unit` is what the heading says of bare numbers: "m" or "y"."""
    shown = plain_line(cell)
    text = shown.casefold()
    if is_nothing(text) or text in SAYS_NO:
        return Read(())
    if text in UNKNOWN:
        return Read((), f"“{shown}” is read as no option to extend.")
    if text in ("yes", "y"):
        raise refusal(shown, "not a time. Write how long the contract can be extended, like 12 + 12 months")
    parts = [_part(part, shown) for part in _split(text)]
    units = {unit for _, _, unit in parts if unit}
    if not units and not unit and len(parts) == 1 and parts[0][0] == 1 and parts[0][1] <= MOST_YEARS:
        raise refusal(shown, "not clear: it may be months or years. Write “2 years” or “24 months”")
    years = not units and not unit and all(number <= MOST_YEARS for _, number, _ in parts)
    bare = "y" if years else (next(iter(units)) if len(units) == 1 else unit or "m")
    options = tuple(number * MONTHS_OF[unit or bare] for count, number, unit in parts for _ in range(count) if number)
    if len(options) > MAX_OPTIONS:
        raise refusal(shown, f"more than {MAX_OPTIONS} options to extend")
    remark = f"“{shown}” is read as {_in_words(options)}." if years or BRACKETS.search(text) else ""
    return Read(options, remark)


def read_notice(cell: Cell, *, unit: str = "") -> Read[tuple[int, int]]:
    """A notice period as months and days. Without a unit, up to 12 is months and more is days."""
    shown = plain_line(cell)
    text = shown.casefold()
    if is_nothing(text) or text in SAYS_NO:
        return Read((0, 0))
    if text in UNKNOWN:
        return Read((0, 0), f"“{shown}” is read as no notice period.")
    if both := MONTHS_AND_DAYS.fullmatch(text):
        return Read((int(both[1]), int(both[2])))
    match = NOTICE.fullmatch(_smoothed(text))
    if match is None:
        raise refusal(shown, "no notice period. Write it like 3 months, 12 weeks or 90 days")
    number, told = int(match[1]), (match[3] or unit)[:1]
    if match[2]:
        days = -(-number * 7 // 5)
        return Read((0, days), f"“{shown}” is read as {days} days, weekends counted.")
    assumed = told or ("m" if number <= 12 else "d")
    months, days = {"y": (number * 12, 0), "m": (number, 0), "w": (0, number * 7), "d": (0, number)}[assumed]
    said = f"{months} months" if months else f"{days} days"
    return Read((months, days), "" if told or not number else f"“{shown}” is read as {said}.")


def unit_in(heading: str) -> str:
    """What a heading says of bare numbers beneath it: "m", "y", "w", "d" or ""."""
    found = {
        word[0]
        for word in re.findall(r"\b(?:months?|mths?|years?|yrs?|weeks?|days?)\b", heading.casefold().replace("_", " "))
    }
    return found.pop() if len(found) == 1 else ""


def _split(text: str) -> list[str]:
    """The parts of "1 year + 1 year"; of "2 years (1+1)" those in brackets, which say how the whole is divided."""
    inside = BRACKETS.search(text)
    if inside and re.search(r"\d\s*(?:\+|x|×|\band\b)|\+", inside[1]) and re.search(r"\d", text[: inside.start()]):
        text = inside[1]
    text = _smoothed(BRACKETS.sub(lambda match: f" {match[1]} ", text))
    return [part for part in re.split(r"\s*(?:\+|,|;|&|\band\b|\bthen\b|\bplus\b)\s*", text) if part.strip()]


def _smoothed(text: str) -> str:
    text = WORDS.sub(lambda match: NUMBER_WORDS[match[0]], text)
    return " ".join(FILLING.sub(" ", text).split())


def _part(part: str, shown: str) -> tuple[int, int, str]:
    """How many options, of how many, and the unit told."""
    match = PART.fullmatch(part.strip()) or TIMES.fullmatch(part.strip())
    if match is None:
        raise refusal(shown, "no time to extend. Write it like 12 + 12 months or 2 x 1 year")
    count, number, unit = int(match[1] or 1), int(match[2]), (match[3] or "")[:1]
    if unit in ("w", "d") or count > MAX_OPTIONS:
        raise refusal(shown, "no time to extend in months or years")
    return count, number, unit


def _in_words(options: tuple[int, ...]) -> str:
    return f"{' + '.join(map(str, options))} months" if options else "no option"
