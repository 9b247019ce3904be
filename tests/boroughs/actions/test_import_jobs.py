from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from boroughs.actions import amendments, contracts, data_imports, import_jobs, needs, register, work
from boroughs.actions.contract_content import ContractContent
from boroughs.actions.import_jobs import CheckedRow
from boroughs.actions.need_content import NeedContent, as_json
from boroughs.exceptions import LotiError
from boroughs.models import (
    Amendment,
    AuditEvent,
    Borough,
    Contract,
    ContractRevision,
    DataImport,
    Membership,
    Need,
    User,
    Work,
)
from boroughs.permissions import COMMAND_LINE
from tests.boroughs.actions.importing import (
    applied,
    broken,
    checked,
    contract_row,
    done,
    done_later,
    need_row,
    reader,
    received,
    refused_row,
    undone,
)
from tests.factories.boroughs import NeedFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def counts(data_import: DataImport) -> tuple[int, int, int, int]:
    return data_import.new, data_import.changed, data_import.unchanged, data_import.refused


def verdicts(data_import: DataImport) -> list[str]:
    return list(data_import.rows.order_by("line").values_list("verdict", flat=True))


def test_check_tells_what_would_come_of_each_row_and_writes_nothing(borough: Borough) -> None:
    contracts.add(borough=borough, reference="C-1", content=ContractContent(title="Parking"), by=COMMAND_LINE)
    contracts.add(borough=borough, reference="C-2", content=ContractContent(title="Waste"), by=COMMAND_LINE)
    data_import = checked(
        borough,
        contract_row(2, "C-1"),
        contract_row(3, "C-2", title="Waste routes"),
        contract_row(4, "C-3"),
        refused_row(5, "End date must be a real date."),
    )
    assert data_import.status == "CHECKED"
    assert counts(data_import) == (1, 1, 1, 1)
    assert verdicts(data_import) == ["UNCHANGED", "CHANGED", "NEW", "REFUSED"]
    changed = data_import.rows.get(verdict="CHANGED")
    assert (changed.before["title"], changed.content["title"]) == ("Waste", "Waste routes")
    assert data_import.rows.get(verdict="REFUSED").remarks == ["End date must be a real date."]
    assert not Contract.objects.filter(reference="C-3").exists()


def test_applied_rows_are_in_the_register_and_the_same_file_changes_nothing_more(borough: Borough) -> None:
    rows = contract_row(2, "C-1"), contract_row(3, "C-2", extension_options=(12, 12))
    data_import = applied(borough, *rows)
    assert (data_import.status, data_import.applied_by) == ("APPLIED", "command line")
    assert list(Contract.objects.order_by("reference").values_list("reference", "extension_options")) == [
        ("C-1", []),
        ("C-2", [12, 12]),
    ]
    assert AuditEvent.objects.get(noun="import", verb="apply").details == {"new": 2, "changed": 0}
    again = checked(borough, *rows)
    assert counts(again) == (0, 0, 2, 0)


def test_undone_import_leaves_the_register_as_it_was(borough: Borough) -> None:
    contracts.add(borough=borough, reference="C-1", content=ContractContent(title="Waste"), by=COMMAND_LINE)
    data_import = undone(applied(borough, contract_row(2, "C-1"), contract_row(3, "C-2")))
    assert (data_import.status, data_import.undone_by) == ("UNDONE", "command line")
    assert list(Contract.objects.values_list("reference", "title")) == [("C-1", "Waste")]


def test_register_that_changed_after_the_preview_is_not_written_over(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=ContractContent(title="A"), by=COMMAND_LINE)
    data_import = checked(borough, contract_row(2, "C-1"), contract_row(3, "C-2"))
    contracts.edit(contract=contract, content=ContractContent(title="By hand"), revision=1, by=COMMAND_LINE)
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    done(data_import)
    assert data_import.status == "CHECKED"
    assert data_import.error == "Changed since this preview: C-1. Check the file again."
    assert list(Contract.objects.values_list("title", flat=True)) == ["By hand"]


def test_row_that_was_added_by_hand_after_the_preview_is_not_written_over(borough: Borough) -> None:
    data_import = checked(borough, contract_row(2, "C-1"))
    contracts.add(borough=borough, reference="C-1", content=ContractContent(title="By hand"), by=COMMAND_LINE)
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    assert "Changed since this preview: C-1" in done(data_import).error
    assert Contract.objects.get().title == "By hand"


def test_whoever_lost_the_role_since_writes_nothing(borough: Borough, editor: User) -> None:
    data_import = checked(borough, need_row(2, "N1"), noun="NEEDS", by=editor)
    data_imports.apply(data_import=data_import, by=editor)
    Membership.objects.all().delete()
    done(data_import)
    assert data_import.status == "CHECKED"
    assert "need permission" in data_import.error
    assert not Need.objects.exists()


def test_file_that_cannot_be_read_says_why_at_once(borough: Borough) -> None:
    data_import = received(borough)
    data_imports.check(data_import=data_import, mapping={}, remembered={}, by=COMMAND_LINE)
    failing = broken(contract_row(2, "C-1"), error=LotiError("Line 3 holds no end of text."))
    import_jobs.run(key=str(data_import.pk), read=failing)
    data_import.refresh_from_db()
    assert (data_import.status, data_import.error) == ("RECEIVED", "Line 3 holds no end of text.")
    assert not Work.objects.pending().exists()
    assert not data_import.rows.exists()


def test_fault_is_tried_three_times_and_then_told(
    borough: Borough, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data_import = checked(borough, contract_row(2, "C-1"), contract_row(3, "C-2"))
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    write = register.write

    def power_cut(*arguments: Any, **named: Any) -> None:
        write(*arguments, **named)
        raise RuntimeError("power cut")

    monkeypatch.setattr(register, "write", power_cut)
    for _ in range(3):
        assert done_later(data_import).error == "" or data_import.status == "CHECKED"
        assert not Contract.objects.exists()
    assert data_import.status == "CHECKED"
    assert data_import.error == import_jobs.FAULT
    monkeypatch.undo()
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    assert done(data_import).status == "APPLIED"
    assert Contract.objects.count() == 2


def test_worker_that_was_taken_over_writes_nothing(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    data_import = checked(borough, contract_row(2, "C-1"))
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    claim = work.claim

    def taken_over(**arguments: Any) -> Any:
        found = claim(**arguments)
        Work.objects.update(lease_owner="another worker")
        return found

    monkeypatch.setattr(work, "claim", taken_over)
    done(data_import)
    assert data_import.status == "APPLYING"
    assert not Contract.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_apply_once(borough: Borough) -> None:
    data_import = checked(borough, *(contract_row(line, f"C-{line}") for line in range(2, 40)))
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)

    def job() -> None:
        import_jobs.run(key=str(data_import.pk), read=reader())

    assert at_once(job, job) == [None, None]
    # SQLite may have answered both that it is locked; the job is then tried again.
    assert done_later(data_import).status == "APPLIED"
    assert ContractRevision.objects.count() == 38


@pytest.mark.django_db(transaction=True)
def test_of_an_editor_and_an_import_nobody_writes_over_the_other(borough: Borough) -> None:
    contract = contracts.add(borough=borough, reference="C-1", content=ContractContent(title="A"), by=COMMAND_LINE)
    data_import = checked(borough, contract_row(2, "C-1", title="From the file"))
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)

    def by_hand() -> Any:
        return contracts.edit(contract=contract, content=ContractContent(title="By hand"), revision=1, by=COMMAND_LINE)

    outcomes = at_once(by_hand, lambda: import_jobs.run(key=str(data_import.pk), read=reader()))
    # SQLite may have answered that it is locked, even to the word that the job failed; it is then tried again.
    done_later(data_import)
    told = str(outcomes[0]) if isinstance(outcomes[0], Exception) else data_import.error
    assert "hanged" in told
    said = list(ContractRevision.objects.order_by("number").values_list("content__title", flat=True))
    assert said in (["A", "By hand"], ["A", "From the file"])


def test_check_reports_how_far_it_is(borough: Borough, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "TICK", 2)
    seen = []

    def read(data_import: DataImport, content: bytes) -> import_jobs.Reading:
        def rows() -> Any:
            for line in range(2, 7):
                yield contract_row(line, f"C-{line}")
                seen.append(DataImport.objects.values_list("progress_done", "progress_total").get())

        return import_jobs.Reading(total=5, rows=rows())

    data_import = received(borough)
    data_imports.check(data_import=data_import, mapping={}, remembered={}, by=COMMAND_LINE)
    import_jobs.run(key=str(data_import.pk), read=read)
    assert seen == [(0, 0), (2, 5), (2, 5), (4, 5), (4, 5)]


def test_new_needs_are_drafts_and_open_ones_are_amended(borough: Borough, editor: User) -> None:
    draft = NeedFactory(borough=borough, external_id="D", status="DRAFT", title="Draft", opened_at=None)
    opened = NeedFactory(borough=borough, external_id="O", title="Open")
    same = NeedFactory(borough=borough, external_id="S", title="Same")
    content = {name: getattr(same, name) for name in ("problem", "description", "category", "kind")}
    data_import = checked(
        borough,
        need_row(2, "D", title="Draft, better"),
        need_row(3, "O", title="Open, better"),
        need_row(4, "S", title="Same", **content),
        need_row(5, "X", title="New"),
        noun="NEEDS",
        by=editor,
    )
    assert verdicts(data_import) == ["CHANGED", "CHANGED", "UNCHANGED", "NEW"]
    data_imports.apply(data_import=data_import, by=editor)
    assert done(data_import).status == "APPLIED"
    assert set(Need.objects.values_list("external_id", "status", "title")) == {
        ("D", "DRAFT", "Draft, better"),
        ("O", "OPEN", "Open"),
        ("S", "OPEN", "Same"),
        ("X", "DRAFT", "New"),
    }
    assert amendments.content_in(Amendment.objects.get(need=opened)).title == "Open, better"
    draft.refresh_from_db()
    assert draft.revision == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [("SUBMITTED", "is waiting for approval."), ("WITHDRAWN", "is withdrawn."), ("FULFILLED", "is fulfilled.")],
)
def test_need_that_is_out_of_the_editors_hands_is_refused(borough: Borough, status: str, words: str) -> None:
    need = NeedFactory(borough=borough, external_id="X", status=status)
    data_import = checked(borough, need_row(2, "X", title="Other"), noun="NEEDS")
    assert data_import.rows.get().remarks == [f"{need.reference} {words}"]
    assert counts(data_import) == (0, 0, 0, 1)


def test_need_that_is_being_amended_is_refused(borough: Borough) -> None:
    need = NeedFactory(borough=borough, external_id="X")
    amendments.begin(need=need, content=NeedContent(title="By hand"), by=COMMAND_LINE)
    data_import = checked(borough, need_row(2, "X", title="Other"), noun="NEEDS")
    assert "is being amended" in data_import.rows.get().remarks[0]


@pytest.mark.parametrize(
    ("stored", "said", "why"),
    [
        (
            {"budget_min": 50_000, "budget_max": 60_000},
            {"budget_max": 40_000},
            "the highest budget (£40,000) would be below the lowest (£50,000)",
        ),
        (
            {"start_date": date(2027, 4, 1)},
            {"earliest_start_date": date(2027, 6, 1)},
            "the latest start would be before the earliest start",
        ),
    ],
    ids=["budget", "start"],
)
@pytest.mark.parametrize("status", ["DRAFT", "OPEN"])
def test_row_that_does_not_go_with_what_is_stored_is_refused_in_words(
    borough: Borough, status: str, stored: dict[str, Any], said: dict[str, Any], why: str
) -> None:
    need = needs.log(borough=borough, content=NeedContent(title="P", **stored), by=COMMAND_LINE, external_id="X")
    if status == "OPEN":
        Need.objects.update(status="OPEN", opened_at=timezone.now())
    content = as_json(NeedContent(title="P", **said))
    row = CheckedRow(line=2, reference="X", title="P", content={name: content[name] for name in ("title", *said)})
    data_import = checked(borough, row, noun="NEEDS")
    assert data_import.rows.get().remarks == [f"With this row, {why} in {need.reference}."]
    assert counts(data_import) == (0, 0, 0, 1)


def test_need_that_changed_after_the_preview_is_not_written_over(borough: Borough) -> None:
    need = needs.log(borough=borough, content=NeedContent(title="Draft"), by=COMMAND_LINE, external_id="X")
    data_import = checked(borough, need_row(2, "X", title="From the file"), noun="NEEDS")
    needs.edit(need=need, content=NeedContent(title="By hand"), revision=1, by=COMMAND_LINE)
    data_imports.apply(data_import=data_import, by=COMMAND_LINE)
    assert done(data_import).error == "Changed since this preview: “From the file”. Check the file again."
    assert Need.objects.get().title == "By hand"


def test_what_a_person_joined_stays_joined(borough: Borough) -> None:
    needs.log(borough=borough, content=NeedContent(title="P", joins="JD-0001"), by=COMMAND_LINE, external_id="X")
    applied(borough, need_row(2, "X", title="Q"), noun="NEEDS")
    assert list(Need.objects.values_list("title", "joins")) == [("Q", "JD-0001")]


def test_undone_needs_are_withdrawn_and_can_come_again(borough: Borough) -> None:
    NeedFactory(borough=borough, external_id="O", title="Open")
    needs.log(borough=borough, content=NeedContent(title="Draft"), by=COMMAND_LINE, external_id="D")
    rows = need_row(2, "O", title="O2"), need_row(3, "D", title="D2"), need_row(4, "X", title="X2")
    undone(applied(borough, *rows, noun="NEEDS"))
    assert set(Need.objects.values_list("title", "status")) == {
        ("Open", "OPEN"),
        ("Draft", "DRAFT"),
        ("X2", "WITHDRAWN"),
    }
    assert not Amendment.objects.current().exists()
    assert counts(checked(borough, *rows, noun="NEEDS")) == (1, 2, 0, 0)


def _edited(need: Need) -> None:
    needs.edit(need=need, content=NeedContent(title="By hand"), revision=need.revision, by=COMMAND_LINE)


def _approved(need: Need) -> None:
    Need.objects.filter(pk=need.pk).update(problem="P", kind="SOFTWARE", category=NeedFactory().category)
    need.refresh_from_db()
    needs.submit(need=need, by=COMMAND_LINE)


@pytest.mark.parametrize("further", [_edited, _approved])
def test_needs_that_a_person_took_further_are_not_undone(borough: Borough, further: Callable[[Need], None]) -> None:
    data_import = applied(borough, need_row(2, "X"), noun="NEEDS")
    need = Need.objects.get(external_id="X")
    further(need)
    assert data_imports.obstacles(data_import) == [f"A person has taken these further: {need.reference}."]
