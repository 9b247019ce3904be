"""What changed between two versions: every field that a page shows, and nothing where nothing changed."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from procurement.queries.notice_changes import Change, How, between
from procurement.queries.published_notice import (
    NamedBorough,
    NamedCategory,
    NamedContact,
    PublicEngagement,
    PublicFigure,
    PublicQuestion,
    PublishedNotice,
)

CAMDEN = NamedBorough("camden", "Camden", "London Borough of Camden", "GB-LAE-CMD", "UKI31", "Inner")
BRENT = NamedBorough("brent", "Brent", "London Borough of Brent", "GB-LAE-BEN", "UKI72", "Outer")
QUESTION = PublicQuestion(1, date(2026, 12, 1), "Who hosts it?", "The supplier.", date(2026, 12, 4), None)
FIRST = PublishedNotice(
    reference="NT-0001",
    number=1,
    demand="JD-0001",
    kind="ENGAGEMENT",
    title="Housing repairs",
    summary="One system for repairs.",
    problem="The present system goes out of support.",
    users="200 advisers.",
    work_done="",
    market_engagement="",
    setup="",
    buying_together="",
    how_to_respond="Write to us.",
    must=("Book by phone.", "Works offline."),
    should=(),
    differences=(),
    questions_close_date=date(2026, 12, 1),
    closes_date=date(2026, 12, 8),
    start_date=None,
    tender_date=None,
    months=None,
    stage="GATHERING",
    stage_words="Boroughs may still join",
    depth="",
    depth_words="",
    category=None,
    cpv=(),
    lead=CAMDEN,
    boroughs=(BRENT, CAMDEN),
    users_total=None,
    budget_min_total=None,
    budget_max_total=None,
    contact=None,
    questions=(),
    engagement=(),
    is_withdrawn=False,
    published_at=datetime(2026, 11, 1, tzinfo=UTC),
    first_published_at=datetime(2026, 11, 1, tzinfo=UTC),
    reason="",
    digest="a" * 64,
    previous_digest="",
    version_id=1,
    is_current=False,
    state="OPEN",
    state_words="Open",
    kind_words="Early market engagement",
)
# What names or dates a version rather than being said by it, and what only repeats another field as a word.
NOT_COMPARED = {
    *("reference", "number", "published_at", "first_published_at", "reason", "digest", "previous_digest"),
    *("version_id", "is_current", "state", "state_words"),
    *("kind", "stage", "depth"),
}
OTHER: dict[str, Any] = {
    "demand": "JD-0002",
    "months": 36,
    "must": ("Works offline.",),
    "should": ("More.",),
    "differences": ("Less.",),
    "cpv": ("48000000",),
    "category": NamedCategory("housing-repairs", "Housing repairs", "Housing"),
    "lead": BRENT,
    "boroughs": (CAMDEN,),
    "users_total": PublicFigure(value=1203),
    "budget_min_total": PublicFigure(low=350_000, high=500_000),
    "budget_max_total": PublicFigure(low=500_000, high=750_000),
    "contact": NamedContact("Ann", "ann@camden.example"),
    "questions": (QUESTION,),
    "engagement": (PublicEngagement(1, "MEETING", "Meeting", date(2026, 12, 1), "It may start in parts."),),
    "is_withdrawn": True,
    **dict.fromkeys(("questions_close_date", "closes_date", "start_date", "tender_date"), date(2027, 1, 18)),
}


def test_the_same_is_no_change() -> None:
    assert between(FIRST, replace(FIRST, number=2, reason="Why.", digest="b" * 64, version_id=2)) == ()


@pytest.mark.parametrize("name", sorted({field.name for field in fields(PublishedNotice)} - NOT_COMPARED))
def test_every_field_that_a_version_says_is_compared(name: str) -> None:
    later = replace(FIRST, **{name: OTHER.get(name, "Something else.")})
    assert len(between(FIRST, later)) == len(between(later, FIRST)) == 1


def only(**changes: Any) -> Change:
    (change,) = between(FIRST, replace(FIRST, **changes))
    return change


def test_text_is_told_word_by_word() -> None:
    change = only(users="300 advisers and tenants.")
    assert [(piece.kept, piece.text) for piece in change.pieces] == [
        ("gone", "200 advisers."),
        ("new", "300 advisers and tenants."),
    ]


def test_lines_come_and_go() -> None:
    change = only(must=("Works offline.", "Book by phone and online."))
    assert (change.how, change.gone, change.new) == (How.LINES, ("Book by phone.",), ("Book by phone and online.",))


def test_line_said_twice_is_one_more() -> None:
    assert only(must=(*FIRST.must, "Works offline.")).new == ("Works offline.",)


def test_lines_in_another_order_are_said_to_be_the_same() -> None:
    assert only(must=FIRST.must[::-1]) == Change("The solution must", How.ORDER)


def test_boroughs_join_and_leave() -> None:
    hackney = NamedBorough("hackney", "Hackney", "London Borough of Hackney", "GB-LAE-HCK", "UKI41", "Inner")
    change = only(boroughs=(CAMDEN, hackney))
    assert (change.how, change.gone, change.new) == (How.AUTHORITIES, ("Brent",), ("Hackney",))


def test_renamed_borough_is_a_change_of_its_entry() -> None:
    change = only(boroughs=(BRENT, replace(CAMDEN, official_name="Camden Council")))
    assert change.label == "Entry of Camden"
    assert "London Borough of Camden" in change.before
    assert "Camden Council" in change.after


def test_figures_are_told_in_full() -> None:
    """Two bands that round to the same words are still told apart."""
    earlier = replace(FIRST, budget_max_total=PublicFigure(low=1_201_000, high=1_249_000))
    (change,) = between(earlier, replace(earlier, budget_max_total=PublicFigure(low=1_202_000, high=1_249_000)))
    assert (change.before, change.after) == ("£1,201,000 to £1,249,000", "£1,202,000 to £1,249,000")


def test_figure_of_an_older_version_says_so() -> None:
    change = only(users_total=PublicFigure(value=1203, as_at=2))
    assert (change.before, change.after) == ("Not published", "1,203, as at version 2")


def test_figure_that_a_version_takes_over_is_no_change() -> None:
    earlier = replace(
        FIRST, number=2, users_total=PublicFigure(value=1203), budget_max_total=PublicFigure(low=1, high=9)
    )
    later = replace(
        earlier,
        number=3,
        users_total=PublicFigure(value=1203, as_at=2),
        budget_max_total=PublicFigure(low=1, high=8, as_at=2),
    )
    assert [change.label for change in between(earlier, later)] == ["Budget in all, highest estimate"]
    assert between(later, replace(later, number=4)) == ()


def test_no_figure_reads_as_not_published() -> None:
    assert only(users_total=PublicFigure(value=1203)).before == "Not published"


def test_corrected_answer_is_told_word_by_word_and_a_new_one_whole() -> None:
    corrected = replace(QUESTION, answer="The boroughs.", corrected_on=date(2026, 12, 9))
    other = replace(QUESTION, number=2, question="Where?", answer="In London.")
    earlier, later = replace(FIRST, questions=(QUESTION,)), replace(FIRST, questions=(corrected, other))
    one, two = between(earlier, later)
    assert (one.label, two.label) == ("Question 1", "Question 2")
    assert [(piece.kept, piece.text) for piece in one.pieces if piece.kept != "same"] == [
        ("gone", "supplier."),
        ("new", "boroughs."),
        ("new", "Corrected on 9 December 2026"),
    ]
    assert [piece.kept for piece in two.pieces] == ["new"]
