import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.forms.column_guess import CONTENT, HEADING, REMEMBERED, Guess, guess, memory_of
from boroughs.forms.column_targets import Target, heading_key, words_of
from boroughs.forms.contract_cells import READERS
from boroughs.forms.contract_targets import CONTRACT_TARGETS
from boroughs.forms.contracts import ContractForm
from boroughs.forms.need_cells import COLUMNS
from boroughs.forms.need_rows import READ_ELSEWHERE
from boroughs.forms.need_targets import NEED_TARGETS
from boroughs.forms.tables import read_table
from tests.boroughs.forms.registers import REGISTERS


def one(heading: str, *beside: str, targets: tuple[Target, ...] = CONTRACT_TARGETS) -> Guess:
    return guess([heading, *beside], [], targets).columns[0]


# What a person would choose; columns that mean nothing to us are not named.
RIGHT = {
    "transparency_code.csv": {
        "Reference number": "reference",
        "Title of agreement": "title",
        "Local authority department responsible": "department",
        "Description of the goods and/or services being provided": "description",
        "Supplier name and details": "supplier",
        "Sum to be paid over the length of the contract or the estimated annual spending or budget for the contract": (
            "total_value"
        ),
        "Start date": "start_date",
        "End date": "end_date",
        "Review date": "review_date",
    },
    "kept_by_hand.xlsx": {
        "System": "system",
        "What": "title",
        "Who with": "supplier",
        "Ends": "end_date",
        "Cost per year": "annual_value",
    },
    "contract_system.txt": {
        "Contract Ref": "reference",
        "Contract Title": "title",
        "Vendor": "supplier",
        "Directorate": "department",
        "Commencement": "start_date",
        "Expires": "end_date",
        "Extension Available": "extension_options",
        "Renewal notice": "notice",
        "Annual Cost": "annual_value",
        "Contract Value": "total_value",
    },
    "contracts_finder.csv": {
        "Notice Identifier": "reference",
        "Organisation Name": "borough",
        "Title": "title",
        "Description": "description",
        "Awarded Value": "total_value",
        "Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]": "supplier",
        "Contract start date": "start_date",
        "Contract end date": "end_date",
        "OCID": "ocid",
    },
    "german_excel.csv": {
        "Contract No.": "reference",
        "Contract": "title",
        "Contractor": "supplier",
        "Start": "start_date",
        "Expiry": "end_date",
        "Annual value": "annual_value",
        "Total contract value": "total_value",
    },
    "libre_office.xlsx": {
        "Reference": "reference",
        "Supplier": "supplier",
        "Title": "title",
        "Start date": "start_date",
        "End date": "end_date",
        "Annual spend": "annual_value",
    },
}


@pytest.mark.parametrize("name", REGISTERS)
def test_registers_as_boroughs_have_them_need_no_correction(name: str) -> None:
    table = read_table(io.BytesIO(REGISTERS[name]()), name)
    guesses = guess(table.columns, [row.cells for row in table.rows], CONTRACT_TARGETS)
    assert guesses.fields() == RIGHT[name]


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("CONTRACT REF.", "reference"),
        ("Contract_Number", "reference"),
        ("Suplier", "supplier"),
        ("Supplier’s name", "supplier"),
        ("Supplier contact name", ""),
        ("Supplier number", ""),
        ("Spend p.a.", "annual_value"),
        ("Value (£) per annum", "annual_value"),
        ("Est. annual contract value (£)", "annual_value"),
        ("Total contract value excluding VAT", "total_value"),
        ("Supplier address", ""),
        ("Phone number", ""),
        ("Service level", ""),
        ("VAT that cannot be recovered", ""),
        ("Current contract end date", "end_date"),
        ("Date of notice", ""),
        ("Notice period (months)", "notice"),
        ("Ext. options", "extension_options"),
        ("Extension end date", ""),
        ("Companies House No.", "company_number"),
        ("Service area", "department"),
        ("Contract manager", ""),
        ("Postcode", ""),
    ],
)
def test_a_heading_means(heading: str, target: str) -> None:
    assert one(heading).target == target


@pytest.mark.parametrize("target", [*CONTRACT_TARGETS, *NEED_TARGETS])
def test_every_known_heading_is_known(target: Target) -> None:
    among = CONTRACT_TARGETS if target in CONTRACT_TARGETS else NEED_TARGETS
    missed = {
        word
        for word in target.words
        # A word may stand for two fields; then either is right.
        if one(word, targets=among).target
        not in {each.name for each in among if any(words_of(word) == words_of(known) for known in each.words)}
    }
    assert not missed


def test_targets_are_fields_that_can_be_filled() -> None:
    contract = {target.name for target in CONTRACT_TARGETS}
    assert contract == set(READERS) == {*ContractForm.base_fields, "borough"}
    assert {target.name for target in NEED_TARGETS} <= {*COLUMNS, *READ_ELSEWHERE}


@pytest.mark.parametrize(
    ("heading", "target", "says"),
    [
        ("Contract value", "total_value", ""),
        ("Annual cost", "annual_value", ""),
        ("Value", "total_value", "does not say whether it is for a year or the whole term"),
        ("Cost", "total_value", "does not say whether"),
        ("Annual value (£k)", "annual_value", "may be in thousands of pounds"),
        ("Contract value (£000s)", "total_value", "may be in thousands of pounds"),
        ("Renewal date", "end_date", "read as the day on which the contract ends"),
    ],
)
def test_what_the_heading_leaves_open_is_said(heading: str, target: str, says: str) -> None:
    found = one(heading)
    assert found.target == target
    assert says in found.doubt
    assert bool(says) is bool(found.doubt)


def test_amounts_alone_never_say_what_they_are_for() -> None:
    rows = [[f"C-{number}", 1000 * number] for number in range(1, 9)]
    assert guess(["Reference", "Column B"], rows, CONTRACT_TARGETS).fields() == {"Reference": "reference"}


def test_a_column_that_would_fit_as_well_is_named() -> None:
    guesses = guess(["Start Date", "Contract start date"], [], CONTRACT_TARGETS)
    assert guesses.columns == (
        Guess(
            "Start Date",
            doubt="“Start Date” looks like the column for “Start date”, "
            "which is read from “Contract start date” already.",
        ),
        Guess("Contract start date", "start_date", HEADING, "“Start Date” would fit as well."),
    )


def test_of_two_columns_of_dates_the_later_ends() -> None:
    rows = [[date(2027, 3, number), f"{number}/04/2024"] for number in range(1, 6)]
    guesses = guess(["Date", "Date (2)"], rows, CONTRACT_TARGETS)
    assert guesses.fields() == {"Date": "end_date", "Date (2)": "start_date"}
    assert all(each.reason == CONTENT and each.doubt for each in guesses.columns)


def test_cells_that_cannot_be_meant_overrule_the_heading() -> None:
    rows = [[f"C-{number}", "see Anna", "Payroll"] for number in range(5)]
    guesses = guess(["Contract", "Review", "What"], rows, CONTRACT_TARGETS)
    assert guesses.fields() == {"Contract": "reference", "What": "title"}
    named = guess(["Contract", "Supplier"], [["Payroll", "Alder"]], CONTRACT_TARGETS)
    assert named.fields() == {"Contract": "title", "Supplier": "supplier"}


def test_a_heading_that_is_only_like_a_known_one_is_doubted() -> None:
    found = one("Contract date")
    assert found.target == "start_date"
    assert found.doubt == "“Contract date” is no heading that is known for certain."


def test_short_descriptions_are_titles_where_there_is_no_title() -> None:
    guesses = guess(["Reference", "Description"], [["C-1", "Payroll"]] * 3, CONTRACT_TARGETS)
    assert guesses.columns[1].target == "title"
    assert guesses.columns[1].doubt == "No heading says “title”, so “Description” is read as the title."
    long = guess(["Reference", "Description"], [["C-1", "Payroll " * 40]] * 3, CONTRACT_TARGETS)
    assert long.columns[1].target == "description"


@pytest.mark.parametrize(
    ("heading", "targets", "target"),
    [
        ("Supplier / Provider", CONTRACT_TARGETS, "supplier"),
        ("Supplier or contractor", CONTRACT_TARGETS, "supplier"),
        ("Start / commencement date", CONTRACT_TARGETS, "start_date"),
        ("Supplier name", CONTRACT_TARGETS, "supplier"),
        ("Vendor", CONTRACT_TARGETS, "supplier"),
        ("Contract ref", CONTRACT_TARGETS, "reference"),
        ("Supplier / Provider", NEED_TARGETS, "incumbent"),
        ("Supplier name", NEED_TARGETS, "incumbent"),
        ("Vendor", NEED_TARGETS, "incumbent"),
        ("Preferred supplier", NEED_TARGETS, ""),
        ("Contract ref", NEED_TARGETS, "contract"),
        ("How many staff", NEED_TARGETS, "users_count"),
        ("What we need", NEED_TARGETS, "title"),
    ],
)
def test_names_that_people_have_for_suppliers_and_references(
    heading: str, targets: tuple[Target, ...], target: str
) -> None:
    assert one(heading, targets=targets).target == target


def test_references_are_known_by_what_they_look_like() -> None:
    rows = [["CA-041", "V-1", "Parking"], ["CA-042", "V-2", "Waste"], ["CA-043", "V-3", "Bins"]]
    found = guess(["Our mark", "Vendor no", "Title"], rows, CONTRACT_TARGETS)
    assert found.fields() == {"Our mark": "reference", "Title": "title"}
    assert found.columns[0].doubt == "“Our mark” holds references such as “CA-041”, so it is read as the reference."


@pytest.mark.parametrize("cells", [["12", "13"], ["A", "B"], ["CA-041", "CA-041"], ["CA-041", "soon"], ["CA-041"]])
def test_what_does_not_look_like_references_is_none(cells: list[str]) -> None:
    assert guess(["Our mark"], [[cell] for cell in cells], CONTRACT_TARGETS).fields() == {}


@pytest.mark.parametrize(
    ("columns", "targets", "says"),
    [
        (
            ["Vendor", "Supplier"],
            CONTRACT_TARGETS,
            "“Supplier” looks like the column for “Supplier”, which is read from “Vendor” already.",
        ),
        (["Total", "Title"], CONTRACT_TARGETS, "“Total” looks like the column for “Value over the whole term”."),
        (["Vendor no", "Supplier"], CONTRACT_TARGETS, ""),
        (
            ["Cost (£k)", "Title"],
            NEED_TARGETS,
            "“Cost (£k)” looks like the column for “Budget up to”. "
            "“Cost (£k)” may be in thousands of pounds. The numbers are read as pounds.",
        ),
        (["Personal assistant", "Title"], NEED_TARGETS, ""),
        (["System owner", "Title"], NEED_TARGETS, ""),
        (["Supplier rating", "Title"], NEED_TARGETS, ""),
        (["System owner", "Title"], CONTRACT_TARGETS, ""),
        (["Colour", "Title"], CONTRACT_TARGETS, ""),
    ],
)
def test_column_that_is_left_out_says_what_it_looks_like(
    columns: list[str], targets: tuple[Target, ...], says: str
) -> None:
    found = {each.column: each for each in guess(columns, [], targets).columns}
    left_out = next(each for each in found.values() if not each.target)
    assert left_out.doubt == says


@pytest.mark.parametrize(
    ("heading", "name"),
    [("Budget (£000s)", ""), ("Estimated value £k", "budget_max"), ("Minimum budget £k", "budget_min")],
)
def test_budget_in_thousands_is_asked_for(heading: str, name: str) -> None:
    found = one(heading, targets=NEED_TARGETS)
    assert found.target == name
    assert found.doubt == f"“{heading}” may be in thousands of pounds. The numbers are read as pounds."


def test_thousands_of_people_are_no_pounds() -> None:
    assert one("Residents (000s)", targets=NEED_TARGETS).doubt == ""


def test_references_of_a_needs_file_are_told_and_not_guessed() -> None:
    found = guess(["Our mark"], [["CA-041"], ["CA-042"]], NEED_TARGETS).columns[0]
    assert (found.target, found.doubt) == (
        "",
        "“Our mark” holds references such as “CA-041”. It looks like the column for “Present contract’s reference”.",
    )


def test_what_people_confirmed_wins() -> None:
    columns = ["Ref.", "TITLE", "Value"]
    remembered = memory_of([*columns, "Colour"], {"Ref.": "ocid", "Value": "annual_value"}, {"TITLE": "title"})
    assert remembered == {"ref": "ocid", "title": "", "value": "annual_value"}
    guesses = guess(["ref", "Title", "VALUE:"], [], CONTRACT_TARGETS, remembered)
    assert guesses.columns == (
        Guess("ref", "ocid", REMEMBERED),
        Guess(
            "Title", "", REMEMBERED, "“Title” was left out of the last file. “Title” looks like the column for “Title”."
        ),
        Guess("VALUE:", "annual_value", REMEMBERED),
    )


def test_a_field_that_is_no_longer_there_is_not_remembered() -> None:
    assert guess(["Title"], [], CONTRACT_TARGETS, {"title": "gone"}).fields() == {"Title": "title"}


@given(
    st.lists(st.sampled_from([word for target in CONTRACT_TARGETS for word in target.words]), max_size=20, unique=True),
    st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8), st.integers(), st.dates()), max_size=20), max_size=5),
)
def test_no_field_is_given_twice(columns: list[str], rows: list[list[object]]) -> None:
    guesses = guess(columns, rows, CONTRACT_TARGETS)  # type: ignore[arg-type]
    assert [each.column for each in guesses.columns] == columns
    fields = list(guesses.fields().values())
    assert len(fields) == len(set(fields))


def test_a_heading_is_known_again_whatever_its_case_and_punctuation() -> None:
    assert heading_key("  Contract’s END-date: ") == heading_key("contract end_date") == "contract end date"
