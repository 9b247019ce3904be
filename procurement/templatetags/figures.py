"""Totals as words, the same on the page as in the report."""

from django import template

from procurement.disclosure import Figure
from procurement.pdf import words

register = template.Library()


@register.filter
def budget(low: Figure, high: Figure) -> str:
    """{{ demand.budget_min|budget:demand.budget_max }}"""
    return words.budget(low, high)


@register.filter
def users(figure: Figure) -> str:
    """{{ demand.users|users }}"""
    return words.users(figure)
