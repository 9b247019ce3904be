"""manage.py evaluate_folding PATH"""

import csv
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boroughs.queries.supplier_folding import is_one_supplier, likeness, read

COLUMNS = {"name_a", "name_b", "same", "note"}
WRONGLY_FOLDED, NOT_FOLDED = "Folded, and two suppliers", "Not folded, and one supplier"


class Command(BaseCommand):
    help = "Measure on labelled pairs of names how well suppliers' names are folded. Reads only; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="CSV with name_a, name_b, same (1 or 0), note")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        outcomes: Counter[tuple[bool, bool]] = Counter()
        suggested: Counter[bool] = Counter()
        misses: dict[str, list[str]] = {WRONGLY_FOLDED: [], NOT_FOLDED: []}
        for row in _pairs(path):
            first, second, same = row["name_a"], row["name_b"], row["same"] == "1"
            folded = is_one_supplier(first, second)
            reason = "" if folded else likeness(read(first), read(second))
            outcomes[folded, same] += 1
            suggested[same] += bool(reason)
            if folded != same:
                remark = f"{row['note']}; suggested: {reason}" if reason else row["note"]
                misses[WRONGLY_FOLDED if folded else NOT_FOLDED].append(f"  {first} | {second} ({remark})")
        self._say(outcomes, suggested)
        for title, lines in misses.items():
            self.stdout.write("\n".join([f"{title}: {len(lines)}", *lines]))

    def _say(self, outcomes: Counter[tuple[bool, bool]], suggested: Counter[bool]) -> None:
        right, wrong, missed = outcomes[True, True], outcomes[True, False], outcomes[False, True]
        self.stdout.write(f"{outcomes.total()} pairs, {right + missed} of one supplier")
        self.stdout.write(f"precision {_ratio(right, right + wrong)}, recall {_ratio(right, right + missed)}")
        self.stdout.write(
            f"suggested to a person: {suggested[True]} of the {missed} that were not folded,"
            f" and {suggested[False]} pairs of two suppliers"
        )


def _pairs(path: Path) -> list[dict[str, str]]:
    """The labelled pairs. Raises CommandError where the file is not one of these."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    if not set(reader.fieldnames or ()) >= COLUMNS:
        raise CommandError(f"{path} needs the columns name_a, name_b, same, note.")
    for line, row in enumerate(rows, 2):
        if row["same"] not in ("1", "0") or None in row.values():
            raise CommandError(f"{path}, row {line}: “same” is 1 or 0, and no cell may be missing.")
    return rows


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "not measured"
