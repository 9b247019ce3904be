"""Measures the planner of joint starts: `python benchmarks/planning.py`.

33 boroughs, each with a contract and five options to extend. `plan` is the whole answer: who could join each month,
the best month for each number of boroughs, and the fewest starts that hold everybody. In the same run and on the same
instances, `enumeration` weighs every possible end against every month, a month at a time, which is a part of it done
the plain way; `programme` finds the fewest starts as an integer programme with HiGHS, and must agree. One process.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from boroughs.queries.renewal_dates import last_possible_end, months_after, notice_by  # noqa: E402
from procurement.planning.plan import Plan, plan  # noqa: E402
from procurement.planning.situations import PossibleEnd, Situation  # noqa: E402
from tests.planning.instances import RULES, TODAY, weight_by_hand  # noqa: E402
from tests.planning.programme import by_programme, weights_of  # noqa: E402

FIRST_END = date(2027, 3, 31)


def situation(number: int, rng: Random, *, options: int, spread: int, windows: float) -> Situation:
    end = months_after(FIRST_END, rng.randint(0, spread))
    months = [rng.choice([6, 12, 12, 24]) for _ in range(options)]
    ends: list[PossibleEnd] = []
    for taken in range(options + 1):
        last_day = last_possible_end(end, months[:taken])
        take_up_by = ends[-1].notice_by if ends else None
        ends.append(PossibleEnd(last_day, take_up_by, notice_by(last_day, months=6, days=0)))
    earliest = latest = None
    if rng.random() < windows:
        earliest = months_after(FIRST_END, rng.randint(0, spread))
        latest = months_after(earliest, rng.randint(6, 36))
    return Situation(f"b{number:02}", f"Borough {number}", tuple(ends), earliest, latest)


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came of it."""
    began = time.perf_counter()
    result = act()
    return (time.perf_counter() - began) * 1000, result


def whole(situations: list[Situation]) -> Plan:
    found = plan(situations, rules=RULES, today=TODAY)
    # Worked out when they are asked for.
    _ = found.best, found.choices, found.waves
    return found


def spent(times: list[float]) -> str:
    high = sorted(times)[len(times) * 95 // 100]
    return f"median {statistics.median(times):6.1f} ms, 95 % {high:6.1f}, most {max(times):6.1f}"


def main() -> None:
    """Plan random instances, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boroughs", type=int, default=33)
    parser.add_argument("--options", type=int, default=5, help="to extend, of each contract (default: %(default)s)")
    parser.add_argument("--instances", type=int, default=40, help="of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = Random(chosen.seed)  # noqa: S311
    for spread, windows in ((24, 0.0), (24, 0.5), (48, 0.5), (72, 0.9)):
        times: dict[str, list[float]] = {"plan": [], "enumeration": [], "programme": []}
        starts: list[int] = []
        for _ in range(chosen.instances):
            given = [
                situation(number, rng, options=chosen.options, spread=spread, windows=windows)
                for number in range(chosen.boroughs)
            ]
            took, found = timed(lambda given=given: whole(given))
            times["plan"].append(took)
            months = [start.month for start in found.starts]
            took, _ = timed(lambda given=given, months=months: [[weight_by_hand(e, m) for e in given] for m in months])
            times["enumeration"].append(took)
            table = weights_of(found)
            took, agreed = timed(lambda table=table: by_programme(table))
            times["programme"].append(took)
            weight = sum(found_weight(found, wave) for wave in found.waves)
            if agreed != (len(found.waves), weight):
                raise SystemExit(f"The programme says {agreed}, the plan {(len(found.waves), weight)}.")
            starts.append(len(found.waves))
        sys.stdout.write(
            f"ends over {spread} months, {windows:.0%} with a window; {min(starts)} to {max(starts)} starts hold all\n"
        )
        for name, each in times.items():
            ratio = statistics.median(each) / statistics.median(times["plan"])
            sys.stdout.write(f"  {name:12}{spent(each)}, {ratio:.1f} times the plan\n")


def found_weight(found: Plan, wave: Any) -> int:
    return sum(wave.start.outcomes[place].weight for place in wave.members)


if __name__ == "__main__":
    main()
