"""Totals as words, the same on the page as in the report."""

from django import template

from procurement.disclosure import Figure
from procurement.pdf import words
from procurement.queries.demand_picture import PictureDemand

register = template.Library()


@register.filter
def budget(low: Figure, high: Figure) -> str:
    """{{ demand.budget_min|budget:demand.budget_max }}"""
    return words.budget(low, high)


@register.filter
def users(figure: Figure) -> str:
    """{{ demand.users|users }}"""
    return words.users(figure)


@register.filter
def dated(low: Figure, high: Figure | None = None) -> str:
    """{{ demand.users|dated }} or {{ demand.budget_min|dated:demand.budget_max }}: "as at 28 November 2026"."""
    return words.dated(low, high)


@register.filter
def dated_budget(demand: PictureDemand) -> str:
    """{{ demand|dated_budget }}: a budget with the day of which it is true."""
    return words.dated_budget(demand)
