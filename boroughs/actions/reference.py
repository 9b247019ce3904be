"""Loading the reference data that the project ships: the 33 authorities and the categories."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from boroughs.models import Borough, Category

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Loaded:
    boroughs: int
    categories: int


@transaction.atomic
def load() -> Loaded:
    """Write the shipped authorities and categories; run again after an upgrade, it changes only what differs."""
    boroughs = categories = 0
    for row in _rows("authorities.csv"):
        Borough.objects.update_or_create(
            slug=row["slug"],
            defaults={
                "kind": Borough.Kind.LONDON,
                "ons_code": row["code"],
                "name": row["name"],
                "official_name": row["official_name"],
                "org_id": row["org_id"],
                "abbreviation": row["abbreviation"],
                "tile_row": int(row["tile_row"]),
                "tile_column": int(row["tile_column"]),
                "is_inner": row["inner"] == "yes",
                "region": row["region"],
                "sub_region": row["sub_region"],
            },
        )
        boroughs += 1
    for row in _rows("categories.csv"):
        Category.objects.update_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "area": row["area"],
                "cpv": _parts(row["cpv"]),
                "synonyms": _parts(row["synonyms"]),
            },
        )
        categories += 1
    return Loaded(boroughs=boroughs, categories=categories)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
