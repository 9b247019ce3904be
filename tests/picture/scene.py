"""A small London of which every borough's own facts can be told apart in whatever is written of it."""

from datetime import UTC, date, datetime

from procurement.picture.facts import Frozen, Stance, ToldFigure, ToldFigures
from tests.picture import made

# What only those may read who see exact figures, by borough: users, budgets, a day, a product, a reason.
OWN = {
    "camden": ("7,111", "£411,111", "£511,111", "11 Apr 2027", "Camdenware", "Camden pays more"),
    "brent": ("7,222", "£422,222", "£522,222", "12 May 2027", "Brentware", "Brent pays more"),
    "sutton": ("7,333", "£433,333", "£533,333", "13 Jun 2027", "Suttonware", "Sutton pays more"),
}
TOLD_USERS, TOLD_BUDGET = "20,000 to under 30,000", "£1.2 million to £1.6 million"
TOTAL_USERS, TOTAL_BUDGETS = "21,666", ("£1,266,666", "£1,566,666")
ALONE = "Merton wants it alone"


def scene() -> Frozen:
    """JD-0001 of Camden, Brent and Sutton, told of and decided on soon; Merton's need stands alone."""
    needs = (
        made.need(1, "camden", **_stated(7_111, 411_111, 511_111), **_today("Camdenware", date(2027, 4, 11))),
        made.need(2, "brent", **_stated(7_222, 422_222, 522_222), **_today("Brentware", date(2027, 5, 12))),
        made.need(3, "sutton", **_stated(7_333, 433_333, 533_333), **_today("Suttonware", date(2027, 6, 13))),
        made.need(4, "merton", title=ALONE, **_stated(7_444, 444_444, 544_444)),
    )
    demand = made.demand(
        1,
        [1, 2, 3],
        title="Telephony for all",
        status="CONFIRMED",
        lead="camden",
        quorum=2,
        depth="TENDER",
        decision_date=date(2027, 1, 15),
        stances=(
            Stance("brent", "COMMITTED", "TENDER"),
            Stance("camden", "INTENDING", "TENDER"),
            Stance("sutton", "DECLINED", ""),
        ),
        told=ToldFigures(
            users=ToldFigure(low=20_000, high=30_000, as_at=date(2026, 11, 2)),
            budget_min=ToldFigure(low=1_200_000, high=1_300_000, as_at=date(2026, 11, 2)),
            budget_max=ToldFigure(low=1_500_000, high=1_600_000, as_at=date(2026, 11, 2)),
        ),
        members=tuple(
            made.member(
                number,
                is_confirmed=True,
                reasons_for=("Both want telephony", f"{slug.title()} pays more"),
                open_for=(0,),
            )
            for number, slug in enumerate(OWN, 1)
        ),
    )
    return made.frozen(
        made.london(*needs, demands=(demand,), notices=(made.notice(1, 1, closes_date=date(2027, 2, 1)),))
    )


def asked_of(number: int = 1) -> Frozen:
    """Camden was asked whether its only need still holds."""
    asked = datetime(2026, 11, 1, 9, tzinfo=UTC)
    return made.frozen(made.london(made.need(number, "camden", asked_at=asked)))


def _stated(users: int, low: int, high: int) -> dict[str, object]:
    return {"users": users, "budget_min": low, "budget_max": high, "budget_basis": "WHOLE_LIFE"}


def _today(product: str, end: date) -> dict[str, object]:
    return {"incumbent": product, "contract_end_date": end}
