"""How many suppliers have shown interest, as the public is told: a band, and nothing below its first.

A figure that grows by one when one more comes tells who watches it when somebody came; a small one tells who.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """From `low` to `high`; `high` is None where it is `low` or more."""

    low: int
    high: int | None

    def __str__(self) -> str:
        return f"{self.low:,} or more" if self.high is None else f"{self.low:,} to {self.high:,}"

    def __contains__(self, count: int) -> bool:
        return self.low <= count and (self.high is None or count <= self.high)


def bands(minimum: int) -> tuple[Band, ...]:
    """5 → 5 to 9, 10 to 19, 20 or more."""
    return Band(minimum, 2 * minimum - 1), Band(2 * minimum, 4 * minimum - 1), Band(4 * minimum, None)


def band_of(count: int, *, minimum: int) -> Band | None:
    """What is told of a count; None where that is nothing."""
    return next((band for band in bands(minimum) if count in band), None)


def band_from(low: int, *, minimum: int) -> Band | None:
    """The band that begins there; None where none does, as with one that was kept under another minimum."""
    return next((band for band in bands(minimum) if band.low == low), None)
