"""The notice coach: what suppliers would miss in a notice. Advice, never a barrier.

Suppliers of public notices miss the problem, the users, the budget, what was asked of the market before, and a short
list of musts. The coach looks for these as the coach of needs does (boroughs/forms/coaching.py): the words, the users
and the requirement lines are judged by its own kinds, so that a need and its notice are never advised differently.

A pure function of one `PublishedNotice`, a day and what was agreed. It reports nothing rather than something doubtful.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from boroughs.actions.need_content import NeedContent, RequirementLine
from boroughs.forms import coaching_content, coaching_lines, coaching_words
from boroughs.forms.coaching_content import NOBODY
from boroughs.forms.coaching_text import Found, Told
from boroughs.models import Requirement
from boroughs.word_count import count_words
from procurement.planning import working_days
from procurement.queries import own_words
from procurement.queries.published_notice import PublishedNotice

PROBLEM_WORDS = 30
USERS_WORDS = 12
SUMMARY_WORDS = (12, 50)
# Working days: for whoever reads it until questions close, and from there until it closes.
DAYS_TO_ASK = 5
DAYS_TO_ANSWER = 3
# A kind of advice about single words is told so often; the rest is counted.
TOLD_OF_EACH = 3


class Topic(StrEnum):
    SUMMARY = "Summary"
    PROBLEM = "Problem"
    USERS = "Users and their needs"
    REQUIREMENTS = "Requirements"
    BUDGET = "Budget"
    ENGAGEMENT = "Market engagement"
    DATES = "Dates"
    CONTACT = "Contact"
    WORDS = "Plain words"


@dataclass(frozen=True)
class Advice:
    code: str
    topic: Topic
    # What is wrong, and what to do about it: a sentence each.
    words: str
    fix: str
    # What it is about, as it stands in the notice; "" where something is absent.
    quote: str = ""

    @property
    def told(self) -> str:
        return f"{self.words} {self.fix}"


@dataclass(frozen=True)
class Tally:
    """How many of so many notices lack something in each topic."""

    notices: int
    lacking: dict[Topic, int]


NAME_USERS = "Name each group and what it has to get done, for example “40 repairs advisers, who book visits by phone”."
SAY_WHAT_FAILS = "Say what goes wrong today, for whom and how often. Leave the solution to the suppliers."
# What the coach of needs finds, in the words of a notice. "" takes the fix that it gives.
FOUND: dict[str, tuple[Topic, str, str]] = {
    "problem_missing": (Topic.PROBLEM, "No problem is told.", SAY_WHAT_FAILS),
    "solution_first": (Topic.PROBLEM, "The problem begins with the solution, which shuts out others.", SAY_WHAT_FAILS),
    "users_missing": (Topic.USERS, "No group of users is named.", NAME_USERS),
    "users_vague": (Topic.USERS, "This names no group of people.", NAME_USERS),
    "several_wishes": (Topic.REQUIREMENTS, "This must holds more than one wish.", "Write a line for each."),
    "reading_age": (Topic.WORDS, "This text is hard to read.", "Write short sentences of everyday words."),
    "vague": (Topic.WORDS, "Nobody can check this word.", ""),
    "jargon": (Topic.WORDS, "This is jargon.", ""),
    "acronym": (Topic.WORDS, "This is not spelled out where it first stands.", ""),
}
KINDS = (
    coaching_content.problem,
    coaching_content.users,
    coaching_lines.wishes,
    coaching_words.reading_age,
    coaching_words.vague,
    coaching_words.jargon,
    coaching_words.acronyms,
)


def advice(notice: PublishedNotice, *, today: date, agreed: Collection[str] = ()) -> tuple[Advice, ...]:
    """Everything that it lacks on that day, by topic in the order of a notice.

    `agreed` are lines that more than one authority has said word for word: their figures are no one's.
    """
    found = [*_of_texts(notice), *_own_figures(notice, agreed), *_lengths(notice), *_absent(notice), *_musts(notice)]
    found += _dates(notice, today)
    order = list(Topic)
    return tuple(sorted(found, key=lambda each: order.index(each.topic)))


def lacking(notice: PublishedNotice, *, today: date, agreed: Collection[str] = ()) -> frozenset[Topic]:
    return frozenset(each.topic for each in advice(notice, today=today, agreed=agreed))


def tally(notices: Iterable[PublishedNotice], agreed: Mapping[str, Collection[str]]) -> Tally:
    """What published notices lacked on the day on which each went out. `agreed` lines by the notice's reference."""
    told = [
        lacking(each, today=timezone.localdate(each.published_at), agreed=agreed.get(each.reference, ()))
        for each in notices
        if each.published_at
    ]
    counts = Counter(topic for topics in told for topic in topics)
    return Tally(notices=len(told), lacking={topic: counts[topic] for topic in Topic})


def _of_texts(notice: PublishedNotice) -> Iterator[Advice]:
    told = Told(_as_need(notice), frozenset())
    for kind in KINDS:
        found = list(kind(told))
        for each in found[:TOLD_OF_EACH]:
            yield _worded(each)
        if len(found) > TOLD_OF_EACH:
            topic = FOUND[found[0].code][0]
            quotes = ", ".join(f"“{each.quote}”" for each in found[TOLD_OF_EACH:])
            yield Advice(found[0].code, topic, f"The same holds for {quotes}.", "Look at these as well.")


def _worded(found: Found) -> Advice:
    topic, words, fix = FOUND[found.code]
    return Advice(found.code, topic, words, fix or found.fix, found.quote)


def _as_need(notice: PublishedNotice) -> NeedContent:
    """The texts of the notice where the coach of needs looks for them."""
    prose = (
        notice.summary,
        notice.work_done,
        notice.market_engagement,
        notice.setup,
        notice.buying_together,
        notice.how_to_respond,
    )
    lines = [(line, Requirement.Priority.MUST) for line in notice.must]
    lines += [(line, Requirement.Priority.SHOULD) for line in (*notice.should, *notice.differences)]
    return NeedContent(
        title=notice.title,
        problem=notice.problem,
        users_description=notice.users,
        description="\n".join(filter(None, prose)),
        requirements=tuple(RequirementLine(text=text, priority=priority) for text, priority in lines),
    )


def _own_figures(notice: PublishedNotice, agreed: Collection[str]) -> Iterator[Advice]:
    """Sentences and requirements that count what the notice does not tell as a figure of all: whose may that be?"""
    told = _told(notice)
    counted = [
        (topic, sentence, own_words.quantities(sentence))
        for topic, text in ((Topic.SUMMARY, notice.summary), (Topic.PROBLEM, notice.problem))
        for sentence in own_words.sentences(text)
    ]
    lines = [line for line in (*notice.must, *notice.should, *notice.differences) if line not in agreed]
    counted += [(Topic.REQUIREMENTS, line, own_words.sizes(line)) for line in lines]
    for topic, sentence, figures in counted:
        if any(own_words.value(each) not in told for each in figures):
            yield Advice(
                "own_figure",
                topic,
                "This looks like one authority’s own figure.",
                "Say it without the number, unless it is true of all and each has agreed to tell it.",
                sentence,
            )


def _told(notice: PublishedNotice) -> set[float]:
    """Figures that the notice tells of all: its totals, the ends of their bands, and the length of the contract."""
    totals = (notice.users_total, notice.budget_min_total, notice.budget_max_total)
    ends = [end for total in totals if total for end in (total.floor, total.ceiling)]
    return {float(each) for each in (*ends, notice.months) if each is not None}


def _lengths(notice: PublishedNotice) -> Iterator[Advice]:
    fewest, most = SUMMARY_WORDS
    if not fewest <= (number := count_words(notice.summary)) <= most:
        yield Advice(
            "summary_length",
            Topic.SUMMARY,
            f"The summary has {_words(number)}. It is what most suppliers read, in the list.",
            f"Say in {fewest} to {most} words what is wanted, by whom and for whom.",
        )
    if 0 < (number := count_words(notice.problem)) < PROBLEM_WORDS:
        yield Advice(
            "problem_short",
            Topic.PROBLEM,
            f"The problem is told in {_words(number)}, too few to propose something for it.",
            SAY_WHAT_FAILS,
        )
    if 0 < (number := count_words(notice.users)) < USERS_WORDS and not NOBODY.fullmatch(notice.users.strip(" .")):
        yield Advice(
            "users_short",
            Topic.USERS,
            f"The users and their needs are told in {_words(number)}.",
            NAME_USERS,
        )


def _absent(notice: PublishedNotice) -> Iterator[Advice]:
    if notice.budget_min_total is None and notice.budget_max_total is None:
        yield Advice(
            "budget_missing",
            Topic.BUDGET,
            "No budget is shown, and suppliers cannot tell whether it is for them.",
            "Ask the boroughs for a range in their needs. A band is shown once enough of them have given one.",
        )
    if not notice.market_engagement.strip():
        yield Advice(
            "engagement_missing",
            Topic.ENGAGEMENT,
            "Nothing says what the market was asked before.",
            "Say whom the boroughs have spoken to and what they learned, or that this is the first step.",
        )
    if notice.contact is None or not notice.contact.email:
        yield Advice(
            "contact_missing",
            Topic.CONTACT,
            "Nobody is named whom suppliers may write to.",
            "Enter a name and an e-mail address, best a shared one.",
        )


def _musts(notice: PublishedNotice) -> Iterator[Advice]:
    most = coaching_lines.MAX_MUSTS
    if len(notice.must) > most:
        yield Advice(
            "many_musts",
            Topic.REQUIREMENTS,
            f"{len(notice.must)} lines are musts, and each shuts suppliers out.",
            f"Keep the {most} without which it is of no use, and make the others a should.",
            notice.must[most],
        )
    if not notice.must:
        yield Advice(
            "musts_missing",
            Topic.REQUIREMENTS,
            "No line says what a solution must do.",
            f"Name up to {most} things without which it is of no use.",
        )


def _dates(notice: PublishedNotice, today: date) -> Iterator[Advice]:
    questions, closes = notice.questions_close_date, notice.closes_date
    if (number := working_days.between(today, questions)) < DAYS_TO_ASK:
        yield Advice(
            "time_to_ask",
            Topic.DATES,
            f"Questions close after {_days(number)}.",
            f"Leave at least {DAYS_TO_ASK} working days after publication.",
        )
    if (number := working_days.between(questions, closes)) < DAYS_TO_ANSWER:
        yield Advice(
            "time_to_answer",
            Topic.DATES,
            f"There are {_days(number)} between the last day for questions and the closing date.",
            f"Leave at least {DAYS_TO_ANSWER}, so that the answers can be used.",
        )
    for label, day in (("Questions close", questions), ("The notice closes", closes)):
        if away := _away(day):
            yield Advice(
                "holidays",
                Topic.DATES,
                f"{label} {away}, when many suppliers are away.",
                "Choose a day before or after.",
            )


def _away(day: date) -> str:
    """August, or from the week before Christmas to the first working days of the year."""
    if day.month == 8:
        return "in August"
    if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 4):
        return "around Christmas and New Year"
    return "" if working_days.is_working_day(day) else "on a day that is no working day"


def _days(number: int) -> str:
    return "1 working day" if number == 1 else f"{number} working days"


def _words(number: int) -> str:
    return "1 word" if number == 1 else f"{number} words"
