"""The summary of a demand picture in plain English. Every sentence is computed; what the data lacks is not said."""

from datetime import date, timedelta

from django.utils import timezone

from boroughs.templatetags.formatting import count, day, percent, pounds, pounds_range
from procurement.disclosure import Figure
from procurement.queries.demand_picture import DemandPicture, PictureDemand

# How far ahead the summary looks for contracts that end.
AHEAD = timedelta(days=365)


def summary(picture: DemandPicture) -> list[str]:
    """Three to five sentences: who has logged, what overlaps, how wide, how much, how soon."""
    if not picture.needs_count:
        return ["No authority has an open need yet, so there is nothing to compare."]
    sentences = [_coverage(picture), _overlap(picture)]
    if picture.demands:
        sentences += [_widest(picture.demands), _money(picture), _soonest(picture)]
    return [sentence for sentence in sentences if sentence]


def _coverage(picture: DemandPicture) -> str:
    guests = picture.boroughs_count - picture.london_logged
    others = f", and {count(guests, 'guest authority,guest authorities')}" if guests else ""
    have = "has" if picture.boroughs_count == 1 else "have"
    return (
        f"{picture.london_logged} of London's {picture.london_total} authorities{others} {have} logged "
        f"{count(picture.needs_count, 'open need')}."
    )


def _overlap(picture: DemandPicture) -> str:
    if not picture.demands:
        return "No two of them overlap as far as the matcher can tell."
    share = percent(picture.matched_count / picture.needs_count)
    settled = picture.confirmed_count
    waiting = len(picture.demands) - settled
    state = f"{count(settled)} confirmed by an analyst, {count(waiting)} suggested by the matcher and not settled yet"
    if not settled:
        state = "suggested by the matcher, none of them settled yet"
    elif not waiting:
        state = "confirmed by an analyst" if settled == 1 else "all confirmed by an analyst"
    return (
        f"{count(picture.matched_count)} of these needs ({share}) overlap with a need of another authority and form "
        f"{count(len(picture.demands), 'joint demand')}: {state}."
    )


def _widest(demands: tuple[PictureDemand, ...]) -> str:
    first = demands[0]
    sentence = f"The widest is {_named(first)}, which {count(len(first.boroughs), 'authority,authorities')} want"
    if len(demands) == 1:
        return f"{sentence}."
    return f"{sentence}; next comes {_named(demands[1])}, with {len(demands[1].boroughs)}."


def _money(picture: DemandPicture) -> str:
    if picture.budget_max.value is None or picture.budget_min.value is None:
        return ""
    if picture.budgeted_count == picture.matched_count:
        of_which = "All needs in joint demands state a budget: together"
    else:
        of_which = (
            f"{count(picture.budgeted_count)} of the {count(picture.matched_count, 'need')} in joint demands state a "
            "budget that can be added up: together"
        )
    return f"{of_which} {pounds_range(picture.budget_min.value, picture.budget_max.value)} over their whole life."


def _soonest(picture: DemandPicture) -> str:
    ahead = ending_soon(picture, timezone.localdate(picture.at))
    if not ahead:
        return ""
    end, first = ahead[0]
    number = count(len(ahead), "joint demand")
    return (
        f"In {number} a present contract ends within twelve months; the soonest is in {_named(first)}, on {day(end)}."
    )


def ending_soon(picture: DemandPicture, today: date) -> list[tuple[date, PictureDemand]]:
    """Joint demands with a contract that ends within a year of `today`, and when it ends; the soonest first."""
    ends = [
        (member.contract_end_date, demand.reference, demand)
        for demand in picture.demands
        for member in demand.members
        if member.contract_end_date and today <= member.contract_end_date <= today + AHEAD
    ]
    found: dict[str, tuple[date, PictureDemand]] = {}
    for end, reference, demand in sorted(ends, key=lambda entry: entry[:2]):
        found.setdefault(reference, (end, demand))
    return list(found.values())


def _named(demand: PictureDemand) -> str:
    title = demand.title if len(demand.title) <= 90 else demand.title[:89].rstrip() + "…"
    return f"“{title}” ({demand.reference})"


def budget(low: Figure, high: Figure) -> str:
    """A budget range as it may be told: exact, as bands, not told, or not given."""
    if low.value is not None and high.value is not None:
        return pounds_range(low.value, high.value)
    if low.low is not None and high.high is not None:
        if low.as_at == high.as_at:
            return pounds_range(low.low, high.high)
        # Of different days, so that the one may even be above the other.
        return f"Lowest from {pounds(low.low)}, highest up to {pounds(high.high)}"
    return "Not told" if low.withheld or high.withheld else "Not given"


def users(figure: Figure) -> str:
    """A number of users as it may be told."""
    if figure.value is not None:
        return count(figure.value)
    return "Not told" if figure.withheld else "Not given"


def dated(low: Figure, high: Figure | None = None) -> str:
    """Of which day a total is true, or both ends of a range; "" where it is true of now or none is told."""
    high = high or low
    if low.as_at is None or high.as_at is None:
        return ""
    if low.as_at == high.as_at:
        return f"as at {day(low.as_at)}"
    return f"lowest as at {day(low.as_at)}, highest as at {day(high.as_at)}"


def dated_budget(demand: PictureDemand) -> str:
    low, high = demand.budget_min, demand.budget_max
    return ", ".join(filter(None, (budget(low, high), dated(low, high))))
