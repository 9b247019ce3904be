"""What keeps a notice from being proposed, or published, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from boroughs.models import Borough
from procurement.models import JointDemand, Notice
from procurement.queries import asked_naming, behind_notice, notice_draft, notice_lead
from procurement.queries.behind_notice import Behind

# The buyer of a notice in open contracting data, and whom suppliers look for.
NOBODY_LEADS = "Nobody leads yet. Let the authorities agree on a lead, or choose the one that has said it leads."


def of_content(notice: Notice) -> list[str]:
    """What its author can mend; empty where nothing is missing."""
    return _of_content(notice, behind_notice.read(notice.demand))


def of_publication(notice: Notice, behind: Behind | None = None) -> list[str]:
    """The same, with the boroughs that have not agreed to be named, and a lead that they did not agree to."""
    behind = behind or behind_notice.read(notice.demand)
    missing = [_words(borough.name) for borough in behind.not_agreed(title=notice.title, kind=notice.kind)]
    if not_chosen := _agreed_but_not_chosen(notice, behind):
        missing.append(not_chosen)
    return list(dict.fromkeys(_of_content(notice, behind) + missing))


def _of_content(notice: Notice, behind: Behind) -> list[str]:
    found = notice_draft.problems(
        notice_draft.content_of(notice), today=timezone.localdate(), kept=notice_draft.kept_days(notice)
    )
    lead = notice_lead.chosen(notice)
    if len(behind.boroughs) < 2:
        found.append(f"{notice.demand.reference} has needs of fewer than two authorities now.")
    elif lead is None:
        found.append(_agreed_but_not_chosen(notice, behind) or NOBODY_LEADS)
    elif lead not in behind.boroughs:
        found.append(f"{lead.name} no longer takes part. Choose another lead.")
    if notice.demand.status != JointDemand.Status.CONFIRMED:
        found.append(f"{notice.demand.reference} is no longer confirmed.")
    return found


def _agreed_but_not_chosen(notice: Notice, behind: Behind) -> str:
    agreed = behind.coalition.lead if behind.coalition else None
    if agreed is None or agreed == notice.lead:
        return ""
    return f"The boroughs agreed that {agreed.name} leads. Choose it as the lead."


def unagreed(demand: JointDemand, content: Mapping[str, Any]) -> list[str]:
    """Boroughs that this content names though they have not said yes to it, in words."""
    keys = asked_naming.agreed(demand, title=content["title"], kind=content["kind"])
    agreed = set(Borough.objects.filter(pk__in=keys).values_list("slug", flat=True))
    return [_words(borough["name"]) for borough in content["boroughs"] if borough["slug"] not in agreed]


def boroughs_of(demand: JointDemand) -> set[Borough]:
    """The authorities that a notice about the joint demand would name."""
    return behind_notice.read(demand).boroughs


def not_agreed(notice: Notice) -> list[Borough]:
    """Those of them that have not said yes to it as it stands, by name."""
    return behind_notice.read(notice.demand).not_agreed(title=notice.title, kind=notice.kind)


def _words(name: str) -> str:
    return f"{name} has not agreed to be named in this notice."
