"""What a notice shows to the public: the content that a version freezes, built from the draft and the joint demand.

Boroughs are named; their figures enter only as totals that procurement/disclosure.py lets through. The shape, with JSON
types and no floats:

    format                1, raised when a key changes its meaning
    reference, demand     "NT-0001", "JD-0003"
    kind, title, summary, problem, users, work_done, market_engagement, buying_together, how_to_respond    texts
    must, should          lists of lines
    questions_close_date, closes_date, start_date    "2027-01-18" or null
    months                whole number or null
    category              {"slug", "name", "area"} or null
    cpv                   list of eight-digit codes
    lead                  the borough that leads, in the shape of one of
    boroughs              [{"slug", "name", "official_name", "org_id", "region", "sub_region"}], by name
    users_total, budget_min_total, budget_max_total    {"value"} or {"low", "high"} or null where none may be shown
    is_withdrawn          true in the last version of a withdrawn notice
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from boroughs.models import Borough, Need
from procurement import disclosure
from procurement.disclosure import Figure
from procurement.models import JointDemand, Notice, Participation
from procurement.queries.totals import budget_by_borough, users_by_borough

FORMAT = 1


def open_needs(demand: JointDemand) -> list[Need]:
    """The members that count: open needs, but for those of boroughs that declined. Two queries."""
    members = demand.members.select_related("need__borough").order_by("need_id")
    gone = declined(demand)
    return [
        member.need
        for member in members
        if member.need.status == Need.Status.OPEN and member.need.borough_id not in gone
    ]


def declined(demand: JointDemand) -> set[int]:
    """Boroughs, by primary key, of which no notice about it speaks: they have said no to it."""
    rows = Participation.objects.filter(demand=demand, stage=Participation.Stage.DECLINED)
    return set(rows.values_list("borough_id", flat=True))


def build(notice: Notice) -> dict[str, Any]:
    """The public content of a notice at this moment. Four queries."""
    needs = open_needs(notice.demand)
    boroughs = sorted({need.borough for need in needs}, key=lambda borough: borough.name)
    category = notice.demand.category
    return {
        "format": FORMAT,
        "reference": notice.reference,
        "demand": notice.demand.reference,
        "kind": notice.kind,
        "title": notice.title,
        "summary": notice.summary,
        "problem": notice.problem,
        "users": notice.users_description,
        "work_done": notice.work_done,
        "market_engagement": notice.market_engagement,
        "buying_together": notice.buying_together,
        "how_to_respond": notice.how_to_respond,
        "must": list(notice.must_requirements),
        "should": list(notice.should_requirements),
        "questions_close_date": _day(notice.questions_close_date),
        "closes_date": _day(notice.closes_date),
        "start_date": _day(notice.start_date),
        "months": notice.months,
        "category": {"slug": category.slug, "name": category.name, "area": category.area} if category else None,
        "cpv": list(category.cpv) if category else [],
        "lead": _borough(notice.lead),
        "boroughs": [_borough(borough) for borough in boroughs],
        "users_total": _figure(disclosure.total(users_by_borough(needs), exact=False, band=None)),
        "budget_min_total": _figure(disclosure.total(budget_by_borough(needs, "budget_min"), exact=False)),
        "budget_max_total": _figure(disclosure.total(budget_by_borough(needs, "budget_max"), exact=False)),
        "is_withdrawn": False,
    }


def search_text(content: Mapping[str, Any]) -> str:
    """Everything on which the board's search looks, folded as `fold` folds a query."""
    category = content["category"] or {}
    parts: list[str] = [
        content["reference"],
        content["title"],
        content["summary"],
        content["problem"],
        content["users"],
        *content["must"],
        *content["should"],
        category.get("name", ""),
        category.get("area", ""),
        *content["cpv"],
        *(borough["name"] for borough in content["boroughs"]),
    ]
    return fold("\n".join(parts))


def fold(value: str) -> str:
    """Text in the form in which it is compared: compatibility form, no accents, no case."""
    decomposed = unicodedata.normalize("NFKD", value.replace("’", "'"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()


def slugs(content: Mapping[str, Any]) -> Iterable[str]:
    return [borough["slug"] for borough in content["boroughs"]]


def _borough(borough: Borough) -> dict[str, str]:
    return {
        "slug": borough.slug,
        "name": borough.name,
        "official_name": borough.official_name,
        "org_id": borough.org_id,
        "region": borough.region,
        "sub_region": borough.sub_region,
    }


def _figure(figure: Figure) -> dict[str, int] | None:
    """A total as published. Nothing tells "no figures" from "may not be shown": the difference would say something."""
    if figure.value is not None:
        return {"value": figure.value}
    if figure.low is not None and figure.high is not None:
        return {"low": figure.low, "high": figure.high}
    return None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
