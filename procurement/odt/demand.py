"""One joint demand as a document that people work on: what its report says, from the bytes of a snapshot alone.

What is changed in it is no record any more; it says so, and names the snapshot that is.
"""

import hashlib
from collections.abc import Iterator
from datetime import date

from procurement.odt import widths
from procurement.odt.document import Block, Column, Style, Table, written
from procurement.picture import facts, moments, one_demand, one_report, words
from procurement.picture.facts import Frozen, Need
from procurement.picture.numbers import Number
from procurement.picture.one_report import Cell, Hidden, Kind, OneReport
from procurement.picture.telling import Telling

# A longer text is cut. Whole it stands in the snapshot.
LONGEST = 300
NUMBERS = (Kind.COUNT, Kind.POUNDS)
NOT_STATED = "Not stated"


def render(content: bytes, *, subject: str, telling: Telling) -> bytes:
    """The joint demand of a reference as a file, by the bytes of a snapshot or of a moment that none was taken of.

    The same arguments give the same file, in any process. Raises LookupError where the snapshot shows no such joint
    demand.
    """
    frozen = facts.from_json(content)
    report = one_demand.report(frozen, subject, telling)
    return written(
        list(_blocks(report, frozen, hashlib.sha256(content).hexdigest())),
        title=f"{report.title} ({report.subject})",
        subject=f"{report.kind}, as at {words.day(report.day)}",
        made_at=frozen.taken_at,
        foot=", ".join(filter(None, (report.subject, frozen.reference, "a copy to work on"))),
    )


def _blocks(report: OneReport, frozen: Frozen, digest: str) -> Iterator[Block | Table]:
    yield Block(Style.TITLE, _cut(report.title))
    yield Block(Style.SUBTITLE, f"{report.kind} {report.subject}, as at {_moment(frozen)}")
    yield Block(Style.INSET, _record(report, frozen))
    yield Block(Style.TEXT, _told(report, frozen))
    yield Block(Style.HEADING, "At a glance")
    figures = tuple((point.name[:1].upper() + point.name[1:], point.figure) for point in report.points)
    yield Table("The figures of this joint demand", (Column("What", 2), Column("Figure", 1, is_number=True)), figures)
    for group in report.groups:
        yield Block(Style.HEADING, group.heading)
        yield from (Block(Style.BULLET, each.text) for each in group.sentences)
    for chapter in report.chapters:
        yield Block(Style.HEADING, chapter.title)
        yield from (Block(Style.TEXT, each.text) for each in chapter.sentences)
        for table in chapter.tables:
            yield Block(Style.CAPTION, table.caption)
            yield _table(table)
    yield Block(Style.HEADING, "How to read it")
    yield from (Block(Style.BULLET, each) for each in (*report.caveats, *_cuts(report)))
    yield Block(Style.HEADING, "Sources")
    yield from (Block(Style.BULLET, each) for each in _sources(report, frozen, digest))


def _record(report: OneReport, frozen: Frozen) -> str:
    if frozen.reference:
        record = f"the record of this day is snapshot {frozen.reference}"
    else:
        record = "it was made from the register as it stood, and no snapshot of that moment was kept"
    return (
        f"This is a copy to work on. What is changed in it is no longer the record: {record}. What holds today is on "
        f"the page of {report.subject}."
    )


def _told(report: OneReport, frozen: Frozen) -> str:
    if report.telling.exact:
        return "It tells the exact figures of every authority: hand it on to nobody who may not see them."
    others = "It tells names, counts, and totals that give no single authority's figure away"
    own = [each.name for each in frozen.facts.authorities if each.slug == report.telling.own]
    if own and any(need.borough == report.telling.own for need in _needs(report, frozen)):
        return f"{others}. Of {own[0]} it tells the exact figures."
    return f"{others}."


def _table(table: one_report.Table) -> Table:
    rows = tuple(
        tuple(_cell(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)) for row in table.rows
    )
    shares = widths.shares([column.head for column in table.columns], rows)
    columns = tuple(
        Column(column.head, share, is_number=column.kind in NUMBERS)
        for column, share in zip(table.columns, shares, strict=True)
    )
    return Table(table.caption, columns, rows)


def _cell(cell: Cell, kind: Kind) -> str:
    value = cell.value if isinstance(cell, Number | Hidden) else cell
    if value is None or value == "":
        return NOT_STATED
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, int):
        return f"£{value:,}" if kind is Kind.POUNDS else words.count(value)
    return _cut(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _cuts(report: OneReport) -> Iterator[str]:
    """What was left out, where anything was."""
    cells = (cell for chapter in report.chapters for table in chapter.tables for row in table.rows for cell in row)
    texts = (report.title, *(cell for cell in cells if isinstance(cell, str)))
    cut = sum(len(text) > LONGEST for text in texts)
    if cut:
        are = "is" if cut == 1 else "are"
        yield f"{words.count(cut, 'text')} of more than {LONGEST} signs {are} cut: “…” stands at its end."


def _sources(report: OneReport, frozen: Frozen, digest: str) -> Iterator[str]:
    taken = _moment(frozen)
    if frozen.reference:
        yield f"Snapshot {frozen.reference}, taken {taken}. SHA-256 {digest}"
    else:
        yield f"The register as it stood {taken}. No snapshot was taken, so that nothing can be checked by a digest."
    run = frozen.facts.run
    if run:
        yield f"Match run {run.number}, engine {run.engine_version}. SHA-256 of what it read {run.digest}"
    needs = [_need(each, report.telling) for each in _needs(report, frozen)]
    revisions = ", with the revision that was read" if any("(" in each for each in needs) else ""
    yield f"Needs{revisions}: {words.listed(needs)}"
    for notice in frozen.facts.notices:
        if notice.demand == report.subject and notice.is_on_board:
            yield f"Notice {notice.reference}, version {notice.version}. SHA-256 {notice.digest}"


def _needs(report: OneReport, frozen: Frozen) -> list[Need]:
    """Those of the joint demand, in the order of their references."""
    members = {
        member.need for each in frozen.facts.demands if each.reference == report.subject for member in each.members
    }
    return [need for need in frozen.facts.needs if need.reference in members]


def _need(need: Need, telling: Telling) -> str:
    """By its reference; how often it was amended is for who reads its figures."""
    is_exact = telling.is_exact_of(need.borough)
    return f"{need.reference} ({need.revision})" if is_exact else need.reference


def _moment(frozen: Frozen) -> str:
    at = frozen.taken_at.astimezone(moments.LONDON)
    return f"{words.day(at.date())}, {at:%H:%M}"
