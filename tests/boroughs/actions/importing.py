"""An import of contracts or needs without a real file: rows as the forms would have read them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from boroughs.actions import data_imports, import_jobs
from boroughs.actions.contract_content import ContractContent
from boroughs.actions.contract_content import as_json as contract_as_json
from boroughs.actions.data_imports import Shape
from boroughs.actions.import_jobs import CheckedRow, Reading
from boroughs.actions.need_content import NeedContent, as_json
from boroughs.models import Borough, DataImport, Work
from boroughs.permissions import COMMAND_LINE, Actor

SHAPE = Shape(format="CSV", columns=("Ref", "What"), mapping={"Ref": "reference", "What": "title"})


def received(borough: Borough, *, noun: str = "CONTRACTS") -> DataImport:
    """A file whose columns are still to be confirmed."""
    return data_imports.receive(
        borough=borough, noun=noun, file_name="register.csv", content=b"x", shape=SHAPE, by=COMMAND_LINE
    )


def contract_row(line: int, reference: str, **said: Any) -> CheckedRow:
    content = ContractContent(**{"title": "Parking"} | said)
    return CheckedRow(line=line, reference=reference, title=content.title, content=contract_as_json(content))


def need_row(line: int, external_id: str, **said: Any) -> CheckedRow:
    content = NeedContent(**{"title": "Parking permits"} | said)
    # Files do not speak of what a person joined on the page.
    told = {name: value for name, value in as_json(content).items() if name != "joins"}
    return CheckedRow(line=line, reference=external_id, title=content.title, content=told)


def refused_row(line: int, *remarks: str) -> CheckedRow:
    return CheckedRow(line=line, content={"Ref": "?"}, remarks=remarks, is_refused=True)


def reader(*rows: CheckedRow) -> Callable[[DataImport, bytes], Reading]:
    """Reads these rows out of any file."""

    def read(data_import: DataImport, content: bytes) -> Reading:
        return Reading(total=len(rows), rows=iter(rows))

    return read


def checked(borough: Borough, *rows: CheckedRow, noun: str = "CONTRACTS", by: Actor = COMMAND_LINE) -> DataImport:
    """A file of these rows after its check."""
    data_import = received(borough, noun=noun)
    data_imports.check(data_import=data_import, mapping=SHAPE.mapping, remembered={}, by=by)
    return done(data_import, *rows)


def applied(borough: Borough, *rows: CheckedRow, noun: str = "CONTRACTS", by: Actor = COMMAND_LINE) -> DataImport:
    """A file of these rows after it was written."""
    data_import = checked(borough, *rows, noun=noun, by=by)
    data_imports.apply(data_import=data_import, by=by)
    return done(data_import)


def undone(data_import: DataImport, *, by: Actor = COMMAND_LINE) -> DataImport:
    data_imports.undo(data_import=data_import, by=by)
    return done(data_import)


def done(data_import: DataImport, *rows: CheckedRow) -> DataImport:
    """The import after the job that was due."""
    import_jobs.run(key=str(data_import.pk), read=reader(*rows))
    data_import.refresh_from_db()
    return data_import


def done_later(data_import: DataImport) -> DataImport:
    """The import after the job, once pauses have passed and the leases of workers that fell silent have run out."""
    passed = timezone.now() - timedelta(seconds=1)
    Work.objects.update(not_before=passed)
    Work.objects.filter(lease_until__isnull=False).update(lease_until=passed)
    return done(data_import)


def broken(*rows: CheckedRow, error: Exception) -> Callable[[DataImport, bytes], Reading]:
    """Reads these rows, and then fails."""

    def read(data_import: DataImport, content: bytes) -> Reading:
        def all_rows() -> Iterator[CheckedRow]:
            yield from rows
            raise error

        return Reading(total=len(rows), rows=all_rows())

    return read
