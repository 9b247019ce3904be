"""Understanding single cells of a file: text, days, pounds, yes and no, in the ways in which British people write them.

Every reader gives the value with a remark where something was understood that is not plainly there, and raises
ValidationError with a sentence that names what was read where it can be no such value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError

from boroughs.forms.fields import FACTORS, MONTHS
from boroughs.forms.grid import Cell, CellProblem
from boroughs.forms.text import clean_block, clean_line
from boroughs.forms.xlsx_numbers import day_of

Value = TypeVar("Value", covariant=True)

# What people write where they have nothing to say, in small letters.
NOTHING = frozenset({"-", "–", "—", ".", "n/a", "na", "n.a.", "none", "nil", "not applicable", "null", "#n/a", "blank"})
UNKNOWN = frozenset(
    {"?", "tbc", "tba", "tbd", "t.b.c.", "unknown", "not known", "to be confirmed", "to be agreed", "pending"}
)
ENDLESS = frozenset(
    {
        "rolling",
        "ongoing",
        "on-going",
        "on going",
        "open ended",
        "open-ended",
        "perpetual",
        "evergreen",
        "rolling contract",
        "indefinite",
        "no end date",
        "no expiry",
        "continuous",
        "perpetuity",
        "in perpetuity",
    }
)
SECRET = frozenset(
    {
        "poa",
        "p.o.a.",
        "price on application",
        "confidential",
        "commercially sensitive",
        "redacted",
        "various",
        "variable",
        "see notes",
        "as required",
        "call off",
        "call-off",
        "ad hoc",
    }
)
# Between these, a bare number in a column of dates is a day as Excel counts it: 1954 to 2119.
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
MONTH_NUMBERS = {name[:length]: number for number, name in enumerate(MONTHS, 1) for length in range(3, len(name) + 1)}
WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.IGNORECASE)
CLOCK = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:am|pm|z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(\d{4}|\d{2})", re.ASCII)
DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[\s\-/.,]*([a-z]{3,9})\.?[\s\-/.,]*(\d{4}|\d{2})", re.ASCII)
NAME_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.ASCII)
MONTH_YEAR = re.compile(r"(?:end |start )?(?:of )?([a-z]{3,9})\.?[\s\-/.,']*(\d{4}|\d{2})", re.ASCII)
NUMBER_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})", re.ASCII)

PERIOD = re.compile(r"(?:/|\bper\b|\ba\b)?\s*(?:p\.?\s?a\.?|annum|annually|year|yr)\s*$|\bp\.?a\.?\s*$", re.IGNORECASE)
OTHER_PERIOD = re.compile(
    r"\b(?:per|a|each)\s*(?:month|week|day|hour|quarter|user)|/\s*(?:month|mth|week|day|hour|user)|\bpcm\b|\bmonthly\b|\bp\.?m\.?$",
    re.IGNORECASE,
)
VAT = re.compile(
    r"\(?\s*\b(?:plus|\+|ex(?:cl?(?:uding|\.)?)?|inc(?:l(?:uding|\.)?)?)?\.?\s*vat\)?\s*$|\+\s*vat\s*$", re.IGNORECASE
)
ABOUT = re.compile(
    r"^(?:approx(?:imately)?\.?|circa|c\.|c(?=\s*£)|about|around|est(?:imated)?\.?|~|up to|max(?:imum)?)\s*",
    re.IGNORECASE,
)
FOREIGN = re.compile(r"[€$¥]|\b(?:eur|euros?|usd|us dollars?|chf)\b", re.IGNORECASE)
AMOUNT = re.compile(r"(\d{1,3}(?:[, \u00a0']\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)", re.ASCII)
MAX_DIGITS = 30


@dataclass(frozen=True)
class Read(Generic[Value]):
    """A value, and a sentence on how it was understood where that is not plain; "" where it is."""

    value: Value
    remark: str = ""


def read_text(cell: Cell) -> Read[str]:
    """Text of several lines, as clean as the forms keep it."""
    return Read(clean_block(_plain(cell)))


def read_line(cell: Cell) -> Read[str]:
    """The same in one line; "" for a dash and its like."""
    text = clean_line(_plain(cell))
    return Read("" if text.casefold() in NOTHING else text)


# --- days ---------------------------------------------------------------------------------------------------------


def read_date(cell: Cell, *, at_end: bool = False) -> Read[date | None]:
    """A day, read as day, month, year; of a month alone its first day, or with `at_end` its last.

    A year of two digits belongs to 2000–2079 or 1980–1999. Numbers are days as Excel counts them.
    """
    if isinstance(cell, date):
        return Read(cell)
    shown = clean_line(_plain(cell))
    text = CLOCK.sub("", WEEKDAY.sub("", shown)).strip(" ,.").casefold()
    if not text or text in NOTHING | UNKNOWN | ENDLESS:
        return _nothing(shown)
    for pattern, reader in _DATE_READERS:
        match = pattern.fullmatch(text)
        if match:
            return reader(match, shown, at_end)
    if re.fullmatch(r"\d+(?:\.\d+)?", text, re.ASCII) and len(text) < 20:
        return _serial(text, shown)
    raise refusal(shown, "no date. Write it like 1 April 2027")


def _serial(text: str, shown: str) -> Read[date | None]:
    number = int(Decimal(text))
    if not FIRST_SERIAL <= number <= LAST_SERIAL:
        raise refusal(shown, "no date. Write it like 1 April 2027")
    day = day_of(number)
    return Read(day, f"“{shown}” is read as {_in_words(day)}, which Excel counts so." if day else "")


def _iso(match: re.Match[str], shown: str, at_end: bool) -> Read[date | None]:
    return Read(_day(int(match[1]), int(match[2]), int(match[3]), shown))


def _british(match: re.Match[str], shown: str, at_end: bool) -> Read[date | None]:
    return Read(_day(_year(match[3]), int(match[2]), int(match[1]), shown))


def _named(match: re.Match[str], shown: str, at_end: bool) -> Read[date | None]:
    return Read(_day(_year(match[3]), _month(match[2], shown), int(match[1]), shown))


def _american(match: re.Match[str], shown: str, at_end: bool) -> Read[date | None]:
    return Read(_day(int(match[3]), _month(match[1], shown), int(match[2]), shown))


def _month_named(match: re.Match[str], shown: str, at_end: bool) -> Read[date | None]:
    return _of_month(_year(match[2]), _month(match[1], shown), shown, at_end)


def _month_numbered(match: re.Match[str], shown: str, at_end: bool) -> Read[date | None]:
    return _of_month(int(match[2]), int(match[1]), shown, at_end)


def _of_month(year: int, month: int, shown: str, at_end: bool) -> Read[date | None]:
    day = _day(year, month, 1, shown)
    if at_end:
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return Read(day, f"“{shown}” is read as {_in_words(day)}, the {'last' if at_end else 'first'} day of the month.")


_DATE_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, bool], Read[date | None]]], ...] = (
    (YEAR_FIRST, _iso),
    (DAY_FIRST, _british),
    (DAY_NAME, _named),
    (NAME_DAY, _american),
    (MONTH_YEAR, _month_named),
    (NUMBER_YEAR, _month_numbered),
)


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 80 else 1900)


def _month(name: str, shown: str) -> int:
    number = MONTH_NUMBERS.get("sep" if name == "sept" else name)
    if number is None:
        raise refusal(shown, "no date. Write it like 1 April 2027")
    return number


def _day(year: int, month: int, day: int, shown: str) -> date:
    if not 1 <= month <= 12:
        raise refusal(shown, f"no date: there is no month {month}. Dates are read as day, month, year")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise refusal(shown, "no date: there is no such day in the calendar") from error


def _in_words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


# --- pounds -------------------------------------------------------------------------------------------------------


def read_money(cell: Cell, *, decimal_comma: bool = False, yearly: bool | None = None) -> Read[int | None]:
    """Whole pounds, pence rounded. `yearly` is whether the field is per year; a cell that says otherwise is refused."""
    if isinstance(cell, date):
        raise refusal(_plain(cell), "a date, not an amount of money")
    shown = clean_line(_plain(cell))
    text = shown.casefold()
    if not text or text in NOTHING | UNKNOWN:
        return _nothing(shown)
    if text in SECRET:
        raise refusal(shown, "no amount. Leave the cell empty where the value is not told")
    if FOREIGN.search(text):
        raise refusal(shown, "not in pounds. Write the amount in pounds")
    bare = _bare_amount(text, shown, yearly)
    amount = _number(with_point(bare, shown) if decimal_comma and isinstance(cell, str) else bare, shown)
    return Read(int(amount.to_integral_value(ROUND_HALF_UP)))


def _bare_amount(text: str, shown: str, yearly: bool | None) -> str:
    """The number in a text like "approx. £70,000 p.a. + VAT"."""
    if OTHER_PERIOD.search(text):
        raise refusal(shown, "an amount for a shorter time or for one user. Write it for a year or for the whole term")
    text = VAT.sub("", text).strip(" ;")
    bare = PERIOD.sub("", text).strip()
    if bare != text and yearly is False:
        raise refusal(shown, "an amount a year, but the column is read as the value over the whole term")
    bare = ABOUT.sub("", bare)
    if re.match(r"[-−–(]|£\s*[-−–]", bare):
        raise refusal(shown, "negative. An amount must be 0 or more")
    return re.sub(r"^(?:£|gbp)\s*|\s*(?:£|gbp)$|/?-$", "", bare).strip()


def with_point(text: str, shown: str) -> str:
    """The amount of a column that has decimal commas, with a decimal point. Raises ValidationError."""
    if re.search(r"\.\d{1,2}(?!\d)|,\d*[.,]", text):
        raise refusal(shown, "written with a decimal point, where the other cells of the column have decimal commas")
    return text.replace(".", "").replace(",", ".")


def _number(text: str, shown: str) -> Decimal:
    match = AMOUNT.fullmatch(text)
    factor = FACTORS.get(match[2]) if match else None
    if match is None or factor is None or len(match[1]) > MAX_DIGITS:
        raise refusal(shown, "no amount of money. Write it like 250,000 or 1.2m")
    return Decimal(re.sub(r"[,\s']", "", match[1])) * factor


# --- shared -------------------------------------------------------------------------------------------------------


def refusal(shown: object, why: str) -> ValidationError:
    """What was read, and why it cannot be meant."""
    text = str(shown)
    return ValidationError(f"“{text[:60]}{'…' if len(text) > 60 else ''}” is {why}.", code="invalid")


def _nothing(shown: str) -> Read[None]:
    silent = not shown or shown.casefold() in NOTHING
    return Read(None, "" if silent else f"“{shown}” is read as not known.")


def _plain(cell: Cell) -> str:
    if isinstance(cell, CellProblem):
        raise ValidationError(cell.text, code="unreadable")
    if cell is None:
        return ""
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def plain_line(cell: Cell) -> str:
    """The cell as one line of text. Raises ValidationError where it cannot be read."""
    return clean_line(_plain(cell))


def is_nothing(text: str) -> bool:
    """Whether a text says that there is nothing, in one of the ways of people."""
    return not text or text.casefold() in NOTHING
