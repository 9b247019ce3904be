"""Facts made up for tests: a small London at one moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from procurement.picture import facts
from procurement.picture.facts import Authority, Board, Category, Demand, Facts, Frozen, Member, Need

MOMENT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TELEPHONY = Category(slug="telephony", name="Telephony", area="Workplace")
FLEET = Category(slug="fleet", name="Fleet", area="Streets")


def authority(slug: str, **given: Any) -> Authority:
    place = sum(slug.encode())
    return Authority(
        **{
            "slug": slug,
            "name": slug.replace("-", " ").title(),
            "abbreviation": slug[:3].upper(),
            "tile_row": place % 7 + 1,
            "tile_column": place % 8 + 1,
            "is_london": True,
            **given,
        }
    )


def need(number: int, borough: str = "camden", **given: Any) -> Need:
    """N-00001 of Camden, which says nothing about money, users or dates."""
    return Need(
        **{
            "reference": f"N-{number:05}",
            "revision": 1,
            "borough": borough,
            "category": "telephony",
            "kind": "SOFTWARE",
            "title": f"Need {number}",
            "users": None,
            "budget_min": None,
            "budget_max": None,
            "budget_basis": "",
            "months": None,
            "earliest_start_date": None,
            "start_date": None,
            "contract_end_date": None,
            "incumbent": "",
            "supplier": "",
            "submitted_at": MOMENT,
            "opened_at": MOMENT,
            "updated_at": MOMENT,
            **given,
        }
    )


def member(number: int, **given: Any) -> Member:
    return Member(
        **{
            "need": f"N-{number:05}",
            "strength_percent": 60,
            "band": "STRONG",
            "is_confirmed": False,
            "has_moved": False,
            "reasons_for": ("Both want the same category",),
            "reasons_against": (),
            **given,
        }
    )


def demand(number: int, needs: Sequence[int], **given: Any) -> Demand:
    """JD-0001 with these needs, suggested, of which the matcher is sure."""
    return Demand(
        **{
            "reference": f"JD-{number:04}",
            "title": f"Joint demand {number}",
            "category": "telephony",
            "status": "SUGGESTED",
            "is_sure": True,
            "is_pinned": False,
            "terms": (),
            "members": tuple(member(each) for each in needs),
            "stances": (),
            "lead": "",
            "quorum": None,
            "depth": "",
            "decision_date": None,
            "outcome": "",
            "start_date": None,
            **given,
        }
    )


def notice(number: int, about: int, **given: Any) -> facts.Notice:
    """NT-0001 about JD-…, published."""
    return facts.Notice(
        **{
            "reference": f"NT-{number:04}",
            "demand": f"JD-{about:04}",
            "kind": "ENGAGEMENT",
            "status": "PUBLISHED",
            "title": f"Notice {number}",
            "version": 1,
            "published_at": MOMENT,
            "digest": "0" * 64,
            "closes_date": MOMENT.date(),
            **given,
        }
    )


def london(*needs: Need, demands: Sequence[Demand] = (), **given: Any) -> Facts:
    """Camden, Brent, Sutton and Merton with these needs; matched by a run that read all of them."""
    run = facts.Run(
        number=7,
        finished_at=MOMENT,
        engine_version="9",
        parameters='{"cut": 0.35}',
        digest="a" * 64,
        needs_changed=0,
        decisions_changed=0,
    )
    return Facts(
        **{
            "run": run,
            "board": Board(digest="", versions=0, published_at=None),
            "authorities": tuple(authority(slug) for slug in ("brent", "camden", "merton", "sutton")),
            "categories": (FLEET, TELEPHONY),
            "needs": needs,
            "demands": tuple(demands),
            "notices": (),
            **given,
        }
    )


def frozen(held: Facts, **given: Any) -> Frozen:
    return Frozen(
        **{
            "format": facts.FORMAT,
            "reference": "DP-2026-0001",
            "taken_at": MOMENT,
            "previous": None,
            "facts": held,
            **given,
        }
    )


def contract(entry: str, borough: str = "camden", **given: Any) -> facts.Contract:
    """Camden's contract for telephony with Orbit, of £1,000 a year, without dates."""
    return facts.Contract(
        **{
            "entry": entry,
            "borough": borough,
            "category": "telephony",
            "system": "Orbit One",
            "supplier": "orbit",
            "supplier_name": "Orbit Ltd",
            "annual_value": 1_000,
            **given,
        }
    )


def result(number: int, **given: Any) -> facts.Result:
    """Of JD-0001, on which nothing is decided."""
    return facts.Result(**{"demand": f"JD-{number:04}", "title": f"Joint demand {number}", **given})
