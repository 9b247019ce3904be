"""What the reports of one joint demand, one authority and one category share: from what is told to a PDF."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from boroughs.forms.spreadsheet_cells import guarded
from boroughs.templatetags.formatting import count, day_short
from procurement.charts.drawing import Svg
from procurement.pdf import annex, annex_files
from procurement.pdf.job import Attachment, Pdf
from procurement.pdf.render import Limits, render_pdf
from procurement.picture import facts
from procurement.picture.facts import Frozen
from procurement.picture.numbers import Number, each_once
from procurement.picture.one_report import NOT_TOLD, Cell, Chapter, Column, Kind, OneReport, Table
from procurement.picture.sentences import Sentence
from procurement.picture.telling import Telling

# So much of a text stands in a cell; the attached file has all of it.
LONGEST = 160
NUMERIC = (Kind.COUNT, Kind.POUNDS)
# What the style sheet calls the cells of a column.
LOOKS = {
    Kind.COUNT: "num",
    Kind.POUNDS: "num",
    Kind.DAY: "nowrap",
    Kind.REFERENCE: "nowrap",
    Kind.LABEL: "label",
    Kind.TEXT: "words",
}
# A table of a name and so few figures is easier to read when it is not as wide as the page.
FIGURES_OF_A_NARROW_TABLE = 2
# A table of so few rows stands on one page; a narrow one has lower rows.
WHOLE = 8
WHOLE_IF_NARROW = 14
# So much room the sentences of the summary have on the page of the contents, and so much a heading, a sentence and each
# line of it take, in millimetres.
ROOM_UNDER_CONTENTS = 131
HEADING, SENTENCE, LINE = 12, 2, 5
# So many characters fill a line: of a sentence, and of the value and the name of a key figure, for two lines of which
# there is room besides.
CHARACTERS = 95
CHARACTERS_OF_VALUE, CHARACTERS_OF_NAME = 19, 28
LINES_OF_KEY = 2


@dataclass(frozen=True)
class Entry:
    """One figure in the annex, with the references of the needs and contracts behind it."""

    anchor: str
    words: str
    value: int | None
    behind: tuple[str, ...]
    left_out: int
    # The figure above under which the same are listed already.
    same_as: str


@dataclass(frozen=True)
class Figure:
    """A drawing in a chapter, which says what its tables say."""

    caption: str
    drawing: Svg
    # As the style sheet knows it: "map", "half" or "".
    look: str = ""


def render(
    content: bytes,
    report: Callable[[Frozen], OneReport],
    *,
    figures: Callable[[Frozen, OneReport], Mapping[str, Figure]],
    limits: Limits,
    tick: Callable[[], None] | None,
    every: float,
) -> Pdf:
    """The report that `report` makes of a snapshot, by its bytes; `figures` draws for chapters, by their keys.

    The same bytes give the same file, in any process. Raises LookupError and PdfFailed.
    """
    frozen = facts.from_json(content)
    shown = report(frozen)
    files = attachments(frozen, shown)
    return render_pdf(
        template="pdf/one.html",
        context=context(content, frozen, shown, figures(frozen, shown)) | {"attached": files},
        attachments=files,
        limits=limits,
        tick=tick,
        every=every,
    )


def context(content: bytes, frozen: Frozen, shown: OneReport, figures: Mapping[str, Figure]) -> dict[str, Any]:
    numbers = each_once(shown)
    anchors = {
        number.key: f"figure-{place}" for place, number in enumerate(numbers, 1) if number.needs or number.contracts
    }
    return {
        "report": shown,
        "reference": frozen.reference,
        "digest": hashlib.sha256(content).hexdigest(),
        "previous": frozen.previous,
        "taken_at": frozen.taken_at,
        "run": frozen.facts.run,
        "board": frozen.facts.board,
        "told_to": told_to(shown.telling, frozen),
        "own_name": _own_name(shown.telling, frozen),
        "points": [
            (point.figure, point.name, anchors.get(point.number.key, "") if point.number else "")
            for point in shown.points
        ],
        "groups": [(group.heading, _linked(group.sentences, anchors)) for group in shown.groups],
        "shares_contents": _shares_contents(shown),
        "chapters": [_chapter(chapter, figures.get(chapter.key), anchors) for chapter in shown.chapters],
        "entries": list(_entries(numbers, anchors)),
        "figures_csv_name": annex.FIGURES_CSV_NAME,
    }


def _shares_contents(shown: OneReport) -> bool:
    """Whether the summary is short enough to stand whole on the page of the contents, which would be mostly white."""
    sentences = [[len(sentence.text) for sentence in group.sentences] for group in shown.groups]
    taken = sum(HEADING + sum(SENTENCE + LINE * _lines(each, CHARACTERS) for each in group) for group in sentences)
    for point in shown.points:
        for text, characters in ((point.figure, CHARACTERS_OF_VALUE), (point.name, CHARACTERS_OF_NAME)):
            taken += LINE * max(0, _lines(len(text), characters) - LINES_OF_KEY)
    return taken <= ROOM_UNDER_CONTENTS


def _lines(length: int, characters: int) -> int:
    return -(-length // characters)


def told_to(telling: Telling, frozen: Frozen) -> str:
    """Whom the figures may be shown to, in words."""
    if telling.exact:
        return "Exact, for office use"
    if telling.own:
        return f"Exact of {_own_name(telling, frozen)}; of others names, counts and told totals"
    return "Names, counts and told totals"


def _own_name(telling: Telling, frozen: Frozen) -> str:
    return next((each.name for each in frozen.facts.authorities if each.slug == telling.own), telling.own)


def _chapter(chapter: Chapter, figure: Figure | None, anchors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": chapter.key,
        "title": chapter.title,
        "sentences": _linked(chapter.sentences, anchors),
        "figure": figure,
        "tables": [_table(each, anchors) for each in chapter.tables],
    }


def _linked(sentences: Iterable[Sentence], anchors: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    """The parts of each sentence, each with where in the annex its needs are; "" for mere words."""
    return [
        [
            (part, "") if isinstance(part, str) else (part.words, anchors.get(part.number.key, ""))
            for part in sentence.parts
        ]
        for sentence in sentences
    ]


def _table(table: Table, anchors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": table.key,
        "caption": table.caption,
        "is_narrow": _is_narrow(table),
        "is_whole": len(table.rows) <= (WHOLE_IF_NARROW if _is_narrow(table) else WHOLE),
        "has_row_heads": _has_row_heads(table),
        "heads": [(column.head, column.kind in NUMERIC) for column in table.columns],
        "rows": [
            [_cell(column, cell, anchors) for column, cell in zip(table.columns, row, strict=True)]
            for row in table.rows[: annex.ROWS]
        ],
        "left_out": max(0, len(table.rows) - annex.ROWS),
        "csv_name": csv_name(table),
    }


def _has_row_heads(table: Table) -> bool:
    """Whether the first cell of a row is its head: not in a small table, where more cells would be heads than not."""
    rows, columns = len(table.rows), len(table.columns)
    return rows + columns <= rows * (columns - 1)


def _is_narrow(table: Table) -> bool:
    figures = table.columns[1:]
    return len(figures) <= FIGURES_OF_A_NARROW_TABLE and all(column.kind in NUMERIC for column in figures)


def _cell(column: Column, cell: Cell, anchors: Mapping[str, str]) -> dict[str, str]:
    number = cell if isinstance(cell, Number) else None
    value = number.value if number else cell
    return {
        "words": _words(column.kind, value),
        "look": LOOKS[column.kind],
        "anchor": anchors.get(number.key, "") if number else "",
    }


def _words(kind: Kind, value: Any) -> str:
    if value is NOT_TOLD:
        return "Not told"
    if value is None:
        return "Not given"
    if isinstance(value, date):
        return day_short(value)
    if kind is Kind.POUNDS:
        return f"£{count(value)}"
    if kind is Kind.COUNT:
        return count(value)
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1].rstrip()}…"


def _entries(numbers: Iterable[Number], anchors: Mapping[str, str]) -> Iterator[Entry]:
    """One for each figure; where the same stand behind a later one, it names the earlier."""
    listed: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
    for number in numbers:
        if number.key not in anchors:
            continue
        evidence = (number.needs, number.contracts)
        behind = (*number.needs, *number.contracts)
        same_as = listed.get(evidence, "") if len(behind) > annex.LISTED_AGAIN else ""
        listed.setdefault(evidence, number.words)
        printed = () if same_as else behind[: annex_files.PRINTED]
        left_out = 0 if same_as else len(behind) - len(printed)
        yield Entry(anchors[number.key], number.words, number.value, printed, left_out, same_as)


def attachments(frozen: Frozen, shown: OneReport) -> list[Attachment]:
    """Every figure with the needs behind it, and each table whole; in the order of their names, which PDF asks for."""
    at = frozen.taken_at.isoformat()
    files = [
        Attachment(
            annex.FIGURES_CSV_NAME,
            annex.figures_csv(each_once(shown)),
            "Every figure of this report with the needs behind it",
            at,
        )
    ]
    for chapter in shown.chapters:
        files += [Attachment(csv_name(each), table_csv(each), each.caption, at) for each in chapter.tables]
    return sorted(files, key=lambda each: each.name)


def csv_name(table: Table) -> str:
    return f"{table.key.replace('_', '-')}.csv"


def table_csv(table: Table) -> str:
    """All rows; amounts in whole pounds, empty where none is given, "Not told" where it may not be told."""
    return annex.csv_text(
        [column.key for column in table.columns], ([_plain(cell) for cell in row] for row in table.rows)
    )


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Number):
        return cell.value
    if cell is NOT_TOLD:
        return "Not told"
    return guarded(cell) if isinstance(cell, str) else cell
