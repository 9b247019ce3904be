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
from procurement.queries.published_notice import (
    NamedBorough,
    NamedCategory,
    PublicFigure,
    PublicQuestion,
    PublishedNotice,
)

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


def built(notice: PublishedNotice = NOTICE, *earlier: PublishedNotice) -> dict[str, Any]:
    """The release of a version, after those of `earlier` ones about the same joint demand."""
    return history(*earlier, notice)[-1]


def history(*notices: PublishedNotice) -> list[dict[str, Any]]:
    """The releases of all versions of a joint demand, oldest first."""
    found, before = [], None
    for each in notices:
        found.append(release.build(each, publisher=PUBLISHER, earlier=before))
        before = release.state(each, publisher=PUBLISHER, earlier=before)
    return found


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
    releases = history(NOTICE, withdrawn)
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
    made = built(replace(NOTICE, is_withdrawn=True, reason="Why.", number=2), NOTICE)
    assert (made["tag"], made["tender"]["status"]) == (["planningUpdate"], "withdrawn")
    assert made["description"].startswith("Why.")
    assert {milestone["status"] for milestone in made["planning"]["milestones"]} == {"notMet"}


def test_release_without_totals_has_no_value() -> None:
    made = built(replace(NOTICE, users_total=None, budget_min_total=None, budget_max_total=None))
    assert "budget" not in made["planning"]
    assert not {"value", "minValue"} & set(made["tender"])


def test_page_and_pdf_of_the_version_are_its_documents() -> None:
    page, pdf = built(replace(NOTICE, number=2, kind="PLANNED"), NOTICE)["planning"]["documents"]
    assert (page["id"], page["format"], pdf["id"], pdf["format"]) == (
        "nt-0001",
        "text/html",
        "nt-0001-pdf",
        "application/pdf",
    )
    assert page["url"] == "https://board.example.org/notices/NT-0001/versions/2/"
    assert pdf["url"] == f"{page['url']}notice.pdf"
    assert {page["documentType"], pdf["documentType"]} == {"plannedProcurementNotice"}
    assert "noticeType" not in page


def test_planned_procurement_tells_when_the_tender_notice_comes() -> None:
    made = built(replace(NOTICE, kind="PLANNED", tender_date=date(2027, 6, 1)))
    assert made["tender"]["status"] == "planned"
    assert made["tender"]["communication"] == {"futureNoticeDate": "2027-06-01T00:00:00+01:00"}
    tender = made["planning"]["milestones"][-1]
    assert (tender["id"], tender["type"], tender["dueDate"]) == (
        "tender-notice",
        "preProcurement",
        "2027-06-01T23:59:59+01:00",
    )


def test_milestone_that_had_passed_is_met() -> None:
    late = replace(NOTICE, number=2, published_at=datetime(2027, 3, 2, 0, 30, tzinfo=UTC))
    statuses = {each["id"]: each["status"] for each in built(late, NOTICE)["planning"]["milestones"]}
    assert statuses == {"engagement": "scheduled", "questions": "met"}


QUESTIONS = (
    PublicQuestion(1, date(2027, 2, 1), "May we visit?", "Yes.", date(2027, 2, 3), date(2027, 6, 4)),
    PublicQuestion(2, date(2027, 2, 2), "How many depots?", "Four.", date(2027, 2, 3), None),
)


def test_version_that_answers_nothing_says_nothing_of_questions() -> None:
    assert not {"enquiries", "hasEnquiries", "enquiryPeriod"} & set(built()["tender"])


def test_questions_are_published_without_who_asked(validator: Draft4Validator) -> None:
    made = built(replace(NOTICE, questions=QUESTIONS))
    assert made["tender"]["enquiryPeriod"] == {
        "startDate": "2027-01-18T09:00:00.123456Z",
        "endDate": "2027-03-01T23:59:59+00:00",
    }
    assert made["tender"]["hasEnquiries"] is True
    corrected, answered = made["tender"]["enquiries"]
    assert corrected == {
        "id": "nt-0001-1",
        "date": "2027-02-01T00:00:00+00:00",
        "title": "Question 1",
        "description": "May we visit?",
        "answer": "Yes.",
        "dateAnswered": "2027-06-04T00:00:00+01:00",
    }
    assert answered["dateAnswered"] == "2027-02-03T00:00:00+00:00"
    assert errors(validator, wrapped(made)) == []
    assert integrity.faults([made]) == []


def test_codes_are_those_of_the_standard(shared_data: Path) -> None:
    lists = json.loads((shared_data / "ocds" / "codelists.json").read_text(encoding="utf-8"))
    for name, used in {
        "partyRole.csv": integrity.ROLES,
        "documentType.csv": integrity.DOCUMENT_TYPES,
        "milestoneType.csv": integrity.MILESTONE_TYPES,
        "milestoneStatus.csv": integrity.MILESTONE_STATUSES,
        "tenderStatus.csv": integrity.STATUSES,
        "releaseTag.csv": integrity.TAGS,
    }.items():
        assert used <= set(lists[name]), name


def test_preview_is_never_released() -> None:
    with pytest.raises(ValueError, match="preview"):
        built(replace(NOTICE, published_at=None))


TEXT = st.text(max_size=40)
LINES = st.lists(TEXT, max_size=4).map(tuple)
FIGURES = st.none() | st.builds(PublicFigure, value=st.integers(0, 10**12)) | st.just(PublicFigure(low=0, high=50_000))
DAYS = st.dates(date(2000, 1, 1), date(2150, 1, 1))
ASKED = st.lists(
    st.builds(
        PublicQuestion,
        number=st.integers(1, 99),
        asked_on=DAYS,
        question=TEXT.map(lambda text: text or "?"),
        answer=TEXT,
        answered_on=DAYS,
        corrected_on=st.none() | DAYS,
    ),
    max_size=3,
    unique_by=lambda question: question.number,
).map(tuple)
VERSIONS = st.builds(
    lambda boroughs, **said: replace(NOTICE, lead=boroughs[0], boroughs=tuple(boroughs), **said),
    boroughs=st.lists(st.sampled_from([CAMDEN, BRENT, GUEST]), min_size=1, max_size=3, unique=True),
    kind=st.sampled_from(sorted(release.STATUSES)),
    title=TEXT.map(lambda text: text or "A title"),
    problem=TEXT,
    must=LINES,
    should=LINES,
    differences=LINES,
    start_date=st.none() | DAYS,
    tender_date=st.none() | DAYS,
    months=st.none() | st.integers(1, 240),
    users_total=FIGURES,
    budget_min_total=FIGURES,
    budget_max_total=FIGURES,
    cpv=st.lists(st.sampled_from(["48000000", "72000000"]), unique=True, max_size=2).map(tuple),
    category=st.none() | st.just(NOTICE.category),
    questions=ASKED,
    is_withdrawn=st.booleans(),
    **dict.fromkeys(
        ("summary", "users", "work_done", "market_engagement", "setup", "buying_together", "how_to_respond"), TEXT
    ),
)


def following(versions: list[PublishedNotice]) -> list[PublishedNotice]:
    """As versions of one notice, a day after each other."""
    return [
        replace(each, number=place, published_at=datetime(2027, 1, 18 + place, tzinfo=UTC))
        for place, each in enumerate(versions, start=1)
    ]


HISTORIES = st.lists(VERSIONS, min_size=1, max_size=3).map(following)


@settings(max_examples=40)
@given(versions=HISTORIES)
def test_any_notice_gives_valid_releases(validator: Draft4Validator, versions: list[PublishedNotice]) -> None:
    releases = history(*versions)
    assert errors(validator, wrapped(*releases)) == []
    assert integrity.faults(releases) == []
