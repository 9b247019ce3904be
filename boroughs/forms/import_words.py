"""What imported rows would change, and what of them could not be read, in the words of contracts and needs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from boroughs.actions import contract_content, need_content
from boroughs.actions.need_content import NeedContent, References
from boroughs.forms import contract_words, need_words
from boroughs.forms.need_words import Difference
from boroughs.models import DataImport, ImportRow, Need

# See `stand_in` in need_rows.py.
MADE_UP = re.compile(r"R-[0-9a-f]{12}")


@dataclass(frozen=True)
class Waiting:
    """What a file said of a need that nobody has put into it yet."""

    label: str
    text: str
    file_name: str
    line: int


def differences(rows: Sequence[ImportRow], *, data_import: DataImport) -> dict[int, list[Difference]]:
    """By line, the parts in which a row differs from what is stored; two queries whatever the number of rows."""
    # What the file is silent about stays as it is stored.
    versions = {row.line: (row.before, row.before | row.said) for row in rows if row.before}
    both = [version for pair in versions.values() for version in pair]
    if data_import.noun == DataImport.Noun.NEEDS:
        references = References.of(both, borough=data_import.borough)
        return {
            line: need_words.differences(
                theirs=need_content.from_json(before, references=references),
                mine=need_content.from_json(after, references=references),
            )
            for line, (before, after) in versions.items()
        }
    categories = contract_content.categories_of(both)
    return {
        line: contract_words.differences(
            theirs=contract_content.from_json(before, categories=categories),
            mine=contract_content.from_json(after, categories=categories),
        )
        for line, (before, after) in versions.items()
    }


def identifier(external_id: str) -> str:
    """What the file calls a need; "" for what the platform made up where the file has no identifiers."""
    return "" if MADE_UP.fullmatch(external_id) else external_id


def consequence(row: ImportRow) -> str:
    """What comes of a row some of whose cells could not be read; "" where all could, or where it is not taken."""
    if not row.unread:
        return ""
    if row.verdict == ImportRow.Verdict.NEW:
        return f"The need is kept as a draft without {'it' if len(row.unread) == 1 else 'them'}."
    return "" if row.verdict == ImportRow.Verdict.REFUSED else "The need keeps what it says there now."


def waiting(need: Need, content: NeedContent) -> list[Waiting]:
    """What files said of the need in cells that could not be read, as far as it is still empty there. One query."""
    found: dict[str, Waiting] = {}
    for row in ImportRow.objects.unread_of(need).select_related("data_import"):
        for cell in row.unread:
            if getattr(content, cell["name"]) in (None, "", ()):
                label = need_words.LABELS[cell["name"]]
                found.setdefault(cell["name"], Waiting(label, cell["text"], row.data_import.file_name, row.line))
    return list(found.values())
