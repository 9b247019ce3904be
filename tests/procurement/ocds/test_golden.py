"""The open data of one story, byte by byte: docs/open-data.md says how it is written anew."""

import json
from typing import Any

import pytest
from jsonschema import Draft4Validator

from procurement.ocds import integrity, merging
from tests.procurement.ocds import golden
from tests.procurement.ocds.test_merging import schemas
from tests.procurement.ocds.test_merging import validator as records
from tests.procurement.ocds.test_release import errors
from tests.procurement.ocds.test_release import validator as packages

__all__ = ["packages", "records", "schemas"]


def stored(name: str) -> str:
    return (golden.FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["releases.json", "record.json"])
def test_open_data_of_the_story_is_what_it_was(name: str) -> None:
    assert golden.files()[name] == stored(name)


def test_story_is_valid_and_holds_together(packages: Draft4Validator, records: Draft4Validator) -> None:
    package: dict[str, Any] = json.loads(stored("releases.json"))
    record: dict[str, Any] = json.loads(stored("record.json"))
    assert errors(packages, package) == []
    assert errors(records, record) == []
    assert integrity.faults(package["releases"]) == []
    assert [release["tag"] for release in package["releases"]] == [["planning"], *[["planningUpdate"]] * 2]
    assert record["records"][0]["releases"] == package["releases"]
    assert record["records"][0]["compiledRelease"] == merging.compiled(package["releases"])


def test_story_takes_back_what_no_longer_holds() -> None:
    """What the mapping has to say in each of its turns is in the files, else they would guard little."""
    _, corrected, withdrawn = json.loads(stored("releases.json"))["releases"]
    assert corrected["tender"]["minValue"] == {"amount": None, "currency": None}
    assert {party["id"]: party["roles"] for party in corrected["parties"]}["GB-LAE-CMD"] == ["interestedParty"]
    assert len(corrected["tender"]["enquiries"]) == 2
    assert withdrawn["tender"]["status"] == "withdrawn"
