"""Where boroughs stand on a joint demand: the page that shows it, and what each says for itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.exceptions import NotAcceptable
from boroughs.models import Borough, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import coalitions, lead_choice, participation
from procurement.forms.joint_start import month_from_parameter
from procurement.forms.participation import OfferForm, StandingForm, TermsForm, VoteForm
from procurement.models import Coalition, JointDemand, Participation
from procurement.queries.leading import leads
from procurement.queries.participation import standings
from procurement.queries.quorum import member_boroughs
from procurement.views.acting import done, number_in, tried

Stage = Participation.Stage


@require_GET
def demand_participation(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference)
    if row.status == JointDemand.Status.RETIRED:
        return redirect("demand-detail", row.reference)
    found = standings(row, user)
    return render(
        request, "procurement/participation/page.html", {"demand": row, "found": found, "today": timezone.localdate()}
    )


def demand_stand(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """The form in which a borough says where it stands."""
    user, row, borough = _own(request, reference, slug, Permission.TAKE_PART)
    held = Participation.objects.filter(demand=row, borough=borough).first()
    may_commit = permissions.has(user, Permission.COMMIT, borough)
    form = StandingForm(
        request.POST if request.method == "POST" else None, may_commit=may_commit, initial=_initial(request, held)
    )
    if request.method == "POST" and form.is_valid():
        to, revision = form.standing(), form.cleaned_data["revision"]

        def act() -> str:
            moved = participation.move(demand=row, borough=borough, to=to, revision=revision, by=user)
            if moved.asked_stage:
                return "Asked. Joining has closed, so the lead has to say yes."
            return f"{borough.name} is now {moved.get_stage_display().lower()}."

        def latest() -> dict[str, int]:
            now = Participation.objects.filter(demand=row, borough=borough).first()
            return {"revision": now.revision if now else 0}

        if done(request, form, act, latest):
            return redirect("demand-participation", row.reference)
        held = Participation.objects.filter(demand=row, borough=borough).first()
    context = {"demand": row, "borough": borough, "form": form, "held": held, "may_commit": may_commit}
    return render(request, "procurement/participation/stand.html", context)


@require_POST
def demand_stand_answer(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """The lead's yes or no to a borough that asked to join or to leave."""
    user, row = _reader(request, reference)
    _require_lead(user, row)
    borough = get_object_or_404(Borough, slug=slug, participations__demand=row)
    said, revision = request.POST.get("answer"), number_in(request, "revision")

    def act() -> str:
        if said not in ("yes", "no"):
            raise NotAcceptable(["Say yes or no."])
        allow = said == "yes"
        participation.answer(demand=row, borough=borough, allow=allow, revision=revision, by=user)
        return f"You said {'yes' if allow else 'no'} to {borough.name}."

    tried(request, act)
    return redirect("demand-participation", row.reference)


def demand_offer(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    user, row, borough = _own(request, reference, slug, Permission.COMMIT)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]

        def act() -> str:
            lead_choice.offer(demand=row, borough=borough, note=note, by=user)
            return f"{borough.name} offers to lead. The boroughs that join are asked."

        if done(request, form, act):
            return redirect("demand-participation", row.reference)
    return render(request, "procurement/participation/offer.html", {"demand": row, "borough": borough, "form": form})


@require_POST
def demand_offer_take_back(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    user, row, borough = _own(request, reference, slug, Permission.COMMIT)

    def act() -> str:
        lead_choice.take_back(demand=row, borough=borough, by=user)
        return f"The offer of {borough.name} is taken back."

    tried(request, act)
    return redirect("demand-participation", row.reference)


def demand_vote(request: HttpRequest, reference: str, slug: str, candidate: str) -> HttpResponse:
    """What the borough at `slug` says to `candidate` leading."""
    user, row, borough = _own(request, reference, slug, Permission.COMMIT)
    offering = get_object_or_404(Borough, slug=candidate, participations__demand=row)
    form = VoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        agrees, note = form.cleaned_data["agrees"] == "yes", form.cleaned_data["note"]

        def act() -> str:
            lead_choice.vote(demand=row, candidate=offering, borough=borough, agrees=agrees, note=note, by=user)
            return f"{borough.name} said {'yes' if agrees else 'no'} to {offering.name} leading."

        if done(request, form, act):
            return redirect("demand-participation", row.reference)
    context = {"demand": row, "borough": borough, "candidate": offering, "form": form}
    return render(request, "procurement/participation/vote.html", context)


def demand_terms(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference)
    coalition = _require_lead(user, row)
    form = TermsForm(request.POST if request.method == "POST" else None, initial=_terms_initial(request, coalition))
    if request.method == "POST" and form.is_valid():
        terms, revision = form.terms(), form.cleaned_data["revision"]

        def act() -> str:
            coalitions.set_terms(demand=row, terms=terms, revision=revision, by=user)
            return "The terms are set, and the boroughs that take part are told."

        def latest() -> dict[str, int]:
            return {"revision": _terms_revision(Coalition.objects.filter(demand=row).first())}

        if done(request, form, act, latest):
            return redirect("demand-participation", row.reference)
    context = {"demand": row, "form": form, "coalition": coalition}
    return render(request, "procurement/participation/terms.html", context)


@require_POST
def demand_close_decision(request: HttpRequest, reference: str) -> HttpResponse:
    user, row = _reader(request, reference)
    _require_lead(user, row)

    def act() -> str:
        coalitions.close(demand=row, by=user)
        return "The decision is closed: the quorum is reached."

    tried(request, act)
    return redirect("demand-participation", row.reference)


def _reader(request: HttpRequest, reference: str) -> tuple[User, JointDemand]:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    return user, get_object_or_404(JointDemand.objects.select_related("category"), reference=reference)


def _own(request: HttpRequest, reference: str, slug: str, permission: Permission) -> tuple[User, JointDemand, Borough]:
    """A borough of the person's own, with an open need here or something that it has said. All others answer alike:
    404."""
    user, row = _reader(request, reference)
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    borough = get_object_or_404(Borough.objects.filter(pk__in=own), slug=slug)
    permissions.require(user, permission, borough)
    has_said = Participation.objects.filter(demand=row, borough=borough).exists()
    if not has_said and borough.pk not in member_boroughs(row):
        raise Http404
    return user, row, borough


def _require_lead(user: User, row: JointDemand) -> Coalition | None:
    coalition = Coalition.objects.filter(demand=row).select_related("lead").first()
    if not leads(user, coalition):
        permissions.require(user, Permission.COMMIT, coalition.lead if coalition else None)
        permissions.require(user, Permission.REVIEW_DEMANDS)
    return coalition


def _initial(request: HttpRequest, held: Participation | None) -> dict[str, object]:
    stage = request.GET.get("stage", "")
    return {
        "stage": stage if stage in Stage.values else (held.stage if held else ""),
        "depth": held.depth if held else "",
        "reason": held.reason if held else "",
        "comment": held.comment if held else "",
        "revision": held.revision if held else 0,
    }


def _terms_initial(request: HttpRequest, coalition: Coalition | None) -> dict[str, object]:
    """The terms as they are; `?start=` is a start that the timeline proposes."""
    start = month_from_parameter(request.GET.get("start", ""))
    proposed: dict[str, object] = {"start_date": start} if start else {}
    if coalition is None or coalition.quorum is None:
        return {"revision": 0} | proposed
    names = ("quorum", "depth", "decision_date", "joining_closes_date", "if_missed", "start_date")
    return {name: getattr(coalition, name) for name in names} | {"revision": _terms_revision(coalition)} | proposed


def _terms_revision(coalition: Coalition | None) -> int:
    """0 where no terms are set, whatever else was written about the coalition."""
    return coalition.revision if coalition and coalition.quorum is not None else 0
