"""Reasons in words, sorted into those for an overlap and those against it, as far as the reader may know them."""

from collections.abc import Iterable, Mapping
from typing import Any

# Kinds of reason that another borough may read: what both want, never what one of them has, pays, or when it ends.
OPEN_REASONS = frozenset(
    {
        "decision",
        "concept",
        "category",
        "stated-category",
        "meaning",
        "other-meaning",
        "kind",
        "other-kind",
        "other-category",
        "same-owner",
    }
)
# Kinds that speak against an overlap, whatever their weight in the score.
COUNTER_REASONS = frozenset({"ends-apart", "budgets", "same-owner", "other-kind", "other-category", "other-meaning"})


# Kinds that boroughs may read of each other once both have accepted the overlap: they show each other their dates.
DATE_REASONS = frozenset({"ends-together", "ends-apart"})


def said(
    reasons: Iterable[Mapping[str, Any]], *, exact: bool, dates: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reasons for and against, in words; without those that tell a borough's own facts, unless `exact`.

    `dates` is for who may read when the contracts of both needs end.
    """
    known = OPEN_REASONS | DATE_REASONS if dates else OPEN_REASONS
    shown = [reason for reason in reasons if exact or reason["code"] in known]
    return (
        tuple(reason["words"] for reason in shown if not _speaks_against(reason)),
        tuple(reason["words"] for reason in shown if _speaks_against(reason)),
    )


def _speaks_against(reason: Mapping[str, Any]) -> bool:
    return bool(reason["weight"] < 0 or reason["code"] in COUNTER_REASONS)
