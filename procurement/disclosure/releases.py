"""What has been published of a quantity, and what may be published of it now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from procurement.disclosure.audit import exposures
from procurement.disclosure.evidence import Order, connected
from procurement.disclosure.rule import Figure, Rule, may_show
from procurement.disclosure.unknowns import Contributions, Release, changes_between, stated

# By reader whose figures it knows besides its own.
Known = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Decision:
    """What a version says of one quantity."""

    # None where nothing may be told; it is the same answer as where nobody has stated anything.
    figure: Figure | None = None
    # The version of which the figure is true; None where it is true of this one.
    as_at: int | None = None
    # To be kept with everything that has been published; None where this version tells nothing that is new.
    release: Release | None = None


NOTHING = Decision()


def decide(
    history: Sequence[Release],
    contributions: Contributions,
    rule: Rule,
    waived: frozenset[str] = frozenset(),
    *,
    notice: str,
    version: int,
    quantity: str = "total",
    orders: Sequence[Order] = (),
    known: Known | None = None,
    once: Known | None = None,
) -> Decision:
    """What this version of the notice may say of the quantity, given all that has been published of all notices.

    `waived` names the boroughs whose figures in this notice are open to everybody, `known` whose figures a borough
    reads besides its own, `once` those too that it may have read before. `orders` names pairs of quantities: of two the
    first is never more than the second in the same need.
    """
    figures = stated(contributions)
    if not figures:
        return NOTHING
    release = _release(figures, rule, waived, notice=notice, version=version, quantity=quantity)
    same = [earlier for earlier in history if earlier.quantity == quantity]
    may_tell = not _is_clouded(release, history) and _may_release(
        release, same, history, rule, waived, orders, [known or {}, *([once] if once and once != known else [])]
    )
    if may_tell or _is_told(release, same):
        return Decision(figure=_figure(release), release=release)
    last = next((earlier for earlier in reversed(same) if earlier.notice == notice), None)
    return Decision(figure=_figure(last), as_at=last.version) if last else NOTHING


def _release(
    figures: Contributions, rule: Rule, waived: frozenset[str], *, notice: str, version: int, quantity: str
) -> Release:
    amount = sum(sum(needs.values()) for needs in figures.values())
    # What is open is told as it is: nothing is left to protect.
    width = 1 if rule.band is None or waived.issuperset(figures) else rule.band
    low = amount // width * width
    return Release(
        notice=notice,
        version=version,
        quantity=quantity,
        contributions=figures,
        low=low,
        high=low + width,
        waived=waived.intersection(figures),
    )


def _figure(release: Release) -> Figure:
    count = len(release.contributions)
    if release.is_exact:
        return Figure(contributors=count, value=release.low)
    return Figure(contributors=count, low=release.low, high=release.high)


def _is_told(release: Release, history: Iterable[Release]) -> bool:
    """Whether the same figure of the same needs is public already, in whichever notice."""
    return any(earlier.says_the_same_as(release) for earlier in history)


def _is_clouded(release: Release, history: Sequence[Release]) -> bool:
    """Whether it has to do, by needs in common or a chain of them, with a figure of which nobody knows what stood
    behind it: then nobody knows either what the two would tell together.
    """
    unclear = {earlier.notice for earlier in history if not earlier.is_understood}
    if not unclear:
        return False
    by_notice: dict[str, frozenset[tuple[str, str]]] = {release.notice: release.needs}
    for earlier in history:
        by_notice[earlier.notice] = by_notice.get(earlier.notice, frozenset()) | earlier.needs
    near = connected(by_notice[release.notice], list(by_notice.values()))
    return any(notice == release.notice or not near.isdisjoint(by_notice[notice]) for notice in unclear)


def _may_release(
    release: Release,
    same: Sequence[Release],
    history: Sequence[Release],
    rule: Rule,
    waived: frozenset[str],
    orders: Sequence[Order],
    known: Sequence[Known],
) -> bool:
    """The rule for the total, then for its difference to each earlier one, then for everything together."""
    readers = _readers(waived, known)
    sums = {borough: sum(needs.values()) for borough, needs in release.contributions.items()}
    if not _holds(sums, readers, rule):
        return False
    for earlier in same:
        changes = _changes(release, earlier)
        if changes and not _holds(changes, readers, rule):
            return False
    return not any(
        exposure
        for each in known
        for exposure in exposures([*history, release], rule, about=release, orders=orders, known=each)
    )


def _readers(waived: frozenset[str], known: Sequence[Known]) -> frozenset[frozenset[str]]:
    """By each kind of reader, the boroughs whose figures it need not work out.

    The rule itself allows for a borough that knows its own figure. One that knows another's too counts as having
    neither: whoever is left could be joined by a further borough tomorrow.
    """
    more = {
        frozenset(waived | others | {reader})
        for each in known
        for reader, others in each.items()
        if others - waived - {reader}
    }
    return frozenset({waived, *more})


def _holds(figures: Mapping[str, int], readers: Iterable[frozenset[str]], rule: Rule) -> bool:
    """Whether the rule is met by what is hidden from each kind of reader. Where nothing is, nothing is given away."""
    for open_ones in readers:
        hidden = {borough: figure for borough, figure in figures.items() if figure and borough not in open_ones}
        if hidden and not may_show(hidden, rule):
            return False
    return True


def _changes(release: Release, earlier: Release) -> dict[str, int]:
    """By how much each borough moved the total between the two: by joining, leaving, amending.

    Empty where they have no need in common: then there is nothing that cancels out.
    """
    if release.by_need.keys().isdisjoint(earlier.by_need):
        return {}
    changes: dict[str, int] = {}
    for (borough, _), change in changes_between(release.by_need, earlier.by_need).items():
        changes[borough] = changes.get(borough, 0) + change
    return {borough: abs(change) for borough, change in changes.items()}
