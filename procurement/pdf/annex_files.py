"""Where the annex of a report stands: in the report, or, where that would grow past 100 pages, in PDF files of its own.

Those files are attached to the report. They are made first, so that it can tell how many pages each has.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from procurement.pdf.annex import Annex, Entry, Line
from procurement.pdf.job import Attachment
from procurement.pdf.render import Limits, render_pdf

# So many references are printed under one figure in the report, and in a file of the annex; the table of figures that
# is attached has them all.
PRINTED = 300
PRINTED_IN_FILE = 20_000
# Those of contracts are longer.
CONTRACTS_PRINTED = 100
SHORT = (PRINTED, CONTRACTS_PRINTED)
WHOLE = (PRINTED_IN_FILE, PRINTED_IN_FILE)

# With so many pages the lists of authorities, categories and joint demands stand in the report, which has about 45
# beside them; a file of the annex has so many at the most. Reckoned before the layout, so with room to spare.
PAGES_IN_REPORT = 45
PAGES_IN_FILE = 85
# What fits on a page and a line of the annex, as templates/pdf/picture/entries.html prints it.
LINES = 55
LETTERS = 118


@dataclass(frozen=True)
class Part:
    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class AnnexFile:
    """One file of the annex, before it is made."""

    number: int
    # Of how many.
    total: int
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        return f"annex-{self.number:02}.pdf"

    @property
    def holds(self) -> str:
        """ "joint demands JD-0001 to JD-0900; authorities Barking and Dagenham to Westminster"."""
        return "; ".join(f"{part.heading.lower()} {_span(part.entries)}" for part in self.parts)


@dataclass(frozen=True)
class Made:
    """One file of the annex, as the report tells of it."""

    name: str
    holds: str
    pages: int


def divided(whole: Annex, *, keep: Collection[str]) -> tuple[Annex, tuple[AnnexFile, ...]]:
    """The annex that is printed in the report, and the files that take what would make it too long.

    What has its anchor in `keep`, because the report tells of it, is in the report as well.
    """
    report = replace(
        whole,
        headlines=_cut(whole.headlines, SHORT),
        since=_cut(whole.since, SHORT),
        authorities=_cut(whole.authorities, SHORT),
        categories=_cut(whole.categories, SHORT),
        demands=_cut(whole.demands, SHORT),
        chapters=tuple((heading, _cut(entries, SHORT)) for heading, entries in whole.chapters),
    )
    chapters = [entry for _, entries in report.chapters for entry in entries]
    if _lines((*report.demands, *report.authorities, *report.categories, *chapters)) <= PAGES_IN_REPORT * LINES:
        return report, ()
    files = list(_filled(_parts(whole)))
    numbered = (AnnexFile(number, len(files), held) for number, held in enumerate(files, 1))
    return _shortened(report, keep), tuple(numbered)


def _parts(whole: Annex) -> Iterator[Part]:
    """What goes to files, in an order in which one finds it in whichever file it is."""
    yield Part("Joint demands", tuple(sorted(whole.demands, key=lambda entry: (len(entry.name), entry.name))))
    yield Part("Authorities", whole.authorities)
    yield Part("Categories", tuple(sorted(whole.categories, key=lambda entry: entry.name.casefold())))
    for heading, entries in whole.chapters:
        yield Part(heading, tuple(entry for entry in entries if entry.is_part))


def _shortened(report: Annex, keep: Collection[str]) -> Annex:
    chapters = (
        (heading, tuple(entry for entry in entries if not entry.is_part or entry.anchor in keep))
        for heading, entries in report.chapters
    )
    return replace(
        report,
        authorities=tuple(entry for entry in report.authorities if entry.anchor in keep),
        categories=tuple(entry for entry in report.categories if entry.anchor in keep),
        demands=tuple(entry for entry in report.demands if entry.anchor in keep),
        chapters=tuple((heading, entries) for heading, entries in chapters if entries),
    )


def make(
    files: Sequence[AnnexFile],
    *,
    template: str,
    context: Mapping[str, Any],
    at: str,
    limits: Limits,
    tick: Callable[[], None] | None,
    every: float,
) -> tuple[tuple[Made, ...], tuple[Attachment, ...]]:
    """Each file with the template, one after the other and each under these limits. Raises PdfFailed."""
    made, attached = [], []
    for file in files:
        pdf = render_pdf(template=template, context={**context, "file": file}, limits=limits, tick=tick, every=every)
        made.append(Made(file.name, file.holds, pdf.pages))
        attached.append(Attachment(file.name, pdf.content, f"Annex {file.number} of {file.total}: {file.holds}", at))
    return tuple(made), tuple(attached)


def _filled(parts: Iterable[Part]) -> Iterator[tuple[Part, ...]]:
    """What each file holds: the parts in their order, a part that does not fit going on in the next file."""
    held: list[Part] = []
    lines = 0.0
    for part in parts:
        for entry in _cut(part.entries, WHOLE):
            more = _lines((entry,))
            if held and lines + more > PAGES_IN_FILE * LINES:
                yield tuple(held)
                held, lines = [], 0.0
            if not held or held[-1].heading != part.heading:
                held.append(Part(part.heading, ()))
            held[-1] = replace(held[-1], entries=(*held[-1].entries, entry))
            lines += more
    if held:
        yield tuple(held)


def _cut(entries: Iterable[Entry], most: tuple[int, int]) -> tuple[Entry, ...]:
    return tuple(replace(entry, lines=tuple(_cut_line(line, *most) for line in entry.lines)) for entry in entries)


def _cut_line(line: Line, needs: int, contracts: int) -> Line:
    left_out = max(0, len(line.needs) - needs) + max(0, len(line.contracts) - contracts)
    return replace(line, needs=line.needs[:needs], contracts=line.contracts[:contracts], left_out=left_out)


def _lines(entries: Iterable[Entry]) -> float:
    """How many lines these fill, the space between two of them being half a line."""
    return sum(_letters(entry) // LETTERS + 1.5 for entry in entries)


def _letters(entry: Entry) -> int:
    words = sum(len(line.words) + len(line.same_as) + 12 for line in entry.lines)
    references = sum(len(each) + 2 for line in entry.lines for each in (*line.needs, *line.contracts))
    return len(entry.name) + min(len(entry.title), 110) + words + references


def _span(entries: Sequence[Entry]) -> str:
    first, last = entries[0].name, entries[-1].name
    return first if first == last else f"{first} to {last}"
