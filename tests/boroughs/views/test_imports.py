from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boroughs.actions import import_jobs, reference
from boroughs.forms import import_reading
from boroughs.models import Borough, ColumnMapping, Contract, DataImport, Need, User
from tests.boroughs.forms.releases import package, release
from tests.boroughs.forms.workbooks import Raw, SheetOf, workbook

pytestmark = pytest.mark.django_db
REGISTER = (
    "Contract register 2026\n\n"
    "Contract Ref,Title,Supplier,Start date,End date,Annual cost,Colour\n"
    'C-1,Parking,Permit Ltd,01/04/2023,31/03/2027,"£64,000",red\n'
    "C-2,Telecare,Bell plc,1 Apr 2024,tbc,12k,blue\n"
    "C-3,Libraries,Page Ltd,13/25/2027,,,\n"
)


@pytest.fixture
def camden(editor: User, client: Client) -> Borough:
    """The editor's borough, with the editor signed in."""
    client.force_login(editor)
    return Borough.objects.get(slug="camden")


def upload(client: Client, text: str | bytes, *, noun: str = "CONTRACTS", name: str = "register.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post("/imports/new/", {"noun": noun, "file": SimpleUploadedFile(name, content)})


def newest() -> DataImport:
    return DataImport.objects.newest_first()[0]


def work(data_import: DataImport) -> DataImport:
    """Do the job that is due, as a worker would."""
    import_jobs.run(key=str(data_import.pk), read=import_reading.read)
    data_import.refresh_from_db()
    return data_import


def columns(data_import: DataImport, **changes: str) -> dict[str, str]:
    """The form as it is shown, with these columns changed."""
    chosen = {**data_import.mapping, **changes}
    return {f"column-{number}": chosen.get(heading, "") for number, heading in enumerate(data_import.columns)}


def applied(client: Client, data_import: DataImport, **said: str) -> Any:
    """Apply what was checked last, as the page that shows it does."""
    return client.post(f"/imports/{data_import.pk}/apply/", {"check": data_import.check_number or "", **said})


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def checked(client: Client, text: str, *, noun: str = "CONTRACTS") -> DataImport:
    upload(client, text, noun=noun)
    client.post(f"/imports/{newest().pk}/columns/", columns(newest()))
    return work(newest())


def test_file_comes_in_by_looking_at_it_once(client: Client, camden: Borough) -> None:
    answer = upload(client, REGISTER)
    data_import = newest()
    assert answer["Location"] == f"/imports/{data_import.pk}/columns/"
    shown = page(client, answer["Location"])
    assert "The headings were found in line 3." in shown
    assert "£64,000" in shown
    assert not Contract.objects.exists()

    answer = client.post(answer["Location"], columns(data_import))
    assert answer["Location"] == f"/imports/{data_import.pk}/"
    assert "Checking the rows" in page(client, answer["Location"])
    work(data_import)
    shown = page(client, f"/imports/{data_import.pk}/")
    assert "2 entries will be new and 0 changed" in shown
    assert "there is no month 25" in shown
    assert not Contract.objects.exists()

    applied(client, data_import)
    assert client.get(f"/imports/{data_import.pk}/status/").json()["label"] == "Writing the rows"
    assert work(data_import).status == "APPLIED"
    assert list(Contract.objects.order_by("reference").values_list("reference", "annual_value")) == [
        ("C-1", 64_000),
        ("C-2", 12_000),
    ]
    assert "Take the import back" in page(client, f"/imports/{data_import.pk}/")
    client.post(f"/imports/{data_import.pk}/undo/")
    assert work(data_import).status == "UNDONE"
    assert not Contract.objects.exists()
    assert "Taken back" in page(client, f"/imports/{data_import.pk}/")


def test_same_file_again_changes_nothing(client: Client, camden: Borough) -> None:
    first = checked(client, REGISTER)
    applied(client, first)
    work(first)
    again = checked(client, REGISTER)
    assert (again.new, again.changed, again.unchanged, again.refused) == (0, 0, 2, 1)
    applied(client, again)
    assert newest().status == "CHECKED"
    assert "There is nothing new and nothing changed" in page(client, f"/imports/{again.pk}/")


def test_what_a_person_says_of_a_column_is_remembered(client: Client, camden: Borough) -> None:
    upload(client, REGISTER)
    client.post(f"/imports/{newest().pk}/columns/", columns(newest(), Colour="department"))
    assert ColumnMapping.objects.get().targets["colour"] == "department"
    upload(client, REGISTER.replace("Colour", "COLOUR "))
    assert newest().mapping["COLOUR"] == "department"


def test_one_field_is_filled_by_one_column(client: Client, camden: Borough) -> None:
    upload(client, REGISTER)
    answer = client.post(f"/imports/{newest().pk}/columns/", columns(newest(), Colour="title"))
    assert "“Title” is read from “Title” already" in answer.content.decode()
    assert newest().status == "RECEIVED"


def test_title_is_wanted(client: Client, camden: Borough) -> None:
    upload(client, REGISTER)
    answer = client.post(f"/imports/{newest().pk}/columns/", columns(newest(), Title=""))
    assert "Choose the column that holds “Title”" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 rubbish", "damaged"),
        (b"Title,Supplier\n", "only headings"),
    ],
)
def test_file_that_cannot_be_read_says_why(client: Client, camden: Borough, content: bytes, words: str) -> None:
    answer = upload(client, content)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not DataImport.objects.exists()


def test_package_of_contracts_is_no_file_of_needs(client: Client, camden: Borough) -> None:
    answer = upload(client, package(release()), noun="NEEDS", name="releases.json")
    assert "This is an open contracting (OCDS) package; choose Contracts." in answer.content.decode()
    assert not DataImport.objects.exists()


def test_file_of_another_borough_is_told_from_ones_own(client: Client, camden: Borough, other_borough: Borough) -> None:
    data_import = checked(client, "Council,Ref,Title\nCamden,C-1,Parking\nBrent,C-2,Waste\nAtlantis,C-3,Boats\n")
    assert (data_import.new, data_import.refused) == (1, 2)
    shown = page(client, f"/imports/{data_import.pk}/")
    assert "The row is for “Brent”, not for Camden." in shown
    assert "The row is for “Atlantis”, not for Camden." in shown


def test_same_contract_twice_is_told_with_the_line(client: Client, camden: Borough) -> None:
    data_import = checked(client, "Ref,Title\nC-1,Parking\nC-1,Parking again\n")
    assert data_import.rows.get(verdict="REFUSED").remarks == ["C-1 is used twice; it stands in line 2 already."]


def test_same_need_twice_is_told_with_the_line(client: Client, camden: Borough) -> None:
    data_import = checked(client, "ID,Title\n7,Parking\n7,Parking again\n", noun="NEEDS")
    assert data_import.rows.get(verdict="REFUSED").remarks == [
        "ID: 7 is used twice for Camden; it stands in line 2 already."
    ]


def test_rows_without_a_reference_are_known_again(client: Client, camden: Borough) -> None:
    text = "Title,Supplier,Annual cost\nParking,Permit Ltd,10\nTelecare,Bell,20\n"
    data_import = checked(client, text)
    assert "No column holds a reference" in page(client, f"/imports/{data_import.pk}/")
    applied(client, data_import)
    work(data_import)
    again = checked(client, text.replace("20", "25"))
    assert (again.new, again.changed, again.unchanged) == (0, 1, 1)
    shown = page(client, f"/imports/{again.pk}/")
    assert "Value a year: <del><bdi>£20</bdi></del> becomes <ins><bdi>£25</bdi></ins>" in shown


def test_change_is_told_in_the_words_of_the_page(client: Client, camden: Borough) -> None:
    text = "ID,Title,Kind,Start\n7,Parking permits,SOFTWARE,2027-04-01\n"
    first = checked(client, text, noun="NEEDS")
    applied(client, first)
    work(first)
    changed = text.replace("SOFTWARE", "LICENCES").replace("2027-04-01", "2027-05-01")
    shown = page(client, f"/imports/{checked(client, changed, noun='NEEDS').pk}/")
    assert "Kind of thing: <del><bdi>Software</bdi></del> becomes <ins><bdi>Licences</bdi></ins>" in shown
    assert "<ins><bdi>1 May 2027</bdi></ins>" in shown


def test_unknown_category_is_left_empty_and_said(client: Client, camden: Borough) -> None:
    reference.load()
    data_import = checked(client, "Ref,Title,Category\nC-1,Parking,Magic\nC-2,Waste,parking\n")
    assert data_import.new == 2
    said = data_import.rows.get(line=2).remarks
    assert said == ["There is no category called “Magic”, so it is left empty."]
    assert data_import.rows.get(line=3).content["category"] == "parking"


def test_needs_come_in_as_drafts(client: Client, camden: Borough) -> None:
    data_import = checked(
        client,
        "ID,Title,Problem,Number of users,Requirements\n7,Parking permits,Queues,1200,Pay by card|Renew\n",
        noun="NEEDS",
    )
    applied(client, data_import)
    work(data_import)
    need = Need.objects.get()
    assert (need.external_id, need.status, need.users_count) == ("7", "DRAFT", 1200)
    assert [line.text for line in need.requirements.order_by("position")] == ["Pay by card", "Renew"]


def test_contracts_of_a_package_come_in_without_columns(client: Client, camden: Borough) -> None:
    theirs = release(ocid="ocds-h6vhtk-000002", buyer={"name": "Hackney Council"}, parties=None)
    answer = upload(client, package(release(), theirs), name="releases.json")
    shown = page(client, answer["Location"])
    assert "What the file holds" in shown
    assert "An open contracting (OCDS) package with 2 contracts." in shown
    client.post(answer["Location"], {})
    data_import = work(newest())
    assert (data_import.new, data_import.refused) == (1, 1)
    assert "The buyer is “Hackney Council”, not Camden." in page(client, f"/imports/{data_import.pk}/")
    applied(client, data_import)
    work(data_import)
    assert Contract.objects.get().borough == camden
    upload(client, package(release(), theirs), name="releases.json")
    client.post(f"/imports/{newest().pk}/columns/", {})
    assert work(newest()).unchanged == 1


def test_discarded_file_is_gone(client: Client, camden: Borough) -> None:
    data_import = checked(client, REGISTER)
    client.post(f"/imports/{data_import.pk}/discard/")
    assert "Put aside" in page(client, f"/imports/{data_import.pk}/")
    assert applied(client, data_import).status_code == 409


def test_another_sheet_of_a_workbook_is_looked_at(client: Client, camden: Borough) -> None:
    old, new = (SheetOf([["Contract Ref", "Title"], [ref, "Parking"]], name=ref) for ref in ("A-2025", "B-2026"))
    upload(client, workbook(old, new), name="register.xlsx")
    address = f"/imports/{newest().pk}/columns/"
    assert newest().sheet == "A-2025"
    assert "B-2026" in page(client, address)
    client.post(address, {"sheet": "B-2026"})
    assert newest().sheet == "B-2026"
    client.post(address, {"sheet": "no such sheet"})
    assert newest().sheet == "B-2026"
    client.post(address, columns(newest()))
    assert work(newest()).rows.get().reference == "B-2026"


@pytest.mark.parametrize("address", ["/imports/", "/imports/{pk}/", "/imports/{pk}/columns/"])
def test_pages_ask_few_questions(client: Client, camden: Borough, address: str) -> None:
    rows = "".join(f"C-{number},Contract {number}\n" for number in range(120))
    data_import = checked(client, "Ref,Title\n" + rows)
    for _ in range(5):
        upload(client, REGISTER)
    with CaptureQueriesContext(connection) as asked:
        client.get(address.format(pk=data_import.pk))
    assert len(asked) <= 12


def test_sheet_that_a_person_looked_at_is_the_one_that_is_applied(client: Client, camden: Borough) -> None:
    first, other = (SheetOf([["Contract Ref", "Title"], [ref, "Parking"]], name=ref) for ref in ("A-2025", "B-2026"))
    upload(client, workbook(first, other), name="register.xlsx")
    columns_page = f"/imports/{newest().pk}/columns/"
    client.post(columns_page, columns(newest()))
    seen = work(newest()).check_number
    client.post(columns_page, {"sheet": "B-2026"})
    assert (newest().status, newest().new, newest().rows.count()) == ("RECEIVED", 0, 0)
    client.post(columns_page, columns(newest()))
    work(newest())
    answer = client.post(f"/imports/{newest().pk}/apply/", {"check": seen})
    assert "The file was checked again since you looked at it." in page(client, answer["Location"])
    assert newest().status == "CHECKED"
    assert f'name="check" value="{newest().check_number}"' in page(client, f"/imports/{newest().pk}/")
    applied(client, newest())
    assert work(newest()).status == "APPLIED"


@pytest.mark.parametrize("said", [{}, {"check": ""}, {"check": "x"}], ids=["none", "empty", "no-number"])
def test_nothing_is_applied_that_nobody_says_they_have_seen(
    client: Client, camden: Borough, said: dict[str, str]
) -> None:
    data_import = checked(client, REGISTER)
    client.post(f"/imports/{data_import.pk}/apply/", said)
    assert newest().status == "CHECKED"


UNTIDY = (
    "Needs for next year,,,,\r\n\r\n"
    "Need,How many staff use it (users),Budget (£),Needed by,Priority\r\n"
    "Housing repairs,about 30k,£250k,spring 2027,High\r\n"
    "Parking permits,1200,tbc,April 2027,\r\n"
    ",45,£40000,01/09/2027,Low\r\n"
    "Café ordering,n/a,£5k,1 Oct 2027,Low\r\n"
).encode("cp1252")


def checked_untidy(client: Client) -> DataImport:
    upload(client, UNTIDY, noun="NEEDS", name="needs.csv")
    users = next(heading for heading in newest().columns if "staff" in heading)
    client.post(f"/imports/{newest().pk}/columns/", columns(newest(), **{users: "users_count"}))
    return work(newest())


def test_need_is_kept_without_the_cells_that_cannot_be_read(client: Client, camden: Borough) -> None:
    data_import = checked_untidy(client)
    assert (data_import.new, data_import.refused) == (3, 1)
    row = data_import.rows.get(title="Housing repairs")
    assert row.remarks == [
        "How many staff use it (users): “about 30k” could not be read. "
        "Number of users must be a whole number, such as 1,200.",
        "Needed by: “spring 2027” is no date. Write it like 1 April 2027.",
    ]
    assert {cell["name"]: cell["text"] for cell in row.unread} == {
        "users_count": "about 30k",
        "start_date": "spring 2027",
    }
    assert data_import.rows.get(title="Parking permits").remarks == [
        "Budget (£): “tbc” could not be read. Highest budget must be an amount of money, like 250,000 or 1.2m.",
        "Needed by: “April 2027” is read as 1 April 2027, the first day of the month.",
    ]
    assert data_import.rows.get(title="Café ordering").remarks == []
    assert data_import.rows.get(verdict="REFUSED").remarks == [
        "“Need” is empty. A need cannot be kept without a title."
    ]


def test_person_decides_on_cells_that_cannot_be_read(client: Client, camden: Borough) -> None:
    data_import = checked_untidy(client)
    address = f"/imports/{data_import.pk}/"
    shown = page(client, address)
    assert "In 2 rows, cells could not be read" in shown
    assert "“about 30k” could not be read" in shown
    assert "The need is kept as a draft without them." in shown
    assert "R-" not in shown
    answer = applied(client, data_import)
    assert "Choose what should become of the rows" in page(client, answer["Location"])
    assert newest().status == "CHECKED"
    applied(client, data_import, unread="keep")
    assert work(data_import).new == 3
    assert sorted(Need.objects.values_list("title", "users_count", "status")) == [
        ("Café ordering", None, "DRAFT"),
        ("Housing repairs", None, "DRAFT"),
        ("Parking permits", 1200, "DRAFT"),
    ]


def test_rows_with_cells_that_cannot_be_read_are_left_out_where_a_person_says_so(
    client: Client, camden: Borough
) -> None:
    data_import = checked_untidy(client)
    applied(client, data_import, unread="leave_out")
    assert (work(data_import).new, data_import.refused) == (1, 3)
    assert Need.objects.get().title == "Café ordering"
    assert data_import.rows.get(title="Housing repairs").remarks[-1] == "The row was left out, as was chosen."


def test_need_tells_what_its_file_said_until_somebody_fills_it_in(client: Client, camden: Borough) -> None:
    data_import = checked_untidy(client)
    applied(client, data_import, unread="keep")
    work(data_import)
    need = Need.objects.get(title="Housing repairs")
    address = f"/needs/{need.reference}/"
    assert "Number of users: “<bdi>about 30k</bdi>”" in page(client, address)
    assert "Latest start: “<bdi>spring 2027</bdi>”" in page(client, address)
    Need.objects.filter(pk=need.pk).update(users_count=30_000)
    shown = page(client, address)
    assert "about 30k" not in shown
    assert "spring 2027" in shown
    assert "Id in its file" not in shown


def test_cell_that_cannot_be_read_takes_nothing_away(client: Client, camden: Borough) -> None:
    text = "ID,Title,Users,Kind\n7,Parking permits,1200,SOFTWARE\n"
    first = checked(client, text, noun="NEEDS")
    applied(client, first)
    work(first)
    again = checked(client, text.replace("1200", "lots").replace("SOFTWARE", "LICENCES"), noun="NEEDS")
    shown = page(client, f"/imports/{again.pk}/")
    assert "The need keeps what it says there now." in shown
    applied(client, again, unread="keep")
    work(again)
    need = Need.objects.get()
    assert (need.users_count, need.kind) == (1200, "LICENCES")


BUDGETED = "ID,Title,Budget from,Budget up to,Budget basis\n7,Parking,{},{},{}\n"


def brought_in(client: Client, text: str) -> DataImport:
    data_import = checked(client, text, noun="NEEDS")
    applied(client, data_import, unread="keep")
    return work(data_import)


@pytest.mark.parametrize(
    ("stored", "row"),
    [
        (("", "20000", ""), ("30000", "tbc", "")),
        (("", "400000", "whole life"), ("", "40000", "per permit")),
    ],
    ids=["other-end-of-the-budget", "basis-of-the-budget"],
)
def test_half_of_a_budget_is_not_put_beside_the_stored_other_half(
    client: Client, camden: Borough, stored: tuple[str, ...], row: tuple[str, ...]
) -> None:
    def budget() -> tuple[int | None, int | None, str]:
        return Need.objects.values_list("budget_min", "budget_max", "budget_basis").get()

    brought_in(client, BUDGETED.format(*stored))
    before = budget()
    assert before[1] == int(stored[1])
    assert brought_in(client, BUDGETED.format(*row).replace("Parking", "Parking permits")).status == "APPLIED"
    assert budget() == before
    assert Need.objects.get().title == "Parking permits"


def test_no_personal_data_is_an_answer_that_stays(client: Client, camden: Borough) -> None:
    text = "ID,Title,Personal data\n7,Parking,None\n"
    brought_in(client, text)
    assert Need.objects.get().personal_data == "NONE"
    assert checked(client, text, noun="NEEDS").unchanged == 1


def test_cell_of_a_row_that_changes_nothing_is_listed_without_a_question(client: Client, camden: Borough) -> None:
    text = "ID,Title,Users\n7,Parking permits,1200\n8,Waste,{}\n"
    brought_in(client, text.format(40).replace("8,", "9,"))
    address = f"/imports/{checked(client, text.format(50).replace('1200', 'lots'), noun='NEEDS').pk}/"
    shown = page(client, address)
    assert "Cells not read (1)" in shown
    assert "“lots” could not be read" in shown
    assert "The need keeps what it says there now." in shown
    assert "Where a row changes nothing else, its need stays as it is." in shown
    assert "What should become of the rows" not in shown
    applied(client, newest())
    assert work(newest()).new == 1
    assert "Cells not read (1)" in page(client, address)


def test_decimal_commas_of_a_file_of_needs_are_read_as_it_is_announced(client: Client, camden: Borough) -> None:
    data_import = checked(client, "Title;Budget\nParking;12.000\nWaste;1.234,00\n", noun="NEEDS")
    assert any("decimal point" in note and "“Budget”" in note for note in data_import.notes)
    assert data_import.rows.get(title="Parking").said["budget_max"] == 12_000
    assert data_import.rows.get(title="Waste").said["budget_max"] == 1_234


def test_need_without_an_identifier_that_stands_twice_is_told_by_its_title(client: Client, camden: Borough) -> None:
    data_import = checked(client, "Title,Problem\nParking,Queues\nparking,Paper\n", noun="NEEDS")
    assert data_import.rows.get(verdict="REFUSED").remarks == [
        "A need called “parking” stands in line 2 already. Give one of the two another title, or each an identifier."
    ]


def test_end_of_a_need_gives_its_length(client: Client, camden: Borough) -> None:
    text = "Title,Start,End\nParking,01/04/2027,31/03/2029\nWaste,,31/03/2029\n"
    data_import = checked(client, text, noun="NEEDS")
    assert data_import.rows.get(title="Parking").said["months"] == 24
    assert data_import.rows.get(title="Waste").remarks == [
        "End: There is no start beside it, so the length cannot be worked out."
    ]
    assert data_import.rows.get(title="Waste").unread == []


def test_columns_that_are_left_out_are_listed_before_anything_is_written(client: Client, camden: Borough) -> None:
    upload(client, REGISTER.replace("Colour", "Vendor"))
    address = f"/imports/{newest().pk}/"
    shown = page(client, f"{address}columns/")
    assert "1 column would be left out:</strong> “<bdi>Vendor</bdi>”" in shown
    assert "“Vendor” looks like the column for “Supplier”, which is read from “Supplier” already." in shown
    client.post(f"{address}columns/", columns(newest()))
    work(newest())
    assert "1 column of the file is left out:</strong> “<bdi>Vendor</bdi>”" in page(client, address)


def test_column_that_nobody_understood_is_not_remembered_as_left_out(client: Client, camden: Borough) -> None:
    upload(client, REGISTER)
    client.post(f"/imports/{newest().pk}/columns/", columns(newest(), Supplier=""))
    remembered = ColumnMapping.objects.get().targets
    assert remembered["supplier"] == ""
    assert "colour" not in remembered


def test_contract_without_a_title_is_told_by_the_heading_of_the_file(client: Client, camden: Borough) -> None:
    data_import = checked(
        client, "Contract ref,Contract name,Ends,Starts\nC-1,,31/03/2027,\n,Waste,1/4/2024,1/4/2025\n"
    )
    assert [row.remarks for row in data_import.rows.order_by("line")] == [
        ["“Contract name” is empty. A contract cannot be kept without a title."],
        ["Ends: End date must be the same as the start date or later."],
    ]


def test_contract_without_a_reference_that_stands_twice_is_told_by_its_title(client: Client, camden: Borough) -> None:
    data_import = checked(client, "Title,Supplier\nParking,Permit Ltd\nParking,Permit Ltd\n")
    assert data_import.rows.get(verdict="REFUSED").remarks == [
        "“Parking” stands in line 2 already, with the same supplier and start. Give each a reference of its own."
    ]


def test_broken_cell_of_a_workbook_is_one_cell_of_its_need(client: Client, camden: Borough) -> None:
    fault = Raw("<f>#REF!+1</f><v>#REF!</v>", "e")
    rows = [["Title", "Users", "Needed by"], ["Parking", fault, "1/4/2027"], [fault, 12, "1/4/2027"]]
    upload(client, workbook(SheetOf(rows)), noun="NEEDS", name="needs.xlsx")
    client.post(f"/imports/{newest().pk}/columns/", columns(newest()))
    kept, refused = work(newest()).rows.order_by("line")
    assert (kept.verdict, kept.said["start_date"], [cell["name"] for cell in kept.unread]) == (
        "NEW",
        "2027-04-01",
        ["users_count"],
    )
    assert refused.verdict == "REFUSED"
    assert [remark.partition(":")[0] for remark in (*kept.remarks, *refused.remarks)] == ["Users", "Title"]
