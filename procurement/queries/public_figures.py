"""The totals of a notice's next version, as the audit of all that was published lets them be told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from boroughs.models import Need
from procurement import disclosure
from procurement.disclosure import Contributions, Decision, Release
from procurement.models import FigureRelease, Notice
from procurement.queries.behind_notice import Behind
from procurement.queries.disclosure_rule import disclosure_rule
from procurement.queries.totals import whole_life

Quantity = FigureRelease.Quantity

# In each need the first is never more than the second, and everybody knows it.
ORDERS = ((Quantity.BUDGET_MIN.value, Quantity.BUDGET_MAX.value),)


@dataclass(frozen=True)
class Figures:
    """By quantity: what the version says, and what stands behind each total that it tells anew."""

    content: Mapping[str, dict[str, int] | None]
    releases: tuple[Release, ...]


def figures(notice: Notice, behind: Behind) -> Figures:
    """What may be told of these needs now. One query, and one more where the version on the board is not at hand.

    A figure is told anew, or as at an earlier version of the notice, or not at all, which looks the same as where no
    borough has stated one.
    """
    rule = disclosure_rule()
    history = _connected(notice, behind.needs)
    number = notice.current.number + 1 if notice.current else 1
    told: dict[str, dict[str, int] | None] = {}
    new: list[Release] = []
    for quantity, amount_of in _AMOUNTS.items():
        is_users = quantity == Quantity.USERS
        decision = disclosure.decide(
            [*history, *new],
            _contributions(behind.needs, amount_of),
            rule.plainly() if is_users else rule,
            behind.waived,
            notice=notice.reference,
            version=number,
            quantity=quantity.value,
            orders=() if is_users else ORDERS,
            known=_known(behind.accepted) if is_users else {},
        )
        told[quantity.value] = _in_content(decision)
        if decision.release is not None:
            new.append(decision.release)
    return Figures(told, tuple(new))


def _connected(notice: Notice, needs: Iterable[Need]) -> list[Release]:
    """What was published of all notices, oldest first, as far as it can have to do with these needs.

    `decide` comes to the same as with everything: it looks at what the notice told before, and at what hangs together
    with the new total through needs in common.
    """
    rows = FigureRelease.objects.connected_with(notice, {need.reference for need in needs})
    return [
        Release(
            notice=row.version.notice.reference,
            version=row.version.number,
            quantity=row.quantity,
            contributions=row.contributions,
            low=row.low,
            high=row.high,
            waived=frozenset(row.waived),
            is_understood=row.is_understood,
        )
        # In the order of publication: some were written down later.
        for row in rows.select_related("version__notice").order_by("version_id", "pk")
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
