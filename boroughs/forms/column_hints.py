"""What is said of a column that nobody has given a meaning: what it looks like, so that it is not left out unseen."""

import re
from collections.abc import Mapping, Sequence

from boroughs.forms.column_targets import SHORTER, Target, words_of
from boroughs.forms.grid import Cell

# "CA-041", "LBC/ICT/17": letters and a number, with a dash or stroke before it.
CODE = re.compile(r"[A-Za-z]{1,8}(?:[-/][A-Za-z0-9]{1,12})*[-/]\d{1,10}", re.ASCII)
# Of a column of codes, so many must look like one.
MOST = 0.8
FEW_CODES = 2
THOUSANDS = re.compile(r"£\s*k\b|£?\s*['’]?000s?\b|thousand", re.IGNORECASE)
# "System owner" and "Supplier contact" hold neither.
TELLS_LITTLE = frozenset({"supplier", "system"})


def code_in(cells: Sequence[Cell]) -> str:
    """One of the references that stand in a column, such as “CA-041”; "" where they do not look like references."""
    texts = [str(cell).strip() for cell in cells]
    codes = [text for text in texts if CODE.fullmatch(text)]
    is_sure = len(codes) >= FEW_CODES and len(codes) >= MOST * len(texts) and len(set(texts)) == len(texts)
    return codes[0] if is_sure else ""


def is_barred(column: str, target: Target) -> bool:
    """Whether a word of the heading says that something else is meant: “Vendor no” is no contract's."""
    return bool(words_of(column) & {SHORTER.get(word, word) for word in target.never})


def in_thousands(column: str) -> str:
    """A sentence where the heading of an amount says that it is in thousands; "" where it does not."""
    if not THOUSANDS.search(column):
        return ""
    return f"“{column}” may be in thousands of pounds. The numbers are read as pounds."


def hint(column: str, cells: Sequence[Cell], like: str, targets: Sequence[Target], columns: Mapping[str, str]) -> str:
    """A sentence for the person who chooses; "" where the column looks like nothing that is known.

    `like` is the field whose headings are most like this one, `columns` the column that each field is read from.
    """
    code = code_in(cells)
    target = next((each for each in targets if each.name == like), None)
    if target is None and code:
        target = _of_references(column, targets)
    if target is None:
        target = _by_a_word(column, targets)
    if target is None:
        return f"“{column}” holds references such as “{code}”." if code else _of_money(column, targets)
    is_seen = code and target.kind == "reference"
    looks = f"“{column}” holds references such as “{code}”. It looks" if is_seen else f"“{column}” looks"
    taken = columns.get(target.name)
    rest = f", which is read from “{taken}” already" if taken else ""
    warning = f" {in_thousands(column)}" if target.kind == "money" else ""
    return f"{looks} like the column for “{target.label}”{rest}.{warning}".rstrip()


def _of_money(column: str, targets: Sequence[Target]) -> str:
    """The warning for what may be any of several amounts."""
    is_money = any(each.kind == "money" and _share_a_word(column, each) for each in targets)
    return in_thousands(column) if is_money else ""


def _of_references(column: str, targets: Sequence[Target]) -> Target | None:
    """The reference of a contract, as far as the file may tell one."""
    wanted = ("contract", "reference")
    return next((each for each in targets if each.name in wanted and not is_barred(column, each)), None)


def _by_a_word(column: str, targets: Sequence[Target]) -> Target | None:
    """The only field whose headings share a word with this one. No choice: one word of it may go before anything."""
    found = [
        each
        for each in targets
        if each.kind != "choice" and not is_barred(column, each) and _share_a_word(column, each)
    ]
    return found[0] if len(found) == 1 else None


def _share_a_word(column: str, target: Target) -> bool:
    words = words_of(column) - TELLS_LITTLE
    return any(words & words_of(known) for known in target.words)
