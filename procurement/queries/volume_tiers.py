"""What a supplier's tiers of volume would mean for the boroughs that are in: pure arithmetic, nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from procurement.queries.volumes import Amount, BoroughVolume, Group, Measure


@dataclass(frozen=True)
class Tier:
    """From `start` on, each unit costs `price` pounds, or the price falls by `discount` per cent. One of the two."""

    start: int
    price: Decimal | None = None
    discount: Decimal | None = None

    @property
    def words(self) -> str:
        """ "£12.50 each" or "7.5% off"."""
        if self.price is not None:
            return f"£{self.price:,.2f} each"
        return f"{float(self.discount or 0):g}% off"


@dataclass(frozen=True)
class Reached:
    """Where one quantity lands."""

    # "As stated", "With the least accepted", "With the most accepted".
    words: str
    quantity: int
    # From 1; 0 below the first.
    number: int
    tier: Tier | None

    @property
    def cost(self) -> Decimal | None:
        """Of all units, at the tier's price."""
        return self.tier.price * self.quantity if self.tier and self.tier.price is not None else None


@dataclass(frozen=True)
class NextTier:
    number: int
    tier: Tier
    # Units that are missing, as stated.
    missing: int
    # Boroughs outside that the reader may count and each of which would reach it alone, the smallest first.
    alone: tuple[BoroughVolume, ...]
    # Where none does: the fewest of them that reach it together.
    together: tuple[BoroughVolume, ...]


@dataclass(frozen=True)
class Outcome:
    total: Amount
    reached: tuple[Reached, ...]
    # None where the highest tier is reached as stated.
    next: NextTier | None
    # Boroughs that are in while what they want may not be counted for the reader.
    left_out: tuple[str, ...]


def outcome(measure: Measure, group: Group, tiers: Sequence[Tier]) -> Outcome:
    """`tiers` in order, each starting above the one before."""
    total = measure.total(group)
    quantities = (
        ("As stated", total.firm),
        ("With the least accepted", total.low),
        ("With the most accepted", total.high),
    )
    return Outcome(
        total=total,
        reached=tuple(_reached(words, quantity, tiers) for words, quantity in quantities),
        next=_next(measure, group, tiers, total.firm),
        left_out=measure.left_out(group),
    )


def _reached(words: str, quantity: int, tiers: Sequence[Tier]) -> Reached:
    number = sum(1 for tier in tiers if tier.start <= quantity)
    return Reached(words, quantity, number, tiers[number - 1] if number else None)


def _next(measure: Measure, group: Group, tiers: Sequence[Tier], quantity: int) -> NextTier | None:
    found = next(((at, tier) for at, tier in enumerate(tiers, start=1) if tier.start > quantity), None)
    if found is None:
        return None
    number, tier = found
    missing = tier.start - quantity
    sizes = [(each.amount.firm, each) for each in measure.boroughs if not each.is_in(group) and each.amount]
    sizes.sort(key=lambda pair: (-pair[0], pair[1].name))
    alone = tuple(each for firm, each in reversed(sizes) if firm >= missing)
    return NextTier(number, tier, missing, alone, () if alone else _together(sizes, missing))


def _together(sizes: Sequence[tuple[int, BoroughVolume]], missing: int) -> tuple[BoroughVolume, ...]:
    """The largest first, so that it takes as few as can be; nobody where all of them fall short."""
    sums = list(accumulate(firm for firm, _ in sizes))
    needed = sum(1 for reached in sums if reached < missing) + 1
    return tuple(each for _, each in sizes[:needed]) if needed <= len(sums) else ()
