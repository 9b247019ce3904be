"""The walk along the chain of published versions that finds a change of one byte, and whatever is filed wrongly.

Nothing is read that need not be: the digest is made of the bytes as they are stored, and the columns by which the board
filters are looked for in them. Canonical JSON has one spelling for each value, and its quotation marks are escaped
inside texts, so `,"title":"…"` can only be the title. Where a column is not found so, the content is read after all:
it may be of an older format, and only then it is a fault. The database answers in texts as they stand in canonical
JSON, since making dates of a hundred thousand rows only to write them down again takes longer than all the digests.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Aggregate, Case, Func, TextField, Value, When

from boroughs.models import Borough
from procurement.models import Notice, NoticeContact, NoticeVersion
from procurement.queries import chain, public_content

# Versions in memory at a time.
CHUNK = 2000
SLUG = re.compile(r',"slug":"([^"]*)"')


@dataclass(frozen=True)
class Verified:
    # Versions that verify, from the first to the first fault.
    versions: int
    # Digest of the last version that verifies; "" on an empty board.
    head: str
    # What is wrong, in words, each with the version's name.
    faults: tuple[str, ...]


class Row(NamedTuple):
    """A version as it is stored; the names are those of the columns, with an underscore where `TEXTS` writes them."""

    pk: int
    notice_id: int
    notice__reference: str
    number: int
    canonical: str
    digest: str
    previous_digest: str
    published_at_: str
    reason: str
    is_withdrawal_: str
    title: str
    kind: str
    stage: str
    category_slug: str
    questions_close_date_: str
    closes_date_: str
    start_date_: str | None
    value_low: int | None
    value_high: int | None
    contact__digest: str | None

    @property
    def name(self) -> str:
        return f"{self.notice__reference} version {self.number}"


FILED = Row._fields[Row._fields.index("is_withdrawal_") : Row._fields.index("contact__digest")]


class _Day(Func):
    """A date as "2027-01-18"."""

    template = "to_char(%(expressions)s, 'YYYY-MM-DD')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, Any]:
        # It is stored so; the cast keeps the driver from making a date of it.
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS text)")


class _Moment(Func):
    """A time as `canonical_json.moment` writes it."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, Any]:
        # It is stored with a blank for the T and, on the full second, without the six places behind it.
        stored = "replace(%(expressions)s, ' ', 'T')"
        places = "CASE length(%(expressions)s) WHEN 19 THEN '.000000Z' ELSE 'Z' END"
        return self.as_sql(compiler, connection, template=f"{stored} || {places}")


class _Keys(Aggregate):
    """Whole numbers with commas between them, in no order."""

    template = "string_agg(%(expressions)s::text, ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="group_concat(%(expressions)s)", **extra_context)


TEXTS = {
    "published_at_": _Moment("published_at"),
    "is_withdrawal_": Case(When(is_withdrawal=True, then=Value("true")), default=Value("false")),
    "questions_close_date_": _Day("questions_close_date"),
    "closes_date_": _Day("closes_date"),
    "start_date_": _Day("start_date"),
}


def verify() -> Verified:
    """Walk the whole chain in order of publication. Stops at the first broken digest: what follows hangs on it."""
    previous = ""
    count = 0
    # By notice: number and key of its newest version.
    newest: dict[int, tuple[int, int]] = {}
    for row, boroughs in _rows():
        fault = _fault(row, previous, newest.get(row.notice_id, (0, 0))[0], boroughs)
        if fault:
            return Verified(versions=count, head=previous, faults=(fault,))
        newest[row.notice_id] = (row.number, row.pk)
        previous = row.digest
        count += 1
    return Verified(versions=count, head=previous, faults=(*_heads_missing(newest), *_contacts_changed()))


def _rows() -> Iterator[tuple[Row, list[str]]]:
    """Every version in order of publication with the slugs of the boroughs under which it is filed, in order."""
    slugs = {str(key): slug for key, slug in Borough.objects.values_list("pk", "slug")}
    versions = NoticeVersion.objects.annotate(**TEXTS).order_by("pk").values_list(*Row._fields)
    through: Any = NoticeVersion.boroughs.through.objects.order_by("noticeversion_id").values("noticeversion_id")
    filed = through.annotate(keys=_Keys("borough_id")).values_list("noticeversion_id", "keys")
    last = 0
    while True:
        # Page by page along the key, so that a page's boroughs can be asked for by the same range.
        page = [Row._make(row) for row in versions.filter(pk__gt=last)[:CHUNK]]
        if not page:
            return
        first, last = page[0].pk, page[-1].pk
        keys = dict(filed.filter(noticeversion_id__gte=first, noticeversion_id__lte=last))
        for row in page:
            yield row, sorted([slugs[key] for key in keys[row.pk].split(",")] if row.pk in keys else [])


def _fault(row: Row, previous: str, last_number: int, boroughs: list[str]) -> str:
    """What is wrong with a version, in words; "" where nothing is."""
    if row.previous_digest != previous:
        return f"{row.name} does not follow the version before it: one was removed, added or moved."
    computed = chain.digest(
        reference=row.notice__reference,
        number=row.number,
        canonical=row.canonical,
        published_at=row.published_at_,
        reason=row.reason,
        previous_digest=row.previous_digest,
    )
    if computed != row.digest:
        return f"{row.name} was changed after it was published: its digest does not match."
    if row.number != last_number + 1:
        return f"{row.name} should be version {last_number + 1} of its notice."
    if not _is_filed(row, boroughs) and not _is_filed_as_read(row, boroughs):
        return f"{row.name} is filed under other values than it shows."
    return ""


def _is_filed(row: Row, boroughs: list[str]) -> bool:
    """Whether each column is found in the bytes, written as there. Of content of format 1 it never is: no contact."""
    canonical = row.canonical
    # Keys are sorted: the boroughs come first, and a category's last key is its slug.
    start, end = canonical.partition(',"budget_max_total":')[::2]
    return (
        _starts_with_figure(end, row)
        and sorted(SLUG.findall(start)) == boroughs
        and _category(row) in end
        and f',"contact":{_text(row.contact__digest)},"' in end
        and f',"is_withdrawn":{row.is_withdrawal_},"kind":"{row.kind}",' in end
        and f',"questions_close_date":"{row.questions_close_date_}",' in end
        and f',"stage":"{row.stage}","start_date":{_text(row.start_date_)},' in end
        and f',"title":{chain.text(row.title)},' in end
    )


def _category(row: Row) -> str:
    closes = f',"closes_date":"{row.closes_date_}",'
    return f',"slug":"{row.category_slug}"}}{closes}' if row.category_slug else f',"category":null{closes}'


def _starts_with_figure(end: str, row: Row) -> bool:
    """The highest total as `public_content.columns` read it; a plain value is a band of one pound."""
    low, high = row.value_low, row.value_high
    if low is None or high is None:
        return end.startswith("null,")
    figure = f'"value":{low}}},' if high == low + 1 else f'"high":{high},"low":{low}}},'
    # The version of which it is true, where that is an older one, stands before it.
    return end.startswith(figure, end.find(",") + 1 if end.startswith('{"as_at":') else 1)


def _text(value: str | None) -> str:
    return "null" if value is None else f'"{value}"'


def _is_filed_as_read(row: Row, boroughs: list[str]) -> bool:
    content = json.loads(row.canonical)
    read = {name: _stored(value) for name, value in public_content.columns(content).items()}
    return (
        {name.rstrip("_"): getattr(row, name) for name in FILED} == read
        and boroughs == sorted(public_content.slugs(content))
        and row.contact__digest == content.get("contact")
    )


def _stored(value: object) -> object:
    """As a row has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


def _heads_missing(newest: Mapping[int, tuple[int, int]]) -> list[str]:
    """A version cut off at the end breaks no digest, but its notice still points to it or is published without one."""
    shown = Notice.objects.published().order_by("pk").values_list("pk", "reference", "current_id")
    return [
        f"{reference} does not show its newest version."
        for key, reference, current in shown
        if newest.get(key, (0, 0))[1] != current
    ]


def _contacts_changed() -> list[str]:
    """Contacts are kept beside the versions, which hold their digests: another name or address shows."""
    rows: Any = NoticeContact.objects.filter(erased_at__isnull=True).order_by("pk")
    return [
        f"Contact {pk} was changed after it was written down."
        for pk, digest, salt, name, email in rows.values_list("pk", "digest", "salt", "name", "email")
        if chain.contact_digest(salt, name, email) != digest
    ]
