"""Releases against the official schema and our own integrity checks."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource

from procurement.ocds import integrity, package, release
from procurement.ocds.publisher import Publisher
from procurement.queries.published_notice import NamedBorough, NamedCategory, PublicFigure, PublishedNotice

PUBLISHER = Publisher(
    name="Board", site="https://board.example.org", email="board@example.org", ocid_prefix="ocds-213czf"
)
CAMDEN = NamedBorough("camden", "Camden", "London Borough of Camden", "GB-LAE-CMD", "UKI31", "Central")
BRENT = NamedBorough("brent", "Brent", "London Borough of Brent", "GB-LAE-BEN", "UKI72", "West")
GUEST = NamedBorough("tfl", "TfL", "Transport for London", "", "", "")
NOTICE = PublishedNotice(
    reference="NT-0001",
    number=1,
    demand="JD-0003",
    kind="ENGAGEMENT",
    title="Housing repairs",
    summary="Three boroughs may buy together.",
    problem="Nobody can book.",
    users="Tenants",
    work_done="",
    market_engagement="",
    setup="",
    buying_together="Together.",
    how_to_respond="Write to us.",
    must=("Tenants can book.",),
    should=(),
    differences=(),
    questions_close_date=date(2027, 3, 1),
    closes_date=date(2027, 7, 1),
    start_date=date(2027, 9, 1),
    tender_date=None,
    months=36,
    stage="GATHERING",
    stage_words="Boroughs may still join",
    depth="",
    depth_words="",
    category=NamedCategory("housing-repairs", "Housing repairs", "Housing"),
    cpv=("48000000", "72000000"),
    lead=CAMDEN,
    boroughs=(BRENT, CAMDEN, GUEST),
    users_total=PublicFigure(value=1203),
    budget_min_total=PublicFigure(low=350_000, high=400_000),
    budget_max_total=PublicFigure(low=700_000, high=750_000),
    contact=None,
    questions=(),
    engagement=(),
    is_withdrawn=False,
    published_at=datetime(2027, 1, 18, 9, 0, 0, 123456, tzinfo=UTC),
    first_published_at=datetime(2027, 1, 18, 9, 0, 0, 123456, tzinfo=UTC),
    reason="",
    digest="d",
    previous_digest="",
    version_id=1,
    is_current=True,
    state="OPEN",
    state_words="Open",
    kind_words="Early market engagement",
)


@pytest.fixture(scope="module")
def validator(shared_data: Path) -> Iterator[Draft4Validator]:
    """The official schema, with formats; nothing may be fetched."""
    folder = shared_data / "ocds" / "schema"
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    registry: Registry[Any] = Registry().with_resources(
        (schema["id"], Resource.from_contents(schema)) for schema in schemas if "id" in schema
    )
    packages = json.loads((folder / "release-package-schema.json").read_text(encoding="utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", None)
        yield Draft4Validator(packages, registry=registry, format_checker=FormatChecker())


def built(notice: PublishedNotice = NOTICE, *, is_first: bool = True) -> dict[str, Any]:
    return release.build(notice, publisher=PUBLISHER, is_first=is_first)


def wrapped(*releases: dict[str, Any]) -> dict[str, Any]:
    return package.build(releases, uri=f"{PUBLISHER.site}/package", publisher=PUBLISHER)


def errors(validator: Draft4Validator, value: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_package_is_valid_and_holds_together(validator: Draft4Validator) -> None:
    withdrawn = replace(
        NOTICE,
        number=2,
        is_withdrawn=True,
        reason="The boroughs chose another way.",
        published_at=datetime(2027, 2, 1, tzinfo=UTC),
    )
    releases = [built(), built(withdrawn, is_first=False)]
    assert errors(validator, wrapped(*releases)) == []
    assert integrity.faults(releases) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tender", "status"), "unknown"),
        (("date",), "2027-01-18"),
        (("date",), "2027-01-18T09:00:00"),
        (("planning", "documents", 0, "url"), "not a uri"),
        (("tender", "value", "amount"), "a lot"),
        (("ocid",), None),
    ],
)
def test_schema_check_can_fail(validator: Draft4Validator, path: tuple[str | int, ...], value: object) -> None:
    """The negative control: formats are really checked, and the schema is really that of releases."""
    broken: Any = built()
    holder = broken
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert errors(validator, wrapped(broken))


def test_release_says_who_leads_and_what_may_be_known() -> None:
    made = built()
    assert (made["ocid"], made["id"]) == ("ocds-213czf-jd-0003", "ocds-213czf-jd-0003-nt-0001-1")
    assert made["date"] == "2027-01-18T09:00:00.123456Z"
    assert (made["tag"], made["tender"]["status"]) == (["planning"], "planning")
    assert made["buyer"] == {"id": "GB-LAE-CMD", "name": "London Borough of Camden"}
    roles = {party["id"]: party["roles"] for party in made["parties"]}
    assert roles == {
        "GB-LAE-BEN": ["buyer"],
        "GB-LAE-CMD": ["buyer", "leadBuyer"],
        "XX-LOTI-tfl": ["buyer"],
        "XX-LOTI-BOARD": ["procurementServiceProvider"],
    }
    assert "not a call for competition" in made["description"]
    assert made["tender"]["minValue"] == {"amount": 350_000, "currency": "GBP"}
    assert made["tender"]["value"] == {"amount": 750_000, "currency": "GBP"}
    assert "Users in all: 1,203." in made["planning"]["budget"]["description"]
    assert [item["id"] for item in made["tender"]["items"]] == ["1-BEN", "1-CMD", "1-tfl"]
    assert all("quantity" not in item for item in made["tender"]["items"])


def test_release_dates_end_with_the_london_day() -> None:
    engagement, questions = built()["planning"]["milestones"]
    assert (engagement["id"], engagement["dueDate"]) == ("engagement", "2027-07-01T23:59:59+01:00")
    assert questions["dueDate"] == "2027-03-01T23:59:59+00:00"


def test_release_of_a_withdrawal_says_so() -> None:
    made = built(replace(NOTICE, is_withdrawn=True, reason="Why.", number=2), is_first=False)
    assert (made["tag"], made["tender"]["status"]) == (["planningUpdate"], "withdrawn")
    assert made["description"].startswith("Why.")
    assert {milestone["status"] for milestone in made["planning"]["milestones"]} == {"notMet"}


def test_release_without_totals_has_no_value() -> None:
    made = built(replace(NOTICE, users_total=None, budget_min_total=None, budget_max_total=None))
    assert "budget" not in made["planning"]
    assert not {"value", "minValue"} & set(made["tender"])


def test_preview_is_never_released() -> None:
    with pytest.raises(ValueError, match="preview"):
        built(replace(NOTICE, published_at=None))


TEXT = st.text(max_size=40)
LINES = st.lists(TEXT, max_size=4).map(tuple)
FIGURES = st.none() | st.builds(PublicFigure, value=st.integers(0, 10**12))


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(TEXT, min_size=7, max_size=7),
    must=LINES,
    boroughs=st.lists(st.sampled_from([CAMDEN, BRENT, GUEST]), min_size=1, max_size=3, unique=True),
    start=st.none() | st.dates(date(2000, 1, 1), date(2150, 1, 1)),
    months=st.none() | st.integers(1, 240),
    totals=st.tuples(FIGURES, FIGURES, FIGURES),
    cpv=st.lists(st.sampled_from(["48000000", "72000000"]), unique=True, max_size=2).map(tuple),
    has_category=st.booleans(),
    is_withdrawn=st.booleans(),
)
def test_any_notice_gives_a_valid_release(
    validator: Draft4Validator,
    texts: list[str],
    must: tuple[str, ...],
    boroughs: list[NamedBorough],
    start: date | None,
    months: int | None,
    totals: tuple[PublicFigure | None, PublicFigure | None, PublicFigure | None],
    cpv: tuple[str, ...],
    has_category: bool,
    is_withdrawn: bool,
) -> None:
    made = built(
        replace(
            NOTICE,
            title=texts[0] or "A title",
            summary=texts[1],
            problem=texts[2],
            users=texts[3],
            work_done=texts[4],
            market_engagement=texts[5],
            buying_together=texts[6],
            must=must,
            lead=boroughs[0],
            boroughs=tuple(boroughs),
            start_date=start,
            months=months,
            users_total=totals[0],
            budget_min_total=totals[1],
            budget_max_total=totals[2],
            cpv=cpv,
            category=NOTICE.category if has_category else None,
            is_withdrawn=is_withdrawn,
        )
    )
    assert errors(validator, wrapped(made)) == []
    assert integrity.faults([made]) == []
