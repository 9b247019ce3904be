from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from boroughs.actions import reference
from boroughs.actions.reference import DATA
from boroughs.models import AuditEvent, Borough, Contract, Role
from tests.boroughs.forms.releases import package, release
from tests.factories.boroughs import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
HEAD = (
    "reference,borough,title,system,supplier,category,start_date,end_date,"
    "extension_months,notice_months,annual_value,ocid\n"
)
ROW = "C-1,camden,Parking,PermitSys,Permit Ltd,parking,2022-04-01,2027-03-31,24,6,64000,\n"


@pytest.fixture(autouse=True)
def _reference() -> None:
    reference.load()


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], *rows: str) -> list[str]:
    path = tmp_path / "contracts.csv"
    path.write_text(HEAD + "".join(rows))
    call_command("import_contracts", str(path))
    return capsys.readouterr().out.strip().splitlines()


def test_row_becomes_a_contract_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, capsys, ROW) == ["1 new, 0 changed, 0 unchanged, 0 refused"]
    assert run(tmp_path, capsys, ROW) == ["0 new, 0 changed, 1 unchanged, 0 refused"]
    assert run(tmp_path, capsys, ROW.replace("64000", "£70,000".replace(",", ""))) == [
        "0 new, 1 changed, 0 unchanged, 0 refused"
    ]
    contract = Contract.objects.get()
    assert (contract.annual_value, contract.extension_options, str(contract.end_date)) == (70_000, [24], "2027-03-31")
    assert (contract.notice_months, contract.revision) == (6, 2)
    assert AuditEvent.objects.filter(noun="contract").count() == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("C-2,atlantis,Parking,,,,,,,,,\n", "“atlantis” is not one of the authorities here."),
        ("C-2,camden,,,,,,,,,,\n", "“title” is empty. A contract cannot be kept without a title."),
        (
            "C-2,camden,Parking,,,,2027-02-30,,,,,\n",
            "start_date: “2027-02-30” is no date: there is no such day in the calendar.",
        ),
        (
            "C-2,camden,P,,,,2027-02-01,2026-01-01,,,,\n",
            "end_date: End date must be the same as the start date or later.",
        ),
        (
            "C-2,camden,Parking,,,,,,-1,,,\n",
            "extension_months: “-1” is no time to extend. Write it like 12 + 12 months or 2 x 1 year.",
        ),
        ("C-2,camden,Parking,,,,,,,,-5,\n", "annual_value: “-5” is negative. An amount must be 0 or more."),
        ("C-1,Camden,Parking,,,,,,,,,\n", "C-1 is used twice; it stands in line 2 already."),
    ],
)
def test_wrong_row_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, words: str
) -> None:
    printed = run(tmp_path, capsys, ROW, row)
    assert printed == [f"Line 3: {words}", "1 new, 0 changed, 0 unchanged, 1 refused"]


def test_borough_is_given_for_rows_that_name_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "contracts.csv"
    path.write_text("reference,borough,title\nC-1,,Parking\nC-2,Hackney,Parking\nC-3,Camden Council,Parking\n")
    call_command("import_contracts", str(path), borough="camden")
    assert capsys.readouterr().out.strip().splitlines() == [
        "Line 3: The row is for “Hackney”, not for Camden.",
        "2 new, 0 changed, 0 unchanged, 1 refused",
    ]
    assert set(Contract.objects.values_list("borough__slug", flat=True)) == {"camden"}


def test_unknown_borough_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no authority called “atlantis”\."):
        call_command("import_contracts", str(tmp_path / "contracts.csv"), borough="atlantis")


def test_package_is_taken_in_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "releases.json"
    theirs = release(ocid="ocds-h6vhtk-000002", buyer={"name": "Hackney Council"}, parties=None)
    path.write_bytes(package(release(), theirs, release(ocid="ocds-3", contracts=None, awards=None)))

    def taken_in(**options: object) -> list[str]:
        call_command("import_contracts", str(path), borough="camden", **options)
        return capsys.readouterr().out.strip().splitlines()

    said = [
        "Line 2: The buyer is “Hackney Council”, not Camden.",
    ]
    assert taken_in() == [*said, "1 new, 0 changed, 0 unchanged, 1 refused"]
    assert taken_in() == [*said, "0 new, 0 changed, 1 unchanged, 1 refused"]
    contract = Contract.objects.get()
    assert (contract.borough.slug, contract.reference) == ("camden", "ocds-h6vhtk-000001 C1")
    assert (contract.supplier, contract.company_number) == ("Permit Systems Ltd", "09442333")
    assert (str(contract.start_date), str(contract.end_date)) == ("2024-04-01", "2027-03-31")
    assert (contract.total_value, contract.ocid, contract.revision) == (395_493, "ocds-h6vhtk-000001", 1)
    assert contract.category is not None
    assert contract.category.slug == "crm"
    assert "1 release only tells of planning or of a tender and gives no contract." in taken_in(verbosity=2)


@pytest.mark.parametrize("content", [b'{"releases": {}}', b'{"releases": [NaN]}', b'{"records": "' + b"\xff" + b'"}'])
def test_package_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "releases.json"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_contracts", str(path))


def test_register_with_headings_of_its_own_is_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(
        "Vertrag;Contract Ref;Title;Ends;Annual cost\nx;C-1;Parking;31.03.2027;1.234,50 £\n".encode("cp1252")
    )
    call_command("import_contracts", str(path), borough="camden")
    printed = capsys.readouterr().out.strip().splitlines()
    assert printed[-2:] == ["Columns that are not read: Vertrag", "1 new, 0 changed, 0 unchanged, 0 refused"]
    contract = Contract.objects.get()
    assert (str(contract.end_date), contract.annual_value) == ("2027-03-31", 1_235)


def test_what_the_file_is_silent_about_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, capsys, ROW)
    path = tmp_path / "short.csv"
    path.write_text("Contract Ref,Title,Supplier\nC-1,Parking,\n")
    call_command("import_contracts", str(path), borough="camden")
    contract = Contract.objects.get()
    assert (contract.supplier, contract.annual_value, contract.system) == ("", 64_000, "PermitSys")


def test_file_of_a_gigabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1024**3)
    with pytest.raises(CommandError, match="larger than 20 MB"):
        call_command("import_contracts", str(path))


def test_dry_run_tells_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "contracts.csv"
    path.write_text(HEAD + ROW)
    call_command("import_contracts", str(path), dry_run=True)
    assert capsys.readouterr().out.strip().splitlines() == [
        "This was a dry run: nothing was written.",
        "1 new, 0 changed, 0 unchanged, 0 refused",
    ]
    assert not Contract.objects.exists()
    assert not AuditEvent.objects.filter(noun="contract").exists()


def test_register_that_was_downloaded_is_taken_in_again_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    for path in sorted((DATA / "demo").glob("contracts_*.csv")):
        call_command("import_contracts", str(path))
    user = UserFactory()
    for borough in Borough.objects.filter(contracts__isnull=False).distinct():
        MembershipFactory(user=user, borough=borough, role=Role.BOROUGH_READER)
    Contract.objects.filter(pk=Contract.objects.earliest("pk").pk).update(title="=1+1", supplier="'-", notice_days=10)
    before = list(Contract.objects.order_by("pk").values())
    client.force_login(user)
    downloaded = tmp_path / "contract-register.csv"
    downloaded.write_bytes(client.get("/contracts/export/").content)
    capsys.readouterr()
    call_command("import_contracts", str(downloaded))
    assert capsys.readouterr().out.strip() == f"0 new, 0 changed, {len(before)} unchanged, 0 refused"
    assert list(Contract.objects.order_by("pk").values()) == before
    assert len(before) > 100
