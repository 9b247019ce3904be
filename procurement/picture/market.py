"""Who holds the market: running contracts by category, supplier and product. For who may see exact figures alone.

A contract runs on a day if it is listed, has begun and has not ended. Its value is what its register says of a year, or
of the whole term divided by its length; where it says neither, the contract counts, and has no part in a share.

Concentration is told by the shares of the largest supplier and of the three largest, and by the Herfindahl-Hirschman
index: the sum of the squares of all shares in per cent, 10,000 for a single supplier. The Competition Commission and
the Office of Fair Trading called a market above 1,000 concentrated and above 2,000 highly concentrated (Merger
Assessment Guidelines, CC2 and OFT1254, September 2010, paragraph 5.3.5). Of fewer than three boroughs it says little,
so nothing is called concentrated there.

The registers do not say which suppliers are small or medium-sized (SMEs): no share of theirs is told. What is known is
what suppliers say of themselves who show interest in notices.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from boroughs.queries.renewal_dates import whole_months
from procurement.picture.facts import Contract, Facts, Frozen
from procurement.picture.moments import london_day
from procurement.picture.numbers import Number, Unit, number

# Name and contracts of a supplier.
_Ranked = tuple[str, list[Contract]]

HIGHLY_CONCENTRATED = 2_000
# So many boroughs make a market, and a product that they hold in common.
BOROUGHS = 3
# Suppliers of a category, and of all London, that are named.
NAMED = 3
LONDON_NAMED = 5
# City Tools (2019) found about 90% of London's contracts with so many suppliers.
LARGEST = 15


@dataclass(frozen=True)
class Share:
    """A supplier's part of the value of running contracts."""

    supplier: str
    percent: Number
    # Pounds a year.
    value: Number


@dataclass(frozen=True)
class Held:
    """A product that three boroughs or more use alone in a category: they run contracts for no other one there."""

    product: str
    # Names, in order.
    boroughs: tuple[str, ...]
    count: Number
    # When the first and the last of their contracts end, without options; None where no register says.
    first_end: date | None
    last_end: date | None


@dataclass(frozen=True)
class CategoryMarket:
    slug: str
    name: str
    contracts: Number
    boroughs: Number
    suppliers: Number
    # Pounds a year, of the contracts that state it.
    value: Number
    # Of the contracts that state a value; None where none does.
    first: Number
    first_three: Number
    index: Number
    # The largest first.
    shares: tuple[Share, ...]
    # Those of most boroughs first.
    held: tuple[Held, ...]

    @property
    def is_concentrated(self) -> bool:
        return int(self.boroughs) >= BOROUGHS and int(self.index) > HIGHLY_CONCENTRATED


@dataclass(frozen=True)
class Market:
    contracts: Number
    valued: Number
    value: Number
    suppliers: Number
    # Part of the value with the fifteen largest suppliers.
    largest: Number
    # Of the largest of them.
    shares: tuple[Share, ...]
    uncategorised: Number
    # Of those with running contracts of three boroughs or more, how many there are and how many are concentrated.
    markets: Number
    concentrated: Number
    # Boroughs that use nothing but a product that two others use alone, too.
    locked: Number
    # Shows of interest in notices: a supplier counts once for each notice.
    interested: Number
    smes: Number
    others: Number
    # The largest value first.
    categories: tuple[CategoryMarket, ...]


def market(frozen: Frozen) -> Market:
    held, today = frozen.facts, london_day(frozen)
    running = [each for each in held.contracts if runs(each, today)]
    needs: dict[str, list[str]] = defaultdict(list)
    for need in held.needs:
        needs[need.contract].append(need.reference)
    told = _Told(needs, {each.slug: each.name for each in held.authorities})
    valued = [each for each in running if worth(each) is not None]
    categories = _categories(held, running, told)
    markets = [each for each in categories if int(each.boroughs) >= BOROUGHS]
    concentrated = [each for each in markets if each.is_concentrated]
    ranked = _by_supplier(valued)
    in_largest = [each for _, contracts in ranked[:LARGEST] for each in contracts]
    locked = [each.count for category in categories for each in category.held]
    return Market(
        contracts=told.count("market-contracts", "Running contracts", running),
        valued=told.count("market-valued", "Running contracts that state a value", valued),
        value=told.value("market-value", "Value of running contracts, a year", valued),
        suppliers=told.suppliers("market-suppliers", "Suppliers of running contracts", running),
        largest=told.percent(
            "market-largest", f"Part of the value with the {LARGEST} largest suppliers", in_largest, valued
        ),
        shares=_shares("market-", "of running contracts", ranked[:LONDON_NAMED], valued, told),
        uncategorised=told.count(
            "market-uncategorised", "Running contracts without a category", [e for e in running if not e.category]
        ),
        markets=_all("market-categories", f"Categories with contracts of {BOROUGHS} boroughs or more", markets),
        concentrated=_all("market-concentrated", "Such categories that are highly concentrated", concentrated),
        locked=number(
            "market-one-product",
            f"Times that a borough uses one product alone which {BOROUGHS - 1} others use alone",
            Unit.AUTHORITIES,
            sum(map(int, locked)),
            (need for each in locked for need in each.needs),
            (contract for each in locked for contract in each.contracts),
        ),
        categories=categories,
        **_interest(held),
    )


def runs(contract: Contract, today: date) -> bool:
    """Whether it is in force; one without a date on either side is."""
    begun = contract.start_date is None or contract.start_date <= today
    return contract.is_listed and begun and (contract.end_date is None or contract.end_date >= today)


def worth(contract: Contract) -> int | None:
    """Whole pounds a year."""
    if contract.annual_value is not None or contract.total_value is None:
        return contract.annual_value
    if contract.start_date is None or contract.end_date is None:
        return None
    months = whole_months(contract.start_date, contract.end_date)
    return contract.total_value * 12 // months if months > 0 else None


@dataclass(frozen=True)
class _Told:
    """Numbers of contracts, with the needs that name them."""

    needs: Mapping[str, Sequence[str]]
    names: Mapping[str, str]

    def number(self, key: str, words: str, unit: Unit, value: int | None, contracts: Iterable[Contract]) -> Number:
        references = {each.reference for each in contracts}
        needs = (need for reference in references for need in self.needs.get(reference, ()))
        return number(key, words, unit, value, needs, references)

    def count(self, key: str, words: str, contracts: Sequence[Contract]) -> Number:
        return self.number(key, words, Unit.CONTRACTS, len(contracts), contracts)

    def boroughs(self, key: str, words: str, contracts: Sequence[Contract]) -> Number:
        return self.number(key, words, Unit.AUTHORITIES, len({each.borough for each in contracts}), contracts)

    def suppliers(self, key: str, words: str, contracts: Sequence[Contract]) -> Number:
        """Entries that name none have no part in it."""
        known = [each for each in contracts if each.supplier]
        return self.number(key, words, Unit.SUPPLIERS, len({each.supplier for each in known}), known)

    def value(self, key: str, words: str, contracts: Sequence[Contract]) -> Number:
        return self.number(key, words, Unit.POUNDS, _sum(contracts) if contracts else None, contracts)

    def percent(self, key: str, words: str, part: Sequence[Contract], whole: Sequence[Contract]) -> Number:
        """Half upwards; None where the whole is worth nothing."""
        total = _sum(whole)
        return self.number(key, words, Unit.PERCENT, (_sum(part) * 200 + total) // (total * 2) if total else None, part)


def _sum(contracts: Iterable[Contract]) -> int:
    return sum(worth(each) or 0 for each in contracts)


def _by_supplier(contracts: Iterable[Contract]) -> list[_Ranked]:
    """Name and contracts of each supplier, the largest first. Those that name none are one of their own each."""
    found: dict[str, list[Contract]] = defaultdict(list)
    for each in contracts:
        found[each.supplier or f"/{each.reference}"].append(each)
    named = [(rows[0].supplier_name or "Not named", rows) for rows in found.values()]
    return sorted(named, key=lambda each: (-_sum(each[1]), each[0], each[1][0].reference))


def _shares(key: str, of: str, named: Sequence[_Ranked], valued: Sequence[Contract], told: _Told) -> tuple[Share, ...]:
    return tuple(
        Share(
            name,
            told.percent(f"{key}share-{place}", f"Part of the value {of} with {name}", rows, valued),
            told.value(f"{key}value-{place}", f"Value {of} with {name}, a year", rows),
        )
        for place, (name, rows) in enumerate(named, 1)
        if _sum(valued)
    )


def _categories(held: Facts, running: Iterable[Contract], told: _Told) -> tuple[CategoryMarket, ...]:
    groups: dict[str, list[Contract]] = defaultdict(list)
    for each in running:
        if each.category:
            groups[each.category].append(each)
    found = [_category(each.slug, each.name, groups[each.slug], told) for each in held.categories]
    having = [each for each in found if int(each.contracts)]
    return tuple(sorted(having, key=lambda each: (-int(each.value), -int(each.contracts), each.name)))


def _category(slug: str, name: str, contracts: Sequence[Contract], told: _Told) -> CategoryMarket:
    key, valued = f"market/{slug}", [each for each in contracts if worth(each) is not None]
    ranked = _by_supplier(valued)
    first, three = ([each for _, rows in ranked[:most] for each in rows] for most in (1, NAMED))
    return CategoryMarket(
        slug=slug,
        name=name,
        contracts=told.count(f"{key}/contracts", f"Running contracts in {name}", contracts),
        boroughs=told.boroughs(f"{key}/authorities", f"Boroughs with running contracts in {name}", contracts),
        suppliers=told.suppliers(f"{key}/suppliers", f"Suppliers of running contracts in {name}", contracts),
        value=told.value(f"{key}/value", f"Value of running contracts in {name}, a year", valued),
        first=told.percent(
            f"{key}/first",
            f"Part of the value in {name} with the largest supplier",
            first,
            valued,
        ),
        first_three=told.percent(
            f"{key}/first-three", f"Part of the value in {name} with the three largest suppliers", three, valued
        ),
        index=told.number(f"{key}/index", f"Herfindahl-Hirschman index of {name}", Unit.POINTS, _index(ranked), valued),
        shares=_shares(f"{key}/", f"in {name}", ranked[:NAMED], valued, told),
        held=tuple(_held(key, name, contracts, told)),
    )


def _index(ranked: Iterable[_Ranked]) -> int | None:
    """The Herfindahl-Hirschman index, half upwards; None where nothing is worth anything."""
    parts = [_sum(rows) for _, rows in ranked]
    total = sum(parts)
    return (sum(part * part for part in parts) * 20_000 + total * total) // (2 * total * total) if total else None


def _held(key: str, name: str, contracts: Iterable[Contract], told: _Told) -> Iterable[Held]:
    products: dict[str, dict[str, list[Contract]]] = defaultdict(lambda: defaultdict(list))
    for each in contracts:
        products[each.borough][product_key(each.system)].append(each)
    alone: dict[str, list[Contract]] = defaultdict(list)
    for used in products.values():
        product, rows = next(iter(used.items()))
        if len(used) == 1 and product:
            alone[product] += rows
    common = [rows for rows in alone.values() if len({each.borough for each in rows}) >= BOROUGHS]
    common.sort(key=lambda rows: (-len({each.borough for each in rows}), product_key(rows[0].system)))
    for place, rows in enumerate(common, 1):
        ends = sorted(each.end_date for each in rows if each.end_date)
        product = min(each.system for each in rows)
        yield Held(
            product=product,
            boroughs=tuple(sorted({told.names[each.borough] for each in rows})),
            count=told.boroughs(f"{key}/product-{place}", f"Boroughs that use {product} alone in {name}", rows),
            first_end=ends[0] if ends else None,
            last_end=ends[-1] if ends else None,
        )


def product_key(system: str) -> str:
    """Case, blanks and punctuation do not tell two products apart."""
    return "".join(each for each in system.casefold() if each.isalnum())


def _all(key: str, words: str, categories: Sequence[CategoryMarket]) -> Number:
    contracts = (contract for each in categories for contract in each.contracts.contracts)
    needs = (need for each in categories for need in each.contracts.needs)
    return number(key, words, Unit.CATEGORIES, len(categories), needs, contracts)


def _interest(held: Facts) -> dict[str, Number]:
    shown = [(each.demand, each.interest) for each in held.notices if each.interest and each.is_on_board]
    about = {demand for demand, _ in shown}
    needs = [member.need for demand in held.demands if demand.reference in about for member in demand.members]
    counted = {
        "interested": ("Shows of interest by suppliers", sum(each.suppliers for _, each in shown)),
        "smes": ("Of them by suppliers that say they are an SME", sum(each.smes for _, each in shown)),
        "others": ("Of them by suppliers that say they are no SME", sum(each.others for _, each in shown)),
    }
    return {
        name: number(f"market-{name}", words, Unit.SUPPLIERS, value, needs) for name, (words, value) in counted.items()
    }
