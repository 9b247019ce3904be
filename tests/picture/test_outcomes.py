"""What came of joint demands: outcomes, savings, notices."""

from datetime import timedelta

from procurement.picture.facts import Interest, Question, Saving
from procurement.picture.outcomes import Outcomes, outcomes
from tests.picture import made

NOW = made.MOMENT


def picture() -> Outcomes:
    estimate = Saving("TENDERS", 100, 200, NOW)
    results = (
        made.result(
            1, savings=(estimate, Saving("VOLUME", 10, 20, NOW, realised=-5, realised_at=NOW)), needs=("N-00001",)
        ),
        made.result(2, outcome="REACHED", decided_at=NOW - timedelta(days=9), committed=("camden", "brent")),
        made.result(3, outcome="ENDED", decided_at=NOW, savings=(Saving("TENDERS", 1, 2, NOW, 70, NOW),)),
    )
    notices = (
        made.notice(
            1, 1, interest=Interest(5, 1, 1), questions=(Question(NOW, "WAITING"), Question(NOW, "ANSWERED", NOW))
        ),
        made.notice(2, 1, status="WITHDRAWN"),
        made.notice(3, 1, version=0, status="PROPOSED"),
    )
    needs = (made.need(1), made.need(2))
    return outcomes(
        made.frozen(made.london(*needs, demands=[made.demand(1, [1, 2])], results=results, notices=notices))
    )


def test_outcomes_are_counted_and_the_last_decided_comes_first() -> None:
    found = picture()

    assert [int(each) for each in (found.decided, found.reached, found.gone_on, found.ended)] == [2, 1, 0, 1]
    assert [(row.reference, row.boroughs) for row in found.rows] == [
        ("JD-0003", ()),
        ("JD-0002", ("Brent", "Camden")),
        ("JD-0001", ()),
    ]


def test_what_was_saved_is_added_up_and_what_is_estimated_is_not() -> None:
    found = picture()

    assert (int(found.estimated), int(found.realised), found.saved.value) == (2, 2, 65)
    (first, second) = found.rows[2].estimates
    assert (first.low.value, first.high.value, first.saved.value, second.saved.value) == (100, 200, None, -5)
    assert first.low.needs == ("N-00001",)


def test_notices_that_were_published_with_what_suppliers_did() -> None:
    found = picture()

    assert [(row.reference, int(row.interested), int(row.questions), int(row.waiting)) for row in found.notices] == [
        ("NT-0001", 5, 2, 1),
        ("NT-0002", 0, 0, 0),
    ]
    assert found.notices[0].interested.needs == ("N-00001", "N-00002")


def test_nothing_saved_is_not_known_to_be_nothing() -> None:
    assert outcomes(made.frozen(made.london())).saved.value is None
