"""Whether boroughs agree to be named in notices about a joint demand."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from boroughs import permissions
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import naming as naming_acts
from procurement.forms.naming import NamingForm
from procurement.models import JointDemand, Naming, Notice
from procurement.queries import asked_naming, drafting
from procurement.queries.naming import answers, earlier
from procurement.views.acting import done


@require_GET
def demand_naming(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference)
    if row.status == JointDemand.Status.RETIRED:
        return redirect("demand-detail", row.reference)
    asked = asked_naming.asked(row)
    found = answers(row, user, asked)
    counted = [each for each in found if not each.has_declined]
    return render(
        request,
        "procurement/naming/page.html",
        {
            "demand": row,
            "answers": found,
            "asking": asked,
            # What a draft is called is for those who prepare it, and for who answers whether it may name them.
            "knows_draft": drafting.may_draft(user, row) or any(each.may_answer for each in found),
            "agreed": sum(each.agrees is True and not each.is_asked_again for each in counted),
            "asked": len(counted),
            "on_board": Notice.objects.on_board().filter(demand=row).first(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def demand_naming_answer(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    user, row = _reader(request, reference)
    asked = asked_naming.asked(row)
    borough = Borough.objects.filter(slug=slug, pk__in=permissions.borough_ids(user, Permission.COMMIT)).first()
    if borough is None or not any(each.slug == slug and each.may_answer for each in answers(row, user, asked)):
        raise Http404
    held = Naming.objects.filter(demand=row, borough=borough).first()
    form = NamingForm(request.POST or None, initial=_initial(held))
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            agrees = form.cleaned_data["agrees"] == "yes"
            naming_acts.answer(
                demand=row,
                borough=borough,
                agrees=agrees,
                note=form.cleaned_data["note"],
                opens_figures=form.cleaned_data["opens_figures"],
                revision=form.cleaned_data["revision"],
                seen=request.POST.get("seen", ""),
                by=user,
            )
            return f"{borough.name} {'agrees' if agrees else 'does not agree'} to be named."

        def latest() -> dict[str, int]:
            latest = Naming.objects.filter(demand=row, borough=borough).first()
            return {"revision": latest.revision if latest else 0}

        if done(request, form, act, latest):
            return redirect("demand-naming", row.reference)
        asked = asked_naming.asked(row)
    context = {
        "demand": row,
        "borough": borough,
        "form": form,
        "asking": asked,
        "beside": asked.beside(borough),
        "earlier": earlier(row, borough, user),
    }
    return render(request, "procurement/naming/answer.html", context)


def _initial(held: Naming | None) -> dict[str, object]:
    if held is None:
        return {"revision": 0}
    agrees = "yes" if held.agrees else "no"
    return {"agrees": agrees, "note": held.note, "opens_figures": held.opens_figures, "revision": held.revision}


def _reader(request: HttpRequest, reference: str) -> tuple[User, JointDemand]:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    return user, get_object_or_404(JointDemand.objects.select_related("category"), reference=reference)
