"""How fast boroughs answer joint demands, and authorities suppliers."""

from datetime import timedelta

from procurement.picture.answers import Answers, answers
from procurement.picture.facts import Question, Stance
from tests.picture import made

DAY = timedelta(days=1)
ASKED = made.MOMENT - 30 * DAY


def picture() -> Answers:
    """Camden and Brent have answered one of two joint demands; a third one is not sure."""
    needs = [made.need(place, slug) for place, slug in enumerate(("camden", "camden", "brent", "sutton", "merton"), 1)]
    members = (made.member(1, since=ASKED), made.member(2, since=ASKED + 20 * DAY), made.member(3, since=ASKED))
    stances = (
        Stance("brent", "DECLINED", "", ASKED + 9 * DAY),
        Stance("camden", "WATCHING", "", ASKED + 4 * DAY),
        Stance("sutton", "WATCHING", ""),
    )
    waits = (made.member(4, since=ASKED + 25 * DAY), made.member(5))
    demands = (
        made.demand(1, [], members=members, stances=stances),
        made.demand(2, [], members=waits, stances=(Stance("merton", "SUGGESTED", ""),)),
        made.demand(3, [4], is_sure=False),
    )
    questions = (
        Question(ASKED, "ANSWERED", ASKED + 5 * DAY),
        Question(ASKED, "DECLINED", ASKED + 6 * DAY),
        Question(ASKED, "WAITING"),
    )
    notices = (made.notice(1, 1, questions=questions), made.notice(2, 2, questions=questions, status="WITHDRAWN"))
    return answers(made.frozen(made.london(*needs, demands=demands, notices=notices)))


def test_each_borough_is_asked_once_in_each_joint_demand() -> None:
    found = picture()

    assert (int(found.asked), int(found.given), int(found.waiting)) == (4, 2, 2)
    assert found.given.needs == ("N-00001", "N-00002", "N-00003")


def test_days_run_from_the_first_need_to_the_first_answer() -> None:
    # Of 4 and 9 the lower.
    assert picture().median_days.value == 4


def test_joint_demands_that_wait_are_named_with_the_needs_that_wait() -> None:
    (row,) = picture().most_waiting

    assert (row.reference, row.count.needs) == ("JD-0002", ("N-00004", "N-00005"))
    assert (int(row.count), row.days.value) == (2, 5)


def test_questions_on_notices_that_stand_on_the_board() -> None:
    found = picture()

    assert (int(found.questions), int(found.questions_waiting)) == (3, 1)
    assert found.questions_median_days.value == 5


def test_answer_whose_day_is_not_known_is_given_all_the_same() -> None:
    demand = made.demand(1, [1], stances=(Stance("camden", "WATCHING", ""),))

    found = answers(made.frozen(made.london(made.need(1), demands=[demand])))

    assert (int(found.given), found.median_days.value) == (1, None)
