"""Totals as words, the same on the page as in the report, and figures that lead to what is behind them."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from boroughs.templatetags.formatting import count
from procurement.disclosure import Figure
from procurement.pdf import live_figures, words
from procurement.picture.numbers import Number
from procurement.picture.one_report import days_told
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
    return days_told(low, high)


@register.filter
def dated_budget(demand: PictureDemand) -> str:
    """{{ demand|dated_budget }}: a budget with the day of which it is true."""
    return words.dated_budget(demand)


@register.simple_tag
def evidence(number: Number, noun: str = "", *, words: str = "") -> SafeString:
    """{% evidence coverage.stale "open need" %}: the figure as a link to what is behind it; `words` in its place."""
    said = words or count(int(number), noun)
    href = live_figures.behind(number)
    return format_html('<a class="govuk-link" href="{}">{}</a>', href, said) if href else conditional_escape(said)
