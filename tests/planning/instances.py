"""Random situations, and the same answers by trying everything."""

from datetime import date, timedelta
from itertools import combinations
from random import Random

from procurement.planning.situations import PossibleEnd, Rules, Situation

TODAY = date(2026, 11, 29)
RULES = Rules(lead_months=12)


def day_in(months: int, rng: Random) -> date:
    """A day so many months after today's; half of them are the last of a month."""
    year, month = divmod(TODAY.year * 12 + TODAY.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), 1 if month == 11 else month + 2, 1)
    return first_of_next - timedelta(days=1) if rng.random() < 0.5 else date(year, month + 1, rng.randint(1, 28))


def situation(number: int, rng: Random, *, options: int, spread: int, windows: float) -> Situation:
    """`options` at the most; ends over `spread` months; `windows` is the share that states when it wants to start."""
    earliest = latest = None
    if rng.random() < windows:
        begin = rng.randint(0, spread)
        earliest = day_in(begin, rng) if rng.random() < 0.8 else None
        latest = day_in(begin + rng.randint(1, 24), rng) if rng.random() < 0.8 else None
    ends: list[PossibleEnd] = []
    months = rng.randint(-6, spread)
    for step in range(rng.randint(0, options) + 1 if rng.random() < 0.9 else 0):
        last_day = day_in(months, rng)
        notice_by = last_day - timedelta(days=rng.choice([90, 180, 365])) if rng.random() < 0.7 else None
        before = ends[-1] if ends else None
        take_up_by = (before.notice_by or before.last_day) if before else None
        ends.append(PossibleEnd(last_day, take_up_by if step else None, notice_by))
        months += rng.choice([3, 6, 12, 12, 24, 36])
    return Situation(f"b{number:02}", f"Borough {number}", tuple(ends), earliest, latest)


def situations(rng: Random, *, count: int, options: int = 3, spread: int = 60, windows: float = 0.5) -> list[Situation]:
    return [situation(number, rng, options=options, spread=spread, windows=windows) for number in range(count)]


# --- by trying everything ------------------------------------------------------------------------------------------


def weight_by_hand(each: Situation, month: int, rules: Rules = RULES, today: date = TODAY) -> int | None:
    """What a start in the month weighs for the borough; None where it cannot join. Every end is tried."""
    begin = date(month // 12, month % 12 + 1, 1)
    if each.earliest and (begin.year, begin.month) < (each.earliest.year, each.earliest.month):
        return None
    if each.latest and (begin.year, begin.month) > (each.latest.year, each.latest.month):
        return None
    weights = [] if each.ends else [0]
    for end in each.ends:
        if end.take_up_by and end.take_up_by < today:
            break
        bridge = double = 0
        # A month at a time: until the first day after the bridge, or after the double running, is reached.
        after = end.last_day + timedelta(days=1)
        while _later(begin, -bridge) > after:
            bridge += 1
        while _later(begin, double) < after:
            double += 1
        if bridge <= rules.longest_bridge and double <= rules.longest_double:
            long = max(0, bridge - rules.flagged_after)
            weights.append(bridge * rules.bridge_weight + 2 * long + double * rules.double_weight)
    return min(weights) if weights else None


def fewest_by_hand(table: list[list[int | None]]) -> tuple[int, int, int]:
    """How many starts hold everybody who can join any, what these weigh at least, and how early they lie then."""
    boroughs = [column for column in range(len(table[0])) if any(row[column] is not None for row in table)]
    if not boroughs:
        return 0, 0, 0
    for count in range(1, len(table) + 1):
        found = []
        for rows in combinations(range(len(table)), count):
            weights = [_least(table, rows, column) for column in boroughs]
            if None not in weights:
                found.append((sum(each for each in weights if each is not None), sum(rows)))
        if found:
            return count, *min(found)
    raise AssertionError("every borough that is left can join some start")


def _least(table: list[list[int | None]], rows: tuple[int, ...], column: int) -> int | None:
    known = [weight for row in rows if (weight := table[row][column]) is not None]
    return min(known) if known else None


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
