"""What a notice shows to the public: the content that a version freezes, built from the draft and the joint demand.

Boroughs are named; their figures enter only as totals that procurement/disclosure lets through. The shape, with JSON
types and no floats:

    format                2, raised when a key changes its meaning; what 2 has beyond 1 is marked with a star
    reference, demand     "NT-0001", "JD-0003"
    kind, title, summary, problem, users, work_done, market_engagement, buying_together, how_to_respond    texts
    setup *               text
    must, should          lists of lines
    differences *         lists of lines: what single boroughs ask for beside that
    questions_close_date, closes_date, start_date, tender_date *    "2027-01-18" or null
    months                whole number or null
    stage *               a value of DemandStage
    depth *               a value of Need.Depth, how far the boroughs agreed to buy together; "" where they have not
    category              {"slug", "name", "area"} or null
    cpv                   list of eight-digit codes
    lead                  the borough that leads, in the shape of one of
    boroughs              [{"slug", "name", "official_name", "org_id", "region", "sub_region"}], by name
    users_total, budget_min_total, budget_max_total    {"value"} or {"low", "high"}, with "as_at" * the number of the
                          version of which it is true where that is not this one; null where none may be told
    contact *             digest of the contact, which is kept beside (notice_contact.py); null where there is none
    is_withdrawn          true in the last version of a withdrawn notice

What came to it since, in versions of their own, stands only where there is any:

    questions             [{"number", "asked_on", "question", "answer", "answered_on", "corrected_on"}], by number; the
                          last is null where the answer was never corrected
    engagement            [{"number", "kind", "held_on", "told"}], by number: what single suppliers were told
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from boroughs.models import Borough
from procurement.disclosure import Release
from procurement.models import (
    Coalition,
    DemandStage,
    JointDemand,
    Naming,
    Notice,
    NoticeContact,
    NoticeVersion,
    Participation,
)
from procurement.queries import behind_notice, notice_lead, public_figures
from procurement.queries.behind_notice import Behind
from procurement.queries.public_figures import Quantity
from procurement.search.words import fold

FORMAT = 2
# Leads a withdrawn notice all of whose boroughs have refused to be named since.
NOBODY = {
    "slug": "london",
    "name": "Authorities in London",
    "official_name": "Authorities in London",
    "org_id": "",
    "region": "UKI",
    "sub_region": "",
}
# Leads a draft while nobody has been chosen. It is never published.
NOBODY_YET = NOBODY | {"slug": "", "name": "Nobody yet", "official_name": "Nobody yet"}
FIGURES = ("users_total", "budget_min_total", "budget_max_total")
# What no working copy says: each later version takes it over from the one before.
ADDITIONS = ("questions", "engagement")


@dataclass(frozen=True)
class Draft:
    """What the next version of a notice would say, and what is kept beside it."""

    content: dict[str, Any]
    contact: NoticeContact | None
    # What stands behind each total that is told anew.
    releases: tuple[Release, ...]


def left_out(demand: JointDemand) -> set[int]:
    """Boroughs, by primary key, of which no notice about it speaks: they declined it, or refuse to be named."""
    return left_out_of([demand.pk]).get(demand.pk, set())


def left_out_of(demands: Collection[int] | QuerySet[Any, Any]) -> dict[int, set[int]]:
    """The same of many joint demands, all by primary key. One query."""
    declined = Participation.objects.filter(demand__in=demands, stage=Participation.Stage.DECLINED)
    refused = Naming.objects.refused().filter(demand__in=demands)
    pairs = declined.values_list("demand_id", "borough_id").union(refused.values_list("demand_id", "borough_id"))
    found: dict[int, set[int]] = defaultdict(set)
    for demand, borough in pairs:
        found[demand].add(borough)
    return found


def draft(notice: Notice, behind: Behind | None = None) -> Draft:
    """The public content of a notice at this moment, and what is kept beside it. Five queries; one with `behind`.
    One more of a draft in which no person chose the lead.
    """
    behind = behind or behind_notice.read(notice.demand)
    category, coalition = notice.demand.category, behind.coalition
    lead = notice_lead.chosen(notice)
    figures = public_figures.figures(notice, behind)
    told = figures.content
    content = {
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
        "setup": notice.setup,
        "buying_together": notice.buying_together,
        "how_to_respond": notice.how_to_respond,
        "must": list(notice.must_requirements),
        "should": list(notice.should_requirements),
        "differences": list(notice.differences),
        "questions_close_date": _day(notice.questions_close_date),
        "closes_date": _day(notice.closes_date),
        "start_date": _day(notice.start_date),
        "tender_date": _day(notice.tender_date),
        "months": notice.months,
        "stage": stage_of(coalition).value,
        "depth": coalition.depth if coalition else "",
        "category": {"slug": category.slug, "name": category.name, "area": category.area} if category else None,
        "cpv": list(category.cpv) if category else [],
        "lead": named(lead) if lead else NOBODY_YET,
        "boroughs": [named(borough) for borough in sorted(behind.boroughs, key=lambda borough: borough.name)],
        "users_total": told[Quantity.USERS],
        "budget_min_total": told[Quantity.BUDGET_MIN],
        "budget_max_total": told[Quantity.BUDGET_MAX],
        "contact": notice.contact.digest if notice.contact else None,
        "is_withdrawn": False,
    }
    return Draft(content | _added(notice), notice.contact, figures.releases)


def _added(notice: Notice) -> dict[str, Any]:
    """What came to the version that the board shows now."""
    shown = notice.current
    return {name: shown.content[name] for name in ADDITIONS if name in shown.content} if shown else {}


def with_addition(last: NoticeVersion, name: str, entries: Sequence[Mapping[str, Any]]) -> Draft:
    """The last version again, but for one of ADDITIONS. Who has refused since is left out of it, as in a withdrawal."""
    return _again(last, {name: list(entries)})


def withdrawn(last: NoticeVersion) -> Draft:
    """What the version says that withdraws a notice: the last one again, as it was published.

    The figures stay those of then, since a fresh total beside the old one would tell the difference. A borough that has
    refused since is not named again, as in any next version; then there are no totals, which hold its figures, and
    where it led, not its contact either. At most three queries.
    """
    return _again(last, {"is_withdrawn": True})


def _again(last: NoticeVersion, changes: Mapping[str, Any]) -> Draft:
    content = {**last.content, **changes}
    gone = set(Borough.objects.filter(pk__in=_left_out_since(last)).values_list("slug", flat=True))
    stay = [borough for borough in content["boroughs"] if borough["slug"] not in gone]
    if len(stay) < len(content["boroughs"]):
        return _without(gone, content | {"boroughs": stay}, last)
    return Draft(content | told_by(last), last.contact, ())


def told_by(last: NoticeVersion | None) -> dict[str, dict[str, int] | None]:
    """The figures that everybody has read by this version, as a later one repeats them; none of no version."""
    told = {name: last.content[name] if last else None for name in FIGURES}
    return {name: {"as_at": last.number} | figure if last and figure else None for name, figure in told.items()}


def _left_out_since(last: NoticeVersion) -> set[int]:
    demand = last.notice.demand_id
    return left_out_of([demand]).get(demand, set())


def _without(gone: Collection[str], content: dict[str, Any], last: NoticeVersion) -> Draft:
    content |= dict.fromkeys(FIGURES)
    if content["lead"]["slug"] not in gone:
        return Draft(content, last.contact, ())
    stay = content["boroughs"]
    agreed = Coalition.objects.filter(demand=last.notice.demand_id).values_list("lead__slug", flat=True).first()
    leading = [borough for borough in stay if borough["slug"] == agreed]
    lead = next(iter([*leading, *stay]), NOBODY)
    return Draft(content | {"lead": lead, "contact": None}, None, ())


def is_same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether both say the same, of whichever version their figures are true."""
    return _undated(left) == _undated(right)


def _undated(content: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: {key: value for key, value in (content[name] or {}).items() if key != "as_at"} for name in FIGURES}
    return dict(content) | figures


def stage_of(coalition: Coalition | None) -> DemandStage:
    """How far the boroughs are, in the words of the board."""
    if coalition is None or coalition.decision_date is None:
        return DemandStage.GATHERING
    return DemandStage.COMMITTED if coalition.outcome == Coalition.Outcome.REACHED else DemandStage.TERMS


def columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a version by which the board filters, of the content of any format."""
    value = content["budget_max_total"] or {}
    low = value.get("low", value.get("value"))
    start = content["start_date"]
    return {
        "is_withdrawal": content["is_withdrawn"],
        "title": content["title"],
        "kind": content["kind"],
        "stage": content.get("stage", DemandStage.GATHERING.value),
        "category_slug": (content["category"] or {}).get("slug", ""),
        "questions_close_date": date.fromisoformat(content["questions_close_date"]),
        "closes_date": date.fromisoformat(content["closes_date"]),
        "start_date": date.fromisoformat(start) if start else None,
        "value_low": low,
        "value_high": None if low is None else value.get("high", low + 1),
    }


def search_text(content: Mapping[str, Any]) -> str:
    """Everything on which the board's search looks, in the form in which a query is compared."""
    category = content["category"] or {}
    parts: list[str] = [
        content["reference"],
        content["title"],
        content["summary"],
        content["problem"],
        content["users"],
        *content["must"],
        *content["should"],
        *content.get("differences", ()),
        content.get("setup", ""),
        category.get("name", ""),
        category.get("area", ""),
        *content["cpv"],
        *(borough["name"] for borough in content["boroughs"]),
        *told(content),
    ]
    return fold("\n".join(parts))


def told(content: Mapping[str, Any]) -> Iterator[str]:
    """What suppliers asked and were told after the first version, in their words and in the answers'."""
    for question in content.get("questions", ()):
        yield from (question["question"], question["answer"])
    for entry in content.get("engagement", ()):
        yield entry["told"]


def slugs(content: Mapping[str, Any]) -> Iterable[str]:
    return [borough["slug"] for borough in content["boroughs"]]


def named(borough: Borough) -> dict[str, str]:
    """A borough as the content of a version names it."""
    return {
        "slug": borough.slug,
        "name": borough.name,
        "official_name": borough.official_name,
        "org_id": borough.org_id,
        "region": borough.region,
        "sub_region": borough.sub_region,
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
