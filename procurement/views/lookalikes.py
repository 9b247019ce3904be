"""Look before you log: what is there already that looks like the need being typed. A panel beside the form, and the
same form with it filled where no scripts run.

Sent, not fetched: what somebody types belongs into no address and no log.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from boroughs import permissions
from boroughs.forms.need_sections import BY_SLUG
from boroughs.forms.needs import BoroughForm, JoinsForm, NeedForm
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import looking


def need_look(request: HttpRequest) -> HttpResponse:
    """`?panel` gives the list alone. Whoever comes by address alone begins at the form."""
    user = person(request)
    permissions.require(user, Permission.EDIT_NEEDS)
    if request.method != "POST":
        return redirect("need-create")
    boroughs = list(permissions.boroughs_of(user, Permission.EDIT_NEEDS))
    only = boroughs[0] if len(boroughs) == 1 else None
    place = BoroughForm({"borough": only.slug} if only else request.POST, boroughs=boroughs)
    form = NeedForm(request.POST, categories=(), only=BY_SLUG["need"].fields)
    is_valid = all([place.is_valid(), form.is_valid()])
    found = None
    if is_valid:
        title, problem = form.cleaned_data["title"], form.cleaned_data["problem"]
        found = looking.look(title=title, problem=problem, borough=place.chosen(), by=user)
    context = {
        "found": found,
        "form": form,
        "place": None if only else place,
        "borough": only,
        "joins": JoinsForm(),
    }
    name = "_list" if "panel" in request.GET else "page"
    return render(request, f"procurement/lookalikes/{name}.html", context, status=200 if is_valid else 422)
