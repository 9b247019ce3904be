"""What a page keeps of the needs that it asks about."""

import pytest

from boroughs.models import Need
from procurement.queries.shown import as_shown, changes, members_shown
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (["A:1:J"], ["A:1:J"], ()),
        (["A:1:J"], ["A:2:J"], ("A has been edited",)),
        # Of what has been edited it is enough to say so.
        (["A:1:J"], ["A:2:K"], ("A has been edited",)),
        (["A:1:J"], ["A:1:K"], ("A is in K now",)),
        (["A:1:J"], ["A:1:"], ("A is in no joint demand now",)),
        (["B:1:J", "A:1:J"], ["C:1:J", "B:1:J"], ("A has gone", "C has come in")),
        # Nothing that a browser sends is an error of ours.
        (["", "A", ":::", "A:1:J:x"], ["A:1:J"], (" has gone",)),
    ],
)
def test_what_is_not_as_it_was_shown_is_said(then: list[str], now: list[str], said: tuple[str, ...]) -> None:
    assert changes(then, now) == said


@pytest.mark.django_db
def test_it_tells_edits_and_where_a_need_is() -> None:
    demand = joint_demand("camden", "brent")
    alone = NeedFactory()
    before = as_shown(Need.objects.all())
    assert before[alone.reference] == f"{alone.reference}:1:"
    assert members_shown(demand) == {name: said for name, said in before.items() if name != alone.reference}
    assert {said.rpartition(":")[2] for said in members_shown(demand).values()} == {demand.reference}
