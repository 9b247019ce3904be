"""Measures an import of a contract register: `python benchmarks/imports.py --rows 10000`.

A register of so many rows, three in a hundred of them wrong, comes in as CSV and as XLSX: reading and checking (what
the preview waits for), applying beside a bare `bulk_create` of the same entries, and undoing. Wall time in one process
on an SQLite file, one round after the other; for the ratio the bare insert is measured in the same run.
"""

from __future__ import annotations

import argparse
import csv
import io
import logging
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["LOTI_ENV"] = "test"
os.environ["LOTI_VAR_DIR"] = tempfile.mkdtemp(prefix="loti-imports-")
os.environ.pop("DATABASE_URL", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loti.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from boroughs.actions import data_imports, import_jobs, reference  # noqa: E402
from boroughs.actions.contract_content import categories_of, from_json  # noqa: E402
from boroughs.forms import import_reading  # noqa: E402
from boroughs.models import Borough, Contract, DataImport  # noqa: E402
from boroughs.permissions import COMMAND_LINE  # noqa: E402
from tests.boroughs.forms.workbooks import SheetOf, workbook  # noqa: E402

HEADINGS = (
    "Contract Ref",
    "Title",
    "System",
    "Supplier",
    "Department",
    "Category",
    "Start date",
    "End date",
    "Extension options",
    "Notice period",
    "Annual cost",
    "Comments",
)
WRONG = 33  # each so many-th row has a date that is none


def rows(count: int) -> list[list[str]]:
    """A register as text, the same at every call."""
    return [
        [
            f"LBC/{number:05}",
            f"Contract {number} for a system of the council",
            f"System {number % 300}",
            f"Supplier {number % 400} Ltd",
            "Resources",
            "parking",
            "01/04/2023",
            "31/13/2027" if number % WRONG == 0 else "31/03/2028",
            "12 + 12",
            "6 months",
            f"£{1_000 + number:,}",
            "As before",
        ]
        for number in range(count)
    ]


def files(count: int) -> dict[str, bytes]:
    """The register in each format."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *rows(count)])
    return {"register.csv": text.getvalue().encode(), "register.xlsx": workbook(SheetOf([HEADINGS, *rows(count)]))}


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def bare(data_import: DataImport) -> float:
    """Seconds that inserting the same entries takes when nothing else is done; they are gone afterwards."""
    stored = list(data_import.rows.filter(verdict="NEW"))
    categories = categories_of(row.content for row in stored)
    entries = [
        Contract(
            borough=data_import.borough,
            reference=row.reference,
            **from_json(row.content, categories=categories).fields(),
        )
        for row in stored
    ]
    with transaction.atomic():
        seconds, _ = timed(lambda: Contract.objects.bulk_create(entries, batch_size=500))
        transaction.set_rollback(True)
    return seconds


def measured(name: str, content: bytes, borough: Borough) -> dict[str, Any]:
    """Seconds of each step of one import."""
    described_in, described = timed(lambda: import_reading.describe(content, name, noun="CONTRACTS"))
    data_import = data_imports.receive(
        borough=borough, noun="CONTRACTS", file_name=name, content=content, shape=described.shape, by=COMMAND_LINE
    )

    def job() -> None:
        import_jobs.run(key=str(data_import.pk), read=import_reading.read)
        data_import.refresh_from_db()

    data_imports.check(data_import=data_import, mapping=described.shape.mapping, remembered={}, by=COMMAND_LINE)
    checked_in, _ = timed(job)
    counts = (data_import.new, data_import.refused)
    bare_in = bare(data_import)
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    applied_in, _ = timed(job)
    if data_import.status != DataImport.Status.APPLIED:
        raise SystemExit(f"The import is {data_import.get_status_display().lower()}: {data_import.error}")
    data_imports.undo(data_import=data_import, by=COMMAND_LINE)
    undone_in, _ = timed(job)
    return {
        "new, refused": counts,
        "look at the file": f"{described_in:.2f} s",
        "read and check": f"{checked_in:.2f} s",
        "bare insert": f"{bare_in:.2f} s",
        "apply": f"{applied_in:.2f} s, {applied_in / bare_in:.1f} times the bare insert",
        "undo": f"{undone_in:.2f} s",
    }


def main() -> None:
    """Import, apply, undo, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000, help="of the register (default: %(default)s)")
    options = parser.parse_args()
    # There is no broker here to take the bells.
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    reference.load()
    for name, content in files(options.rows).items():
        sys.stdout.write(f"{name}, {len(content) / 1024:,.0f} KiB\n")
        for step, figure in measured(name, content, Borough.objects.get(slug="camden")).items():
            sys.stdout.write(f"  {step}: {figure}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory: {peak:,.0f} MiB\n")


if __name__ == "__main__":
    main()
