"""The demand picture page: what London needs and where it overlaps, from the read model that the reports use."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.pdf import figures, words
from procurement.queries.demand_picture import demand_picture

# So many joint demands stand on the page; the others are in the list of joint demands, which has filters.
ROWS = 25


@require_GET
def picture(request: HttpRequest) -> HttpResponse:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    shown = demand_picture(exact=permissions.has(user, Permission.VIEW_EXACT_FIGURES))
    return render(
        request,
        "procurement/picture/picture.html",
        {
            "picture": shown,
            "logged_words": f"of {shown.london_total} authorities with an open need",
            "summary": words.summary(shown),
            "budget": words.budget(shown.budget_min, shown.budget_max),
            "users": words.users(shown.users),
            "rows": [
                (row, words.budget(row.budget_min, row.budget_max), words.users(row.users))
                for row in shown.demands[:ROWS]
            ],
            "map": figures.borough_map(shown.boroughs, address=_demands_of),
            "categories": figures.category_bars(shown.categories),
            "heat": figures.area_heat(shown.areas, shown.boroughs),
            "may_report": permissions.has(user, Permission.BUILD_REPORTS),
        },
    )


def _demands_of(slug: str) -> str:
    return f"{reverse('demand-list')}?borough={slug}"
