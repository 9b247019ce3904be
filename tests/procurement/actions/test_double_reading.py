"""Opinions in a double reading: they change nothing until enough people have said enough, and then all at once."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import AuditEvent, Membership, Need, User
from procurement.actions import demands, double_reading, review
from procurement.models import Decision, DemandMember, JointDemand, Opinion, Overlap, ReviewAnswer
from procurement.queries.demand_history import history
from procurement.queries.double_reading import PATIENCE, double_readings
from tests.factories import notices as notice_scenes
from tests.factories.boroughs import NeedFactory
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]


@pytest.fixture
def demand() -> JointDemand:
    """Three members of whom nothing is known: about one in two belongs."""
    made: JointDemand = JointDemandFactory(certainty=JointDemand.Certainty.NOT_SURE)
    for _ in range(3):
        DemandMemberFactory(demand=made, strength=0.47, band=DemandMember.Band.POSSIBLE)
    return made


def references(demand: JointDemand) -> list[str]:
    return list(demand.members.order_by("need_id").values_list("need__reference", flat=True))


def give(
    demand: JointDemand, by: User, *, besides: tuple[str, ...] = (), out: tuple[str, ...] = ()
) -> double_reading.Given:
    """Everything that is asked of this person: members belong, but for those that are `out`; others do not, but for
    those `besides`."""
    reading = next(each for each in double_readings(by).open if each.reference == demand.reference)
    said = {
        line.shown: (line.is_member and line.reference not in out) or line.reference in besides
        for line in reading.asked
    }
    return double_reading.give(demand=demand, belongs=said, by=by)


def shown(demand: JointDemand) -> list[str]:
    """What a page asks for the first time."""
    return [f"{reference}:1:1" for reference in references(demand)]


def asked(demand: JointDemand, of: User) -> set[str]:
    found = [each for each in double_readings(of).open if each.reference == demand.reference]
    return {line.reference for each in found for line in each.asked}


def outside(demand: JointDemand, score: float = 0.47) -> Need:
    need: Need = NeedFactory()
    for member in demand.members.all():
        Overlap.objects.create(first=member.need, second=need, score=score, probability=0.5, reasons=[])
    return need


def test_one_reading_changes_nothing(demand: JointDemand, people: list[User]) -> None:
    before = references(demand)
    given = give(demand, people[0], out=(before[0],))
    assert (given.effect, given.left, given.overtaken, given.hindrance) == (None, 0, (), "")
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.SUGGESTED
    assert references(demand) == before
    assert not Decision.objects.exists()
    assert not ReviewAnswer.objects.exists()
    assert asked(demand, people[0]) == set()
    assert asked(demand, people[1]) == set(before)


def test_two_who_agree_put_all_of_it_into_effect(demand: JointDemand, people: list[User]) -> None:
    need = outside(demand)
    stays, goes = references(demand)[:2], references(demand)[2]
    give(demand, people[0], out=(goes,), besides=(need.reference,))
    given = give(demand, people[1], out=(goes,), besides=(need.reference,))
    assert given.effect == double_reading.Effect(left=(goes,), joined=(need.reference,), is_confirmed=True)
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.CONFIRMED
    assert references(demand) == sorted([*stays, need.reference])
    assert not demand.members.filter(confirmed_at=None).exists()
    assert Decision.objects.standing().filter(verdict=Decision.Verdict.APART).count() == 3
    reasons = set(Decision.objects.standing().exclude(reason="").values_list("reason", flat=True))
    assert reasons == {
        "Double reading: 0 of 2 answers said that it belongs.",
        "Double reading: 2 of 2 answers said that it belongs.",
    }
    assert not Opinion.objects.filter(closed_at=None).exists()
    assert double_readings(people[2]).open == ()


def test_where_two_differ_the_third_is_asked_about_that_need_alone(demand: JointDemand, people: list[User]) -> None:
    first, *_, last = references(demand)
    give(demand, people[0], out=(last,))
    assert give(demand, people[1]).effect is None
    assert asked(demand, people[0]) == asked(demand, people[1]) == set()
    assert double_readings(people[0]).elsewhere == 1
    assert asked(demand, people[2]) == {last}
    given = double_reading.give(demand=demand, belongs={f"{last}:1:1": False}, by=people[2])
    # Two of three, where one in two was to be expected, is nine to one: not enough.
    assert given.effect is None
    assert asked(demand, people[0]) == {last}
    assert first not in asked(demand, people[1])
    given = double_reading.give(demand=demand, belongs={f"{last}:1:2": False}, by=people[0])
    assert given.effect is not None
    assert given.effect.left == (last,)
    assert Opinion.objects.filter(need__reference=last).count() == 4


def test_an_answer_against_the_odds_is_asked_of_a_third(demand: JointDemand, people: list[User]) -> None:
    demand.members.update(strength=0.7, band=DemandMember.Band.STRONG)
    out = references(demand)[0]
    give(demand, people[0], out=(out,))
    give(demand, people[1], out=(out,))
    assert asked(demand, people[2]) == {out}


def test_opinions_are_given_once(demand: JointDemand, people: list[User]) -> None:
    said = dict.fromkeys(shown(demand), True)
    double_reading.give(demand=demand, belongs=said, by=people[0])
    with pytest.raises(IllegalMove, match="you have answered already"):
        double_reading.give(demand=demand, belongs=said, by=people[0])
    assert Opinion.objects.count() == 3


def test_what_is_not_asked_any_more_is_said_and_the_rest_is_kept(demand: JointDemand, people: list[User]) -> None:
    said = dict.fromkeys(shown(demand), True)
    gone = demand.members.order_by("need_id").select_related("need")[0].need
    demands.remove_member(demand=demand, need=gone, by=people[2])
    given = double_reading.give(demand=demand, belongs=said, by=people[0])
    assert given.overtaken == (gone.reference,)
    assert Opinion.objects.count() == 2


def test_a_need_that_joins_or_changes_is_asked_about_anew(demand: JointDemand, people: list[User]) -> None:
    old = references(demand)
    give(demand, people[0])
    new = DemandMemberFactory(demand=demand, strength=0.47, band=DemandMember.Band.POSSIBLE).need
    assert asked(demand, people[0]) == {new.reference}
    Need.objects.filter(reference=old[0]).update(revision=2)
    assert asked(demand, people[0]) == {old[0], new.reference}
    assert give(demand, people[1]).effect is None
    assert asked(demand, people[1]) == set()
    assert give(demand, people[0]).effect is not None


@pytest.mark.parametrize("count", [2, 3])
def test_where_nobody_stays_they_are_kept_from_the_strongest(people: list[User], count: int) -> None:
    """Or the next run would propose the same again."""
    made: JointDemand = JointDemandFactory()
    needs = [DemandMemberFactory(demand=made, strength=0.45 + number / 100).need for number in range(count)]
    out = tuple(need.reference for need in needs)
    give(made, people[0], out=out)
    given = give(made, people[1], out=out)
    assert given.effect == double_reading.Effect(left=tuple(sorted(out)), joined=(), is_confirmed=False)
    made.refresh_from_db()
    assert made.status == JointDemand.Status.RETIRED
    pairs = {(row.first_id, row.second_id, row.verdict) for row in Decision.objects.standing()}
    assert pairs == {(need.pk, needs[-1].pk, Decision.Verdict.APART) for need in needs[:-1]}
    assert Decision.objects.answers().count() == count - 1


def test_those_who_leave_are_not_kept_from_each_other(demand: JointDemand, people: list[User]) -> None:
    out = tuple(DemandMemberFactory(demand=demand, strength=0.49).need.reference for _ in range(2))
    give(demand, people[0], out=out)
    assert give(demand, people[1], out=out).effect is not None
    apart = Decision.objects.standing().filter(verdict=Decision.Verdict.APART)
    assert apart.count() == 6
    assert not apart.filter(first__reference__in=out, second__reference__in=out).exists()
    # Each is an answer to the matcher, though the two were the strongest of all.
    assert apart.filter(score__isnull=False).count() == 2


def test_what_stands_in_the_way_is_said_and_the_opinions_are_kept(
    demand: JointDemand, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise IllegalMove("It has a notice. Withdraw it first.")

    goes = references(demand)[0]
    give(demand, people[0], out=(goes,))
    with monkeypatch.context() as hindered:
        hindered.setattr(demands, "remove_member", refuse)
        given = give(demand, people[1], out=(goes,))
    assert (given.effect, given.hindrance) == (None, "It has a notice. Withdraw it first.")
    assert goes in references(demand)
    assert not Decision.objects.exists()
    assert [each.reference for each in double_readings(people[2]).decided] == [demand.reference]
    assert asked(demand, people[2]) == set()
    assert double_reading.put_into_effect(demand=demand, by=people[2]) is not None
    assert goes not in references(demand)
    assert double_reading.put_into_effect(demand=demand, by=people[2]) is None


def test_what_took_effect_is_taken_back_in_the_review_queue(demand: JointDemand, people: list[User]) -> None:
    goes = references(demand)[0]
    give(demand, people[0], out=(goes,))
    give(demand, people[1], out=(goes,))
    assert review.undo_last(by=people[1]).kind == ReviewAnswer.Kind.CONFIRMED
    assert review.undo_last(by=people[1]).kind == ReviewAnswer.Kind.REMOVED
    assert goes in references(demand)
    assert not Decision.objects.standing().exists()
    # Everybody is asked from the start.
    assert asked(demand, people[0]) == set(references(demand))


def test_a_reading_is_taken_back_while_it_has_no_effect(demand: JointDemand, people: list[User]) -> None:
    with pytest.raises(IllegalMove, match="read nothing that could be taken back"):
        double_reading.take_back(by=people[0])
    give(demand, people[0])
    assert double_reading.take_back(by=people[0]) == demand
    assert asked(demand, people[0]) == set(references(demand))
    give(demand, people[0])
    give(demand, people[1])
    with pytest.raises(IllegalMove, match="review queue"):
        double_reading.take_back(by=people[0])


def test_only_those_who_review_read_and_the_trail_does_not_tell_what_they_said(
    demand: JointDemand, people: list[User], cdo: User
) -> None:
    with pytest.raises(PermissionRefused):
        double_reading.give(demand=demand, belongs={}, by=cdo)
    with pytest.raises(PermissionRefused):
        double_reading.put_into_effect(demand=demand, by=cdo)
    with pytest.raises(PermissionRefused):
        double_reading.take_back(by=cdo)
    give(demand, people[0], out=(references(demand)[0],))
    event = AuditEvent.objects.filter(verb="read").get()
    assert (event.reference, event.details) == (demand.reference, {"answers": 3})
    told = [each for each in history(demand, cdo, with_reasons=False) if each.title == "Read by one of several people"]
    assert [each.details for each in told] == [""]


def test_the_answers_of_two_people_who_are_all_there_are_come_to_an_end(
    demand: JointDemand, people: list[User]
) -> None:
    Membership.objects.filter(user=people[2]).delete()
    doubtful = references(demand)[0]
    give(demand, people[0], out=(doubtful,))
    give(demand, people[1])
    assert asked(demand, people[0]) == {doubtful}
    give(demand, people[0], out=(doubtful,))
    assert asked(demand, people[1]) == {doubtful}
    given = give(demand, people[1])
    assert given.effect is not None
    assert Opinion.objects.filter(need__reference=doubtful).count() == 4


def test_what_is_said_of_a_need_as_it_was_is_not_kept(demand: JointDemand, people: list[User]) -> None:
    seen = shown(demand)
    edited = references(demand)[0]
    Need.objects.filter(reference=edited).update(revision=2)
    given = double_reading.give(demand=demand, belongs=dict.fromkeys(seen, True), by=people[0])
    assert (given.overtaken, given.left) == ((edited,), 1)
    assert asked(demand, people[0]) == {edited}
    with pytest.raises(IllegalMove, match="has changed"):
        double_reading.give(demand=demand, belongs={seen[0]: True}, by=people[0])


def test_a_form_that_is_sent_again_is_no_second_answer(demand: JointDemand, people: list[User]) -> None:
    Membership.objects.filter(user=people[2]).delete()
    seen = shown(demand)
    first = dict.fromkeys(seen, True) | {seen[0]: False}
    double_reading.give(demand=demand, belongs=first, by=people[0])
    give(demand, people[1])
    # Now the first is asked again.
    assert asked(demand, people[0]) == {references(demand)[0]}
    with pytest.raises(IllegalMove, match="you have answered already"):
        double_reading.give(demand=demand, belongs=first, by=people[0])
    assert Opinion.objects.count() == 6


def test_somebody_is_asked_when_answers_were_taken_back(demand: JointDemand, people: list[User]) -> None:
    Membership.objects.filter(user=people[2]).delete()
    doubtful = references(demand)[0]
    give(demand, people[0], out=(doubtful,))
    give(demand, people[1])
    give(demand, people[0], out=(doubtful,))
    double_reading.take_back(by=people[1])
    # What the first said twice settles nothing.
    assert asked(demand, people[1]) == set(references(demand))
    give(demand, people[1])
    assert asked(demand, people[0]) == set()
    assert asked(demand, people[1]) == {doubtful}
    assert give(demand, people[1]).effect is not None


def test_what_is_ruled_singly_overtakes_what_was_said(demand: JointDemand, people: list[User]) -> None:
    first, *others = demand.members.order_by("need_id").select_related("need")
    give(demand, people[0])
    review.answer(demand=demand, kind=ReviewAnswer.Kind.RENAMED, title="Named", by=people[1])
    assert Opinion.objects.open().count() == 3
    review.answer(demand=demand, kind=ReviewAnswer.Kind.BELONGS, need=first.need, by=people[1])
    assert set(Opinion.objects.open().values_list("need", flat=True)) == {each.need_id for each in others}
    review.answer(demand=demand, kind=ReviewAnswer.Kind.CONFIRMED, by=people[1])
    review.answer(demand=demand, kind=ReviewAnswer.Kind.REOPENED, by=people[1])
    assert asked(demand, people[0]) == set(references(demand))


def test_a_need_that_joins_is_asked_of_afresh_where_else_it_was_suggested(
    demand: JointDemand, people: list[User]
) -> None:
    need = outside(demand)
    other: JointDemand = JointDemandFactory(certainty=JointDemand.Certainty.NOT_SURE)
    for _ in range(3):
        member = DemandMemberFactory(demand=other, strength=0.47)
        Overlap.objects.create(first=need, second=member.need, score=0.47, probability=0.5, reasons=[])
    for each in (demand, other):
        assert need.reference in asked(each, people[0])
        give(each, people[0], besides=(need.reference,))
    assert give(demand, people[1], besides=(need.reference,)).effect is not None
    left = Opinion.objects.open().filter(demand=other)
    assert set(left.values_list("need__reference", flat=True)) == set(references(other))


def test_what_the_page_offers_to_take_back_is_taken_back(demand: JointDemand, people: list[User]) -> None:
    settled, moved = JointDemandFactory(), JointDemandFactory()
    for each in (demand, moved, settled):
        DemandMemberFactory(demand=each)
        DemandMemberFactory(demand=each)
        give(each, people[0])
    review.answer(demand=settled, kind=ReviewAnswer.Kind.CONFIRMED, by=people[1])
    Need.objects.filter(demand_member__demand=moved).update(revision=F("revision") + 1)
    assert double_readings(people[0]).last == demand.reference
    assert double_reading.take_back(by=people[0]) == demand
    assert double_readings(people[0]).last == ""
    with pytest.raises(IllegalMove, match="read nothing"):
        double_reading.take_back(by=people[0])


def test_a_colleague_who_is_away_is_not_waited_for_without_end(demand: JointDemand, people: list[User]) -> None:
    doubtful = references(demand)[0]
    give(demand, people[0], out=(doubtful,))
    give(demand, people[1])
    assert asked(demand, people[0]) == set()
    Opinion.objects.update(given_at=F("given_at") - PATIENCE - timedelta(hours=1))
    # Nobody has answered anything since: everybody is away.
    assert asked(demand, people[0]) == set()
    other: JointDemand = JointDemandFactory()
    for _ in range(2):
        DemandMemberFactory(demand=other)
    for user in people[:2]:
        give(other, user)
    assert asked(demand, people[0]) == asked(demand, people[2]) == {doubtful}
    give(demand, people[0], out=(doubtful,))
    assert asked(demand, people[1]) == asked(demand, people[2]) == {doubtful}
    assert give(demand, people[1], out=(doubtful,)).effect is not None


def test_who_answered_and_may_not_review_any_more_counts_and_is_not_waited_for(
    demand: JointDemand, people: list[User]
) -> None:
    doubtful = references(demand)[0]
    give(demand, people[0], out=(doubtful,))
    give(demand, people[1])
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    assert asked(demand, people[2]) == {doubtful}
    give(demand, people[2], out=(doubtful,))
    assert asked(demand, people[1]) == {doubtful}
    given = give(demand, people[1])
    assert given.effect is not None


def test_what_a_member_was_said_to_be_is_decided_when_the_last_doubt_is_withdrawn(
    demand: JointDemand, people: list[User]
) -> None:
    doubtful = demand.members.order_by("need_id").select_related("need")[0].need
    give(demand, people[0], out=(doubtful.reference,))
    give(demand, people[1])
    Need.objects.filter(pk=doubtful.pk).update(status=Need.Status.WITHDRAWN, closed_at=timezone.now())
    assert [each.reference for each in double_readings(people[0]).decided] == [demand.reference]
    effect = double_reading.put_into_effect(demand=demand, by=people[2])
    assert effect is not None
    assert effect.is_confirmed
    assert double_readings(people[0]).decided == ()


@pytest.mark.django_db(transaction=True)
def test_what_is_said_is_there_for_others_before_anybody_looks_whether_all_is(
    demand: JointDemand, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_open = []
    with monkeypatch.context() as watched:
        watched.setattr(double_reading, "put_into_effect", lambda **_: is_open.append(connection.in_atomic_block))
        give(demand, people[0])
    assert is_open == [False]


@pytest.fixture
def said_by_two(demand: JointDemand, people: list[User], monkeypatch: pytest.MonkeyPatch) -> JointDemand:
    """All is said, and nobody has looked yet."""
    with monkeypatch.context() as unseen:
        unseen.setattr(double_reading, "put_into_effect", lambda **_: None)
        for user in people[:2]:
            give(demand, user)
    return demand


@pytest.mark.django_db(transaction=True)
def test_it_takes_effect_once_when_two_look_at_once(said_by_two: JointDemand, people: list[User]) -> None:
    effects = at_once(*(partial(double_reading.put_into_effect, demand=said_by_two, by=user) for user in people[:2]))
    assert [isinstance(each, double_reading.Effect) for each in effects].count(True) == 1
    assert effects.count(None) == 1
    assert ReviewAnswer.objects.filter(kind=ReviewAnswer.Kind.CONFIRMED).count() == 1
    assert not Opinion.objects.open().exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_in_the_moment_it_takes_effect_is_one_or_the_other(
    said_by_two: JointDemand, people: list[User]
) -> None:
    effect, back = at_once(
        partial(double_reading.put_into_effect, demand=said_by_two, by=people[1]),
        partial(double_reading.take_back, by=people[0]),
    )
    is_in_effect = isinstance(effect, double_reading.Effect)
    assert isinstance(back, IllegalMove) is is_in_effect
    assert Opinion.objects.count() == (6 if is_in_effect else 3)


def test_a_need_that_a_notice_holds_elsewhere_hinders_it_until_somebody_rules_singly(
    demand: JointDemand, people: list[User]
) -> None:
    elsewhere = notice_scenes.confirmed_demand("Camden", "Brent")
    notice_scenes.publish(elsewhere)
    held = elsewhere.members.order_by("need_id").select_related("need")[0].need
    for member in demand.members.all():
        first, second = sorted((member.need_id, held.pk))
        Overlap.objects.create(first_id=first, second_id=second, score=0.6, probability=0.8, reasons=[])
    give(demand, people[0], besides=(held.reference,))
    given = give(demand, people[1], besides=(held.reference,))
    assert "would be left with one authority, and has a notice" in given.hindrance
    assert not Decision.objects.filter(demand_reference=demand.reference).exists()
    assert [each.reference for each in double_readings(people[2]).decided] == [demand.reference]
    review.answer(demand=demand, kind=ReviewAnswer.Kind.CONFIRMED, by=people[2])
    assert double_readings(people[2]).decided == ()
    assert double_reading.put_into_effect(demand=demand, by=people[2]) is None
