"""The start page: what the product is, for everybody; what is on your plate, for who has signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.queries import board, published, reportable
from procurement.queries.board_facets import Filters
from procurement.queries.plate import plate
from procurement.views.standing import live_for, standing

NOTICES = 3


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        return _plate(request, request.user)
    stamp = published.stamp(at=timezone.now())
    found = board.search(Filters(), stamp=stamp)
    context = {"notices": published.read(found[:NOTICES], at=stamp.at), "notices_count": len(found)}
    return render(request, "procurement/dashboard/landing.html", context)


def _plate(request: HttpRequest, user: User) -> HttpResponse:
    reports = permissions.has(user, Permission.BUILD_REPORTS)
    # Who has no queue of their own comes for the picture.
    comes_for_it = reports and not permissions.has(user, Permission.REVIEW_DEMANDS)
    shown = plate(user, today=timezone.localdate())
    own = reportable.own_slugs(user)
    context = {
        **(standing(live_for(user)) if comes_for_it else {}),
        "plate": shown,
        "packs": [borough for borough in shown.boroughs if borough.slug in own],
        "may_log": permissions.has(user, Permission.EDIT_NEEDS),
        "may_build_reports": reports,
    }
    return render(request, "procurement/dashboard/plate.html", context)
