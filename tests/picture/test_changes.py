"""What moved between two snapshots."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from procurement.picture import changes
from procurement.picture.changes import Changes
from procurement.picture.facts import Demand, Need, Stance
from tests.picture import made


def between(before: Sequence[Demand], after: Sequence[Demand], **given: Any) -> Changes:
    """With the needs N-00001 of Camden to N-00005, each of another borough but the last, which is Camden's too."""
    boroughs = ("camden", "brent", "sutton", "merton", "camden")
    needs = tuple(made.need(place, slug) for place, slug in enumerate(boroughs, 1))
    earlier = made.london(*given.get("earlier", needs), demands=before, notices=given.get("notices_before", ()))
    later = made.london(*given.get("later", needs), demands=after, notices=given.get("notices_after", ()))
    return changes.between(made.frozen(earlier), made.frozen(later, reference="DP-2026-0002"))


def test_nothing_moved() -> None:
    assert between([made.demand(1, [1, 2])], [made.demand(1, [1, 2])]).is_empty


def test_needs_that_came_went_and_were_amended() -> None:
    kept: Need = made.need(1)
    found = between([], [], earlier=(kept, made.need(2)), later=(replace(kept, revision=2), made.need(3), made.need(4)))

    assert found.needs_new.needs == ("N-00003", "N-00004")
    assert found.needs_gone.needs == ("N-00002",)
    assert found.needs_amended.needs == ("N-00001",)
    assert [(each.before.value, each.after.value) for each in found.headlines if each.after.key == "open-needs"] == [
        (2, 3)
    ]


def test_demands_new_gone_wider_and_narrower() -> None:
    found = between(
        [made.demand(1, [1, 2, 3]), made.demand(2, [4, 5])],
        [made.demand(1, [1, 2, 4]), made.demand(3, [3, 5])],
    )

    assert {each.reference: each.what for each in found.demands} == {
        "JD-0001": ("Merton joined", "Sutton left"),
        "JD-0002": ("no longer in the picture",),
        "JD-0003": ("new, with Camden and Sutton",),
    }
    assert (int(found.demands_new), int(found.demands_gone)) == (1, 1)
    assert (int(found.demands_wider), int(found.demands_narrower)) == (1, 1)


def test_another_need_of_the_same_borough() -> None:
    found = between([made.demand(1, [1, 2])], [made.demand(1, [2, 5])])

    assert found.demands[0].what == ("1 of the boroughs' needs came, 1 went",)


def test_demand_that_the_matcher_became_sure_of_is_new() -> None:
    found = between([made.demand(1, [1, 2], is_sure=False)], [made.demand(1, [1, 2])])

    assert found.demands[0].what == ("new, with Brent and Camden",)


def test_steps_of_boroughs_and_of_people() -> None:
    before = made.demand(1, [1, 2], stances=(Stance("brent", "WATCHING", ""), Stance("camden", "SUGGESTED", "")))
    after = replace(
        before,
        status="CONFIRMED",
        title="Phones",
        stances=(
            Stance("brent", "COMMITTED", "TENDER"),
            Stance("camden", "DECLINED", ""),
            Stance("merton", "SUGGESTED", ""),
        ),
        lead="brent",
        decision_date=date(2027, 4, 3),
        outcome="REACHED",
    )

    assert between([before], [after]).demands[0].what == (
        "called “Phones” now",
        "confirmed",
        "Brent: committed",
        "Camden: declined",
        "Brent leads",
        "to be decided by 3 April 2027",
        "the quorum was reached",
    )


def test_notices_published_and_withdrawn() -> None:
    before = (made.notice(1, 1), made.notice(2, 2), made.notice(3, 1, version=0, status="PROPOSED"))
    after = (made.notice(1, 1, status="WITHDRAWN"), made.notice(2, 2, version=2), made.notice(3, 1))

    found = between([made.demand(1, [1, 2])], [made.demand(1, [1, 2])], notices_before=before, notices_after=after)

    assert (int(found.notices_published), int(found.notices_withdrawn)) == (2, 1)
    assert found.notices_published.needs == ("N-00001", "N-00002")
