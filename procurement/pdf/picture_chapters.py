"""What the chapters of the picture's report beyond needs and joint demands are made of."""

from typing import Any

from boroughs.queries.register_age import RegisterAge
from boroughs.templatetags.formatting import pounds
from procurement.models import Coalition, Notice, SavingsEstimate
from procurement.pdf import annex, figures
from procurement.picture.figures import Figures
from procurement.picture.market import BOROUGHS, HIGHLY_CONCENTRATED, LARGEST, CategoryMarket
from procurement.picture.numbers import Number
from procurement.picture.outcomes import Estimate, NoticeRow, Outcome
from procurement.picture.telling import Telling
from procurement.picture.windows import Window

# So many joint demands are in the table of common starts; the attached file has them all.
WINDOWS = 40
# Registers in the order of how good they are to have.
STATES = (RegisterAge.FRESH, RegisterAge.AGEING, RegisterAge.OLD, RegisterAge.ABSENT)
# More products in common make a list that nobody reads.
PRODUCTS = 60


def context(shown: Figures, telling: Telling) -> dict[str, Any]:
    """For templates/pdf/picture/: coverage, market, windows, outcomes."""
    everybody = {
        "coverage": shown.coverage,
        "registers": [(state, _with_register(shown, state)) for state in STATES],
        "notice_rows": [_notice(each) for each in shown.outcomes.notices],
        "flow_chart": figures.need_flow(shown.flow).svg,
        "flow_steps": shown.flow.steps,
    }
    return everybody | _exact(shown) if telling.exact else everybody


def _with_register(shown: Figures, state: RegisterAge) -> list[str]:
    return [each.name for each in shown.coverage.authorities if each.register == state]


def _exact(shown: Figures) -> dict[str, Any]:
    """Of contracts, of where boroughs stand, and of what was saved."""
    market, windows = shown.market, shown.windows
    held = [(category, each) for category in market.categories for each in category.held]
    held.sort(key=lambda row: (-int(row[1].count), row[0].name, row[1].product))
    return {
        "market": market if int(market.contracts) else None,
        "market_value": money(market.value),
        "market_chart": figures.concentration_bars(market).svg,
        "markets": [_market(each) for each in market.categories],
        "suppliers": [(each, money(each.value)) for each in market.shares],
        "largest_suppliers": LARGEST,
        "least_boroughs": BOROUGHS,
        "high_index": HIGHLY_CONCENTRATED,
        "held": held[:PRODUCTS],
        "held_left_out": max(0, len(held) - PRODUCTS),
        "windows": windows,
        "window_rows": [_window(each) for each in windows.rows[:WINDOWS]],
        "windows_left_out": max(0, len(windows.rows) - WINDOWS),
        "windows_caption": figures.of_lanes(
            "From the beginning of the joint purchase to the best start, the most urgent first", windows.rows
        ),
        "windows_chart": figures.start_lanes(windows, today=shown.day).svg,
        "answers": shown.answers,
        "outcomes": shown.outcomes,
        "outcome_rows": [_outcome(each) for each in shown.outcomes.rows],
        "outcomes_saved": money(shown.outcomes.saved),
    }


def money(number: Number) -> str:
    return pounds(number.value) or "Not given"


def _market(category: CategoryMarket) -> dict[str, Any]:
    return {
        "category": category,
        "anchor": annex.anchor(category.contracts),
        "value": money(category.value),
        "first": category.shares[0].supplier if category.shares else "",
    }


def _window(window: Window) -> dict[str, Any]:
    return {"window": window, "anchor": annex.anchor(window.joining)}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "anchor": annex.anchor(outcome.committed),
        "words": Coalition.Outcome(outcome.outcome).label if outcome.outcome else "Not decided yet",
        "estimates": [estimate(each) for each in outcome.estimates],
    }


def estimate(found: Estimate) -> str:
    """ "tenders that need not be run: £72,000 to £160,000 as estimated, £90,000 in the end"."""
    method = SavingsEstimate.Method(found.method).label.lower()
    words = f"{method}: {money(found.low)} to {money(found.high)} as estimated"
    return f"{words}, {money(found.saved)} in the end" if found.saved.value is not None else words


def _notice(row: NoticeRow) -> dict[str, Any]:
    notice = row.fact
    return {
        "row": row,
        "kind": Notice.Kind(notice.kind).label,
        "status": Notice.Status(notice.status).label,
    }
