"""The pages of one joint demand: what it is and what is to do, its requirements, evidence of a need, its history."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.models import Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import matching
from procurement.models import DemandMember, JointDemand, Notice, ProvisionalPlace, Report
from procurement.pdf import figures
from procurement.queries import demand_history, drafting, reportable
from procurement.queries.evidence import evidence
from procurement.queries.forwarding import leads_to
from procurement.queries.freshness import freshness
from procurement.queries.hit_rates import hit_rates
from procurement.queries.joint_demand import (
    contract_ends,
    joint_demand_page,
    picture_on,
    standings_on,
    tile_places,
    with_members,
    with_members_and_notices,
)
from procurement.queries.next_step import next_steps
from procurement.queries.requirement_matrix import requirement_matrix
from procurement.queries.shown import members_shown
from procurement.queries.suggestions import suggested_for

# Members of a page, and requirements.
MEMBERS, REQUIREMENTS = 40, 50


@require_GET
def demand_detail(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference, with_members_and_notices())
    if row.merged_into is not None:
        messages.info(request, f"{row.reference} went into this joint demand.")
        return redirect("demand-detail", leads_to(row.reference))
    exact = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    may_review = permissions.has(user, Permission.REVIEW_DEMANDS)
    seen = members_shown(row) if may_review else {}
    page = joint_demand_page(row, user)
    picture, standings = picture_on(page, exact=exact), standings_on(page, user)
    members = picture.members if picture else ()
    newcomers = [member for member in members if not member.is_confirmed]
    ends = contract_ends(page, exact=exact)
    drafts = drafting.prepares(user, getattr(row, "coalition", None))
    context = {
        "demand": row,
        "page": page,
        "picture": picture,
        "standings": standings,
        "by_stage": standings.by_stage,
        "members": Paginator(members, MEMBERS).get_page(request.GET.get("members")),
        "newcomers": newcomers,
        "shown": tuple(seen.values()),
        "steps": next_steps(
            row,
            standings,
            may_review=may_review,
            newcomers=len(newcomers) if row.status == JointDemand.Status.CONFIRMED else 0,
            today=timezone.localdate(),
        ),
        "map": figures.stage_map(tile_places(standings)),
        "ends": ends,
        "ends_chart": figures.ends_lanes(ends, today=timezone.localdate()) if ends.ends else None,
        "notices": _notices(row, drafts=drafts),
        "may_review": may_review,
        "may_draft": drafts and all(notice.status in Notice.OVER for notice in row.notices.all()),
        "exact": exact,
        "arriving": _arriving(row),
        "rates": hit_rates(),
        "may_report": picture is not None
        and picture.is_sure
        and reportable.way(user, kind=Report.Kind.DEMAND, subject=row.reference, members=picture.borough_slugs),
    }
    return render(request, "procurement/demands/detail.html", context)


@require_GET
def demand_requirements(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference)
    if row.status == JointDemand.Status.RETIRED:
        return redirect("demand-detail", row.reference)
    page = joint_demand_page(row, user)
    matrix = requirement_matrix(row, page.needs, page.shared)
    rows = matrix.rows if matrix else ()
    only = request.GET.get("show", "")
    shown = [each for each in rows if each.needs_agreement] if only == "agree" else rows
    context = {
        "demand": row,
        "page": page,
        "matrix": matrix,
        "rows": Paginator(shown, REQUIREMENTS).get_page(request.GET.get("page")),
        "only": only,
    }
    return render(request, "procurement/demands/requirements.html", context)


@require_GET
def demand_evidence(request: HttpRequest, reference: str, need_reference: str) -> HttpResponse:
    """`?with=` names the one other need to compare with; else the strongest few are."""
    user, row = _reader(request, reference)
    if row.status == JointDemand.Status.RETIRED:
        into = leads_to(row.reference)
        if into:
            return redirect("demand-evidence", into, need_reference)
        return redirect("demand-detail", row.reference)
    page = joint_demand_page(row, user)
    member = _member(row, need_reference)
    found = evidence(
        page,
        member,
        only=request.GET.get("with", ""),
        exact=permissions.has(user, Permission.VIEW_EXACT_FIGURES),
        embedder=matching.embedder() if page.shared.may_read(member.need_id) else None,
    )
    context = {
        "demand": row,
        "page": page,
        "found": found,
        "only": request.GET.get("with", ""),
        "may_open": member.need_id in page.shared.whole,
        "may_review": permissions.has(user, Permission.REVIEW_DEMANDS),
        "rates": hit_rates(),
    }
    return render(request, "procurement/demands/evidence.html", context)


@require_GET
def demand_history_page(request: HttpRequest, reference: str) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    row = get_object_or_404(JointDemand.objects.select_related("merged_into"), reference=reference)
    may_review = permissions.has(user, Permission.REVIEW_DEMANDS)
    context = {
        "demand": row,
        "history": demand_history.history(row, user, with_reasons=may_review),
        "removed": demand_history.removed_needs(row) if may_review else [],
        "freshness": freshness(),
        "may_review": may_review,
    }
    return render(request, "procurement/demands/history.html", context)


@require_GET
def demand_suggestions(request: HttpRequest, reference: str) -> HttpResponse:
    """Needs that may belong to a pinned joint demand, which no run adds to it."""
    user = person(request)
    permissions.require(user, Permission.REVIEW_DEMANDS)
    row = get_object_or_404(JointDemand, reference=reference)
    if row.pinned_at is None:
        return redirect("demand-detail", row.reference)
    return render(request, "procurement/demands/suggestions.html", {"demand": row, "suggestions": suggested_for(row)})


def _reader(
    request: HttpRequest, reference: str, rows: QuerySet[JointDemand] | None = None
) -> tuple[User, JointDemand]:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    return user, get_object_or_404(with_members() if rows is None else rows, reference=reference)


def _member(row: JointDemand, need_reference: str) -> DemandMember:
    """The open need of that reference in it."""
    for member in row.members.all():
        if member.need.reference == need_reference and member.need.status == Need.Status.OPEN:
            return member
    raise Http404


def _notices(row: JointDemand, *, drafts: bool) -> list[Notice]:
    """Those that the person may open, the newest first."""
    return [notice for notice in row.notices.all() if drafts or notice.status in Notice.PUBLIC]


def _arriving(row: JointDemand) -> list[ProvisionalPlace]:
    """Needs that were approved since the last run and would join."""
    places = ProvisionalPlace.objects.filter(demand=row, need__status=Need.Status.OPEN)
    return list(places.select_related("need__borough").order_by("need_id"))
