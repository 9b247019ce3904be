from dataclasses import replace
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from boroughs.actions import amendments, needs, notifying
from boroughs.actions.need_content import content_of
from boroughs.actions.notifying import News
from boroughs.background import Task
from boroughs.models import AuditEvent, Borough, Need, Notification, Role, User, Work
from boroughs.permissions import Permission
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, MembershipFactory, NeedFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


def told(user: User) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("kind", "subject"))


def draft(borough: Borough, by: User) -> Need:
    need: Need = NeedFactory(borough=borough, status=Need.Status.DRAFT, title="Telecare", created_by=by)
    return need


def news(borough: Borough, key: str = "an event") -> News:
    return News(
        kind=Kind.OVERLAP_FOUND, borough_id=borough.pk, subject="N-1", headline="N-1", path="/needs/N-1/", key=key
    )


def test_submitted_need_is_told_to_approvers_of_the_borough_but_not_to_who_submitted_it(
    borough: Borough, editor: User, approver: User, reader: User, stranger: User, analyst: User
) -> None:
    second = person(Role.BOROUGH_APPROVER, borough)
    need = draft(borough, editor)
    needs.submit(need=need, by=approver)
    assert told(second) == [(Kind.SUBMITTED, need.reference)]
    assert not any(told(each) for each in (editor, approver, reader, stranger, analyst))
    row = Notification.objects.get()
    assert row.headline == f"{need.reference} “Telecare” waits for your approval"
    assert row.path == f"/needs/{need.reference}/"


def test_answer_is_told_to_who_wrote_and_who_submitted_it_with_the_comment(
    borough: Borough, editor: User, approver: User
) -> None:
    second = person(Role.BOROUGH_EDITOR, borough)
    need = draft(borough, editor)
    needs.submit(need=need, by=second)
    needs.return_to_draft(need=need, by=approver, reason="Whose users?")
    needs.submit(need=need, by=second)
    needs.approve(need=need, by=approver)
    for author in (editor, second):
        assert told(author) == [(Kind.RETURNED, need.reference), (Kind.APPROVED, need.reference)]
        assert Notification.objects.get(user=author, kind=Kind.RETURNED).comment == "Whose users?"
    assert told(approver) == [(Kind.SUBMITTED, need.reference)] * 2


def test_nobody_is_told_of_what_they_did_themselves(borough: Borough, approver: User) -> None:
    need = draft(borough, approver)
    needs.submit(need=need, by=approver)
    needs.approve(need=need, by=approver)
    assert not Notification.objects.exists()


def test_who_has_no_role_in_the_borough_any_more_gets_nothing(
    borough: Borough, other_borough: Borough, editor: User, approver: User
) -> None:
    need = draft(borough, editor)
    needs.submit(need=need, by=editor)
    editor.memberships.all().delete()
    MembershipFactory(user=editor, borough=other_borough)
    needs.approve(need=need, by=approver)
    assert not told(editor)


def test_closed_account_is_told_nothing(borough: Borough, editor: User, approver: User) -> None:
    User.objects.filter(pk=approver.pk).update(is_active=False)
    needs.submit(need=draft(borough, editor), by=editor)
    assert not Notification.objects.exists()


def test_amendment_is_told_of_like_a_need(borough: Borough, editor: User, approver: User) -> None:
    need = NeedFactory(borough=borough, title="Telecare")
    amendment = amendments.begin(need=need, content=replace(content_of(need), months=24), by=editor)
    amendments.submit(amendment=amendment, by=editor)
    amendments.return_to_draft(amendment=amendment, by=approver, reason="Why two years?")
    amendments.submit(amendment=amendment, by=editor)
    amendments.approve(amendment=amendment, by=approver, revision=amendment.revision, need_revision=need.revision)
    assert told(approver) == [(Kind.SUBMITTED, need.reference)] * 2
    assert told(editor) == [(Kind.RETURNED, need.reference), (Kind.APPROVED, need.reference)]
    headlines = Notification.objects.filter(user=editor).order_by("pk").values_list("headline", flat=True)
    assert headlines[1] == f"The amendment of {need.reference} “Telecare” is approved"


def test_event_is_told_once_and_not_to_those_who_come_later(borough: Borough, editor: User) -> None:
    assert notifying.announce([news(borough)], to=Permission.EDIT_NEEDS) == 1
    newcomer = person(Role.BOROUGH_EDITOR, borough)
    assert notifying.announce([news(borough)], to=Permission.EDIT_NEEDS) == 0
    assert notifying.announce([news(borough, "another event")], to=Permission.EDIT_NEEDS) == 2
    assert (len(told(editor)), len(told(newcomer))) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_event_that_two_workers_tell_of_at_once_is_told_once(borough: Borough, editor: User, approver: User) -> None:
    outcomes = at_once(*[lambda: notifying.announce([news(borough)], to=Permission.EDIT_NEEDS)] * 2)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert (len(told(editor)), len(told(approver))) == (1, 1)


def test_much_news_asks_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    boroughs = [BoroughFactory() for _ in range(5)]
    for each in boroughs:
        person(Role.BOROUGH_EDITOR, each)
    much = [news(each, f"event {number} of {each.pk}") for each in boroughs for number in range(100)]
    # SQLite takes some 60 rows at once.
    with django_assert_max_num_queries(20):
        assert notifying.announce(much, to=Permission.EDIT_NEEDS) == 500
    with django_assert_max_num_queries(4):
        assert notifying.announce(much, to=Permission.EDIT_NEEDS) == 0


def test_work_for_the_mail_is_asked_for_by_who_wants_it_at_once_alone(borough: Borough, editor: User) -> None:
    for preference, wanted, asks in (("NONE", False, False), ("DAILY", True, False), ("AT_ONCE", True, True)):
        User.objects.filter(pk=editor.pk).update(mail_preference=preference)
        notifying.announce([news(borough, preference)], to=Permission.EDIT_NEEDS)
        assert Notification.objects.get(key=preference).mail_wanted is wanted
        assert Work.objects.filter(task=Task.MAIL_NOTIFICATIONS).exists() is asks


def test_who_turns_mail_on_again_is_not_sent_the_past(borough: Borough, editor: User) -> None:
    notifying.announce([news(borough)], to=Permission.EDIT_NEEDS)
    notifying.prefer(user=editor, preference=User.MailPreference.NONE)
    notifying.prefer(user=editor, preference=User.MailPreference.AT_ONCE)
    assert not Notification.objects.get().mail_wanted
    assert list(AuditEvent.objects.filter(verb="prefer").order_by("pk").values_list("details", flat=True)) == [
        {"e-mails": "NONE"},
        {"e-mails": "AT_ONCE"},
    ]


def test_move_that_fails_tells_nobody(
    borough: Borough, editor: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("boroughs.actions.work.request", broken)
    need = draft(borough, editor)
    with pytest.raises(RuntimeError):
        needs.submit(need=need, by=editor)
    need.refresh_from_db()
    assert need.status == Need.Status.DRAFT
    assert not Notification.objects.exists()
