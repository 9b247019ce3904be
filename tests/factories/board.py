"""A board with as many notices as one likes, of every stage, value and start. They are not published through the
actions, which take their time: their digests are no digests, and nobody agreed to them.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from boroughs.models import Borough, Category
from procurement import canonical_json
from procurement.models import DemandStage, JointDemand, Notice, NoticeVersion
from procurement.queries import public_content

TITLES = ("Housing repairs", "Parking permits", "Library loans", "Planning portal", "Payments", "Social care records")
# A value is published, as a band or exactly, or is not.
VALUES: Sequence[dict[str, int] | None] = (
    {"low": 150_000, "high": 200_000},
    None,
    {"low": 900_000, "high": 950_000},
    {"low": 2_400_000, "high": 2_450_000},
    {"value": 7_000_000},
)


def spread(count: int, *, today: date, boroughs: Sequence[Borough], categories: Sequence[Category]) -> None:
    """So many published notices, each naming two to seven of the boroughs."""
    at = datetime.combine(today - timedelta(days=40), datetime.min.time(), tzinfo=UTC)
    demands = JointDemand.objects.bulk_create(
        [
            JointDemand(reference=f"JD-{number:05}", title=TITLES[number % len(TITLES)], created_at=at, updated_at=at)
            for number in range(1, count + 1)
        ],
        batch_size=500,
    )
    notices = Notice.objects.bulk_create(
        [_notice(demand, place, at, today, boroughs) for place, demand in enumerate(demands)], batch_size=200
    )
    contents = [
        _content(notice, place, boroughs, categories[place % len(categories)]) for place, notice in enumerate(notices)
    ]
    versions = NoticeVersion.objects.bulk_create(
        [
            NoticeVersion(
                notice=notice,
                number=1,
                canonical=canonical_json.dump(content).decode(),
                digest=f"{place + 1:032x}" * 2,
                previous_digest=f"{place:032x}" * 2 if place else "",
                published_at=notice.published_at,
                proposed_by="One",
                approved_by="Another",
                **public_content.columns(content),
            )
            for place, (notice, content) in enumerate(zip(notices, contents, strict=True))
        ],
        batch_size=200,
    )
    through = NoticeVersion.boroughs.through
    slugs = {borough.slug: borough.pk for borough in boroughs}
    through._default_manager.bulk_create(
        [
            through(noticeversion_id=version.pk, borough_id=slugs[named["slug"]])
            for version, content in zip(versions, contents, strict=True)
            for named in content["boroughs"]
        ],
        batch_size=1000,
    )
    for notice, version, content in zip(notices, versions, contents, strict=True):
        notice.current, notice.search_text = version, public_content.search_text(content)
    Notice.objects.bulk_update(notices, ["current", "search_text"], batch_size=200)


def _notice(demand: JointDemand, place: int, at: datetime, today: date, boroughs: Sequence[Borough]) -> Notice:
    closes = today + timedelta(days=place * 13 % 400 - 30)
    return Notice(
        reference=f"NT-{place + 1:05}",
        demand=demand,
        status=Notice.Status.PUBLISHED,
        kind=Notice.Kind.values[place % len(Notice.Kind.values)],
        lead=boroughs[place % len(boroughs)],
        lead_is_chosen=True,
        title=f"{TITLES[place % len(TITLES)]} {place + 1}",
        summary="What several boroughs need, set out once. They look for one system that serves all of them.",
        problem="Each borough has a system of its own, and none of them can be joined with another.",
        users_description="Officers of the councils; residents",
        how_to_respond="Write to the lead borough.",
        must_requirements=["Works on a phone."],
        questions_close_date=closes - timedelta(days=10),
        closes_date=closes,
        start_date=None if place % 7 == 0 else closes + timedelta(days=place * 31 % 900),
        months=36,
        updated_at=at,
        published_at=at + timedelta(minutes=place),
    )


def _content(notice: Notice, place: int, boroughs: Sequence[Borough], category: Category) -> dict[str, Any]:
    """What the version of a notice says, in the shape of procurement/queries/public_content.py."""
    named = {boroughs[(place * 5 + step * (place % 11 + 1)) % len(boroughs)] for step in range(2 + place % 6)}
    start = notice.start_date
    return {
        "format": public_content.FORMAT,
        "reference": notice.reference,
        "demand": notice.demand.reference,
        "kind": notice.kind,
        "title": notice.title,
        "summary": notice.summary,
        "problem": notice.problem,
        "users": notice.users_description,
        **dict.fromkeys(("work_done", "market_engagement", "setup", "buying_together", "depth"), ""),
        "how_to_respond": notice.how_to_respond,
        "must": notice.must_requirements,
        "should": [],
        "differences": [],
        "questions_close_date": notice.questions_close_date.isoformat(),
        "closes_date": notice.closes_date.isoformat(),
        "start_date": start.isoformat() if start else None,
        "tender_date": None,
        "months": notice.months,
        "stage": DemandStage.values[place % len(DemandStage.values)],
        "category": {"slug": category.slug, "name": category.name, "area": category.area},
        "cpv": list(category.cpv),
        "lead": _named(notice.lead),
        "boroughs": [_named(borough) for borough in sorted(named, key=lambda each: each.name)],
        "users_total": None,
        "budget_min_total": VALUES[place % len(VALUES)],
        "budget_max_total": VALUES[place % len(VALUES)],
        "contact": None,
        "is_withdrawn": False,
    }


def _named(borough: Borough) -> dict[str, str]:
    keys = ("slug", "name", "official_name", "org_id", "region", "sub_region")
    return {key: getattr(borough, key) for key in keys}
