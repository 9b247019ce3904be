from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from time_machine import TimeMachineFixture

from boroughs import audit
from boroughs.actions import renewals
from boroughs.actions.need_content import NeedContent, content_of
from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Contract, Need, Notification, RenewalDismissal, User
from boroughs.queries import radar
from tests.factories.boroughs import CategoryFactory, ContractFactory, NeedFactory, RenewalDismissalFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


def headlines(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("headline", flat=True))


def test_contract_is_told_of_once_at_each_stage_as_its_end_comes_nearer(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, reference="C-1", title="Telecare", end_date=date(2028, 5, 30))
    for days in (0, 1, 200, 201, 400, 401, 540):
        renewals.tell(today=TODAY + timedelta(days=days))
    assert headlines(editor) == [f"Contract C-1 “Telecare” ends within {months} months" for months in (18, 12, 6)]


def test_contract_that_is_met_late_is_told_of_at_its_present_stage_alone(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, reference="C-1", title="Telecare", end_date=TODAY + timedelta(days=30))
    renewals.tell(today=TODAY)
    assert headlines(editor) == ["Contract C-1 “Telecare” ends within 6 months"]


def test_only_editors_and_approvers_of_the_borough_are_told_and_nothing_of_money_supplier_or_date(
    borough: Borough, editor: User, approver: User, reader: User, stranger: User, analyst: User
) -> None:
    ContractFactory(
        borough=borough, supplier="Vexillum plc", annual_value=7_313_117, end_date=date(2027, 3, 17), title="Telecare"
    )
    assert renewals.tell(today=TODAY) == 2
    assert not any(headlines(user) for user in (reader, stranger, analyst))
    row = Notification.objects.get(user=approver)
    said = f"{row.headline} {row.comment} {row.path} {row.subject}"
    assert not [word for word in ("Vexillum", "7313117", "2027", "March") if word in said]


def test_ended_far_and_endless_contracts_are_not_told_of(borough: Borough, editor: User) -> None:
    for end in (TODAY - timedelta(days=1), TODAY + timedelta(days=600), None):
        ContractFactory(borough=borough, end_date=end)
    assert renewals.tell(today=TODAY) == 0


def test_end_that_is_put_off_is_told_of_anew(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, end_date=TODAY + timedelta(days=30))
    renewals.tell(today=TODAY)
    Contract.objects.update(end_date=TODAY + timedelta(days=60))
    assert renewals.tell(today=TODAY) == 1


def test_link_leads_to_the_contract(borough: Borough, editor: User) -> None:
    ContractFactory(borough=borough, reference="C-77", end_date=TODAY + timedelta(days=30))
    renewals.tell(today=TODAY)
    assert Notification.objects.get().path == "/renewals/?months=6&q=C-77"


@pytest.mark.parametrize(
    ("months", "days", "said"),
    [
        (0, 0, ""),
        (3, 0, "Notice must be given by 28 February 2027."),
        (6, 0, "Notice must be given by 30 November 2026."),
        (6, 1, "The last day to give notice was 29 November 2026."),
    ],
)
def test_day_of_notice_is_told_where_there_is_one(
    borough: Borough, editor: User, months: int, days: int, said: str
) -> None:
    ContractFactory(borough=borough, end_date=date(2027, 5, 30), notice_months=months, notice_days=days)
    renewals.tell(today=TODAY)
    assert Notification.objects.get().comment == said


def test_contract_that_the_radar_does_not_show_is_not_told_of(borough: Borough, editor: User) -> None:
    closed, needed, quiet = ContractFactory.create_batch(3, borough=borough, end_date=date(2027, 5, 30))
    Contract.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    NeedFactory(borough=borough, contract=needed, status=Need.Status.DRAFT)
    RenewalDismissalFactory(contract=quiet, until_date=TODAY)
    assert renewals.tell(today=TODAY) == 0
    assert renewals.tell(today=TODAY + timedelta(days=1)) == 1
    assert Notification.objects.get().subject == quiet.reference


# --- drafting a need ------------------------------------------------------------------------------------------------


def mosaic(borough: Borough, **fields: object) -> Contract:
    said = {
        "title": "Case management for adult social care",
        "system": "Mosaic",
        "supplier": "The Access Group",
        "category": CategoryFactory(slug="asc"),
        "start_date": date(2022, 1, 1),
        "end_date": date(2027, 12, 31),
        "annual_value": 417_000,
    }
    made: Contract = ContractFactory(borough=borough, **said | fields)
    return made


def test_draft_says_what_the_contract_says_and_nothing_more(borough: Borough, editor: User) -> None:
    contract = mosaic(borough)
    need = renewals.draft(contract=contract, by=editor)
    assert (need.status, need.borough, need.created_by) == (Need.Status.DRAFT, borough, editor)
    assert content_of(need) == NeedContent(
        title="Case management for adult social care",
        category=contract.category,
        contract=contract,
        contract_end_date=date(2027, 12, 31),
        incumbent="Mosaic",
        start_date=date(2028, 1, 1),
        months=72,
    )


def test_draft_is_in_the_audit_trail_of_contract_and_need(borough: Borough, editor: User) -> None:
    contract = mosaic(borough)
    need = renewals.draft(contract=contract, by=editor)
    assert [(each.verb, each.details) for each in audit.history(noun="contract", reference=contract.reference)] == [
        ("draft_need", {"need": need.reference})
    ]
    assert [each.verb for each in audit.history(noun="need", reference=need.reference)] == ["log"]


def test_contract_that_says_little_makes_a_draft_that_says_little(borough: Borough, editor: User) -> None:
    need = renewals.draft(contract=ContractFactory(borough=borough, title="Telecare", supplier="A Ltd"), by=editor)
    assert content_of(need) == NeedContent(title="Telecare", incumbent="A Ltd", contract=need.contract)


def test_second_click_finds_the_draft_and_an_approved_need_is_found_as_well(borough: Borough, editor: User) -> None:
    contract = mosaic(borough)
    first = renewals.draft(contract=contract, by=editor)
    assert renewals.draft(contract=contract, by=editor) == first
    Need.objects.update(status=Need.Status.FULFILLED, closed_at=timezone.now())
    assert renewals.draft(contract=contract, by=editor) == first


@pytest.mark.parametrize("status", [Need.Status.WITHDRAWN, Need.Status.EXPIRED])
def test_need_that_was_withdrawn_or_expired_makes_room_for_another(
    borough: Borough, editor: User, status: Need.Status
) -> None:
    contract = mosaic(borough)
    old = NeedFactory(borough=borough, contract=contract, status=status)
    assert renewals.draft(contract=contract, by=editor) != old


@pytest.mark.django_db(transaction=True)
def test_two_who_draft_in_the_same_moment_get_one_draft(borough: Borough, editor: User, approver: User) -> None:
    contract = mosaic(borough)
    found = at_once(*[lambda by=by: renewals.draft(contract=contract, by=by) for by in (editor, approver) * 3])
    assert len({need.pk for need in found}) == Need.objects.count() == 1


# --- "not now" ------------------------------------------------------------------------------------------------------


@pytest.fixture
def today(time_machine: TimeMachineFixture) -> date:
    time_machine.move_to(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=False)
    return TODAY


def is_shown(contract: Contract, *, on: date) -> bool:
    return radar.suggested(today=on, last=date(2028, 12, 31)).filter(pk=contract.pk).exists()


def test_dismissed_contract_stays_quiet_until_its_day_is_over(
    borough: Borough, editor: User, today: date, time_machine: TimeMachineFixture
) -> None:
    contract = mosaic(borough)
    assert is_shown(contract, on=today)
    until = date(2027, 3, 1)
    renewals.dismiss(contract=contract, reason="TOO_EARLY", note="Ask Ade", until_date=until, by=editor)
    for day in (today, until, until + timedelta(days=1)):
        time_machine.move_to(datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC), tick=False)
        assert is_shown(contract, on=timezone.localdate()) == (day > until)
    event = audit.history(noun="contract", reference=contract.reference)[0]
    assert (event.verb, event.actor) == ("dismiss_renewal", editor.email)
    assert event.details == {"reason": "TOO_EARLY", "until_date": "2027-03-01"}


def test_dismissed_contract_is_brought_back_once(borough: Borough, editor: User, today: date) -> None:
    contract = mosaic(borough)
    dismissal = renewals.dismiss(contract=contract, reason="EXTENDING", until_date=date(2027, 3, 1), by=editor)
    renewals.wake(dismissal=dismissal, by=editor)
    assert is_shown(contract, on=today)
    with pytest.raises(IllegalMove, match="back in the radar already"):
        renewals.wake(dismissal=dismissal, by=editor)
    assert [each.verb for each in audit.history(noun="contract", reference=contract.reference)] == [
        "wake_renewal",
        "dismiss_renewal",
    ]


def test_later_not_now_takes_the_place_of_the_earlier_and_a_second_click_changes_nothing(
    borough: Borough, editor: User, today: date
) -> None:
    contract = mosaic(borough)
    first, second = date(2027, 6, 1), date(2027, 3, 1)
    for until in (first, second, second):
        renewals.dismiss(contract=contract, reason="UNDER_WAY", until_date=until, by=editor)
    assert RenewalDismissal.objects.count() == 2
    assert RenewalDismissal.objects.active(on=today).get().until_date == second
    assert is_shown(contract, on=second + timedelta(days=1))


@pytest.mark.parametrize(
    ("until", "is_right"),
    [
        (TODAY, False),
        (TODAY + timedelta(days=1), True),
        (date(2029, 12, 31), True),
        (date(2030, 1, 1), False),
    ],
)
def test_day_is_between_tomorrow_and_the_last_possible_end(
    borough: Borough, editor: User, today: date, until: date, is_right: bool
) -> None:
    contract = mosaic(borough, extension_options=[12, 12])
    if is_right:
        assert renewals.dismiss(contract=contract, reason="OTHER", until_date=until, by=editor).until_date == until
        return
    with pytest.raises(NotAcceptable, match="from tomorrow to 31 December 2029") as refusal:
        renewals.dismiss(contract=contract, reason="OTHER", until_date=until, by=editor)
    assert list(refusal.value.fields) == ["until_date"]
    assert not RenewalDismissal.objects.exists()


def test_contract_that_ends_today_for_good_cannot_be_put_off(borough: Borough, editor: User, today: date) -> None:
    with pytest.raises(NotAcceptable, match="no longer than today"):
        renewals.dismiss(
            contract=mosaic(borough, end_date=today), reason="OTHER", until_date=date(2027, 1, 1), by=editor
        )


def test_contract_without_an_end_is_not_in_the_radar(borough: Borough, editor: User, today: date) -> None:
    with pytest.raises(IllegalMove, match="no end date"):
        renewals.dismiss(
            contract=mosaic(borough, end_date=None), reason="OTHER", until_date=date(2027, 1, 1), by=editor
        )


def test_contract_that_was_taken_out_of_the_register_is_neither_drafted_from_nor_put_off(
    borough: Borough, editor: User, today: date
) -> None:
    contract = mosaic(borough)
    Contract.objects.update(closed_at=timezone.now())
    with pytest.raises(IllegalMove, match="taken out of the register"):
        renewals.draft(contract=contract, by=editor)
    with pytest.raises(IllegalMove, match="taken out of the register"):
        renewals.dismiss(contract=contract, reason="OTHER", until_date=date(2027, 1, 1), by=editor)


def test_only_editors_and_approvers_of_the_borough_act(
    borough: Borough, reader: User, stranger: User, analyst: User
) -> None:
    contract = mosaic(borough)
    dismissal = RenewalDismissalFactory(contract=contract)
    for by in (reader, stranger, analyst):
        with pytest.raises(PermissionRefused):
            renewals.draft(contract=contract, by=by)
        with pytest.raises(PermissionRefused):
            renewals.dismiss(contract=contract, reason="OTHER", until_date=date(2027, 1, 1), by=by)
        with pytest.raises(PermissionRefused):
            renewals.wake(dismissal=dismissal, by=by)
    assert not Need.objects.exists()
    assert not AuditEvent.objects.exists()
