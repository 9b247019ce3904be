"""Which releases have to do with a draft, and that the audit of these alone comes to what that of all does."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from procurement.actions import releases
from procurement.disclosure import Contributions, Release, Rule, decide
from procurement.models import FigureRelease, Notice, NoticeVersion, ToldNeed
from procurement.queries import public_figures
from tests.factories import notices as scene
from tests.factories.boroughs import BoroughFactory
from tests.factories.procurement import JointDemandFactory
from tests.trust.rolling import ORDERS, Answer, history_of

pytestmark = pytest.mark.django_db

RULE = Rule()
WORLDS = 3


def notice_named(reference: str) -> Notice:
    lead = BoroughFactory()
    return Notice.objects.create(
        reference=reference, demand=JointDemandFactory(), lead=lead, updated_at=timezone.now(), **scene_dates()
    )


def scene_dates() -> dict[str, Any]:
    today = timezone.localdate()
    return {"questions_close_date": today, "closes_date": today}


def published(history: Iterable[Release]) -> dict[str, Notice]:
    """The releases as rows, each behind a version of its own; the notices by reference."""
    notices: dict[str, Notice] = {}
    for number, release in enumerate(history, start=1):
        if release.notice not in notices:
            notices[release.notice] = notice_named(release.notice)
        notice = notices[release.notice]
        version = NoticeVersion.objects.create(
            notice=notice,
            number=number,
            canonical="{}",
            digest=f"{number}",
            previous_digest=f"{number - 1}",
            published_at=timezone.now(),
            title=release.notice,
            kind=Notice.Kind.PLANNED,
            **scene_dates(),
        )
        FigureRelease.objects.create(
            number=number,
            demand=notice.demand,
            version=version,
            told_at=version.published_at,
            quantity=release.quantity.upper(),
            contributions=release.contributions,
            low=release.low,
            high=release.high,
        )
        needs = references(release.contributions)
        ToldNeed.objects.bulk_create(
            (ToldNeed(demand=notice.demand, need=need) for need in needs), ignore_conflicts=True
        )
    return notices


def references(contributions: Contributions) -> set[str]:
    return {need for needs in contributions.values() for need in needs}


def connected(notice: Notice, needs: Collection[str]) -> list[tuple[str, int]]:
    rows = FigureRelease.objects.connected_with(notice.demand, needs).order_by("pk")
    return list(rows.values_list("version__notice__reference", "version__number"))


def told(notice: str, *needs: str) -> Release:
    return Release(notice, 1, {"a": dict.fromkeys(needs, 1)}, len(needs), len(needs) + 1, "users")


def test_needs_in_common_connect_joint_demands_in_a_chain() -> None:
    history = [told("NT-1", "N-1", "N-2"), told("NT-2", "N-2", "N-3"), told("NT-3", "N-3"), told("NT-4", "N-4")]
    notices = published(history)
    new = notice_named("NT-5")
    chain = [("NT-1", 1), ("NT-2", 2), ("NT-3", 3)]
    assert connected(new, {"N-1"}) == connected(new, {"N-3"}) == connected(notices["NT-2"], set()) == chain
    assert connected(new, {"N-4", "N-9"}) == [("NT-4", 4)]
    assert connected(new, {"N-9"}) == connected(new, set()) == []


def test_what_the_notice_told_of_needs_that_left_is_among_it() -> None:
    notices = published([told("NT-1", "N-1"), told("NT-2", "N-2")])
    assert connected(notices["NT-1"], {"N-2"}) == [("NT-1", 1), ("NT-2", 2)]


def test_a_published_total_is_found_by_its_needs() -> None:
    one, two = scene.publish_many(2)
    needs = set(ToldNeed.objects.filter(demand=one.notice.demand_id).values_list("need", flat=True))
    assert needs == {member.need.reference for member in one.notice.demand.members.all()}
    new = notice_named("NT-5")
    found = FigureRelease.objects.connected_with(new.demand, needs)
    assert {row.version_id for row in found} == {one.pk}
    assert two.releases.exists()


def test_told_figures_of_a_joint_demand_are_connected_like_those_of_notices() -> None:
    one, two = scene.publish_many(2)
    demand = JointDemandFactory()
    amounts = {"a": {one.notice.demand.members.all()[0].need.reference: 1}}
    told = Release("JD-1", 0, amounts | {"b": {"N-9": 1}}, 2, 3, "USERS")
    releases.keep(demand, [told], after=public_figures.last_number(), at=timezone.now())
    found = FigureRelease.objects.connected_with(JointDemandFactory(), {"N-9"})
    assert {row.version_id for row in found} == {None, one.pk}
    assert two.pk not in {row.version_id for row in FigureRelease.objects.connected_with(one.notice.demand, set())}
    (newest,) = FigureRelease.objects.newest_of([demand.pk, one.notice.demand_id])
    assert newest.demand == demand


def test_of_two_that_follow_the_same_release_one_is_refused() -> None:
    demand = JointDemandFactory()
    told = Release("JD-1", 0, {"a": {"N-9": 1}}, 1, 2, "USERS")
    releases.keep(demand, [told], after=0, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        releases.keep(demand, [told], after=0, at=timezone.now())
    assert FigureRelease.objects.count() == 1


@pytest.mark.parametrize("model", [FigureRelease, ToldNeed])
def test_what_was_told_is_append_only_in_the_database(model: type[FigureRelease | ToldNeed]) -> None:
    scene.publish()
    for change in (
        lambda: model.objects.update(id=1000),
        lambda: model.objects.all()._raw_delete("default"),  # type: ignore[attr-defined]
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize("seed", range(6))
def test_audit_of_what_is_connected_decides_as_that_of_everything(seed: int) -> None:
    """Coalitions of the same boroughs beside each other, each with two notices that share needs."""
    rng = Random(seed)
    worlds = [world(seed * WORLDS + number, number) for number in range(WORLDS)]
    history = [release for step in zip_longest(*(releases for releases, _ in worlds)) for release in step if release]
    notices = published(history)
    outcomes = set()
    for answer in (rng.choice(worlds[number % WORLDS][1]) for number in range(4 * WORLDS)):
        contributions = answer.contributions
        if rng.random() < 0.25:
            # A merge of needs that nothing had connected.
            contributions = merged(contributions, rng.choice(worlds[0][1]).contributions)
        notice = notices.get(answer.notice) or notice_named(answer.notice)
        notices[answer.notice] = notice
        known = {"borough-01": frozenset({"borough-02", "borough-03"})} if rng.random() < 0.3 else {}
        waived = frozenset(rng.sample(sorted(contributions), rng.randint(0, 1))) if contributions else frozenset()
        rows = FigureRelease.objects.connected_with(notice.demand, references(contributions)).order_by("pk")
        near = [history[number - 1] for number in rows.values_list("version__number", flat=True)]

        def decided(releases: Sequence[Release], answer: Answer = answer, **given: Any) -> object:
            asked = {"notice": answer.notice, "version": 99, "quantity": answer.quantity}
            return decide(releases, rule=answer.rule, orders=ORDERS, **asked, **given)

        whole = decided(history, contributions=contributions, waived=waived, known=known)
        assert decided(near, contributions=contributions, waived=waived, known=known) == whole
        outcomes.add((bool(whole.release), len(near) < len(history)))  # type: ignore[attr-defined]
    # Something was left out; some totals were told and others refused.
    assert {has_release for has_release, _ in outcomes} == {True, False}
    assert any(is_less for _, is_less in outcomes)


def world(seed: int, number: int) -> tuple[list[Release], list[Answer]]:
    """Its releases and answers under names of their own; the boroughs are those of all worlds."""
    found = history_of(seed, rule=RULE, is_controlled=True, steps=7)
    releases = [
        replace(release, notice=f"{release.notice}{number}", contributions=renamed(release.contributions, number))
        for release in found.history
    ]
    answers = [
        replace(answer, notice=f"{answer.notice}{number}", contributions=renamed(answer.contributions, number))
        for answer in found.answers
    ]
    return releases, answers


def renamed(contributions: Contributions, number: int) -> Contributions:
    return {
        borough: {f"{need}/{number}": amount for need, amount in needs.items()}
        for borough, needs in contributions.items()
    }


def merged(one: Contributions, other: Contributions) -> Contributions:
    return {borough: {**one.get(borough, {}), **other.get(borough, {})} for borough in one.keys() | other.keys()}
