"""What somebody has who merges all releases of a joint demand is what holds now."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft4Validator, FormatChecker
from ocdsmerge import Merger
from ocdsmerge.rules import get_merge_rules
from referencing import Registry, Resource

from procurement.ocds import integrity, merging, record, release
from procurement.ocds.pruning import prune
from procurement.queries.published_notice import PublishedNotice
from tests.procurement.ocds.test_release import (
    BRENT,
    CAMDEN,
    GUEST,
    HISTORIES,
    NOTICE,
    PUBLISHER,
    QUESTIONS,
    history,
)

# A figure, the start and its length, a borough and the category go; a question, a date and another lead come.
POORER = replace(
    NOTICE,
    number=2,
    published_at=datetime(2027, 2, 1, tzinfo=UTC),
    reason="Camden left.",
    lead=BRENT,
    boroughs=(BRENT, GUEST),
    budget_min_total=None,
    budget_max_total=None,
    users_total=None,
    start_date=None,
    cpv=(),
    tender_date=date(2027, 6, 1),
    questions=QUESTIONS,
)
RICHER = replace(NOTICE, number=3, published_at=datetime(2027, 3, 1, tzinfo=UTC), tender_date=None, questions=QUESTIONS)


def settled(value: Any) -> Any:
    """Lists whose entries have ids come in no order."""
    if isinstance(value, dict):
        return {key: settled(item) for key, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]:
        return sorted(map(settled, value), key=lambda item: str(item["id"]))
    return value


def present(*versions: PublishedNotice) -> Any:
    """What holds after these versions, straight from them."""
    state = None
    for each in versions:
        state = release.state(each, publisher=PUBLISHER, earlier=state)
    return state


def holding(compiled: dict[str, Any]) -> dict[str, Any]:
    """A compiled release without what it has of its own."""
    return {key: value for key, value in compiled.items() if key not in ("id", "date", "tag")}


@pytest.fixture(scope="module")
def schemas(shared_data: Path) -> dict[str, Any]:
    """The official schemas by the name of their file."""
    folder = shared_data / "ocds" / "schema"
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


@pytest.fixture(scope="module")
def official(schemas: dict[str, Any]) -> Merger:
    """A merge that knows the whole schema."""
    return Merger(merge_rules=get_merge_rules(schemas["release-schema.json"]))


@pytest.mark.parametrize("versions", [(NOTICE,), (NOTICE, POORER), (NOTICE, POORER, RICHER)])
def test_merged_releases_are_what_holds_now(versions: tuple[PublishedNotice, ...]) -> None:
    compiled = merging.compiled(history(*versions))
    assert compiled["tag"] == ["compiled"]
    assert settled(holding(compiled)) == settled(present(*versions))


def test_without_taking_back_a_merge_would_keep_what_is_gone() -> None:
    """The negative control: releases that only say what their version says merge to something else."""
    plain = [{**history(each)[0], "id": str(number)} for number, each in enumerate((NOTICE, POORER))]
    compiled = merging.compiled(plain)
    assert "value" in compiled["tender"]
    assert settled(holding(compiled)) != settled(present(NOTICE, POORER))


@settings(max_examples=100)
@given(versions=HISTORIES)
def test_any_releases_merge_to_what_holds_now(official: Merger, versions: list[PublishedNotice]) -> None:
    releases = history(*versions)
    compiled = merging.compiled(releases)
    assert settled(holding(compiled)) == settled(present(*versions))
    # Our few rules do what the whole schema would.
    assert compiled == prune(official.create_compiled_release(releases))


def test_borough_that_left_stays_as_an_interested_party() -> None:
    compiled = merging.compiled(history(NOTICE, POORER))
    parties = {party["id"]: party for party in compiled["parties"]}
    assert parties["GB-LAE-CMD"]["roles"] == ["interestedParty"]
    assert parties["GB-LAE-CMD"]["roleDetails"] == "No longer takes part since 2027-02-01"
    assert {item["id"]: item.get("quantity") for item in compiled["tender"]["items"]} == {
        "1-BEN": None,
        "1-CMD": 0,
        "1-tfl": None,
    }


def test_day_on_which_a_borough_left_stays_and_its_return_is_told() -> None:
    later = replace(POORER, number=3, published_at=datetime(2027, 2, 9, tzinfo=UTC))
    camden = next(party for party in history(NOTICE, POORER, later)[-1]["parties"] if party["id"] == "GB-LAE-CMD")
    assert camden["roleDetails"] == "No longer takes part since 2027-02-01"
    compiled = merging.compiled(history(NOTICE, POORER, RICHER))
    camden = next(party for party in compiled["parties"] if party["id"] == "GB-LAE-CMD")
    assert camden["roles"] == ["buyer", "leadBuyer"]
    assert all("quantity" not in item for item in compiled["tender"]["items"])


def test_date_that_was_given_up_is_not_met() -> None:
    compiled = merging.compiled(history(NOTICE, POORER, RICHER))
    tender = next(each for each in compiled["planning"]["milestones"] if each["id"] == "tender-notice")
    assert (tender["status"], "dueDate" in tender) == ("notMet", False)
    assert "communication" not in compiled["tender"]


def test_questions_of_a_notice_that_was_replaced_stay() -> None:
    first = replace(NOTICE, questions=QUESTIONS)
    second = replace(NOTICE, reference="NT-0009", boroughs=(CAMDEN, BRENT), published_at=POORER.published_at)
    compiled = merging.compiled(history(first, replace(second, questions=QUESTIONS[:1])))
    assert [each["id"] for each in compiled["tender"]["enquiries"]] == ["nt-0001-1", "nt-0001-2", "nt-0009-1"]
    assert {each["id"] for each in compiled["planning"]["documents"]} == {
        "nt-0001",
        "nt-0001-pdf",
        "nt-0009",
        "nt-0009-pdf",
    }


def test_null_stands_only_where_something_is_taken_back() -> None:
    assert "null" not in json.dumps(history(NOTICE)[0])
    repeated = replace(NOTICE, number=2, published_at=POORER.published_at)
    assert "null" not in json.dumps(history(NOTICE, repeated)[1])
    taken = history(NOTICE, POORER)[1]
    assert taken["tender"]["value"] == {"amount": None, "currency": None}
    assert taken["tender"]["contractPeriod"] == {"startDate": None, "durationInDays": None}
    # It is said once.
    again = replace(POORER, number=3, published_at=RICHER.published_at)
    assert "null" not in json.dumps(history(NOTICE, POORER, again)[2])


@pytest.fixture(scope="module")
def validator(schemas: dict[str, Any]) -> Draft4Validator:
    """The official schema of record packages, with formats."""
    registry: Registry[Any] = Registry().with_resources(
        (each["id"], Resource.from_contents(each)) for each in schemas.values() if "id" in each
    )
    return Draft4Validator(schemas["record-package-schema.json"], registry=registry, format_checker=FormatChecker())


@settings(max_examples=10)
@given(versions=HISTORIES)
def test_any_record_is_valid(validator: Draft4Validator, versions: list[PublishedNotice]) -> None:
    built = record.build(history(*versions), publisher=PUBLISHER)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(built)] == []
    assert integrity.faults(built["records"][0]["releases"]) == []
