"""The dates of a renewal: how long a contract can run at most, and by when notice or a joint purchase is due.

Pure functions on plain values. The rules and their reasons are in docs/contracts.md.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Months from the first step to the first day of the new contract. A planning assumption of ours, not a rule of law:
# 3 to agree the specification, 3 for market engagement, 6 for the tender and for taking the system into use.
JOINT_PURCHASE_MONTHS = 3 + 3 + 6
A_DAY = timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or earlier where negative; the month's last day at the most."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _last_day(year, month + 1)))


def last_possible_end(end_date: date, options: Iterable[int]) -> date:
    """The last day if every option to extend, each in months, is taken up.

    A term that ends with a month still does when it is extended, because the next term begins on a first.
    """
    end = months_after(end_date, sum(options))
    if end_date.day == _last_day(end_date.year, end_date.month):
        return end.replace(day=_last_day(end.year, end.month))
    return end


def notice_by(end_date: date, *, months: int, days: int) -> date | None:
    """The last day on which notice can reach the other side: the end less the months, then less the days.

    None where the contract has no notice period. Where a month is too short for the day, its last day counts.
    """
    if not (months or days):
        return None
    return months_after(end_date, -months) - timedelta(days=days)


def start_joint_by(end_date: date, *, months: int = JOINT_PURCHASE_MONTHS) -> date:
    """The last day on which a joint purchase can start so that its contract begins the day after this one ends."""
    return months_after(end_date + A_DAY, -months)


def whole_months(start_date: date, end_date: date) -> int:
    """How many whole months a term has from its first to its last day."""
    after = end_date + A_DAY
    months = (after.year - start_date.year) * 12 + after.month - start_date.month
    return months if months_after(start_date, months) <= after else months - 1


class Step(StrEnum):
    """What is to be decided next, in the words before its date."""

    NOTICE = "Give notice by"
    JOINT = "Start a joint purchase by"
    END = "Ends on"


@dataclass(frozen=True)
class RenewalDates:
    """All of them for one contract, as they stand on `today`."""

    end_date: date
    last_possible_end: date
    notice_by: date | None
    start_joint_by: date
    today: date

    @property
    def can_be_extended(self) -> bool:
        return self.last_possible_end > self.end_date

    @property
    def notice_is_past(self) -> bool:
        return self.notice_by is not None and self.notice_by < self.today

    @property
    def joint_start_is_past(self) -> bool:
        return self.start_joint_by < self.today

    @property
    def next_step(self) -> Step:
        return self._next[1]

    @property
    def next_date(self) -> date:
        return self._next[0]

    @property
    def _next(self) -> tuple[date, Step]:
        """The first of the days that are not past; the end where all are."""
        steps = ((self.notice_by, Step.NOTICE), (self.start_joint_by, Step.JOINT))
        ahead = [(day, step) for day, step in steps if day is not None and day >= self.today]
        # Of two on one day notice comes first: it is the one that cannot be made good.
        return min([*ahead, (self.end_date, Step.END)], key=lambda each: each[0])


def renewal_dates(
    end_date: date, *, extension_options: Iterable[int], notice_months: int, notice_days: int, today: date
) -> RenewalDates:
    """The dates of a contract whose present term ends on `end_date`."""
    return RenewalDates(
        end_date=end_date,
        last_possible_end=last_possible_end(end_date, extension_options),
        notice_by=notice_by(end_date, months=notice_months, days=notice_days),
        start_joint_by=start_joint_by(end_date),
        today=today,
    )


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
