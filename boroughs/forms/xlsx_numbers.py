"""What a number of a workbook means by its format: a day, a time, a share, an amount of foreign money.

Identifiers of formats are those of ECMA-376, part 1, 18.8.30. Days are counted from 1900 with a 29 February 1900 that
never was, or from 1904 where the workbook says so (18.17.4.1).
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from boroughs.forms.grid import Cell, CellProblem

DATE_IDS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
TIME_IDS = {*range(18, 22), 45, 46, 47}
PERCENT_IDS = {9, 10}
NUMBER, DAY, TIME, PERCENT = "number", "day", "time", "percent"
# Text in quotation marks, escaped and padded characters, colours and conditions say nothing of the kind.
ORNAMENT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!\$)(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
CURRENCY = re.compile(r"\[\$([^\]-]+)")
FOREIGN = ("€", "$", "¥", "EUR", "USD", "CHF")
# 31 December 9999.
LAST_DAY = 2_958_465
MINUTES_A_DAY = 24 * 60


def kind_of(identifier: int, code: str) -> str:
    """NUMBER, DAY, TIME, PERCENT, or the sign of a foreign currency."""
    if not code:
        by_id = {**dict.fromkeys(DATE_IDS, DAY), **dict.fromkeys(TIME_IDS, TIME), **dict.fromkeys(PERCENT_IDS, PERCENT)}
        return by_id.get(identifier, NUMBER)
    first = code.partition(";")[0]
    currency = CURRENCY.search(first)
    signs = currency[1] if currency else "".join(re.findall(r'"([^"]*)"', first))
    for sign in FOREIGN:
        if sign in signs:
            return sign
    bare = re.sub(r"\[\$[^\]]*\]", "", ORNAMENT.sub("", first)).casefold()
    if "general" in bare:
        return NUMBER
    if re.search("[dy]", bare) or ("m" in bare and not re.search("[hs0#]", bare)):
        return DAY
    if re.search("[hs]", bare):
        return TIME
    return PERCENT if "%" in bare else NUMBER


def value_of(raw: str, kind: str, *, from_1904: bool, place: str) -> Cell:
    """The number as it stands in the file, as what it means. `place` names the cell in a problem."""
    try:
        number = float(raw)
    except ValueError:
        return CellProblem(f"The number in {place} cannot be read.")
    if number != number or abs(number) > 1e300:
        return CellProblem(f"The number in {place} cannot be read.")
    if kind == DAY:
        return _day(number, from_1904=from_1904, place=place)
    if kind == TIME:
        minutes = round(number % 1 * MINUTES_A_DAY)
        return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
    if kind == PERCENT:
        return f"{_plain(number * 100)}%"
    return _plain(number) if kind == NUMBER else f"{kind}{_plain(number)}"


def day_of(serial: int, *, from_1904: bool = False) -> date | None:
    """The day that Excel counts so; None where it counts none."""
    if from_1904:
        return date(1904, 1, 1) + timedelta(days=serial) if 0 <= serial <= LAST_DAY - 1462 else None
    if not 1 <= serial <= LAST_DAY or serial == 60:
        return None
    return date(1899, 12, 30 if serial > 60 else 31) + timedelta(days=serial)


def _day(number: float, *, from_1904: bool, place: str) -> Cell:
    if 0 <= number < 1:
        return _plain(number) if number else None
    day = day_of(int(number), from_1904=from_1904) if abs(number) <= LAST_DAY else None
    return day or CellProblem(f"{place} holds the number {_plain(number)}, which is no date that Excel can show.")


def _plain(number: float) -> int | Decimal:
    if number.is_integer() and abs(number) < 1e15:
        return int(number)
    # Excel shows 15 digits; what stands behind them is the rounding of the machine.
    return Decimal(f"{number:.15g}")
