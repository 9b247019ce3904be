"""Measures disclosure control: `python benchmarks/disclosure.py`.

`decide` is one decision about a total of 33 boroughs after 20 earlier ones that differ from each other by a few
boroughs that joined, left or amended. In the same run and about the same releases, `plain` bounds every figure for
every reader with a linear programme each: it is the audit done the plain way, and must agree. CPU time, one process.

Then the coalitions of tests/trust/rolling.py: how many versions got a new figure, how many kept one, and which part of
the rule refused the others.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from scipy.optimize import linprog  # noqa: E402

from procurement.disclosure import Contributions, Release, Rule, decide, exposures  # noqa: E402
from tests.trust.rolling import ORDERS, Answer, history_of  # noqa: E402

BOROUGHS = 33
EARLIER = 20
MONEY = Rule()
USERS = MONEY.plainly()


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of CPU, and what came of it."""
    began = time.process_time()
    result = act()
    return (time.process_time() - began) * 1000, result


def amount(rng: Random, rule: Rule) -> int:
    if rule.band:
        return round(rng.lognormvariate(12, 0.8) / 5000) * 5000 + 5000
    return round(rng.lognormvariate(5.5, 1)) + 1


def story(seed: int, rule: Rule) -> tuple[list[Release], Contributions]:
    """Twenty releases, and what is stated after them."""
    rng = Random(seed)  # noqa: S311
    stated = {f"borough-{number:02}": {f"N-{number:02}": amount(rng, rule)} for number in range(BOROUGHS)}
    gone: dict[str, dict[str, int]] = {}
    history: list[Release] = []
    version = 0
    while len(history) < EARLIER:
        version += 1
        release = decide(history, stated, rule, notice="NT-0001", version=version).release
        history += [release] if release else []
        for borough in rng.sample(sorted(stated), 4):
            if rng.random() < 0.6:
                stated[borough] = {need: amount(rng, rule) for need in stated[borough]}
            else:
                gone[borough] = stated.pop(borough)
        for borough in rng.sample(sorted(gone), min(len(gone), rng.randint(0, 4))):
            stated[borough] = gone.pop(borough)
    return history, stated


def plain(releases: Sequence[Release], rule: Rule) -> bool:
    """Whether nobody is exposed: two programmes for each reader and figure."""
    unknowns = sorted({unknown for release in releases for unknown in release.unknowns})
    matrix = np.array([[unknown in release.unknowns for unknown in unknowns] for release in releases], dtype=float)
    low = np.array([release.low for release in releases])
    high = np.array([release.high - 1 for release in releases])
    is_well = True
    for reader in (None, *sorted({unknown.borough for unknown in unknowns})):
        bounds = [(each.amount, each.amount) if each.borough == reader else (0, None) for each in unknowns]
        for number, unknown in enumerate(unknowns):
            if unknown.borough == reader:
                continue
            distance = -(-unknown.amount * rule.protection_percent // 100)
            for sign in (1, -1):
                aim = np.zeros(len(unknowns))
                aim[number] = -sign
                found = linprog(aim, np.vstack([matrix, -matrix]), np.append(high, -low), bounds=bounds)
                reach = np.inf if found.status == 3 else sign * (-sign * found.fun - unknown.amount)
                is_well &= bool(reach >= distance * (1 - 1e-6))
    return is_well


def one_decision(rule: Rule, seeds: int) -> None:
    times: list[float] = []
    for seed in range(seeds):
        history, stated = story(seed, rule)
        times.append(timed(lambda h=history, s=stated: decide(h, s, rule, notice="NT-0001", version=1000))[0])  # type: ignore[misc]
    history, stated = story(0, rule)
    whole, is_well = timed(lambda: not any(exposures(history, rule)))
    by_hand, is_well_by_hand = timed(lambda: plain(history, rule))
    if is_well != is_well_by_hand:
        raise SystemExit("the audit and the plain one do not agree")
    sys.stdout.write(
        f"  decide: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms of {seeds};"
        f" audit {whole:.0f} ms, plain {by_hand:.0f} ms, ratio {by_hand / whole:.0f}\n"
    )


def outcome(answer: Answer, history: Sequence[Release]) -> str:
    """What came of it; where the figure was refused, by which part of the rule."""

    def is_told(weaker: Rule) -> bool:
        asked = decide(
            history,
            answer.contributions,
            weaker,
            notice=answer.notice,
            version=0,
            quantity=answer.quantity,
            orders=ORDERS,
        )
        return asked.release is not None

    if answer.decision.release:
        return "new"
    if not is_told(replace(answer.rule, dominance_percent=0, protection_percent=0)):
        return "too few boroughs"
    return "audit" if is_told(replace(answer.rule, protection_percent=0)) else "dominance"


def coalitions(seeds: int) -> None:
    outcomes: Counter[str] = Counter()
    untold = 0
    for seed in range(seeds):
        world = history_of(seed, rule=MONEY, is_controlled=True)
        outcomes.update(outcome(answer, world.history[: answer.earlier]) for answer in world.answers)
        untold += sum(answer.decision.figure is None for answer in world.answers)
    updates = outcomes.total()
    sys.stdout.write("  " + ", ".join(f"{name} {count / updates:.1%}" for name, count in outcomes.most_common()) + "\n")
    sys.stdout.write(
        f"  of {updates}; {untold / updates:.1%} tell nothing at all, the rest of the refused keep an earlier figure\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="stories of 33 boroughs")
    parser.add_argument("--coalitions", type=int, default=40)
    options = parser.parse_args()
    for name, rule in (("money, in bands", MONEY), ("users, plainly", USERS)):
        sys.stdout.write(f"{name}: {BOROUGHS} boroughs after {EARLIER} releases\n")
        one_decision(rule, options.seeds)
    sys.stdout.write(f"{options.coalitions} coalitions, three quantities a version\n")
    coalitions(options.coalitions)


if __name__ == "__main__":
    main()
