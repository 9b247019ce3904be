"""When the boroughs of a joint demand could start together, what it would cost each, and what to decide by when.

A pure core: situations in, a plan out; no Django, no clock, no dates worked out from contract terms (the possible ends
of a contract and their days of notice are handed over). docs/planning.md tells the same in words.

**Time** is in whole months. A joint contract starts on the first day of a month; a wanted start counts by its month.

**One borough, one start.** A present contract ends on one of its possible ends: the last day of its term, or that of
the first, second … option to extend. Against a start on the first day of month m an end is in one of three places:

- the day before: it fits, and costs nothing;
- earlier: the borough needs a *bridge* of so many months, an extension outside of its options;
- later: it has *double running* of so many months, in which it pays for two contracts.

Part of a month counts as a whole one. `Rules` says what a month of either weighs and how long either may be at most.
A borough takes the end of least weight; of two that weigh the same, the one that uses fewer options. An option that can
no longer be taken up, because the day of notice has passed, is no possible end. A borough can join the start if its
window of wanted starts holds the month and an end is within the limits.

**Which starts are looked at.** From the first month that leaves time for a joint purchase (`Rules.lead_months`
from the day on which it can begin) to the
month H after which nobody gains by waiting: the latest of all possible ends and of all earliest wanted starts. For a
month m after H every possible end lies before m, so the only thing that grows with m is the bridge, and the only
windows that change with m are those that close. Moving a start from m back to H therefore loses no borough and costs
none of them more: the best start, and the best set of starts, is found without looking beyond H. Ten years are the most
that is looked at, whatever a register says.

**Several starts.** `waves` says how the fewest starts are found that hold every borough that can join any.
"""
