from typing import Any

import pytest

from boroughs.forms.release_packages import PackageTable, read_package
from boroughs.models import Category
from tests.boroughs.forms.releases import AWARD, CAMDEN, CONTRACT, SUPPLIER, package, release, with_contract

CATEGORIES = [
    Category(slug="crm", name="Customer relations", cpv=["48445000"]),
    Category(slug="finance", name="Finance", cpv=["48440000"]),
    Category(slug="parking", name="Parking", cpv=["48100000"]),
    Category(slug="planning", name="Planning", cpv=["48100000"]),
    Category(slug="assistants", name="Assistants", cpv=["48000000"]),
]


def only(content: bytes) -> tuple[dict[str, Any], str]:
    """The values of the one contract, and its remarks as one text."""
    table = read_package(content, "file.json", CATEGORIES)
    ((line, values),) = table.rows
    assert line == 1
    return values, " ".join(table.remarks.get(1, ()))


def of_award(**changes: Any) -> bytes:
    return package(release(awards=[{**AWARD, **changes}]))


def cpv(*codes: str) -> bytes:
    classified = [{"scheme": "CPV", "id": code} for code in codes]
    return of_award(items=[{"id": "1", "additionalClassifications": classified}])


def test_every_column_of_a_plain_contract() -> None:
    values, remarks = only(package(release()))
    assert values == {
        "reference": "ocds-h6vhtk-000001 C1",
        "title": "Parking permits",
        "description": "Permits for people who live here.",
        "supplier": "Permit Systems Ltd",
        "company_number": "09442333",
        "start_date": "2024-04-01",
        "end_date": "2027-03-31",
        "total_value": "395493",
        "ocid": "ocds-h6vhtk-000001",
        "buyer": "London Borough of Camden",
        "category": "crm",
    }
    assert remarks == (
        "The value is rounded to whole pounds. CPV 48445000 (CRM). The category “Customer relations” is chosen, as its "
        "CPV code agrees in 5 digits."
    )


def test_award_without_contract_is_a_row_while_it_is_active() -> None:
    award = {**AWARD, "contractPeriod": CONTRACT["period"], "value": {"amount": 5000, "currency": "GBP"}}
    values, remarks = only(package(release(contracts=None, awards=[award, {**AWARD, "id": "2", "status": "pending"}])))
    assert values["reference"] == "ocds-h6vhtk-000001 1"
    assert (values["title"], values["total_value"], values["end_date"]) == ("A permit system", "5000", "2027-03-31")
    assert "an award, not yet of a contract" in remarks


def test_award_whose_number_a_contract_has_is_told_apart() -> None:
    awards = [AWARD, {**AWARD, "id": "C1", "title": "Lot 2"}]
    table = read_package(package(release(awards=awards)), "file.json")
    assert [values["reference"] for _, values in table.rows] == [
        "ocds-h6vhtk-000001 C1",
        "ocds-h6vhtk-000001 award C1",
    ]


def test_long_reference_ends_with_a_checksum_and_stays_distinct() -> None:
    first, remarks = only(with_contract(id="x" * 300 + "1"))
    second, _ = only(with_contract(id="x" * 300 + "2"))
    assert len(first["reference"]) == 100
    assert first["reference"] != second["reference"]
    assert "a checksum ends it" in remarks


def test_long_texts_are_cut_and_that_is_said() -> None:
    values, remarks = only(with_contract(title="t" * 400, description="word " * 600))
    assert values["title"] == "t" * 299 + "…"
    assert len(values["description"].split()) == 500
    assert "The title is longer than 300 characters and was cut." in remarks
    assert "The description is longer than 500 words and was cut." in remarks


def test_several_suppliers_are_joined_without_a_company_number() -> None:
    values, remarks = only(of_award(suppliers=[SUPPLIER, {"id": "GB-COH-SC123456", "name": "Other plc"}]))
    assert values["supplier"] == "Permit Systems Ltd and Other plc"
    assert "company_number" not in values
    assert "2 suppliers are named." in remarks
    assert "09442333, SC123456" in remarks


def test_name_that_is_too_long_is_cut() -> None:
    values, _ = only(of_award(suppliers=[{"name": "s" * 400}]))
    assert values["supplier"] == "s" * 299 + "…"


def test_many_suppliers_are_counted_where_there_is_no_room() -> None:
    values, _ = only(of_award(suppliers=[{"id": str(n), "name": f"Supplier number {n:03}"} for n in range(200)]))
    assert len(values["supplier"]) <= 300
    named = values["supplier"].split(" and ")
    assert named[-1] == f"{200 - len(named) + 1} others"


@pytest.mark.parametrize(
    ("value", "stored", "words"),
    [
        ({"amount": 1200, "currency": "USD"}, None, "The value is in USD and is left out; nothing is converted."),
        ({"amount": 1200}, None, "The value has no currency and is left out"),
        ({"amountGross": 1200, "currency": "GBP"}, None, "The value is given with VAT only"),
        ({"amount": -1, "currency": "GBP"}, None, "not an amount that the register takes"),
        ({"amount": "a lot", "currency": "GBP"}, None, "not an amount that the register takes"),
        ({"amount": [1], "currency": "GBP"}, None, "not an amount that the register takes"),
        ({"amount": True, "currency": "GBP"}, None, "not an amount that the register takes"),
        ({"amount": 10**12, "currency": "GBP"}, None, "not an amount that the register takes"),
        ({"amount": "1200", "currency": "gbp"}, "1200", ""),
        ({"amount": 0.5, "currency": "GBP"}, "1", "The value is rounded to whole pounds."),
        ({"amount": 0, "currency": "GBP"}, "0", ""),
        (None, None, ""),
        ("1200", None, ""),
    ],
)
def test_value_in_whole_pounds_without_vat(value: Any, stored: str | None, words: str) -> None:
    values, remarks = only(with_contract(value=value))
    assert values.get("total_value") == stored
    assert words in remarks


@pytest.mark.parametrize("amount", ["1e400", "1e999999999999999999999", "9" * 5000])
def test_amount_without_bounds_is_left_out(amount: str) -> None:
    content = with_contract(value={"amount": 12345678, "currency": "GBP"}).replace(b"12345678", amount.encode())
    values, remarks = only(content)
    assert "total_value" not in values
    assert "not an amount that the register takes" in remarks


def test_latest_end_is_one_option() -> None:
    period = {**CONTRACT["period"], "maxExtentDate": "2028-03-31T23:59:59+01:00"}
    values, remarks = only(with_contract(period=period, renewal={"description": "Two times six months."}))
    assert values["extension_options"] == "12"
    assert "until 31 March 2028; that is entered as one option of 12 months" in remarks
    assert "Renewal: Two times six months." in remarks


@pytest.mark.parametrize("latest", ["2027-04-15T00:00:00Z", "2060-03-31T00:00:00Z"])
def test_latest_end_that_is_no_option_is_only_remarked(latest: str) -> None:
    values, remarks = only(with_contract(period={**CONTRACT["period"], "maxExtentDate": latest}))
    assert "extension_options" not in values
    assert "which is no option in whole months" in remarks


def test_options_in_words_are_not_guessed_at() -> None:
    values, remarks = only(with_contract(hasOptions=True, options={"description": "1 + 1 years"}))
    assert "extension_options" not in values
    assert "Options: 1 + 1 years" in remarks


def test_dates_that_the_tender_planned_are_said_to_be_planned() -> None:
    lots = [{"id": "7", "contractPeriod": CONTRACT["period"]}, {"id": "8"}]
    content = package(
        release(
            tender={"title": "T", "lots": lots},
            awards=[{**AWARD, "relatedLots": ["7"]}],
            contracts=[{**CONTRACT, "period": None}],
        )
    )
    values, remarks = only(content)
    assert values["end_date"] == "2027-03-31"
    assert "The dates are those that the tender planned" in remarks


@pytest.mark.parametrize(
    ("codes", "category", "words"),
    [
        (["48445100"], "crm", "agrees in 5 digits"),
        (["48441000"], "finance", "agrees in 4 digits"),
        (["48000000"], None, "No category has a CPV code near enough"),
        (["72000000-5"], None, "No category has a CPV code near enough"),
        (["48110000"], None, "2 categories have a CPV code as near"),
        (["48110000", "48445000"], "crm", "CPV 48110000, 48445000."),
        (["no code"], None, ""),
    ],
)
def test_category_with_the_longest_common_beginning(codes: list[str], category: str | None, words: str) -> None:
    values, remarks = only(cpv(*codes))
    assert values.get("category") == category
    assert words in remarks


def test_without_categories_none_is_chosen() -> None:
    table = read_package(package(release()), "file.json")
    assert "category" not in table.rows[0][1]
    assert "CPV 48445000 (CRM)." in table.remarks[1]


def test_date_that_cannot_be_read_is_left_for_the_form_to_refuse() -> None:
    values, remarks = only(with_contract(period={"startDate": "soon", "endDate": ["2027"]}))
    assert (values["start_date"], values["end_date"]) == ("soon", "?")
    assert "The start date is not a date that can be read." in remarks


@pytest.mark.parametrize("wrong", [None, 5, "text", True, [], {}, [None], [[]], {"id": None}])
@pytest.mark.parametrize(
    "part", ["id", "date", "tag", "buyer", "parties", "tender", "awards", "planning", "initiationType"]
)
def test_wrong_type_in_a_part_of_a_release_leaves_the_contract(part: str, wrong: Any) -> None:
    content = package({**release(), part: wrong})
    references = [values["reference"] for _, values in read_package(content, "file.json", CATEGORIES).rows]
    assert references == ["ocds-h6vhtk-000001 C1"]


@pytest.mark.parametrize("wrong", [None, 5, "text", True, [], {}, [None], [[]], {"id": None}])
@pytest.mark.parametrize("part", sorted({*CONTRACT, "renewal", "options", "items", "suppliers", "description"}))
def test_wrong_type_in_a_field_of_a_contract_is_no_failure(part: str, wrong: Any) -> None:
    table: PackageTable = read_package(with_contract(**{part: wrong}), "file.json", CATEGORIES)
    assert all(isinstance(value, str) for _, values in table.rows for value in values.values())


def test_buyer_by_role_where_the_release_names_none() -> None:
    values, _ = only(package(release(buyer=None, parties=[CAMDEN, SUPPLIER])))
    assert values["buyer"] == "London Borough of Camden"
