from pathlib import Path

import pytest
from django.core.management import call_command

from boroughs.actions import reference
from boroughs.models import AuditEvent, Contract

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
        (",camden,Parking,,,,,,,,,\n", "Enter the contract’s reference."),
        ("C-2,camden,,,,,,,,,,\n", "Enter a title."),
        ("C-2,camden,Parking,,,magic,,,,,,\n", "There is no category called “magic”."),
        ("C-2,camden,Parking,,,,2027-02-30,,,,,\n", "Start date must be a real date."),
        ("C-2,camden,P,,,,2027-02-01,2026-01-01,,,,\n", "End date must be the same as the start date or later."),
        (
            "C-2,camden,Parking,,,,,,-1,,,\n",
            "Options to extend must be months for each option, such as 12 + 12 (at most 20 options of 240 months).",
        ),
        ("C-2,camden,Parking,,,,,,,,-5,\n", "Value a year must be £0 or more."),
        ("C-1,Camden,Parking,,,,,,,,,\n", "C-1 is used twice; it stands in line 2 already."),
    ],
)
def test_wrong_row_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, words: str
) -> None:
    printed = run(tmp_path, capsys, ROW, row)
    assert printed == [f"Line 3: {words}", "1 new, 0 changed, 0 unchanged, 1 refused"]
