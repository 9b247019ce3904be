"""What changed from one published version of a notice to another, field by field, in the words of its page."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from boroughs.templatetags.formatting import count, day
from procurement.queries.published_notice import NamedBorough, PublicFigure, PublicQuestion, PublishedNotice
from procurement.queries.word_diff import Piece, pieces


class How(StrEnum):
    """How a change is told."""

    TEXT = "text"
    LINES = "lines"
    # Lines that are the authorities taking part: they join and leave.
    AUTHORITIES = "authorities"
    # The same lines, in another order.
    ORDER = "order"
    VALUE = "value"


@dataclass(frozen=True)
class Change:
    """One field that is not what it was. Only what its `how` tells of is filled."""

    label: str
    how: How
    # A text, word by word.
    pieces: tuple[Piece, ...] = ()
    # Lines.
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    # A value; "" where there is none.
    before: str = ""
    after: str = ""


# In the order of the page. Each reads a text or a value as one string.
TEXTS: tuple[tuple[str, Callable[[PublishedNotice], str]], ...] = (
    ("Title", lambda notice: notice.title),
    ("Problem to be solved", lambda notice: notice.problem),
    ("Who the users are and what they need", lambda notice: notice.users),
    ("Overview", lambda notice: notice.summary),
    ("Work done so far", lambda notice: notice.work_done),
    ("Market engagement so far", lambda notice: notice.market_engagement),
    ("Setup and locations", lambda notice: notice.setup),
    ("How the authorities would buy together", lambda notice: notice.buying_together),
    ("How to respond", lambda notice: notice.how_to_respond),
)
LINES: tuple[tuple[str, How, Callable[[PublishedNotice], tuple[str, ...]]], ...] = (
    ("Taking part", How.AUTHORITIES, lambda notice: notice.borough_names),
    ("The solution must", How.LINES, lambda notice: notice.must),
    ("The solution should", How.LINES, lambda notice: notice.should),
    ("Beside that, single boroughs ask for", How.LINES, lambda notice: notice.differences),
    ("CPV codes", How.LINES, lambda notice: notice.cpv),
)
FIGURES: Mapping[str, Callable[[PublishedNotice], PublicFigure | None]] = {
    "Users in all": lambda notice: notice.users_total,
    "Budget in all, lowest estimate": lambda notice: notice.budget_min_total,
    "Budget in all, highest estimate": lambda notice: notice.budget_max_total,
}
VALUES: tuple[tuple[str, Callable[[PublishedNotice], str]], ...] = (
    ("On the board", lambda notice: "Withdrawn" if notice.is_withdrawn else "Yes"),
    ("Joint demand", lambda notice: notice.demand),
    ("Kind of notice", lambda notice: notice.kind_words),
    ("Last day for questions", lambda notice: day(notice.questions_close_date)),
    ("Closing date", lambda notice: day(notice.closes_date)),
    ("Stage", lambda notice: notice.stage_words),
    ("How far they would buy together", lambda notice: notice.depth_words),
    ("Led by", lambda notice: notice.lead.official_name),
    ("Category", lambda notice: f"{notice.category.name} ({notice.category.area})" if notice.category else ""),
    ("Users in all", lambda notice: _figure(notice.users_total, "")),
    ("Budget in all, lowest estimate", lambda notice: _figure(notice.budget_min_total, "£")),
    ("Budget in all, highest estimate", lambda notice: _figure(notice.budget_max_total, "£")),
    ("Planned tender notice", lambda notice: day(notice.tender_date)),
    ("Earliest start", lambda notice: day(notice.start_date)),
    ("Contract length", lambda notice: count(notice.months, "month")),
    (
        "Contact",
        lambda notice: ", ".join(filter(None, (notice.contact.name, notice.contact.email))) if notice.contact else "",
    ),
)


def between(earlier: PublishedNotice, later: PublishedNotice) -> tuple[Change, ...]:
    """Everything in which the two say something else: texts first, then lists, then dates and figures."""
    return (
        *(
            Change(label, How.TEXT, pieces=pieces(read(earlier), read(later)))
            for label, read in TEXTS
            if read(earlier) != read(later)
        ),
        *(_lines(label, how, read(earlier), read(later)) for label, how, read in LINES if read(earlier) != read(later)),
        *_renamed(earlier, later),
        *_answers(earlier, later),
        *_engagement(earlier, later),
        *(
            Change(label, How.VALUE, before=read(earlier), after=read(later))
            for label, read in VALUES
            if read(earlier) != read(later) and not _is_carried(label, earlier, later)
        ),
    )


def _lines(label: str, how: How, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    """A line that stands twice counts twice."""
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    if not gone and not new:
        return Change(label, How.ORDER)
    return Change(label, how, gone=tuple(gone.elements()), new=tuple(new.elements()))


def _renamed(earlier: PublishedNotice, later: PublishedNotice) -> list[Change]:
    """Authorities in both that carry another name, code or region."""
    before = {borough.slug: borough for borough in earlier.boroughs}
    return [
        Change(f"Entry of {borough.name}", How.VALUE, before=_entry(before[borough.slug]), after=_entry(borough))
        for borough in later.boroughs
        if before.get(borough.slug, borough) != borough
    ]


def _answers(earlier: PublishedNotice, later: PublishedNotice) -> list[Change]:
    """Questions that were answered, and answers that were corrected, word by word."""
    before, after = ({each.number: _answer(each) for each in notice.questions} for notice in (earlier, later))
    return [
        Change(f"Question {number}", How.TEXT, pieces=pieces(before.get(number, ""), after.get(number, "")))
        for number in sorted({*before, *after})
        if before.get(number) != after.get(number)
    ]


def _engagement(earlier: PublishedNotice, later: PublishedNotice) -> list[Change]:
    """What suppliers were told in between."""
    before, after = ({each.number: each for each in notice.engagement} for notice in (earlier, later))
    found = []
    for number in sorted({*before, *after}):
        old, new = before.get(number), after.get(number)
        named = new or old
        if named and old != new:
            label = f"What suppliers were told: {named.kind_words.lower()} on {day(named.held_on)}"
            found.append(Change(label, How.TEXT, pieces=pieces(old.told if old else "", new.told if new else "")))
    return found


def _answer(published: PublicQuestion) -> str:
    corrected = f"\n\nCorrected on {day(published.corrected_on)}" if published.corrected_on else ""
    return (
        f"{published.question}\n\n{published.answer}\n\n"
        f"Asked on {day(published.asked_on)}, answered on {day(published.answered_on)}{corrected}"
    )


def _entry(borough: NamedBorough) -> str:
    parts = (borough.name, borough.official_name, borough.org_id, borough.region, borough.sub_region)
    return ", ".join(filter(None, parts))


def _is_carried(label: str, earlier: PublishedNotice, later: PublishedNotice) -> bool:
    """Whether it is a figure that the later version takes over as it was, and says so."""
    if label not in FIGURES:
        return False
    before, after = FIGURES[label](earlier), FIGURES[label](later)
    return before is not None and after == replace(before, as_at=before.as_at or earlier.number)


def _figure(figure: PublicFigure | None, sign: str) -> str:
    """In full: rounded, two figures that differ could look the same."""
    if figure is None:
        return "Not published"
    words = f"{sign}{figure.low:,} to {sign}{figure.high:,}" if figure.value is None else f"{sign}{figure.value:,}"
    return f"{words}, as at version {figure.as_at}" if figure.as_at else words
