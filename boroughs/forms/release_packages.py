"""Contracts out of an OCDS file: a release package, a record package, or releases as JSON lines.

Contracts Finder and Find a Tender hand out such files. Nothing is fetched: what the file only links to is passed over,
and said. How a contract is read is told in docs/contracts.md.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from boroughs.forms.contracts import ContractForm
from boroughs.forms.release_contracts import describe
from boroughs.forms.release_merging import Entry, Merger
from boroughs.forms.rows import UnreadableFile
from boroughs.models import Category

# So much of a file's beginning is enough for `is_package`.
HEAD_BYTES = 64 * 1024
MAX_PACKAGE_BYTES = 20 * 1024 * 1024
MAX_CONTRACTS = 50_000
# So many lines are named in a note.
NAMED = 5
NOT_OCDS = "This is JSON, but not an OCDS package."
MARK = b"\xef\xbb\xbf"
# A name of a field, not the same word inside a text: there the quotation marks would be escaped.
PACKAGE = re.compile(rb'(?<!\\)"(?:releases|records|compiledRelease)"\s*:')
RELEASE = re.compile(rb'(?<!\\)"(?:tag|initiationType|parties|tender|awards|contracts|planning)"\s*:')
OCID = re.compile(rb'(?<!\\)"ocid"\s*:')


@dataclass(frozen=True)
class PackageTable:
    """The contracts of a file as rows for ContractReader."""

    format: str
    columns: tuple[str, ...]
    # The contract's place in the file, from 1, and what it says, by column.
    rows: tuple[tuple[int, dict[str, Any]], ...]
    # Sentences: what was understood of the file, and what was passed over.
    notes: tuple[str, ...]
    # By place: sentences on one contract.
    remarks: Mapping[int, tuple[str, ...]]
    # By place: every name and identifier of the buyer, the likeliest first.
    buyers: Mapping[int, tuple[str, ...]]


def is_package(head: bytes) -> bool:
    """Whether a file that begins so is OCDS, and not rows that happen to be JSON."""
    text = head.removeprefix(MARK).lstrip()
    if text[:1] not in (b"{", b"["):
        return False
    return bool(PACKAGE.search(text) or (OCID.search(text) and RELEASE.search(text)))


def read_package(content: bytes, name: str, categories: Sequence[Category] = ()) -> PackageTable:
    """The contracts that the file tells of. Without `categories`, none is chosen by CPV code.

    Raises UnreadableFile where the file is too large, is not JSON, or is not OCDS.
    """
    if len(content) > MAX_PACKAGE_BYTES:
        raise UnreadableFile(f"{name} is larger than {MAX_PACKAGE_BYTES // 1024 // 1024} MB. Split it.")
    try:
        return _table(content, name, categories)
    except RecursionError as error:
        raise UnreadableFile(f"{name} is nested too deeply to be read.") from error


def _table(content: bytes, name: str, categories: Sequence[Category]) -> PackageTable:
    merger = Merger()
    notes = _collect(content, name, merger)
    if merger.contracts > MAX_CONTRACTS:
        raise UnreadableFile(f"{name} holds more than {MAX_CONTRACTS:,} contracts. Split it.")
    entries = merger.entries()
    described = {line: describe(entry, categories) for line, entry in enumerate(entries, start=1) if entry.is_wanted}
    return PackageTable(
        format="OCDS",
        columns=(*ContractForm.base_fields, "buyer"),
        rows=tuple((line, each.values) for line, each in described.items()),
        notes=(*notes, *merger.notes(), *_left_out(entries)),
        remarks={line: tuple(each.remarks) for line, each in described.items() if each.remarks},
        buyers={line: entries[line - 1].buyers for line in described},
    )


def _left_out(entries: Sequence[Entry]) -> Iterator[str]:
    ended = sum(entry.is_contract and not entry.is_wanted for entry in entries)
    idle = sum(not entry.is_contract and not entry.is_wanted for entry in entries)
    if ended:
        yield f"{ended:,} contract{'s are' if ended > 1 else ' is'} left out, as cancelled or terminated."
    if idle:
        awards, are = ("awards", "are") if idle > 1 else ("award", "is")
        yield f"{idle:,} {awards} without a contract {are} not active and left out."


def _collect(content: bytes, name: str, merger: Merger) -> list[str]:
    """Hand all releases of the file to `merger`. Gives what is to be said of its lines."""
    try:
        text = content.removeprefix(MARK).decode()
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{name} is not UTF-8. Save it as UTF-8 and try again.") from error
    try:
        whole = _parsed(text)
    except ValueError as error:
        return _collect_lines(text, name, merger, _reason(error))
    pieces = whole if isinstance(whole, list) else [whole]
    if not sum(_take(piece, merger) for piece in pieces):
        raise UnreadableFile(NOT_OCDS)
    return []


def _collect_lines(text: str, name: str, merger: Merger, reason: str) -> list[str]:
    broken: list[int] = []
    other: list[int] = []
    taken = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = _parsed(line)
        except ValueError:
            broken.append(number)
            continue
        if _take(value, merger):
            taken += 1
        else:
            other.append(number)
    # A file in which no line is an object is one broken document, not lines.
    if not taken:
        raise UnreadableFile(NOT_OCDS if other and not broken else f"{name} is not JSON: {reason}.")
    return [
        f"{_lines(numbers)} passed over: {words}."
        for numbers, words in ((broken, "not JSON"), (other, "JSON, but not OCDS"))
        if numbers
    ]


def _lines(numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:NAMED]))
    if len(numbers) > NAMED:
        return f"Lines {named} and {len(numbers) - NAMED:,} more are"
    return f"Line {named} is" if len(numbers) == 1 else f"Lines {named} are"


def _parsed(text: str) -> Any:
    """Raises ValueError where it is not JSON."""
    return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_refused)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An exponent beyond all bounds: whoever wants an amount is told that it is none.
        return Decimal("Infinity")


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number in JSON")


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    return str(error)


def _take(value: Any, merger: Merger) -> bool:
    """Hand over the releases of a package, a record or a release; False where it is none of these."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("releases"), list) and "ocid" not in value:
        for release in value["releases"]:
            merger.take(release)
    elif isinstance(value.get("records"), list):
        for record in value["records"]:
            _take_record(record, merger)
    elif isinstance(value.get("compiledRelease"), dict) or isinstance(value.get("releases"), list):
        _take_record(value, merger)
    elif _is_release(value):
        merger.take(value)
    else:
        return False
    return True


def _is_release(value: dict[str, Any]) -> bool:
    told = ("tag", "initiationType", "parties", "tender", "awards", "contracts", "planning")
    return any(name in value for name in told) and ("ocid" in value or "id" in value)


def _take_record(record: Any, merger: Merger) -> None:
    if not isinstance(record, dict):
        merger.take(record)
        return
    compiled, releases = record.get("compiledRelease"), record.get("releases")
    if isinstance(compiled, dict):
        merger.take({"ocid": record.get("ocid"), **compiled})
        return
    for release in releases if isinstance(releases, list) else [None]:
        merger.take(release)
