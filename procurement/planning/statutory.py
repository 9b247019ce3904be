"""The notice clock: which days the Procurement Act 2023 leaves for the notices before and at the start of a tender.

Given the day on which the tender notice (UK4) is wanted:

| notice | when | law |
|---|---|---|
| UK1, pipeline | in the 56 days from 1 April, so until 26 May; tells of the 18 months from 1 April | section 93 |
| UK2, preliminary market engagement | before the tender notice | section 17 |
| UK3, planned procurement | qualifying from 12 months to 40 days before the tender notice | section 15 |
| UK4, tender | the shortest tendering period is 35, 30, 25 or 10 days | section 54 |

**All of these are calendar days.** None of the four is counted in working days (the standstill after an award is, by
section 51, but it comes after the clock's end). The law moves no last day that falls on a weekend or a bank holiday.
Somebody has to be there all the same, so each window also names the working day by which to act, and each tendering
period the first working day on which it can end.

What the clock leaves out, because a joint demand does not know it yet: participation periods, urgency, light touch
contracts, utilities, negotiated periods with suppliers chosen before, and tenders under a framework or a dynamic
market. Where a day could be read in two ways, the clock takes the one that is safe under both: twelve months before
29 February begin on 1 March, and a tendering period is counted from the day after the tender notice.

A pure function of two days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from procurement.planning import working_days

# The Act applies since 24 February 2025: the first pipeline notices were those of this financial year.
FIRST_PIPELINE_YEAR = 2025
PIPELINE_DAYS = 56
QUALIFYING_DAYS = 40
# Days of the shortest tendering period, and when it holds. The longest that applies to no exception comes first.
PERIODS = (
    (35, "Tenders are not sent electronically, and some tender documents follow after the tender notice"),
    (30, "Tenders are sent electronically, or all tender documents go out with the tender notice, but not both"),
    (25, "Tenders are sent electronically, and all tender documents go out with the tender notice"),
    (10, "A planned procurement notice went out in its window"),
)
DAY = timedelta(days=1)


class State(StrEnum):
    PASSED = "passed"
    OPEN = "open now"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Window:
    """The days on which a notice may go out, the first and the last one included."""

    # "UK1" … as Find a Tender numbers its notices.
    code: str
    # None where the law names none.
    first: date | None
    last: date
    law: str
    state: State
    # For a pipeline notice the last day of the 18 months that it tells of.
    covers_until: date | None = None

    @property
    def act_by(self) -> date:
        """The last working day in it."""
        return working_days.on_or_before(self.last)


@dataclass(frozen=True)
class TenderingPeriod:
    days: int
    condition: str
    # Tenders may be due on this day at the earliest.
    ends: date

    @property
    def sensible_end(self) -> date:
        """The same day, or the first working day after it."""
        return working_days.on_or_after(self.ends)


@dataclass(frozen=True)
class Clock:
    tender_date: date
    today: date
    # One or two: the pipeline notices whose 18 months hold the tender notice.
    pipeline: tuple[Window, ...]
    engagement: Window
    planned: Window
    tender: Window
    periods: tuple[TenderingPeriod, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """All of them, by the last day; the tender notice itself comes at the end of those that end with it."""
        return tuple(sorted((*self.pipeline, self.engagement, self.planned, self.tender), key=lambda each: each.last))

    @property
    def is_short_period_open(self) -> bool:
        """Whether a planned procurement notice can still be published that allows 10 days."""
        return self.planned.state != State.PASSED

    @property
    def soonest_with_short_period(self) -> date:
        """The first tender notice that a planned procurement notice of today would qualify."""
        return self.today + QUALIFYING_DAYS * DAY

    @property
    def is_beyond_bank_holidays(self) -> bool:
        """Whether some of its days lie where bank holidays are not published yet."""
        return self.periods[0].ends > working_days.known_until()


def clock(*, tender_date: date, today: date) -> Clock:
    return Clock(
        tender_date=tender_date,
        today=today,
        pipeline=tuple(_pipeline(year, today) for year in pipeline_years(tender_date)),
        engagement=_window("UK2", None, tender_date - DAY, "section 17", today),
        planned=_window(
            "UK3", year_before(tender_date), tender_date - QUALIFYING_DAYS * DAY, "sections 15 and 54", today
        ),
        tender=_window("UK4", tender_date, tender_date, "sections 21 and 54", today),
        periods=tuple(
            TenderingPeriod(days=days, condition=condition, ends=tender_date + days * DAY)
            for days, condition in PERIODS
        ),
    )


def pipeline_years(tender_date: date) -> tuple[int, ...]:
    """First years of the financial years whose pipeline notices tell of a tender notice on that day."""
    years = (tender_date.year - 1, tender_date.year)
    return tuple(
        year
        for year in years
        if year >= FIRST_PIPELINE_YEAR and date(year, 4, 1) <= tender_date <= date(year + 1, 9, 30)
    )


def year_before(day: date) -> date:
    """The first day that is not more than 12 months before."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)


def _pipeline(year: int, today: date) -> Window:
    first = date(year, 4, 1)
    last = first + (PIPELINE_DAYS - 1) * DAY
    return _window("UK1", first, last, "section 93", today, covers_until=date(year + 1, 9, 30))


def _window(
    code: str, first: date | None, last: date, law: str, today: date, *, covers_until: date | None = None
) -> Window:
    if today > last:
        state = State.PASSED
    elif first is not None and today < first:
        state = State.AHEAD
    else:
        state = State.OPEN
    return Window(code=code, first=first, last=last, law=law, state=state, covers_until=covers_until)
