"""Disclosure control: when a total may be told, and how exactly.

The rule counts boroughs, not needs: a borough with five needs is one contributor. A total is told to those who may not
see exact figures only if at least `Rule.minimum_contributors` boroughs stand behind it and no borough that contributes
could work out the largest one's figure to within `Rule.dominance_percent` (the p%-rule of statistical offices: the sum
of all but the two largest must be at least p % of the largest). Money is then told as a band of `Rule.band` pounds.

`may_show` asks the rule of one total by itself. What is told is not forgotten, so `decide` asks more: the rule of what
changed since every earlier release, and at last whether anybody could bound a borough's figure too closely from all
releases together. `may_read` asks whether single figures may be read beside all of them. docs/disclosure.md tells it in
words.

A version of a notice tells its quantities one after the other, each with what the one before has added:

    history = [...]  # every Release of every notice and joint demand, oldest first
    for quantity, rule in (("budget_min", rule), ("budget_max", rule), ("users", rule.plainly())):
        decision = decide(history, contributions[quantity], rule, waived, notice="NT-0001", version=3,
                          quantity=quantity, orders=[("budget_min", "budget_max")])
        if decision.release:
            history.append(decision.release)

A pure core: no Django, and the parameters are handed in.
"""

from procurement.disclosure.audit import Exposure, exposures
from procurement.disclosure.reading import Reading, may_read
from procurement.disclosure.releases import NOTHING, Decision, decide
from procurement.disclosure.rule import (
    BAND,
    DOMINANCE_PERCENT,
    MINIMUM_CONTRIBUTORS,
    PROTECTION_PERCENT,
    Figure,
    Rule,
    may_show,
    total,
)
from procurement.disclosure.unknowns import Contributions, Release, stated

__all__ = [
    "BAND",
    "DOMINANCE_PERCENT",
    "MINIMUM_CONTRIBUTORS",
    "NOTHING",
    "PROTECTION_PERCENT",
    "Contributions",
    "Decision",
    "Exposure",
    "Figure",
    "Reading",
    "Release",
    "Rule",
    "decide",
    "exposures",
    "may_read",
    "may_show",
    "stated",
    "total",
]
