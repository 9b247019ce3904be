"""The way of a notice: what a draft says, who may move it, what a publication freezes, and the chain."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, Need, Requirement, User
from procurement import canonical_json
from procurement.actions import corrections, notices, withdrawals
from procurement.models import Coalition, JointDemand, Notice, NoticeVersion
from procurement.queries import chain, notice_draft, notice_problems, public_content, published, verification
from tests.factories import notices as scene
from tests.factories.boroughs import NeedFactory, RequirementFactory
from tests.factories.procurement import DemandMemberFactory

pytestmark = pytest.mark.django_db


def member(demand: JointDemand, borough: Borough, **need: object) -> Need:
    made: Need = NeedFactory(borough=borough, category=demand.category, **need)
    DemandMemberFactory(demand=demand, need=made)
    return made


# --- drafting -----------------------------------------------------------------------------------------------------


def test_draft_is_filled_from_the_needs_and_can_be_proposed(analyst: User) -> None:
    demand = scene.confirmed_demand()
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.reference == f"NT-{notice.pk:04d}"
    assert notice.title == "Housing repairs"
    assert "Three boroughs may buy together for housing repairs." in notice.summary
    assert len(notice.summary.split()) <= 50
    assert notice.problem == "The present system goes out of support."
    assert notice.months == 36
    # Nobody has said that it leads.
    assert notice_problems.of_content(notice) == [notice_problems.NOBODY_LEADS]
    scene.choose(notice)
    assert notice_problems.of_content(notice) == []
    assert AuditEvent.objects.filter(noun="notice", verb="draft", reference=notice.reference).exists()


def test_draft_gathers_requirements_once_and_none_that_names_a_borough(analyst: User) -> None:
    demand = scene.confirmed_demand()
    camden = Borough.objects.get(slug="camden")
    need = member(demand, camden, incumbent="Civica Cx (Civica UK)")
    lines = ("TENANTS CAN BOOK A REPAIR BY PHONE", "Moves our data out of Civica Cx.", "Costs less than £90,000.")
    for place, line in enumerate(lines, start=1):
        RequirementFactory(need=need, position=place, text=line)
    should = Requirement.Priority.SHOULD
    RequirementFactory(need=need, position=8, text="Photos of the damage.", priority=should)
    RequirementFactory(need=need, position=9, text="tenants can book a repair by phone.", priority=should)
    notice = notices.draft_from(demand=demand, by=analyst)
    assert notice.must_requirements == ["Tenants can book a repair by phone."]
    assert notice.should_requirements == ["Photos of the damage."]


def test_draft_takes_at_most_twenty_lines_and_those_most_boroughs_ask_for_first(analyst: User) -> None:
    demand = scene.confirmed_demand("Camden", "Brent")
    first = Need.objects.get(borough__slug="camden")
    for place in range(3, 33):
        RequirementFactory(need=first, position=place, text=f"Line number {place}.")
    notice = notices.draft_from(demand=demand, by=analyst)
    assert len(notice.must_requirements) == 20
    assert notice.must_requirements[0] == "Tenants can book a repair by phone."


@pytest.mark.parametrize("status", [JointDemand.Status.SUGGESTED, JointDemand.Status.RETIRED])
def test_draft_refuses_a_demand_that_is_not_confirmed(status: str, analyst: User) -> None:
    demand = scene.confirmed_demand()
    demand.status = status
    with pytest.raises(IllegalMove, match="not confirmed"):
        notices.draft_from(demand=demand, by=analyst)


def test_draft_refuses_a_demand_of_one_borough(analyst: User) -> None:
    demand = scene.confirmed_demand("Camden")
    member(demand, Borough.objects.get(slug="camden"))
    with pytest.raises(IllegalMove, match="at least two"):
        notices.draft_from(demand=demand, by=analyst)


def test_draft_refuses_a_second_notice_until_the_first_is_withdrawn(analyst: User, second_analyst: User) -> None:
    demand = scene.confirmed_demand()
    notice = notices.draft_from(demand=demand, by=analyst)
    with pytest.raises(IllegalMove, match="already has a notice"):
        notices.draft_from(demand=demand, by=second_analyst)
    scene.agree(demand)
    scene.choose(notice)
    notices.publish(notice=notices.propose(notice=notice, by=analyst), by=second_analyst)
    with pytest.raises(IllegalMove, match="already has a notice"):
        notices.draft_from(demand=demand, by=analyst)
    scene.withdraw(notice, "Two boroughs left.")
    assert notices.draft_from(demand=demand, by=analyst).pk != notice.pk


# --- permissions --------------------------------------------------------------------------------------------------

MOVES: dict[str, Callable[[Notice, User], object]] = {
    "draft_from": lambda notice, user: notices.draft_from(demand=notice.demand, by=user),
    "edit": lambda notice, user: notices.edit(
        notice=notice, content=notice_draft.content_of(notice), revision=1, by=user
    ),
    "propose": lambda notice, user: notices.propose(notice=notice, by=user),
    "return_to_draft": lambda notice, user: notices.return_to_draft(notice=notice, by=user),
    "publish": lambda notice, user: notices.publish(notice=notice, by=user),
    "take_newest": lambda notice, user: notices.take_newest(notice=notice, revision=1, by=user),
    "discard": lambda notice, user: notices.discard(notice=notice, by=user),
    "correct": lambda notice, user: corrections.begin(notice=notice, by=user),
    "withdraw": lambda notice, user: withdrawals.propose(notice=notice, by=user, reason="Why."),
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("role", ["reader", "editor", "approver", "cdo", "administrator"])
def test_only_analysts_may_move_a_notice(move: str, role: str, request: pytest.FixtureRequest) -> None:
    notice = scene.draft()
    before = (notice.status, notice.revision)
    with pytest.raises(PermissionRefused):
        MOVES[move](notice, request.getfixturevalue(role))
    notice.refresh_from_db()
    assert (notice.status, notice.revision) == before


def test_publish_refuses_the_person_who_proposed(analyst: User, second_analyst: User) -> None:
    notice = scene.proposed(by=analyst)
    with pytest.raises(PermissionRefused, match="somebody else"):
        notices.publish(notice=notice, by=analyst)
    assert not NoticeVersion.objects.exists()
    # Read afresh: a stale copy in hand must not open a way round.
    stale = Notice.objects.get(pk=notice.pk)
    stale.proposed_by = "another@example.org"
    with pytest.raises(PermissionRefused):
        notices.publish(notice=stale, by=analyst)
    assert notices.publish(notice=notice, by=second_analyst).approved_by == second_analyst.email


# --- editing and proposing ----------------------------------------------------------------------------------------


def test_edit_changes_the_draft_and_refuses_a_stale_revision(analyst: User, second_analyst: User) -> None:
    notice = scene.draft(by=analyst)
    content = replace(notice_draft.content_of(notice), title="Repairs", must_requirements=("One.", " ", "Two."))
    notices.edit(notice=notice, content=content, revision=1, by=analyst)
    assert (notice.title, notice.revision, notice.must_requirements) == ("Repairs", 2, ["One.", "Two."])
    with pytest.raises(ChangedMeanwhile):
        notices.edit(notice=notice, content=content, revision=1, by=second_analyst)


def test_edit_refuses_a_lead_that_is_not_a_member(analyst: User) -> None:
    notice = scene.draft(by=analyst)
    content = replace(notice_draft.content_of(notice), lead=scene.borough("Sutton"))
    with pytest.raises(NotAcceptable, match="Sutton"):
        notices.edit(notice=notice, content=content, revision=1, by=analyst)


def test_edit_refuses_what_is_no_draft(analyst: User) -> None:
    notice = scene.proposed(by=analyst)
    with pytest.raises(IllegalMove, match="Take it back to change it"):
        notices.edit(notice=notice, content=notice_draft.content_of(notice), revision=1, by=analyst)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"title": ""}, "Write the title"),
        ({"title": "x" * 101}, "Shorten the title to 100 characters"),
        ({"summary": "word " * 51}, "Shorten the summary to 50 words"),
        ({"problem": "  "}, "Write the problem"),
        ({"users_description": ""}, "Write the description of the users"),
        ({"how_to_respond": ""}, "Write the way to respond"),
        ({"must_requirements": [], "should_requirements": []}, "at least one requirement"),
        ({"must_requirements": ["x"] * 21}, "at most 20"),
        ({"should_requirements": ["word " * 31]}, "Shorten line 1"),
        ({"questions_close_date": date(2020, 1, 1)}, "suppliers may ask has passed"),
        (scene.dates(date(2020, 1, 1), date(2020, 2, 1)), "The closing date has passed"),
    ],
)
def test_propose_says_what_is_missing(columns: dict[str, object], words: str, analyst: User) -> None:
    notice = scene.draft(by=analyst, **columns)
    with pytest.raises(NotAcceptable) as refusal:
        notices.propose(notice=notice, by=analyst)
    assert any(words in problem for problem in refusal.value.problems), refusal.value.problems
    notice.refresh_from_db()
    assert notice.status == Notice.Status.DRAFT


def test_return_to_draft_forgets_the_proposer_and_keeps_the_reason(analyst: User, second_analyst: User) -> None:
    notice = scene.proposed(by=analyst)
    notices.return_to_draft(notice=notice, by=second_analyst, reason="The title is unclear.")
    assert (notice.status, notice.proposed_by) == (Notice.Status.DRAFT, "")
    event = AuditEvent.objects.get(noun="notice", verb="return_to_draft")
    assert event.details["reason"] == "The title is unclear."


# --- publishing ---------------------------------------------------------------------------------------------------


def test_publish_freezes_the_content_and_shows_it(second_analyst: User) -> None:
    notice = scene.proposed()
    version = notices.publish(notice=notice, by=second_analyst)
    assert (notice.status, notice.current, notice.published_at) == ("PUBLISHED", version, version.published_at)
    assert (version.number, version.previous_digest, version.is_withdrawal) == (1, "", False)
    content = version.content
    assert [borough["name"] for borough in content["boroughs"]] == ["Brent", "Camden", "Hackney"]
    assert content["lead"]["name"] == "Hackney"
    assert content["users_total"] == {"value": 3 * scene.USERS + 3}
    assert content["budget_min_total"] == {"low": 350_000, "high": 400_000}
    assert set(version.boroughs.values_list("slug", flat=True)) == {"brent", "camden", "hackney"}
    assert verification.verify().head == version.digest


def test_publish_shows_no_total_of_two_boroughs() -> None:
    content = scene.publish(scene.confirmed_demand("Camden", "Brent")).content
    assert (content["users_total"], content["budget_min_total"], content["budget_max_total"]) == (None, None, None)


def test_publish_never_shows_a_boroughs_own_figures() -> None:
    canary = {
        "budget_min": 777_001,
        "budget_max": 888_002,
        "incumbent": "Zyxware",
        "contract_end_date": date(2031, 7, 9),
    }
    version = scene.publish(scene.confirmed_demand(**canary))
    text = canonical_json.dump(version.content).decode()
    for secret in ("777001", "888002", "Zyxware", "2031-07-09", "incumbent", "contract_end"):
        assert secret not in text


def test_publish_leaves_out_boroughs_whose_need_is_no_longer_open(second_analyst: User) -> None:
    notice = scene.proposed()
    gone = Need.objects.filter(borough__slug="brent")
    gone.update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    content = notices.publish(notice=notice, by=second_analyst).content
    assert [borough["name"] for borough in content["boroughs"]] == ["Camden", "Hackney"]


def test_publish_refuses_where_the_demand_changed_after_the_preview(second_analyst: User) -> None:
    notice = scene.proposed()
    seen = published.preview(notice, at=timezone.now()).digest
    Need.objects.filter(borough__slug="brent").update(users_count=9999)
    with pytest.raises(ChangedMeanwhile, match="the total of users changed after you read"):
        notices.publish(notice=notice, by=second_analyst, seen=seen)
    notice.refresh_from_db()
    assert notice.status == Notice.Status.PROPOSED
    notices.publish(notice=notice, by=second_analyst, seen=published.preview(notice, at=timezone.now()).digest)


@pytest.mark.parametrize("change", ["demand", "lead", "alone"])
def test_publish_refuses_where_what_it_rests_on_is_gone(change: str, second_analyst: User) -> None:
    notice = scene.proposed()
    if change == "demand":
        JointDemand.objects.update(status=JointDemand.Status.SUGGESTED)
    else:
        slugs = ["hackney"] if change == "lead" else ["brent", "camden"]
        notice.demand.members.filter(need__borough__slug__in=slugs).delete()
    with pytest.raises(NotAcceptable):
        notices.publish(notice=Notice.objects.get(pk=notice.pk), by=second_analyst)
    notice.refresh_from_db()
    assert notice.status == Notice.Status.PROPOSED


@pytest.mark.parametrize("move", ["propose", "return_to_draft", "publish"])
def test_published_notice_cannot_be_moved_back(move: str, analyst: User) -> None:
    notice = scene.publish().notice
    with pytest.raises(IllegalMove):
        MOVES[move](notice, analyst)


def test_draft_cannot_be_published_or_withdrawn(analyst: User) -> None:
    notice = scene.draft()
    for move in ("publish", "withdraw"):
        with pytest.raises(IllegalMove):
            MOVES[move](notice, analyst)


def test_withdraw_is_a_last_version_with_its_reason_and_the_same_figures(analyst: User) -> None:
    first = scene.publish()
    Need.objects.update(users_count=1)
    last = scene.withdraw(first.notice, " Two boroughs\nleft. ")
    assert (last.number, last.reason, last.is_withdrawal) == (2, "Two boroughs left.", True)
    figures = {name: {"as_at": 1} | first.content[name] for name in public_content.FIGURES}
    assert last.content == first.content | figures | {"is_withdrawn": True}
    assert (first.notice.status, first.notice.current) == ("WITHDRAWN", last)
    with pytest.raises(IllegalMove):
        scene.withdraw(first.notice, "Again.")


@pytest.mark.parametrize("reason", ["", "  \n", "word " * 101])
def test_withdraw_asks_for_a_reason(reason: str, analyst: User) -> None:
    with pytest.raises(NotAcceptable):
        scene.withdraw(scene.publish().notice, reason)


# --- the chain ----------------------------------------------------------------------------------------------------


def test_versions_follow_each_other_over_the_whole_board(analyst: User) -> None:
    one, two = scene.publish_many(2)
    three = scene.withdraw(one.notice, "Why.")
    assert [one.previous_digest, two.previous_digest, three.previous_digest] == ["", one.digest, two.digest]
    assert one.published_at < two.published_at < three.published_at
    assert verification.verify() == verification.Verified(versions=3, head=three.digest, faults=())


def test_times_rise_along_the_chain_where_the_clock_goes_back() -> None:
    first = scene.publish(scene.confirmed_demand(title="One"))
    with time_machine.travel(first.published_at - timedelta(minutes=5), tick=False):
        second = scene.publish(scene.confirmed_demand(title="Two"))
    assert second.published_at > first.published_at


def test_publish_reads_the_head_again_where_another_publication_came_between(
    monkeypatch: pytest.MonkeyPatch, second_analyst: User
) -> None:
    first = scene.publish(scene.confirmed_demand(title="One"))
    notice = scene.proposed(scene.confirmed_demand(title="Two"))
    real, answers = chain.head, [None]
    # What a second publisher sees in the race: the head of before the first one's commit.
    monkeypatch.setattr(chain, "head", lambda: answers.pop() if answers else real())
    second = notices.publish(notice=notice, by=second_analyst)
    assert second.previous_digest == first.digest
    assert verification.verify().versions == 2


def test_what_is_told_is_decided_anew_where_another_publication_came_between(
    monkeypatch: pytest.MonkeyPatch, second_analyst: User
) -> None:
    notice = scene.proposed(scene.confirmed_demand(title="One"))
    other = scene.proposed(scene.confirmed_demand(title="Two"))
    real, told = public_content.draft, []

    def draft(asked: Notice) -> public_content.Draft:
        told.append(asked.reference)
        if len(told) == 1:
            # In the moment between the look at what was published and the publication.
            monkeypatch.setattr(public_content, "draft", real)
            notices.publish(notice=other, by=second_analyst)
            monkeypatch.setattr(public_content, "draft", draft)
        return real(asked)

    monkeypatch.setattr(public_content, "draft", draft)
    version = notices.publish(notice=notice, by=second_analyst)
    assert told == [notice.reference] * 2
    assert version.previous_digest == NoticeVersion.objects.get(notice=other).digest


def test_lasting_fault_is_not_taken_for_another_publication(
    monkeypatch: pytest.MonkeyPatch, second_analyst: User
) -> None:
    notice = scene.proposed()
    monkeypatch.setattr(chain, "digest", lambda **given: None)
    with pytest.raises(IntegrityError), transaction.atomic():
        notices.publish(notice=notice, by=second_analyst)


def test_borough_that_a_run_brings_in_at_the_last_moment_is_not_named(
    monkeypatch: pytest.MonkeyPatch, second_analyst: User
) -> None:
    notice = scene.proposed()
    monkeypatch.setattr(notice_problems, "of_publication", lambda asked: [])
    member(notice.demand, scene.borough("Harrow"))
    with pytest.raises(NotAcceptable, match="Harrow has not agreed to be named"):
        notices.publish(notice=notice, by=second_analyst)


def test_lead_is_the_one_that_the_boroughs_agreed_to(analyst: User) -> None:
    notice = scene.proposed()
    brent = Borough.objects.get(slug="brent")
    now = timezone.now()
    Coalition.objects.update_or_create(
        demand=notice.demand, defaults={"lead": brent, "lead_agreed_at": now, "updated_at": now}
    )
    assert "The boroughs agreed that Brent leads. Choose it as the lead." in notice_problems.of_publication(notice)


def test_version_is_append_only_in_the_database() -> None:
    version = scene.publish()
    for change in (
        lambda: NoticeVersion.objects.filter(pk=version.pk).update(reason="Changed."),
        # Past Django's own check of what points to the row: the database has to refuse by itself.
        lambda: NoticeVersion.objects.filter(pk=version.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    version.refresh_from_db()
    assert version.reason == ""


@pytest.mark.django_db(transaction=True)
def test_many_people_publish_at_once_and_the_chain_does_not_fork() -> None:
    """Two approvers of each of four notices: one version each, one chain. SQLite in memory cannot share a table so."""
    if connection.vendor == "sqlite":
        pytest.skip("needs a database that writes from several connections at once")
    waiting = [scene.proposed(scene.confirmed_demand(title=f"Demand {n}")) for n in range(4)]
    people = [scene.analyst(), scene.analyst()]
    start = threading.Barrier(8)
    refused: list[IllegalMove] = []

    def approve(notice: Notice, user: User) -> None:
        try:
            start.wait()
            notices.publish(notice=Notice.objects.get(pk=notice.pk), by=user)
        except IllegalMove as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve, args=(notice, user)) for notice in waiting for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (NoticeVersion.objects.count(), len(refused)) == (4, 4)
    assert verification.verify().versions == 4
    assert verification.verify().faults == ()
