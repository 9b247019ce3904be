from collections.abc import Callable
from dataclasses import replace

import pytest

from boroughs.actions import amendments, needs
from boroughs.actions.need_content import RequirementLine, content_of
from boroughs.background import Task
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Amendment, AuditEvent, Borough, Need, User, Work
from procurement.actions import matching
from tests.factories.boroughs import NeedFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(borough: Borough) -> Need:
    return NeedFactory(borough=borough, title="Approved title")


def begun(need: Need, by: User, **changes: object) -> Amendment:
    changed = replace(content_of(need), **({"title": "Amended title"} | changes))  # type: ignore[arg-type]
    return amendments.begin(need=need, content=changed, by=by)


def submitted(need: Need, by: User, **changes: object) -> Amendment:
    return amendments.submit(amendment=begun(need, by, **changes), by=by)


def verbs(need: Need) -> list[str]:
    return list(AuditEvent.objects.filter(reference=need.reference).order_by("pk").values_list("verb", flat=True))


def what_matching_reads() -> list[object]:
    return [matching.item(each) for each in matching.open_needs()]


def test_amendment_in_approval_changes_nothing_that_matching_reads(need: Need, editor: User, approver: User) -> None:
    before = what_matching_reads()
    amendment = begun(need, editor, problem="Another problem", requirements=(RequirementLine("Another."),))
    assert what_matching_reads() == before
    amendments.edit(amendment=amendment, content=replace(content_of(need), months=7), revision=1, by=editor)
    assert what_matching_reads() == before
    amendments.submit(amendment=amendment, by=editor)
    assert what_matching_reads() == before
    assert not Work.objects.filter(task=Task.MATCH_NEEDS).exists()
    amendments.return_to_draft(amendment=amendment, by=approver, reason="Why seven?")
    amendments.discard(amendment=amendment, by=editor)
    assert what_matching_reads() == before
    assert not Work.objects.filter(task=Task.MATCH_NEEDS).exists()


def test_approval_makes_the_need_say_it_and_asks_for_a_match_run(need: Need, editor: User, approver: User) -> None:
    amendment = submitted(need, editor, requirements=(RequirementLine("New line."),))
    amendments.approve(amendment=amendment, by=approver, revision=amendment.revision, need_revision=1)
    need.refresh_from_db()
    assert (need.title, need.revision, need.status) == ("Amended title", 2, Need.Status.OPEN)
    assert [line.text for line in need.requirements.all()] == ["New line."]
    assert amendment.status == Amendment.Status.APPROVED
    assert Work.objects.pending().filter(task=Task.MATCH_NEEDS).count() == 1
    assert verbs(need) == ["begin_amendment", "submit_amendment", "approve_amendment", "amend"]
    kept = need.revisions.order_by("number").values_list("number", "content__title")
    assert list(kept) == [(1, "Approved title"), (2, "Amended title")]
    assert amendments.current(need) is None


def test_editor_cannot_approve_and_stranger_cannot_write(need: Need, editor: User, stranger: User) -> None:
    amendment = submitted(need, editor)
    with pytest.raises(PermissionRefused):
        amendments.approve(amendment=amendment, by=editor, revision=amendment.revision, need_revision=1)
    with pytest.raises(PermissionRefused):
        begun(NeedFactory(borough=need.borough), stranger)
    with pytest.raises(PermissionRefused):
        amendments.edit(amendment=amendment, content=content_of(need), revision=2, by=stranger)
    need.refresh_from_db()
    assert need.title == "Approved title"


def test_approval_of_what_was_rewritten_since_is_refused(need: Need, editor: User, approver: User) -> None:
    amendment = submitted(need, editor)
    read = amendment.revision
    amendments.return_to_draft(amendment=amendment, by=approver, reason="More")
    amendments.edit(
        amendment=amendment, content=replace(content_of(need), title="Else"), revision=amendment.revision, by=editor
    )
    amendments.submit(amendment=amendment, by=editor)
    with pytest.raises(ChangedMeanwhile, match="Read it again"):
        amendments.approve(amendment=amendment, by=approver, revision=read, need_revision=1)
    need.refresh_from_db()
    assert need.title == "Approved title"


def test_amendment_that_changes_nothing_or_lacks_something_is_not_submitted(need: Need, editor: User) -> None:
    same = amendments.begin(need=need, content=content_of(need), by=editor)
    with pytest.raises(NotAcceptable, match="says already"):
        amendments.submit(amendment=same, by=editor)
    amendments.edit(amendment=same, content=replace(content_of(need), kind=""), revision=1, by=editor)
    with pytest.raises(NotAcceptable, match="kind of thing"):
        amendments.submit(amendment=same, by=editor)


def test_second_amendment_of_the_same_need_is_refused(need: Need, editor: User) -> None:
    begun(need, editor)
    with pytest.raises(ChangedMeanwhile, match="begun to amend"):
        begun(need, editor)
    assert Amendment.objects.count() == 1


@pytest.mark.parametrize("status", [Need.Status.DRAFT, Need.Status.SUBMITTED, Need.Status.WITHDRAWN])
def test_only_an_open_need_is_amended(borough: Borough, editor: User, status: str) -> None:
    with pytest.raises(IllegalMove):
        begun(NeedFactory(borough=borough, status=status), editor)


def test_need_that_is_closed_takes_its_amendment_along(need: Need, editor: User, approver: User) -> None:
    amendment = submitted(need, editor)
    read = amendment.revision
    needs.withdraw(need=need, by=approver, reason="Over")
    amendment.refresh_from_db()
    assert amendment.status == Amendment.Status.DISCARDED
    assert verbs(need)[-1] == "discard_amendment"
    amendment.need = need
    with pytest.raises((ChangedMeanwhile, IllegalMove)):
        amendments.approve(amendment=amendment, by=approver, revision=read, need_revision=need.revision)
    need.refresh_from_db()
    assert (need.title, need.status) == ("Approved title", Need.Status.WITHDRAWN)


@pytest.mark.parametrize(
    ("verb", "move"),
    [
        ("submit", lambda amendment, by: amendments.submit(amendment=amendment, by=by)),
        (
            "approve",
            lambda amendment, by: amendments.approve(
                amendment=amendment, by=by, revision=amendment.revision, need_revision=1
            ),
        ),
        ("return_to_draft", lambda amendment, by: amendments.return_to_draft(amendment=amendment, by=by, reason="x")),
        ("discard", lambda amendment, by: amendments.discard(amendment=amendment, by=by)),
    ],
)
@pytest.mark.parametrize("status", list(Amendment.Status))
def test_moves_are_those_of_the_table(
    need: Need,
    editor: User,
    approver: User,
    verb: str,
    move: Callable[[Amendment, User], Amendment],
    status: str,
) -> None:
    amendment = begun(need, editor)
    closed = amendment.begun_at if status in ("APPROVED", "DISCARDED") else None
    Amendment.objects.filter(pk=amendment.pk).update(status=status, closed_at=closed)
    amendment.status = status
    sources, target = Amendment.TRANSITIONS[verb]
    assert amendments.may(verb, amendment=amendment, by=approver) is (status in sources)
    if status in sources:
        assert move(amendment, approver).status == target
    else:
        with pytest.raises(IllegalMove):
            move(amendment, approver)


def test_need_that_was_amended_since_it_was_read_is_not_amended_over(need: Need, editor: User, approver: User) -> None:
    """It would take back what was approved in between."""
    read = Need.objects.get(pk=need.pk)
    amendment = submitted(need, editor)
    amendments.approve(amendment=amendment, by=approver, revision=amendment.revision, need_revision=1)
    with pytest.raises(ChangedMeanwhile):
        begun(read, editor, title="Approved title", months=9)
    assert not Amendment.objects.current().exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_at_once_make_one_amendment(need: Need, editor: User) -> None:
    def begin(title: str) -> Amendment:
        mine = Need.objects.select_related("borough", "category", "contract").get(pk=need.pk)
        return begun(mine, User.objects.get(pk=editor.pk), title=title)

    outcomes = at_once(lambda: begin("One"), lambda: begin("Two"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Amendment", "ChangedMeanwhile"]
    winner = next(outcome for outcome in outcomes if isinstance(outcome, Amendment))
    assert Amendment.objects.get().content["title"] == winner.content["title"]
