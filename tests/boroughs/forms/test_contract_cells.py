import io
from datetime import date

from boroughs.forms.column_guess import guess
from boroughs.forms.contract_cells import RowValues, contract_values
from boroughs.forms.contract_targets import CONTRACT_TARGETS
from boroughs.forms.tables import read_table
from tests.boroughs.forms.registers import REGISTERS, text_file


def values_of(name: str) -> list[RowValues]:
    return all_values(REGISTERS[name]())


def all_values(content: bytes) -> list[RowValues]:
    table = read_table(io.BytesIO(content), "register")
    fields = guess(table.columns, [row.cells for row in table.rows], CONTRACT_TARGETS).fields()
    return [contract_values(table, fields, row) for row in table.rows]


def test_contract_system() -> None:
    rows = values_of("contract_system.txt")
    assert rows[0] == RowValues(
        {
            "reference": "CON-0000",
            "title": "Housing management, support and hosting",
            "supplier": "Alder Software Ltd",
            "department": "Corporate",
            "start_date": date(2023, 4, 1),
            "end_date": date(2027, 3, 31),
            "extension_options": (12, 12),
            "notice": (3, 0),
            "annual_value": 70_001,
            "total_value": 280_000,
        }
    )
    assert [row.values["extension_options"] for row in rows] == [(12, 12), (12, 12), (12, 12), (), (12, 12)]
    assert [row.values["notice"] for row in rows] == [(3, 0), (0, 90), (0, 84), (6, 0), (0, 0)]
    assert rows[1].remarks == ("Extension Available: “1+1” is read as 12 + 12 months.",)


def test_suppliers_of_contracts_finder_are_unpacked() -> None:
    row = values_of("contracts_finder.csv")[0]
    assert row.values["supplier"] == "Alder Software Ltd"
    assert row.values["company_number"] == "01234567"
    assert row.values["borough"] == "London Borough of Camden"


def test_of_several_suppliers_the_first_is_kept_and_the_others_said() -> None:
    packed = "[Alder Ltd|1 High St|NONE||Yes|No][Birch plc|London|COMPANIES_HOUSE|01234567|No|No]"
    row = all_values(text_file([["Title", "Supplier"], ["Payroll", packed]]))[0]
    assert row.values == {"title": "Payroll", "supplier": "Alder Ltd"}
    assert row.remarks == ("2 suppliers are named; “Alder Ltd” is kept, not Birch plc.",)


def test_details_of_a_supplier_are_left_to_its_first_line() -> None:
    row = values_of("transparency_code.csv")[0]
    assert row.values["supplier"] == "Alder Software Ltd"
    assert row.values["total_value"] == 120_000
    assert row.values["description"] == "Software and support\nfor housing management"
    assert row.remarks == ("Of the supplier’s details, the first line is kept: “Alder Software Ltd”.",)


def test_kept_by_hand() -> None:
    rows = values_of("kept_by_hand.xlsx")
    ends = [row.values.get("end_date") for row in rows]
    assert ends == [date(2027, 4, 30), date(2027, 9, 30), date(2028, 3, 31), None, None]
    assert rows[0].remarks == ("Ends: “Apr 2027” is read as 30 April 2027, the last day of the month.",)
    assert rows[3].remarks == ("Ends: “rolling” is read as not known.",)


def test_decimal_commas() -> None:
    rows = values_of("german_excel.csv")
    assert [row.values["annual_value"] for row in rows] == [1235, 2235, 3235, 4235, 5235]
    assert rows[4].values["supplier"] == "Müller People Ltd"
    assert rows[0].values["end_date"] == date(2027, 3, 31)


def test_every_cell_that_cannot_be_read_is_a_problem_of_its_row() -> None:
    rows = values_of("libre_office.xlsx")
    assert [row.values["supplier"] for row in rows] == ["Alder Software Ltd"] * 3 + ["Birch Systems plc"]
    assert rows[2].problems == ("Annual spend: F6 holds the error #REF!.",)
    assert rows[3].problems[0].startswith("Annual spend: F7 holds a formula without a stored result.")
    content = text_file([["Title", "End date", "Annual cost"], ["Payroll", "13/25/2027", "POA"]])
    assert [problem.partition(":")[0] for problem in all_values(content)[0].problems] == ["End date", "Annual cost"]


def test_columns_without_a_field_are_not_looked_at() -> None:
    content = text_file([["Title", "Annual cost"], ["Payroll", "POA"]])
    table = read_table(io.BytesIO(content), "register")
    assert contract_values(table, {"Title": "title"}, table.rows[0]) == RowValues({"title": "Payroll"})


def test_where_no_title_is_told_the_system_is_the_title() -> None:
    row = all_values(text_file([["System", "Supplier"], ["Mosaic", "Alder"]]))[0]
    assert row.values["title"] == row.values["system"] == "Mosaic"
    assert row.remarks == ("The title is taken from the system.",)


def test_a_company_number_keeps_its_zeros() -> None:
    row = all_values(text_file([["Title", "Company number"], ["Payroll", "1234567"]]))[0]
    assert row.values["company_number"] == "01234567"
