"""Totals in words, as they may be told, each with the day of which it is true."""

from procurement.picture.one_report import Told, budget_told, days_told, users_told
from procurement.queries.demand_picture import PictureDemand


def budget(low: Told, high: Told) -> str:
    """A budget range as it may be told: exact, as bands, not told, or not given."""
    return budget_told(low, high) or _untold(low, high)


def users(figure: Told) -> str:
    """A number of users as it may be told: exact, as a band, not told, or not given."""
    return users_told(figure) or _untold(figure)


def _untold(*figures: Told) -> str:
    return "Not told" if any(each.withheld for each in figures) else "Not given"


def dated_budget(demand: PictureDemand) -> str:
    low, high = demand.budget_min, demand.budget_max
    return ", ".join(filter(None, (budget(low, high), days_told(low, high))))
