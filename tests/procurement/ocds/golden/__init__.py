"""A story whose open data is kept byte by byte: what readers of the open data would see change is seen in a review.

`python -m tests.procurement.ocds.golden` writes the files anew, after a change of the mapping that is meant.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from procurement.ocds import package, record
from procurement.queries.published_notice import PublicFigure, PublicQuestion, PublishedNotice
from tests.procurement.ocds.test_release import BRENT, CAMDEN, GUEST, NOTICE, PUBLISHER, history

FOLDER = Path(__file__).parent


def story() -> list[PublishedNotice]:
    """Published by three; corrected when one has left, a date is given up and a question is answered; withdrawn."""
    first = replace(
        NOTICE,
        summary="Three authorities may buy “repairs” together; naïve <markup> stays text.",
        work_done="We asked 200 tenants.",
        setup="Offices in three boroughs.",
        differences=("One authority asks for a link to its depot.",),
        tender_date=date(2027, 6, 1),
    )
    corrected = replace(
        first,
        number=2,
        kind="PLANNED",
        kind_words="Planned procurement",
        lead=BRENT,
        boroughs=(BRENT, GUEST),
        tender_date=None,
        months=24,
        users_total=None,
        budget_min_total=None,
        budget_max_total=PublicFigure(value=600_000),
        questions=(
            PublicQuestion(1, date(2027, 2, 1), "May we visit?", "Yes.", date(2027, 2, 3), date(2027, 2, 9)),
            PublicQuestion(2, date(2027, 2, 2), "How many depots?", "Four.", date(2027, 2, 3), None),
        ),
        published_at=datetime(2027, 2, 9, 10, 30, tzinfo=UTC),
        reason=f"{CAMDEN.name} left.",
    )
    withdrawn = replace(
        corrected,
        number=3,
        is_withdrawn=True,
        published_at=datetime(2027, 4, 1, 8, 0, 0, 1, tzinfo=UTC),
        reason="The authorities chose another way.",
    )
    return [first, corrected, withdrawn]


def files() -> dict[str, str]:
    """Name of each file → what stands in it."""
    releases = history(*story())
    uri = PUBLISHER.package_url(releases[0]["ocid"])
    made: dict[str, Any] = {
        "releases.json": package.build(releases, uri=uri, publisher=PUBLISHER),
        "record.json": record.build(releases, publisher=PUBLISHER),
    }
    return {name: json.dumps(value, ensure_ascii=False, indent=2) + "\n" for name, value in made.items()}


def write() -> None:
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name} written\n")
