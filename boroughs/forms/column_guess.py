"""Guessing what the columns of a file mean, by their headings first and by what stands beneath them where that helps.

A guess is shown to a person before anything is read by it. What the heading leaves open is said as a doubt; whether an
amount is for a year or for the whole term is never guessed by the amounts.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import ValidationError

from boroughs.forms.cell_periods import read_notice, read_options
from boroughs.forms.cells import FIRST_SERIAL, LAST_SERIAL, Read, read_date
from boroughs.forms.column_hints import code_in, hint, in_thousands, is_barred
from boroughs.forms.column_targets import Target, heading_key, words_of
from boroughs.forms.grid import Cell, CellProblem
from boroughs.forms.headings import VOCABULARY, is_value

HEADING, REMEMBERED, CONTENT = "heading", "remembered", "content"
SAMPLE_ROWS = 200
# Below this a likeness is a coincidence of words.
ENOUGH = 0.6
FITS_AS_WELL = 0.95
# A slip of the pen in a heading.
LONGEST_SLIP, ALIKE = 2, 0.88
# Of cells that hold anything, so many must be of the target's kind for the heading to be believed.
BELIEVED, FEW_CELLS = 0.2, 3
SURE = 0.8
SHORT_TITLE = 120
# Below this, a person is asked to look.
LIKELY = 0.75
# Words that leave the meaning of one other word as it is: "Current supplier", not "Supplier address".
ORNAMENTS = frozenset(
    {
        "contract",
        "agreement",
        "current",
        "actual",
        "full",
        "name",
        "details",
        "gbp",
        "our",
        "council",
        "register",
    }
)
# What a column of codes, all different, is worth as a reference.
UNIQUE_CODES = 0.04
# Headings that tell nothing but the kind, or nothing at all.
MUTE = frozenset({"date", "dates", "column", "period"})
# Between two names for one thing.
ALTERNATIVES = re.compile(r"/|\||\bor\b|\baka\b", re.IGNORECASE)
YEARLY = frozenset({"annual", "year"})
WHOLE = frozenset({"total", "whole", "lifetime", "life", "award", "awarded", "contract", "sum", "length", "term"})
MONEY = frozenset({"annual_value", "total_value", "budget_min", "budget_max"})
UNSURE_ENDS = frozenset({"renewal", "termination"})


@dataclass(frozen=True)
class Guess:
    column: str
    # The name of a target, or "" for none.
    target: str = ""
    # HEADING, REMEMBERED or CONTENT; "" where there is no target and none was chosen before.
    reason: str = ""
    # A sentence that asks the person to look, or tells what a column without a target looks like; "" for none.
    doubt: str = ""


@dataclass(frozen=True)
class Guesses:
    """One guess for each column, in the order of the file."""

    columns: tuple[Guess, ...]

    def fields(self) -> dict[str, str]:
        """Heading: field that it fills, for the columns that fill one."""
        return {each.column: each.target for each in self.columns if each.target}


def guess(
    columns: Sequence[str],
    sample_rows: Iterable[Sequence[Cell]],
    targets: Sequence[Target],
    remembered: Mapping[str, str] | None = None,
) -> Guesses:
    """What each column means; no two mean the same. `remembered` is what people confirmed before: see `memory_of`."""
    cells = _by_column(columns, sample_rows)
    found = _recalled(columns, targets, remembered or {})
    scores = [
        (score, place, target.name)
        for place, column in enumerate(columns)
        if place not in found
        for target in targets
        if (score := _score(column, cells[place], target)) >= ENOUGH
    ]
    taken = {each.target for each in found.values()}
    # The best of all pairs first. As exact headings score alike, an exchange of two pairs never gains anything.
    for score, place, name in sorted(scores, key=lambda item: (-item[0], item[1])):
        if place not in found and name not in taken:
            unsure = f"“{columns[place]}” is no heading that is known for certain." if score < LIKELY else ""
            found[place] = Guess(columns[place], name, HEADING, unsure)
            taken.add(name)
    _guess_title(columns, cells, targets, found)
    _guess_dates(columns, cells, targets, found)
    _guess_reference(columns, cells, targets, found)
    read_from = {each.target: each.column for each in found.values() if each.target}

    def looks(place: int) -> str:
        like = max((_score(columns[place], cells[place], target), target.name) for target in targets)
        return hint(columns[place], cells[place], like[1] if like[0] >= ENOUGH else "", targets, read_from)

    rivals = {(place, name) for score, place, name in scores if score >= FITS_AS_WELL and place not in found}
    return Guesses(
        tuple(
            _with_doubt(found[place], [columns[other] for other, name in sorted(rivals) if name == found[place].target])
            if place in found and found[place].target
            else _left_out(column, looks(place), was_chosen=place in found)
            for place, column in enumerate(columns)
        )
    )


def memory_of(columns: Iterable[str], fields: Mapping[str, str], offered: Mapping[str, str]) -> dict[str, str]:
    """What to remember of a confirmed mapping: heading in small letters, and the field that it fills or "".

    A column that nobody gave a meaning is remembered as left out only where one was `offered`: what was never looked
    at may be understood better the next time.
    """
    return {heading_key(column): fields.get(column, "") for column in columns if column in fields or column in offered}


def _by_column(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[list[Cell]]:
    cells: list[list[Cell]] = [[] for _ in columns]
    for number, row in enumerate(rows):
        if number == SAMPLE_ROWS:
            break
        for column, cell in zip(cells, row, strict=False):
            if cell is not None and not isinstance(cell, CellProblem):
                column.append(cell)
    return cells


def _recalled(columns: Sequence[str], targets: Sequence[Target], remembered: Mapping[str, str]) -> dict[int, Guess]:
    names = {target.name for target in targets}
    found: dict[int, Guess] = {}
    taken: set[str] = set()
    for place, column in enumerate(columns):
        name = remembered.get(heading_key(column))
        if name == "" or (name in names and name not in taken):
            found[place] = Guess(column, name or "", REMEMBERED)
            taken.add(name or "")
    return found


def _score(column: str, cells: list[Cell], target: Target) -> float:
    score = _heading_score(column, target)
    return score + _content_score(cells, target) if score + UNIQUE_CODES >= ENOUGH else score


def _heading_score(column: str, target: Target) -> float:
    """The heading as a whole, or one that gives the same thing two names: "Supplier / Provider"."""
    names = [name for name in ALTERNATIVES.split(column) if name.strip()]
    whole = _name_score(column, target)
    return max(whole, 1.0) if len(names) > 1 and all(_name_score(name, target) >= 1 for name in names) else whole


def _name_score(column: str, target: Target) -> float:
    """1 and a little for a heading that is known, less for one that holds a known one; 0 for none."""
    words = words_of(column)
    best = max(_likeness(words, words_of(known)) for known in target.words)
    if best >= 1:
        return best
    if is_barred(column, target):
        return 0.0
    return max(best, _spelling(column, target))


def _likeness(words: frozenset[str], known: frozenset[str]) -> float:
    if words == known:
        return 1 + min(len(known), 5) / 100
    share = len(known) / len(words)
    if known < words and ((share >= 0.5 if len(known) > 1 else words - known <= ORNAMENTS) or len(known) > 2):
        return 0.55 + 0.35 * share
    if words < known and len(words) > 1:
        return 0.4 + 0.4 / share
    return 0.0


def _spelling(column: str, target: Target) -> float:
    """For headings with a slip of the pen, "Suplier"."""
    key = heading_key(column)
    # Words that are right are no slips: "contract date" is not "contract code".
    if not 5 <= len(key) <= 40 or words_of(column) <= VOCABULARY:
        return 0.0
    known = (heading_key(word) for word in target.words)
    # Longer differences cannot be a slip, and comparing is slow.
    near = (word for word in known if abs(len(word) - len(key)) <= LONGEST_SLIP)
    return 0.8 if any(SequenceMatcher(None, key, word).ratio() >= ALIKE for word in near) else 0.0


def _content_score(cells: list[Cell], target: Target) -> float:
    """A little for what fits, and as much as a heading is worth against what cannot be meant."""
    if target.kind == "reference" and cells:
        are_codes = _share(cells, _is_code) >= SURE and len({str(cell) for cell in cells}) == len(cells)
        return UNIQUE_CODES if are_codes else -UNIQUE_CODES
    if len(cells) < FEW_CELLS:
        return 0.0
    if target.kind in KINDS:
        return -1.0 if _share(cells, KINDS[target.kind]) < BELIEVED else 0.0
    if target.name in ("title", "description", "supplier", "borough"):
        return -1.0 if _share(cells, is_value) > SURE else 0.0
    return 0.0


def _share(cells: Sequence[Cell], fits: Callable[[Cell], bool]) -> float:
    return sum(map(bool, map(fits, cells))) / len(cells)


def _is_code(cell: Cell) -> bool:
    text = str(cell)
    return len(text) <= 60 and any(char.isdigit() for char in text) and text.count(" ") <= 2


def _is_day(cell: Cell) -> bool:
    if isinstance(cell, int | Decimal):
        return FIRST_SERIAL <= cell <= LAST_SERIAL
    return _reads(read_date, cell)


def _is_money(cell: Cell) -> bool:
    return not isinstance(cell, date) and any(char.isdigit() for char in str(cell)) and len(str(cell)) <= 40


def _is_period(cell: Cell) -> bool:
    return _reads(read_options, cell) or _reads(read_notice, cell)


def _reads(reader: Callable[[Cell], Read[Any]], cell: Cell) -> bool:
    try:
        reader(cell)
    except ValidationError:
        return False
    return True


KINDS: dict[str, Callable[[Cell], bool]] = {"date": _is_day, "money": _is_money, "months": _is_period}


def _left_out(column: str, looks: str, *, was_chosen: bool) -> Guess:
    if was_chosen:
        return Guess(column, "", REMEMBERED, f"“{column}” was left out of the last file. {looks}".rstrip())
    return Guess(column, doubt=looks)


def _guess_title(
    columns: Sequence[str], cells: list[list[Cell]], targets: Sequence[Target], found: dict[int, Guess]
) -> None:
    """Without a column of titles, short descriptions are titles."""
    places = {each.target: place for place, each in found.items()}
    place = places.get("description")
    if "title" in places or place is None or not any(target.name == "title" for target in targets):
        return
    if cells[place] and sorted(len(str(cell)) for cell in cells[place])[len(cells[place]) // 2] <= SHORT_TITLE:
        doubt = f"No heading says “title”, so “{columns[place]}” is read as the title."
        found[place] = replace(found[place], target="title", doubt=doubt)


def _guess_dates(
    columns: Sequence[str], cells: list[list[Cell]], targets: Sequence[Target], found: dict[int, Guess]
) -> None:
    """Columns of days whose headings tell nothing: of two, the earlier days begin something and the later end it."""
    mute = [
        place
        for place, column in enumerate(columns)
        if place not in found
        and any(word in MUTE for word in words_of(column))
        and len(words_of(column)) <= 2
        and len(cells[place]) >= FEW_CELLS
        and _share(cells[place], _is_day) >= SURE
    ]
    taken = {each.target for each in found.values()}
    names = {target.name for target in targets}
    free = [name for name in ("start_date", "end_date") if name in names and name not in taken]
    if len(mute) == 2 == len(free):
        chosen = sorted(mute, key=lambda place: _middle(cells[place]))
    elif len(mute) == 1 and free:
        free, chosen = free[-1:], mute
    else:
        return
    for place, name in zip(chosen, free, strict=True):
        doubt = f"“{columns[place]}” does not say which date it is; it was guessed from the dates in it."
        found[place] = Guess(columns[place], name, CONTENT, doubt)


def _guess_reference(
    columns: Sequence[str], cells: list[list[Cell]], targets: Sequence[Target], found: dict[int, Guess]
) -> None:
    """Without a column of references, the one that holds what looks like them, whatever it is called."""
    target = next((each for each in targets if each.name == "reference"), None)
    if target is None or any(each.target == target.name for each in found.values()):
        return
    places = [
        place
        for place, column in enumerate(columns)
        if place not in found and code_in(cells[place]) and not is_barred(column, target)
    ]
    if len(places) == 1:
        place = places[0]
        doubt = (
            f"“{columns[place]}” holds references such as “{code_in(cells[place])}”, so it is read as the reference."
        )
        found[place] = Guess(columns[place], target.name, CONTENT, doubt)


def _middle(cells: list[Cell]) -> date:
    days = sorted(day for cell in cells if _is_day(cell) and (day := read_date(cell).value))
    return days[len(days) // 2] if days else date.min


def _with_doubt(found: Guess, rivals: list[str]) -> Guess:
    if found.doubt or found.reason != HEADING:
        return found
    words = words_of(found.column)
    doubt = ""
    if found.target in MONEY:
        doubt = in_thousands(found.column) or _doubt_of_money(found, words)
    elif found.target == "end_date" and words & UNSURE_ENDS:
        doubt = f"“{found.column}” is read as the day on which the contract ends."
    if not doubt and rivals:
        doubt = f"{' and '.join(f'“{name}”' for name in rivals[:3])} would fit as well."
    return replace(found, doubt=doubt)


def _doubt_of_money(found: Guess, words: frozenset[str]) -> str:
    if found.target == "total_value" and words & YEARLY:
        return f"“{found.column}” may hold amounts a year or for the whole term. It is read as the whole term."
    if found.target == "total_value" and not words & WHOLE:
        return (
            f"“{found.column}” does not say whether it is for a year or the whole term. It is read as the whole term."
        )
    return ""
