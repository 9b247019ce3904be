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
        "kind",
        "other-kind",
        "other-category",
        "same-owner",
    }
)
# Kinds that speak against an overlap, whatever their weight in the score.
COUNTER_REASONS = frozenset({"ends-apart", "budgets", "same-owner", "other-kind", "other-category"})


def said(reasons: Iterable[Mapping[str, Any]], *, exact: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The reasons for and against, in words; without those that tell a borough's own facts, unless `exact`."""
    shown = [reason for reason in reasons if exact or reason["code"] in OPEN_REASONS]
    return (
        tuple(reason["words"] for reason in shown if not _speaks_against(reason)),
        tuple(reason["words"] for reason in shown if _speaks_against(reason)),
    )


def _speaks_against(reason: Mapping[str, Any]) -> bool:
    return bool(reason["weight"] < 0 or reason["code"] in COUNTER_REASONS)
