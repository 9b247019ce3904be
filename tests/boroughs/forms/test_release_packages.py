import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boroughs.forms import release_packages
from boroughs.forms.release_packages import HEAD_BYTES, PackageTable, is_package, read_package
from boroughs.forms.rows import UnreadableFile
from boroughs.models import Category
from tests.boroughs.forms.releases import AWARD, CONTRACT, RELEASE, package, release

ROW = b'{"reference": "C-1", "borough": "camden", "title": "Parking \\"tender\\": it", "ocid": "ocds-h6vhtk-1"}\n'
CATEGORIES = [Category(slug="crm", name="Customer relations", cpv=["48445000"])]


def read(content: bytes) -> PackageTable:
    return read_package(content, "file.json")


def lines(*values: Any) -> bytes:
    return "\n".join(json.dumps(value) for value in values).encode()


def record(**parts: Any) -> dict[str, Any]:
    return {"ocid": RELEASE["ocid"], **parts}


@pytest.mark.parametrize(
    ("content", "is_ocds"),
    [
        (package(release()), True),
        (b"\xef\xbb\xbf \n" + package(release()), True),
        (json.dumps({"version": "1.1", "records": [record()]}).encode(), True),
        (lines(release(), release()), True),
        (lines(record(compiledRelease=release())), True),
        (ROW, False),
        (b"reference,title,ocid\nC-1,Parking,ocds-1\n", False),
        (b"", False),
        (b"PK\x03\x04", False),
        (b'{"rows": []}', False),
    ],
)
def test_beginning_tells_a_package_from_rows(content: bytes, is_ocds: bool) -> None:
    assert is_package(content[:HEAD_BYTES]) is is_ocds


@pytest.mark.parametrize(
    "content",
    [
        package(release()),
        lines(release()),
        lines(release(), release(ocid="ocds-h6vhtk-000002", contracts=None, awards=None)),
        json.dumps([release()]).encode(),
        json.dumps({"records": [record(compiledRelease=release(ocid=None))]}).encode(),
        json.dumps({"records": [record(releases=[release()])]}).encode(),
        lines(record(compiledRelease=release())),
        lines({"releases": [release()]}, {"releases": []}),
    ],
)
def test_every_kind_of_file_gives_the_same_contract(content: bytes) -> None:
    table = read(content)
    assert table.format == "OCDS"
    assert [(line, values["reference"]) for line, values in table.rows] == [(1, "ocds-h6vhtk-000001 C1")]
    assert set(table.rows[0][1]) <= set(table.columns)
    assert table.buyers[1] == ("London Borough of Camden", "GB-PPON-PABC-1234-DEFG", "GB-LAE-CMD")


def test_newest_release_counts_in_any_order_and_silence_changes_nothing() -> None:
    update = release(
        id="2",
        date="2025-01-01T00:00:00Z",
        tender=None,
        contracts=[{"id": "C1", "value": {"amount": 500, "currency": "GBP"}, "period": {"startDate": None}}],
        awards=None,
    )
    later = release(id="3", date="2025-06-01T00:00:00+01:00", contracts=None, awards=None)
    one, other = read(package(release(), update, later)), read(package(later, update, release()))
    ((_, values),) = one.rows
    assert one.rows == other.rows
    assert (values["total_value"], values["title"], values["end_date"]) == ("500", "Parking permits", "2027-03-31")
    assert "start_date" not in values
    assert one.notes == ("1 time a later release tells of a contract again; the newest counts.",)


def test_buyers_that_share_an_ocid_keep_their_own_contracts() -> None:
    other = {"id": "GB-FTS-7", "name": "Some Water plc"}
    theirs = release(id="2", date="2025-01-01T00:00:00Z", buyer=other, parties=None)
    table = read(package(release(), theirs))
    assert [values["buyer"] for _, values in table.rows] == ["London Borough of Camden", "Some Water plc"]


def test_release_that_names_no_buyer_goes_on_with_the_one_before() -> None:
    update = {"ocid": RELEASE["ocid"], "date": "2025-01-01T00:00:00Z", "contracts": [{"id": "C1", "title": "New"}]}
    ((_, values),) = read(package(release(), update)).rows
    assert (values["title"], values["buyer"]) == ("New", "London Borough of Camden")


def test_what_is_not_in_force_is_left_out_and_counted() -> None:
    contracts = [
        CONTRACT,
        {**CONTRACT, "id": "C2", "status": "cancelled"},
        {**CONTRACT, "id": "C3", "status": "Terminated"},
    ]
    awards = [AWARD, {**AWARD, "id": "2", "status": "unsuccessful"}, {"id": "3"}]
    table = read(package(release(contracts=contracts, awards=awards)))
    assert [line for line, _ in table.rows] == [1]
    assert table.notes == (
        "2 contracts are left out, as cancelled or terminated.",
        "2 awards without a contract are not active and left out.",
    )


def test_releases_that_give_no_contract_are_counted() -> None:
    planning = release(ocid="ocds-1", contracts=None, awards=None)
    linked = {"url": "https://fts.example/2", "date": "2025-01-01T00:00:00Z", "tag": ["award"]}
    table = read(package(planning, planning, release(ocid=None), linked, "text", release(contracts=["text", 5])))
    assert [values["reference"] for _, values in table.rows] == ["ocds-h6vhtk-000001 1"]
    assert table.notes == (
        "2 releases only tell of planning or of a tender and give no contract.",
        "1 release has no OCID and is passed over.",
        "1 release is only linked to, not part of the file, and is passed over; nothing is fetched.",
        "3 entries are not what OCDS has in their place and are passed over.",
    )


def test_contracts_of_one_identifier_in_one_release_stay_two() -> None:
    table = read(package(release(contracts=[CONTRACT, {**CONTRACT, "title": "Another"}])))
    assert [(values["reference"], values["title"]) for _, values in table.rows] == [
        ("ocds-h6vhtk-000001 C1", "Parking permits"),
        ("ocds-h6vhtk-000001 C1", "Another"),
    ]


def test_lines_that_are_no_releases_are_named() -> None:
    content = lines(release()) + b'\n{"broken\n\n[1]\n{"a": NaN}\n' + b"x\n" * 7
    table = read(content)
    assert len(table.rows) == 1
    assert table.notes == (
        "Lines 2, 5, 6, 7, 8 and 4 more are passed over: not JSON.",
        "Line 4 is passed over: JSON, but not OCDS.",
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{}", "This is JSON, but not an OCDS package."),
        (b"[]", "This is JSON, but not an OCDS package."),
        (b'"ocid"', "This is JSON, but not an OCDS package."),
        (b'{"releases": {}}', "This is JSON, but not an OCDS package."),
        (ROW, "This is JSON, but not an OCDS package."),
        (ROW + ROW, "This is JSON, but not an OCDS package."),
        (b"", "file.json is not JSON: Expecting value at line 1, column 1."),
        (b'{"releases": [}', "file.json is not JSON: Expecting value at line 1, column 15."),
        (b'{"releases": [NaN]}', "file.json is not JSON: NaN is not a number in JSON."),
        (b'{"releases": "\xff"}', "file.json is not UTF-8. Save it as UTF-8 and try again."),
        (b'{"releases": ' + b"[" * 100_000, "file.json is nested too deeply to be read."),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    assert words in str(refused.value)


@pytest.mark.parametrize("depth", range(700, 1100, 20))
def test_depth_near_the_limit_is_read_or_refused(depth: int) -> None:
    nested = b'{"a":' * depth + b"1" + b"}" * depth
    content = package(release(tender=5)).replace(b'"tender": 5', b'"tender": ' + nested)
    # Not "raises": where the limit lies depends on what has called this.
    with suppress(UnreadableFile):
        assert len(read(content).rows) == 1


def test_file_may_be_20_mb_and_hold_50_000_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match=r"file.json is larger than 20 MB. Split it."):
        read(b" " * (20 * 1024 * 1024 + 1))
    monkeypatch.setattr(release_packages, "MAX_CONTRACTS", 3)
    assert len(read(package(release(contracts=[CONTRACT, {**CONTRACT, "id": "C2"}]))).rows) == 2
    with pytest.raises(UnreadableFile, match=r"file.json holds more than 3 contracts. Split it."):
        read(package(release(contracts=[{**CONTRACT, "id": str(number)} for number in range(3)])))


def test_half_characters_and_control_characters_are_no_failure() -> None:
    content = package(release(contracts=[{**CONTRACT, "title": "Park\x00ing\u202e", "id": "\ud800"}]))
    ((_, values),) = read(content).rows
    assert values["title"] == "Parking"
    assert values["reference"] == "ocds-h6vhtk-000001 1"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(["active", "cancelled", "GBP", "CPV", "1", "C1", "buyer", "2027-03-31T23:59:59+01:00", "", 1])


def mostly(value: Any) -> st.SearchStrategy[Any]:
    """The value with some of its parts in any other form, at any depth."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({}, optional={name: mostly(part) for name, part in value.items()}) | ANY
    if isinstance(value, list):
        return st.lists(st.one_of([mostly(part) for part in value]), max_size=3) | ANY
    return st.just(value) | WORDS | ANY


FULL = {
    **RELEASE,
    "contracts": [{**CONTRACT, "renewal": {"description": "x"}, "options": [{"period": CONTRACT["period"]}]}],
}


@settings(max_examples=300)
@given(
    st.one_of(
        ANY,
        st.fixed_dictionaries({"releases": st.lists(mostly(FULL), max_size=4) | ANY}),
        st.fixed_dictionaries({"records": st.lists(mostly({"ocid": "1", "compiledRelease": FULL}), max_size=3)}),
        mostly(FULL),
    )
)
def test_no_json_fails_otherwise_than_in_words(value: Any) -> None:
    try:
        table = read_package(json.dumps(value).encode(), "file.json", CATEGORIES)
    except UnreadableFile:
        return
    places = [line for line, _ in table.rows]
    assert places == sorted(set(places))
    for line, values in table.rows:
        assert set(values) <= set(table.columns)
        assert all(isinstance(cell, str) and cell for cell in values.values())
        assert len(values["reference"]) <= 100
        assert line in table.buyers


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_no_bytes_fail_otherwise_than_in_words(content: bytes) -> None:
    is_package(content)
    with pytest.raises(UnreadableFile):
        read(content)


def test_official_examples_are_read(shared_data: Path) -> None:
    """They end before any contract; with one added to the last release, it is the lead borough's and all members'."""
    for path in sorted((shared_data / "ocds" / "examples").glob("*.json")):
        assert is_package(path.read_bytes()[:HEAD_BYTES])
        table = read(path.read_bytes())
        assert (table.rows, len(table.notes)) == ((), 1)
    both = json.loads((shared_data / "ocds" / "examples" / "release-package-both.json").read_text())
    both["releases"][-1] |= {"awards": [AWARD], "contracts": [CONTRACT]}
    table = read(json.dumps(both).encode())
    ((line, values),) = table.rows
    assert values["reference"] == f"{both['releases'][0]['ocid']} C1"
    assert values["buyer"].startswith("London Borough of Hackney and London Borough of ")
    assert {"GB-LAE-HCK", "GB-LAE-CMD"} <= set(table.buyers[line])
    assert "5 buyers share it" in " ".join(table.remarks[line])
