from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from boroughs.actions import amendments, needs
from boroughs.actions.need_content import NeedContent, RequirementLine, Volume, content_of
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Need, User, Work
from boroughs.permissions import COMMAND_LINE, SCHEDULER
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, CategoryFactory, ContractFactory, NeedFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def content(**changes: object) -> NeedContent:
    return replace(
        NeedContent(
            title="Parking permits",
            problem="Permits are printed.",
            category=CategoryFactory(),
            kind=Need.Kind.SOFTWARE,
            requirements=(RequirementLine("Online."), RequirementLine("Cheap.", "SHOULD")),
        ),
        **changes,  # type: ignore[arg-type]
    )


def verbs(need: Need) -> list[str]:
    return list(AuditEvent.objects.filter(reference=need.reference).order_by("pk").values_list("verb", flat=True))


def test_log_begins_a_draft_with_a_reference_and_its_lines(editor: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    assert need.reference == f"N-{need.pk:05d}"
    assert (need.status, need.created_by) == (Need.Status.DRAFT, editor)
    assert [line.text for line in need.requirements.order_by("position")] == ["Online.", "Cheap."]
    assert verbs(need) == ["log"]


def test_what_was_logged_reads_back_the_same(editor: User, borough: Borough) -> None:
    said = content(cpv=("48000000",), users_count=5, budget_min=1, budget_max=2, budget_basis="ONE_OFF", months=3)
    said = replace(
        said,
        volumes=(Volume("permits a year", 12_000, 10),),
        earliest_start_date=date(2027, 1, 1),
        start_date=date(2027, 4, 1),
        contract=ContractFactory(borough=borough),
        could_lead=False,
        hosting=Need.Hosting.OWN_CLOUD,
        depth=Need.Depth.TENDER,
        requirements=(RequirementLine("Shares addresses.", "SHOULD", "UPRN"),),
    )
    assert content_of(needs.log(borough=borough, content=said, by=editor)) == said


def test_log_in_another_borough_is_refused_and_writes_nothing(editor: User, other_borough: Borough) -> None:
    with pytest.raises(PermissionRefused):
        needs.log(borough=other_borough, content=content(), by=editor)
    assert not Need.objects.exists()
    assert not AuditEvent.objects.exists()


def test_edit_raises_the_revision_and_replaces_the_lines(editor: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    needs.edit(need=need, content=content(title="New", requirements=(RequirementLine("One."),)), revision=1, by=editor)
    need.refresh_from_db()
    assert (need.title, need.revision, need.requirements.count()) == ("New", 2, 1)
    assert verbs(need) == ["log", "edit"]


def test_edit_of_a_revision_that_is_gone_changes_nothing(editor: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    needs.edit(need=need, content=content(title="First"), revision=1, by=editor)
    with pytest.raises(ChangedMeanwhile):
        needs.edit(need=need, content=content(title="Second"), revision=1, by=editor)
    need.refresh_from_db()
    assert (need.title, need.revision) == ("First", 2)


@pytest.mark.parametrize("status", [Need.Status.SUBMITTED, Need.Status.OPEN, Need.Status.WITHDRAWN])
def test_edit_is_for_drafts_only(editor: User, borough: Borough, status: str) -> None:
    need = NeedFactory(borough=borough, status=status)
    with pytest.raises(IllegalMove, match="only a draft is edited"):
        needs.edit(need=need, content=content(), revision=need.revision, by=editor)


def test_submit_says_everything_that_is_missing(editor: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=NeedContent(title="Only a title"), by=editor)
    with pytest.raises(NotAcceptable) as refused:
        needs.submit(need=need, by=editor)
    assert refused.value.problems == [
        "Say what problem is to be solved, or what outcome you want.",
        "Choose a category.",
        "Choose what kind of thing you want.",
    ]
    need.refresh_from_db()
    assert need.status == Need.Status.DRAFT


def test_need_goes_from_draft_to_open_and_asks_for_one_match_run(
    editor: User, approver: User, borough: Borough
) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    needs.submit(need=need, by=editor)
    assert not Work.objects.filter(task=Task.MATCH_NEEDS).exists()
    needs.approve(need=need, by=approver)
    need.refresh_from_db()
    assert (need.status, need.submitted_by, need.opened_by) == (Need.Status.OPEN, editor, approver)
    assert Work.objects.pending().filter(task=Task.MATCH_NEEDS).count() == 1
    assert verbs(need) == ["log", "submit", "approve"]


def test_editor_cannot_approve(editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    with pytest.raises(PermissionRefused):
        needs.approve(need=need, by=editor)


def test_approver_of_another_borough_cannot_approve(stranger: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    with pytest.raises(PermissionRefused):
        needs.approve(need=need, by=stranger)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("submit", Need.Status.OPEN),
        ("approve", Need.Status.DRAFT),
        ("approve", Need.Status.WITHDRAWN),
        ("return_to_draft", Need.Status.DRAFT),
        ("withdraw", Need.Status.WITHDRAWN),
    ],
)
def test_move_from_a_wrong_status_is_refused(approver: User, borough: Borough, verb: str, status: str) -> None:
    need = NeedFactory(borough=borough, status=status)
    assert not needs.may(verb, need=need, by=approver)
    with pytest.raises(IllegalMove):
        getattr(needs, verb)(need=need, by=approver)
    need.refresh_from_db()
    assert need.status == status


def test_return_of_a_submitted_need_is_the_approvers(editor: User, approver: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    with pytest.raises(PermissionRefused):
        needs.return_to_draft(need=need, by=editor, reason="No")
    needs.return_to_draft(need=need, by=approver, reason="Who are the users?")
    assert AuditEvent.objects.get(verb="return_to_draft").details["reason"] == "Who are the users?"


def test_withdrawal_of_an_open_need_is_the_approvers_and_asks_for_a_match_run(
    editor: User, approver: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough)
    with pytest.raises(PermissionRefused):
        needs.withdraw(need=need, by=editor)
    needs.withdraw(need=need, by=approver, reason="Bought elsewhere")
    need.refresh_from_db()
    assert (need.status, need.closed_reason) == (Need.Status.WITHDRAWN, "Bought elsewhere")
    assert Work.objects.pending().exists()


def test_needs_page_offers_exactly_what_the_action_allows(borough: Borough, reader: User, editor: User) -> None:
    draft = NeedFactory(borough=borough, status=Need.Status.DRAFT)
    assert needs.may("submit", need=draft, by=editor)
    assert not needs.may("submit", need=draft, by=reader)
    assert not needs.may("approve", need=draft, by=editor)


def test_take_in_of_the_same_row_changes_nothing(borough: Borough) -> None:
    said = content()
    assert needs.take_in(borough=borough, external_id="X-1", content=said, by=COMMAND_LINE) == "new"
    assert needs.take_in(borough=borough, external_id="X-1", content=said, by=COMMAND_LINE) == "unchanged"
    assert (
        needs.take_in(borough=borough, external_id="X-1", content=replace(said, months=9), by=COMMAND_LINE) == "changed"
    )
    assert Need.objects.get().months == 9


def test_take_in_does_not_undo_what_a_person_changed(borough: Borough, editor: User, approver: User) -> None:
    said = content()
    needs.take_in(borough=borough, external_id="X-1", content=said, by=COMMAND_LINE)
    need = Need.objects.get()
    amendment = amendments.begin(need=need, content=replace(said, title="Better"), by=editor)
    row = {"borough": borough, "external_id": "X-1", "by": COMMAND_LINE}
    with pytest.raises(NotAcceptable, match="changed by a person"):
        needs.take_in(content=replace(said, months=9), **row)
    amendments.submit(amendment=amendment, by=editor)
    amendments.approve(amendment=amendment, by=approver, revision=amendment.revision, need_revision=1)
    with pytest.raises(NotAcceptable, match="changed by a person"):
        needs.take_in(borough=borough, external_id="X-1", content=replace(said, months=9), by=COMMAND_LINE)
    need.refresh_from_db()
    assert need.title == "Better"


def test_take_in_is_for_importers(borough: Borough, approver: User) -> None:
    with pytest.raises(PermissionRefused):
        needs.take_in(borough=borough, external_id="X-1", content=content(), by=approver)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_save_at_once_lose_nothing_and_one_is_told(borough: Borough, editor: User) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    changed = [content(title="First"), content(title="Second")]

    def save(index: int) -> Need:
        mine = Need.objects.select_related("borough").get(pk=need.pk)
        return needs.edit(need=mine, content=changed[index], revision=1, by=User.objects.get(pk=editor.pk))

    outcomes = at_once(lambda: save(0), lambda: save(1))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangedMeanwhile", "Need"]
    need.refresh_from_db()
    winner = 0 if isinstance(outcomes[0], Need) else 1
    assert (need.title, need.revision) == (changed[winner].title, 2)
    assert need.requirements.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_open_a_need_once(borough: Borough) -> None:
    need = NeedFactory(borough=borough, status=Need.Status.SUBMITTED)
    approvers = [person("BOROUGH_APPROVER", borough).pk for _ in range(2)]  # type: ignore[arg-type]

    def approve(pk: int) -> Need:
        mine = Need.objects.select_related("borough").get(pk=need.pk)
        return needs.approve(need=mine, by=User.objects.get(pk=pk))

    outcomes = at_once(*(lambda pk=pk: approve(pk) for pk in approvers))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IllegalMove", "Need"]
    assert AuditEvent.objects.filter(verb="approve").count() == 1


def test_approval_of_what_was_rewritten_since_is_refused(editor: User, approver: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    needs.submit(need=need, by=editor)
    read = need.revision
    needs.return_to_draft(need=need, by=approver)
    needs.edit(need=need, content=content(title="Something else"), revision=need.revision, by=editor)
    needs.submit(need=need, by=editor)
    with pytest.raises(ChangedMeanwhile, match="Read it again"):
        needs.approve(need=need, by=approver, revision=read)
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED


def test_draft_that_was_returned_has_been_handed_to_nobody(editor: User, approver: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=content(), by=editor)
    needs.submit(need=need, by=editor)
    needs.return_to_draft(need=need, by=approver)
    assert (need.submitted_at, need.submitted_by, need.opened_at, need.opened_by) == (None, None, None, None)


def test_fulfilled_need_says_how_and_leaves_matching(approver: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough)
    needs.fulfil(need=need, by=approver, reason="Bought through a framework")
    assert (need.status, need.closed_reason) == (Need.Status.FULFILLED, "Bought through a framework")
    assert need.closed_at is not None
    assert Work.objects.pending().exists()


def test_expired_need_is_opened_again_with_a_new_clock(approver: User, editor: User, borough: Borough) -> None:
    need = NeedFactory(borough=borough)
    before = need.confirmed_at
    needs.expire(need=need, by=SCHEDULER, reason="Nobody confirmed it")
    assert need.status == Need.Status.EXPIRED
    with pytest.raises(PermissionRefused):
        needs.reopen(need=need, by=editor)
    needs.reopen(need=need, by=approver)
    assert (need.status, need.closed_at, need.closed_reason) == (Need.Status.OPEN, None, "")
    assert need.confirmed_at > before
    assert verbs(need) == ["expire", "reopen"]


def test_confirming_begins_the_clock_anew_and_changes_nothing_that_matching_reads(
    editor: User, borough: Borough
) -> None:
    need = NeedFactory(borough=borough, confirmed_at=None, confirmation_asked_at=timezone.now())
    before = (need.revision, need.updated_at)
    needs.confirm(need=need, by=editor)
    assert need.confirmed_at is not None
    assert need.confirmation_asked_at is None
    assert (need.revision, need.updated_at) == before
    assert not Work.objects.exists()


@pytest.mark.parametrize("status", [Need.Status.DRAFT, Need.Status.WITHDRAWN, Need.Status.EXPIRED])
def test_only_an_open_need_is_confirmed(editor: User, borough: Borough, status: str) -> None:
    with pytest.raises(IllegalMove):
        needs.confirm(need=NeedFactory(borough=borough, status=status), by=editor)


def test_every_change_keeps_what_the_need_said(editor: User, borough: Borough) -> None:
    need = needs.log(borough=borough, content=content(title="First"), by=editor)
    needs.edit(need=need, content=content(title="Second"), revision=1, by=editor)
    kept = [(each.number, each.content["title"], each.actor) for each in need.revisions.order_by("number")]
    assert kept == [(1, "First", editor.email), (2, "Second", editor.email)]


def test_trail_names_the_fields_that_changed_and_not_what_they_say(editor: User, borough: Borough) -> None:
    said = content(title="First")
    need = needs.log(borough=borough, content=said, by=editor)
    needs.edit(need=need, content=replace(said, title="CANARY", months=3), revision=1, by=editor)
    assert AuditEvent.objects.get(verb="edit").details == {"revision": 2, "fields": ["title", "months"]}


def test_references_of_a_hundred_needs_are_all_different() -> None:
    borough = BoroughFactory()
    said = content()
    for number in range(100):
        needs.take_in(borough=borough, external_id=str(number), content=said, by=COMMAND_LINE)
    assert len(set(Need.objects.values_list("reference", flat=True))) == 100
