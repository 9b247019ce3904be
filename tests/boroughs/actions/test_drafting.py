from typing import Any

import pytest

from boroughs.actions import amendments, drafting
from boroughs.actions.drafting import Draft
from boroughs.actions.need_content import RequirementLine, content_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, PermissionRefused
from boroughs.models import Amendment, Borough, Need, User
from tests.factories.boroughs import NeedFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(borough: Borough) -> Need:
    return NeedFactory(borough=borough, status=Need.Status.DRAFT, title="Old", problem="Old problem")


def seen(need: Need, *names: str) -> str:
    return drafting.draft_of(Need.objects.get(pk=need.pk)).token(names)


def write(need: Need, by: User, token: str, **changes: Any) -> Draft:
    return drafting.write_section(need=need, changes=changes, seen=token, by=by)


def test_section_changes_its_own_fields_and_no_other(draft: Need, editor: User) -> None:
    write(draft, editor, seen(draft, "title", "problem"), title="New", problem="New problem")
    draft.refresh_from_db()
    assert (draft.title, draft.problem, draft.revision) == ("New", "New problem", 2)
    assert draft.description == "A system that does the same and can be supported."


def test_people_in_different_sections_do_not_meet(draft: Need, editor: User) -> None:
    titles, months = seen(draft, "title"), seen(draft, "months")
    write(draft, editor, titles, title="New")
    write(draft, editor, months, months=24)
    draft.refresh_from_db()
    assert (draft.title, draft.months) == ("New", 24)


def test_second_save_of_the_same_section_is_told_and_changes_nothing(draft: Need, editor: User) -> None:
    token = seen(draft, "title")
    write(draft, editor, token, title="First")
    with pytest.raises(ChangedMeanwhile):
        write(draft, editor, token, title="Second")
    draft.refresh_from_db()
    assert (draft.title, draft.revision) == ("First", 2)


def test_saving_what_stands_there_already_writes_nothing(draft: Need, editor: User) -> None:
    write(draft, editor, "of no use", title="Old")
    draft.refresh_from_db()
    assert draft.revision == 1


def test_first_change_of_an_open_need_begins_its_amendment(borough: Borough, editor: User) -> None:
    need = NeedFactory(borough=borough, title="Approved")
    write(need, editor, seen(need, "title"), title="Amended")
    write(need, editor, seen(need, "months"), months=12)
    need.refresh_from_db()
    assert (need.title, need.months, need.revision) == ("Approved", None, 1)
    amendment = Amendment.objects.get()
    assert (amendment.content["title"], amendment.content["months"]) == ("Amended", 12)
    assert drafting.draft_of(need).content.title == "Amended"


def test_opening_a_section_of_an_open_need_without_a_change_begins_nothing(borough: Borough, editor: User) -> None:
    need = NeedFactory(borough=borough, title="Approved")
    write(need, editor, seen(need, "title"), title="Approved")
    assert not Amendment.objects.exists()


def test_section_read_in_an_amendment_that_is_gone_is_not_begun_anew(borough: Borough, editor: User) -> None:
    """Else the colleague's part of the amendment would be lost without a word."""
    need = NeedFactory(borough=borough, title="Approved")
    write(need, editor, seen(need, "title"), title="Amended")
    token = seen(need, "months")
    amendment = amendments.current(need)
    assert amendment is not None
    amendments.discard(amendment=amendment, by=editor)
    with pytest.raises(ChangedMeanwhile):
        write(need, editor, token, months=12)
    assert amendments.current(need) is None


def test_section_read_before_a_colleague_began_the_amendment_goes_into_it(borough: Borough, editor: User) -> None:
    need = NeedFactory(borough=borough, title="Approved")
    token = seen(need, "months")
    write(need, editor, seen(need, "title"), title="Amended")
    write(need, editor, token, months=12)
    assert (Amendment.objects.get().content["title"], Amendment.objects.get().content["months"]) == ("Amended", 12)


@pytest.mark.parametrize("status", [Need.Status.SUBMITTED, Need.Status.WITHDRAWN, Need.Status.FULFILLED])
def test_what_is_with_an_approver_or_closed_is_not_written(borough: Borough, editor: User, status: str) -> None:
    need = NeedFactory(borough=borough, status=status)
    with pytest.raises(IllegalMove):
        write(need, editor, seen(need, "title"), title="New")


def test_submitted_amendment_is_not_written(borough: Borough, editor: User) -> None:
    need = NeedFactory(borough=borough)
    write(need, editor, seen(need, "title"), title="Amended")
    amendment = amendments.current(need)
    assert amendment is not None
    amendments.submit(amendment=amendment, by=editor)
    with pytest.raises(IllegalMove):
        write(need, editor, seen(need, "title"), title="Again")


def test_reader_and_stranger_write_nothing(draft: Need, reader: User, stranger: User) -> None:
    for user in (reader, stranger):
        with pytest.raises(PermissionRefused):
            write(draft, user, seen(draft, "title"), title="New")
    draft.refresh_from_db()
    assert draft.title == "Old"


@pytest.mark.django_db(transaction=True)
def test_two_people_in_one_section_at_once_lose_nothing_and_one_is_told(draft: Need, editor: User) -> None:
    token = seen(draft, "title", "requirements")

    def save(title: str) -> Draft:
        lines = (RequirementLine(f"{title} line."),)
        return write(draft, User.objects.get(pk=editor.pk), token, title=title, requirements=lines)

    outcomes = at_once(lambda: save("First"), lambda: save("Second"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangedMeanwhile", "Draft"]
    stored = content_of(Need.objects.get(pk=draft.pk))
    winner = next(outcome for outcome in outcomes if isinstance(outcome, Draft))
    assert (stored.title, stored.requirements) == (winner.content.title, winner.content.requirements)


@pytest.mark.django_db(transaction=True)
def test_two_people_in_two_sections_at_once_both_succeed(draft: Need, editor: User) -> None:
    titles, months = seen(draft, "title"), seen(draft, "months")
    person = User.objects.get(pk=editor.pk)
    outcomes = at_once(
        lambda: write(draft, person, titles, title="New"), lambda: write(draft, person, months, months=24)
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["Draft", "Draft"]
    draft.refresh_from_db()
    assert (draft.title, draft.months, draft.revision) == ("New", 24, 3)
