"""What may be told of the boroughs' figures, given all that was told before: by the next version of a notice, to
everybody, and of a joint demand itself, to who is signed in."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from boroughs.models import Need
from procurement import disclosure
from procurement.disclosure import Contributions, Decision, Release
from procurement.models import FigureRelease, JointDemand, Notice
from procurement.queries.behind_notice import Behind
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.sharing import ever_accepted
from procurement.queries.totals import whole_life

Quantity = FigureRelease.Quantity

# In each need the first is never more than the second, and everybody knows it.
ORDERS = ((Quantity.BUDGET_MIN.value, Quantity.BUDGET_MAX.value),)


@dataclass(frozen=True)
class Figures:
    """By quantity: what the version says, and what stands behind each total that it tells anew."""

    content: Mapping[str, dict[str, int] | None]
    releases: tuple[Release, ...]


def last_number() -> int:
    """Of all that was told so far; a release that follows has the next one. One query."""
    return FigureRelease.objects.aggregate(last=Max("number"))["last"] or 0


def figures(notice: Notice, behind: Behind) -> Figures:
    """What may be told of these needs now. Two queries, and one more where the version on the board is not at hand.

    A figure is told anew, or as at an earlier version of the notice, or not at all, which looks the same as where no
    borough has stated one.
    """
    history = told_before(notice.demand, behind.needs)
    version = notice.current.number + 1 if notice.current else 1
    once = ever_accepted(notice.demand, behind.needs)
    decided = list(_decided(history, behind, behind.waived, once, told_by=notice.reference, version=version))
    return Figures(
        {quantity.value: _in_content(decision) for quantity, decision in decided},
        tuple(decision.release for _, decision in decided if decision.release is not None),
    )


def new_of(demand: JointDemand, behind: Behind) -> tuple[Release, ...]:
    """What may be told anew of the joint demand itself; what is told already stays told. Two queries.

    That a borough opens its figures is said for a notice: here it is protected like the others.
    """
    history = told_before(demand, behind.needs)
    last = {release.quantity: release for release in history if release.notice == demand.reference}
    new = []
    once = ever_accepted(demand, behind.needs)
    for quantity, decision in _decided(history, behind, frozenset(), once, told_by=demand.reference, version=0):
        before = last.get(quantity.value)
        if decision.release and not (before and before.says_the_same_as(decision.release)):
            new.append(decision.release)
    return tuple(new)


def stated_by(needs: Iterable[Need]) -> dict[Quantity, Contributions]:
    """By quantity, what these needs state of it."""
    held = list(needs)
    return {quantity: _contributions(held, amount_of) for quantity, amount_of in _AMOUNTS.items()}


def _decided(
    history: Sequence[Release],
    behind: Behind,
    waived: frozenset[str],
    once: frozenset[str],
    *,
    told_by: str,
    version: int,
) -> Iterator[tuple[Quantity, Decision]]:
    """One quantity after the other, each with what those before have added. `once` are those that ever accepted."""
    rule, new = disclosure_rule(), list[Release]()
    for quantity, contributions in stated_by(behind.needs).items():
        is_users = quantity == Quantity.USERS
        decision = disclosure.decide(
            [*history, *new],
            contributions,
            rule.plainly() if is_users else rule,
            waived,
            notice=told_by,
            version=version,
            quantity=quantity.value,
            orders=() if is_users else ORDERS,
            known=_known(behind.accepted) if is_users else {},
            once=_known(behind.accepted | once) if is_users else {},
        )
        if decision.release is not None:
            new.append(decision.release)
        yield quantity, decision


def told_before(demand: JointDemand, needs: Iterable[Need]) -> list[Release]:
    """What was told of all joint demands and by all notices, oldest first, as far as it can have to do with these
    needs.

    `decide` comes to the same as with everything: it looks at what was told before in the same place, and at what hangs
    together with the new total through needs in common.
    """
    rows = FigureRelease.objects.connected_with(demand, {need.reference for need in needs})
    return [
        Release(
            notice=row.version.notice.reference if row.version else row.demand.reference,
            version=row.version.number if row.version else 0,
            quantity=row.quantity,
            contributions=row.contributions,
            low=row.low,
            high=row.high,
            waived=frozenset(row.waived),
            is_understood=row.is_understood,
        )
        for row in rows.select_related("demand", "version__notice").order_by("number")
    ]


def _known(accepted: frozenset[str]) -> dict[str, frozenset[str]]:
    """Whose users each borough reads besides its own: those of all that accepted, once it has accepted itself."""
    return {slug: accepted - {slug} for slug in accepted}


def _contributions(needs: Iterable[Need], amount_of: Callable[[Need], int | None]) -> Contributions:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for need in needs:
        amount = amount_of(need)
        if amount is not None:
            found[need.borough.slug][need.reference] = amount
    return dict(found)


def _in_content(decision: Decision) -> dict[str, int] | None:
    figure = decision.figure
    if figure is None:
        return None
    as_at = {} if decision.as_at is None else {"as_at": decision.as_at}
    if figure.value is not None:
        return {"value": figure.value, **as_at}
    if figure.low is not None and figure.high is not None:
        return {"low": figure.low, "high": figure.high, **as_at}
    return None


_AMOUNTS: dict[FigureRelease.Quantity, Callable[[Need], int | None]] = {
    Quantity.BUDGET_MIN: lambda need: whole_life(need, "budget_min"),
    Quantity.BUDGET_MAX: lambda need: whole_life(need, "budget_max"),
    Quantity.USERS: lambda need: need.users_count,
}
