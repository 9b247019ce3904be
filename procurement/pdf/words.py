"""Totals in words, as they may be told, each with the day of which it is true."""

from boroughs.templatetags.formatting import count, day, pounds, pounds_range
from procurement.disclosure import Figure
from procurement.queries.demand_picture import PictureDemand


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
