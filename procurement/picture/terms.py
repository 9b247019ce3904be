"""What one borough's contracts and wishes leave of a common start, from the dates that its register and its needs say.

The planner (procurement/planning) is handed possible ends; here they are worked out, for the page of a joint demand and
for the picture alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boroughs.queries.renewal_dates import A_DAY, JOINT_PURCHASE_MONTHS, last_possible_end, notice_by
from procurement.planning.situations import PossibleEnd, Rules

RULES = Rules(lead_months=JOINT_PURCHASE_MONTHS)


@dataclass(frozen=True)
class Terms:
    """Of the present contract: the last day of the present term, and what its register says beyond."""

    end_date: date
    options: tuple[int, ...] = ()
    notice_months: int = 0
    notice_days: int = 0
    start_date: date | None = None

    @property
    def last_possible_end(self) -> date:
        return last_possible_end(self.end_date, self.options)


@dataclass(frozen=True)
class Timed:
    """Of one need, or of all needs of one borough: its contract, and the window of wanted starts."""

    terms: Terms | None
    earliest: date | None
    latest: date | None


def tightest(needs: Iterable[Timed]) -> Timed:
    """A borough joins with all its needs at once, so of several the tightest counts.

    Of their contracts the one that can run least long; of their wanted starts the latest of the earliest and the
    earliest of the latest.
    """
    all_ = tuple(needs)
    terms = [each.terms for each in all_ if each.terms]
    return Timed(
        terms=min(terms, key=lambda each: (each.last_possible_end, each.end_date), default=None),
        earliest=max((each.earliest for each in all_ if each.earliest), default=None),
        latest=min((each.latest for each in all_ if each.latest), default=None),
    )


def latest_start(wanted: date | None, ends: Iterable[date | None]) -> date | None:
    """The latest wanted start.

    None where it is no more than the day after one of the contract's ends, which a need drafted from a contract has:
    this tells when the contract ends, not that the borough would not start later.
    """
    follows = {each + A_DAY for each in ends if each and each < date.max}
    return None if wanted in follows else wanted


def possible_ends(terms: Terms) -> tuple[PossibleEnd, ...]:
    """An option is taken up by the day of notice of the term that it extends, or by its last day without notice."""
    found: list[PossibleEnd] = []
    for taken in range(len(terms.options) + 1):
        last_day = last_possible_end(terms.end_date, terms.options[:taken])
        before = found[-1] if found else None
        found.append(
            PossibleEnd(
                last_day=last_day,
                take_up_by=(before.notice_by or before.last_day) if before else None,
                notice_by=notice_by(last_day, months=terms.notice_months, days=terms.notice_days),
            )
        )
    return tuple(found)
