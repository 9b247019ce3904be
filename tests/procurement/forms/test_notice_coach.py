"""The notice coach: silent about a notice that tells suppliers enough, and what it says of one that does not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.forms import notice_coach
from procurement.forms.notice_coach import Advice, Topic
from procurement.queries.published_notice import NamedContact
from tests.procurement.ocds.test_release import NOTICE

TODAY = date(2027, 1, 18)
GOOD = replace(
    NOTICE,
    title="Housing repairs",
    summary="Three boroughs look for a way to book repair visits that tenants can keep. They may buy it together.",
    problem=(
        "Every day repair visits find nobody at home. Tenants wait in for a day, then ring to ask. Each missed visit "
        "costs the boroughs a journey and the tenant a day. Nobody sees on the phone when the visit is due."
    ),
    users="60 repairs officers who book visits, and tenants who report a fault and want to be told when it is mended.",
    market_engagement="In May we spoke to four suppliers. They asked for the number of visits, which is now below.",
    buying_together="Camden leads. The others may join the same contract within a year.",
    how_to_respond="Write to us by the closing date. Two pages are enough.",
    must=("Send the tenant a text an hour before the visit.",),
    contact=NamedContact("Repairs team", "repairs@camden.example"),
)


def said(**changes: Any) -> list[Advice]:
    return list(notice_coach.advice(replace(GOOD, **changes), today=TODAY))


def codes(**changes: Any) -> list[str]:
    return [each.code for each in said(**changes)]


def test_nothing_is_said_of_a_good_notice() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("changes", "code", "topic"),
    [
        ({"summary": "Repairs."}, "summary_length", Topic.SUMMARY),
        ({"summary": "word " * 51}, "summary_length", Topic.SUMMARY),
        ({"problem": "Repairs are late."}, "problem_short", Topic.PROBLEM),
        ({"problem": ""}, "problem_missing", Topic.PROBLEM),
        ({"problem": f"We want to buy a new repairs system. {GOOD.problem}"}, "solution_first", Topic.PROBLEM),
        ({"users": "Repairs officers."}, "users_short", Topic.USERS),
        ({"users": "Everyone"}, "users_vague", Topic.USERS),
        ({"must": ()}, "musts_missing", Topic.REQUIREMENTS),
        ({"must": tuple(f"Send text number {n} to a tenant." for n in range(6))}, "many_musts", Topic.REQUIREMENTS),
        (
            {"must": ("Store photos of a repair and send the photos to the tenant.",)},
            "several_wishes",
            Topic.REQUIREMENTS,
        ),
        ({"budget_min_total": None, "budget_max_total": None}, "budget_missing", Topic.BUDGET),
        ({"market_engagement": " "}, "engagement_missing", Topic.ENGAGEMENT),
        ({"contact": None}, "contact_missing", Topic.CONTACT),
        ({"contact": NamedContact("Somebody", "")}, "contact_missing", Topic.CONTACT),
        ({"setup": "A seamless service."}, "vague", Topic.WORDS),
        ({"buying_together": "Camden runs the XQZT."}, "acronym", Topic.WORDS),
    ],
)
def test_one_lack_gives_one_piece_of_advice(changes: dict[str, Any], code: str, topic: Topic) -> None:
    found = said(**changes)
    assert [(each.code, each.topic) for each in found] == [(code, topic)]
    assert found[0].words.endswith(".")
    assert found[0].fix


def test_five_musts_are_not_too_many() -> None:
    assert codes(must=tuple(f"Send text number {number} to a tenant." for number in range(5))) == []


@pytest.mark.parametrize(("count", "code"), [(50, []), (51, ["summary_length"])])
def test_summary_is_as_long_as_its_limit_says(count: int, code: list[str]) -> None:
    """A word with a hyphen is one word in the form, so it is one here."""
    summary = "Boroughs want on-call repairs. " * 13
    assert codes(summary=" ".join(summary.split()[:count])) == code


def test_hard_text_is_told_with_the_sentence() -> None:
    hard = (
        "Notwithstanding the heterogeneous configuration of organisational responsibilities, the aforementioned "
        "authorities collaboratively administer interdependent contractual obligations necessitating considerable "
        "administrative coordination throughout implementation, mobilisation, transition and decommissioning."
    )
    (found,) = said(problem=f"{GOOD.problem} {hard}")
    assert (found.code, found.topic) == ("reading_age", Topic.WORDS)
    assert found.quote == hard


@pytest.mark.parametrize(
    ("name", "topic", "sentence"),
    [
        ("summary", Topic.SUMMARY, "It is for around 12,000 homes."),
        ("problem", Topic.PROBLEM, "Each missed visit costs £60."),
        ("problem", Topic.PROBLEM, "Three depots share a list."),
    ],
)
def test_figure_that_the_notice_does_not_tell_of_all_is_quoted(name: str, topic: Topic, sentence: str) -> None:
    (found,) = said(**{name: f"{getattr(GOOD, name)} {sentence}"})
    assert (found.code, found.topic, found.quote) == ("own_figure", topic, sentence)
    assert found.words == "This looks like one authority’s own figure."


@pytest.mark.parametrize("name", ["must", "should", "differences"])
def test_figure_in_a_requirement_is_quoted(name: str) -> None:
    line = "Tenants of 12,000 homes can book a repair."
    (found,) = said(**{name: (*getattr(GOOD, name), line)})
    assert (found.code, found.topic, found.quote) == ("own_figure", Topic.REQUIREMENTS, line)


def test_figure_in_a_line_that_more_than_one_has_said_is_left_alone() -> None:
    line = "Tenants of 12,000 homes can book a repair."
    notice = replace(GOOD, must=(*GOOD.must, line), published_at=datetime(2027, 1, 18, 9, tzinfo=UTC))
    assert notice_coach.advice(notice, today=TODAY, agreed={line}) == ()
    assert notice_coach.tally([notice], {notice.reference: {line}}).lacking[Topic.REQUIREMENTS] == 0
    assert notice_coach.tally([notice], {}).lacking[Topic.REQUIREMENTS] == 1


def test_terms_and_told_figures_in_a_requirement_are_left_alone() -> None:
    lines = ("A visit is offered within two days.", "All 1,203 people can sign in at once.")
    assert codes(should=(*GOOD.should, *lines)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "In all 1,203 people use it.",
        "The contract runs for 36 months.",
        "The budget is between £350,000 and £750k.",
        "Three boroughs take part.",
        "It runs on Windows 11 and is open 24/7.",
    ],
)
def test_told_figures_and_numbers_of_names_are_left_alone(sentence: str) -> None:
    assert "own_figure" not in codes(problem=f"{GOOD.problem} {sentence}")
    untold = codes(problem=sentence, users_total=None, budget_min_total=None, budget_max_total=None, months=None)
    assert ("own_figure" in untold) == any(word in sentence for word in ("1,203", "36", "£"))


@pytest.mark.parametrize(
    ("questions", "closes", "code"),
    [
        # Four working days: Tuesday to Friday.
        (date(2027, 1, 22), date(2027, 7, 1), ["time_to_ask"]),
        (date(2027, 1, 25), date(2027, 7, 1), []),
        # Over Easter 2027 (26 and 29 March) one working day is left.
        (date(2027, 3, 25), date(2027, 3, 30), ["time_to_answer"]),
        (date(2027, 3, 25), date(2027, 4, 1), []),
        (date(2027, 3, 1), date(2027, 8, 2), ["holidays"]),
        (date(2027, 3, 1), date(2027, 7, 31), ["holidays"]),
        (date(2027, 12, 20), date(2028, 1, 14), ["holidays"]),
        (date(2027, 12, 17), date(2028, 1, 4), ["holidays"]),
        (date(2027, 12, 17), date(2028, 1, 5), []),
    ],
)
def test_dates_leave_working_days_outside_the_holidays(questions: date, closes: date, code: list[str]) -> None:
    assert codes(questions_close_date=questions, closes_date=closes) == code


def test_many_words_of_a_kind_are_counted_and_not_listed_one_by_one() -> None:
    found = said(setup="Seamless. Robust. Modern. Flexible. Intuitive.")
    assert [each.code for each in found] == ["vague"] * (notice_coach.TOLD_OF_EACH + 1)
    assert "Intuitive" in found[-1].words


def test_advice_comes_by_topic() -> None:
    found = said(contact=None, summary="Repairs.", problem="Late.")
    assert [each.topic for each in found] == [Topic.SUMMARY, Topic.PROBLEM, Topic.CONTACT]


def test_tally_counts_each_notice_once_a_topic_as_of_its_day() -> None:
    late = datetime(2027, 2, 26, 9, tzinfo=UTC)
    notices = [
        replace(GOOD, published_at=datetime(2027, 1, 18, 9, tzinfo=UTC)),
        # Fewer than five working days before questions close on 1 March.
        replace(GOOD, published_at=late),
        replace(GOOD, published_at=late, must=(), problem=""),
        # Not published: not counted.
        replace(GOOD, published_at=None, contact=None),
    ]
    told = notice_coach.tally(notices, {})
    assert told.notices == 3
    assert {topic: number for topic, number in told.lacking.items() if number} == {
        Topic.DATES: 2,
        Topic.PROBLEM: 1,
        Topic.REQUIREMENTS: 1,
    }


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=8), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_whatever_is_typed_gets_advice(text: str, lines: list[str], day: date) -> None:
    notice = replace(
        GOOD,
        title=text,
        summary=text,
        problem=text,
        users=text,
        setup=text,
        must=tuple(lines),
        differences=tuple(lines),
        questions_close_date=day,
    )
    for each in notice_coach.advice(notice, today=TODAY):
        assert each.words
        assert each.fix
