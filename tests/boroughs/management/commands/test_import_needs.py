import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from boroughs.actions import reference
from boroughs.actions.reference import DATA
from boroughs.models import AuditEvent, Borough, Contract, Need, Work
from tests.factories.boroughs import ContractFactory

pytestmark = pytest.mark.django_db
ROW: dict[str, Any] = {"id": "X-1", "borough": "camden", "title": "Parking permits", "description": "Permits online."}


@pytest.fixture(autouse=True)
def _reference() -> None:
    reference.load()


def run(path: Path, capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> list[str]:
    """The lines that the command printed."""
    if code:
        with pytest.raises(SystemExit) as stopped:
            call_command("import_needs", str(path), *options)
        assert stopped.value.code == code
    else:
        call_command("import_needs", str(path), *options)
    return capsys.readouterr().out.strip().splitlines()


def lines(tmp_path: Path, *rows: Any) -> Path:
    path = tmp_path / "needs.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")
    return path


def test_row_becomes_an_open_need_and_the_same_file_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lines(tmp_path, ROW)
    assert run(path, capsys) == ["1 new, 0 changed, 0 unchanged, 0 refused"]
    assert run(path, capsys) == ["0 new, 0 changed, 1 unchanged, 0 refused"]
    assert run(lines(tmp_path, ROW | {"months": 12}), capsys) == ["0 new, 1 changed, 0 unchanged, 0 refused"]
    need = Need.objects.get()
    assert (need.status, need.external_id, need.borough.slug, need.months) == ("OPEN", "X-1", "camden", 12)
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["import", "import"]


def test_file_may_name_a_contract_that_its_need_named_before_it_was_taken_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ContractFactory(borough=Borough.objects.get(slug="camden"), reference="C-1")
    path = lines(tmp_path, ROW | {"contract": "C-1"})
    run(path, capsys)
    Contract.objects.update(closed_at=timezone.now())
    assert run(path, capsys) == ["0 new, 0 changed, 1 unchanged, 0 refused"]
    other = lines(tmp_path, ROW | {"id": "X-2", "contract": "C-1"})
    assert run(other, capsys, code=1)[0] == "Line 1: contract: There is no contract “C-1” in the borough’s register."


@pytest.mark.django_db(transaction=True)
def test_many_rows_ask_for_one_match_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reference.load()
    bells: list[str] = []
    monkeypatch.setattr("boroughs.background.ring", lambda task, **_: bells.append(task))
    run(lines(tmp_path, *[ROW | {"id": str(number)} for number in range(250)]), capsys)
    assert Need.objects.count() == 250
    assert Work.objects.pending().count() == 1
    assert len(bells) == 1


def test_every_shape_of_a_full_row_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = ROW | {
        "problem": "Permits are printed.",
        "users_description": "Residents.",
        "category": "parking",
        "kind": "managed_service",
        "cpv": ["63712400-7", "48000000"],
        "budget_min": 100,
        "budget_max": 200.4,
        "budget_basis": "per_year",
        "users": 12,
        "start": "2027-04-01",
        "months": 24,
        "contract_end": "31/03/2027",
        "incumbent": "Old System",
        "requirements": ["A line.", {"text": "Another.", "priority": "should", "standard": "UPRN"}, ""],
        "users_tolerance": 10,
        "volumes": [{"what": "permits a year", "quantity": 12000, "tolerance": 5}],
        "earliest_start_date": "01/01/2027",
        "contract": "C-7",
        "integrations": "GOV.UK Pay",
        "hosting": "own cloud",
        "personal_data": "Personal data",
        "depth": "joint market approach",
        "could_lead": True,
        "supplier_disclosure": "named",
    }
    ContractFactory(borough=Borough.objects.get(slug="camden"), reference="C-7")
    assert run(lines(tmp_path, full), capsys)[-1] == "1 new, 0 changed, 0 unchanged, 0 refused"
    need = Need.objects.get()
    assert (need.kind, need.budget_basis, need.budget_max, need.users_count) == ("MANAGED_SERVICE", "PER_YEAR", 200, 12)
    assert need.cpv == ["63712400", "48000000"]
    assert (str(need.start_date), str(need.contract_end_date)) == ("2027-04-01", "2027-03-31")
    assert need.category is not None
    assert need.category.slug == "parking"
    assert list(need.requirements.order_by("position").values_list("text", "priority", "standard")) == [
        ("A line.", "MUST", ""),
        ("Another.", "SHOULD", "UPRN"),
    ]
    assert need.volumes == [{"what": "permits a year", "quantity": 12000, "tolerance": 5}]
    assert need.contract is not None
    assert (need.contract.reference, need.users_tolerance, str(need.earliest_start_date)) == ("C-7", 10, "2027-01-01")
    assert (need.hosting, need.personal_data, need.depth) == ("OWN_CLOUD", "PERSONAL", "MARKET")
    assert (need.could_lead, need.supplier_disclosure, need.integrations) == (True, "NAMED", "GOV.UK Pay")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{not json", "The line is not JSON"),
        ('["a list"]', "must be one JSON object"),
        ("[" * 100_000, "The line is not JSON"),
        ('{"id": "X", "borough": "camden", "title": "T", "users": NaN}', "The line is not JSON"),
        ('{"id": "X", "borough": "camden", "title": "T", "users": ' + "9" * 5000 + "}", "The line is not JSON"),
        (ROW | {"borough": "atlantis"}, "“atlantis” is not one of the authorities here."),
        (ROW | {"borough": None}, "The row names no borough."),
        (ROW | {"borough": ["camden"]}, "borough must be text."),
        (ROW | {"id": None, "title": None}, "The row has no title. A need cannot be kept without a title."),
        (ROW | {"title": "\u200b"}, "The row has no title."),
        (ROW | {"title": "x" * 301}, "Title must be 300 characters or fewer."),
        (ROW | {"title": {"en": "T"}}, "title must be text."),
        (ROW | {"description": "x" * 20_001}, "Outcome must be 20,000 characters or fewer."),
        (ROW | {"start": "2027-02-30"}, "start: “2027-02-30” is no date: there is no such day in the calendar."),
        (ROW | {"budget_min": -5}, "Lowest budget must be £0 or more."),
        (ROW | {"budget_min": 9, "budget_max": 5}, "Highest budget must be the same as the lowest budget or more."),
        (ROW | {"budget_min": True}, "budget_min: “True” could not be read. It must be a number."),
        (ROW | {"category": "magic"}, "There is no category called “magic”."),
        (ROW | {"kind": "magic"}, "Kind must be one of"),
        (ROW | {"cpv": ["12"]}, "The CPV code “12” must have eight digits."),
        (ROW | {"contract": "C-9"}, "There is no contract “C-9” in the borough’s register."),
        (ROW | {"volumes": "many"}, "volumes must be a list"),
        (ROW | {"volumes": [{"what": "permits"}]}, "Enter how many: “permits”."),
        (ROW | {"volumes": [{"what": "x", "quantity": 1}] * 6}, "5 volumes at the most"),
        (ROW | {"could_lead": "perhaps"}, "Whether you could lead must be yes or no."),
        (ROW | {"depth": "deep"}, "How far you would go must be"),
        (ROW | {"earliest_start_date": "2027-05-01", "start": "2027-04-01"}, "Latest start must be the same as"),
        (ROW | {"requirements": 5}, "requirements must be a list."),
        (ROW | {"requirements": [{"text": "T", "priority": "maybe"}]}, "Priority must be must or should."),
        (ROW | {"requirements": ["x"] * 201}, "200 requirements at the most"),
    ],
)
def test_wrong_row_is_refused_in_words_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: Any, words: str
) -> None:
    printed = run(lines(tmp_path, row, ROW | {"id": "good"}), capsys)
    assert printed[0].startswith("Line 1: ")
    assert words in printed[0]
    assert printed[-1] == "1 new, 0 changed, 0 unchanged, 1 refused"
    assert Need.objects.get().external_id == "good"


def test_row_with_several_faults_tells_all_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run(lines(tmp_path, ROW | {"months": 0, "users": "about 30k"}), capsys, code=1)
    assert printed[0] == (
        "Line 1: users: “about 30k” could not be read. Number of users must be a whole number, such as 1,200. "
        "months: “0” could not be read. Contract length in months must be 1 or more."
    )


def test_id_used_twice_is_refused_with_both_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run(lines(tmp_path, ROW, "", ROW | {"title": "Other"}), capsys)
    assert printed[0] == "Line 3: id: X-1 is used twice for camden; it stands in line 1 already."
    assert Need.objects.get().title == "Parking permits"


def test_same_id_of_two_boroughs_is_two_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(lines(tmp_path, ROW, ROW | {"borough": "Brent Council"}), capsys)
    assert Need.objects.count() == 2


def test_line_that_is_not_utf8_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "needs.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "1", "borough": "camden", "title": "T"}\n{"id": "caf\xe9"}\n')
    assert run(path, capsys) == ["Line 2: The line is not UTF-8.", "1 new, 0 changed, 0 unchanged, 1 refused"]


def test_lone_surrogates_and_controls_are_cleaned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(lines(tmp_path, '{"id": "1", "borough": "camden", "title": "A\\ud800\\u0000\\u202eB"}'), capsys)
    assert Need.objects.get().title == "AB"


def test_labels_are_never_stored_and_unknown_columns_are_named_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled = ROW | {
        "cluster": "secret-cluster",
        "family": "secret",
        "note": "secret",
        "double": True,
        "colour": "red",
    }
    printed = run(lines(tmp_path, labelled, labelled | {"id": "X-2"}), capsys)
    assert printed == ["Columns that are not read: colour", "2 new, 0 changed, 0 unchanged, 0 refused"]
    assert "secret" not in json.dumps(list(Need.objects.values()), default=str)
    assert not AuditEvent.objects.filter(details__icontains="secret").exists()


def test_notice_of_an_unknown_buyer_needs_leave_to_be_a_guest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = {
        "id": "R-1",
        "buyer": "BURNLEY BOROUGH COUNCIL",
        "title": "Card payments",
        "description": ".",
        "cpv": [],
        "value": 1234.56,
        "start": "2024-01-01",
        "end": "2026-01-01",
    }
    other = notice | {"id": "R-2", "buyer": "Burnley Borough Council", "value": 0.0}
    unbegun = {name: value for name, value in notice.items() if name != "start"} | {"id": "R-3", "title": "Tills"}
    path = lines(tmp_path, notice, other, unbegun)
    assert run(path, capsys, code=1)[-1] == "0 new, 0 changed, 0 unchanged, 3 refused"
    assert run(path, capsys, "--admit-guests")[-1] == "3 new, 0 changed, 0 unchanged, 0 refused"
    assert run(path, capsys, "--admit-guests")[-1] == "0 new, 0 changed, 3 unchanged, 0 refused"
    guest = Borough.objects.get(kind=Borough.Kind.GUEST)
    assert (guest.name, guest.slug) == ("BURNLEY BOROUGH COUNCIL", "burnley-borough-council")
    need = Need.objects.get(external_id="R-1")
    assert (need.description, need.budget_min, need.budget_max, need.months) == ("", None, 1235, 24)
    assert Need.objects.get(external_id="R-2").budget_max is None


def test_csv_with_a_mark_lines_in_cells_and_empty_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "needs.csv"
    path.write_text(
        "ID,Borough,Title,Requirements,Users,Start\r\n"
        '1,Camden,Permits,"One.\nTwo.",5,2027-04-01\r\n'
        ",,,,,\r\n"
        "2,London Borough of Brent,Tickets,One.|Two.|,,\r\n"
        "4,brent,,,,\r\n",
        encoding="utf-8-sig",
    )
    assert run(path, capsys) == [
        "Line 6: “Title” is empty. A need cannot be kept without a title.",
        "2 new, 0 changed, 0 unchanged, 1 refused",
    ]
    assert {need.external_id: need.requirements.count() for need in Need.objects.all()} == {"1": 2, "2": 2}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"id,title\n", "only headings"),
        (None, "cannot be read"),
    ],
)
def test_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "needs.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        call_command("import_needs", str(path))


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_needs", str(tmp_path))


def test_empty_file_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lines(tmp_path), capsys) == ["0 new, 0 changed, 0 unchanged, 0 refused"]


def test_own_demonstration_is_taken_whole(capsys: pytest.CaptureFixture[str]) -> None:
    for path in sorted((DATA / "demo").glob("needs_*.jsonl")):
        rows = len(path.read_text(encoding="utf-8").strip().splitlines())
        assert run(path, capsys)[-1] == f"{rows} new, 0 changed, 0 unchanged, 0 refused"
    for path in sorted((DATA / "demo").glob("contracts_*.csv")):
        call_command("import_contracts", str(path))
        assert capsys.readouterr().out.strip().endswith(", 0 refused")


def test_labelled_sets_are_taken_whole_in_seconds(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared_data / "needs_dev.jsonl"
    assert run(path, capsys)[-1] == "204 new, 0 changed, 0 unchanged, 0 refused"
    started = time.process_time()
    path = shared_data / "notices_dev.jsonl"
    assert run(path, capsys, "--admit-guests")[-1] == "312 new, 0 changed, 0 unchanged, 0 refused"
    assert time.process_time() - started < 5
    assert run(path, capsys, "--admit-guests")[-1] == "0 new, 0 changed, 312 unchanged, 0 refused"
    assert run(path, capsys)[-1] == "0 new, 0 changed, 312 unchanged, 0 refused"
