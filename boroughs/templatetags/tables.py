"""What a table of figures needs to say beside each of them what it is of."""

from collections.abc import Sequence

from django import template

register = template.Library()


@register.filter
def beside(head: Sequence[str], row: Sequence[str]) -> list[tuple[str, str]]:
    """{% for heading, cell in table.head|beside:row %}: the cells of a row, each with the heading of its column."""
    return list(zip(head, row, strict=True))
