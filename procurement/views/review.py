"""The review queue: one question after the other, the most effective first. Works without scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.exceptions import LotiError
from boroughs.models import Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import review
from procurement.forms.demands import AnswerForm
from procurement.matching.review import Question, surprising
from procurement.models import JointDemand, ReviewAnswer
from procurement.queries import review_queue
from procurement.queries.demand_picture import demand
from procurement.queries.freshness import freshness
from procurement.queries.hit_rates import hit_rates
from procurement.queries.suggestions import described

Kind = ReviewAnswer.Kind
SAID = {
    Kind.BELONGS: "{need} belongs here.",
    Kind.REMOVED: "{need} is out, and stays out in later runs.",
    Kind.ACCEPTED: "{need} joined, and stays in later runs.",
    Kind.CONFIRMED: "Confirmed: they belong together.",
}


@require_GET
def demand_review(request: HttpRequest) -> HttpResponse:
    """`?demand=` asks about one, `?after=` about the next one; `?again=` names a need that is asked of twice."""
    user = _analyst(request)
    queue = review_queue.review_queue()
    skipped = request.GET.get("after", "")
    asked = queue.after(skipped) if skipped else queue.of(request.GET.get("demand", ""))
    picture = demand(reference=asked.reference, exact=True) if asked else None
    return render(
        request,
        "procurement/demands/review.html",
        {
            "queue": queue,
            "demand": picture,
            # The most doubtful first.
            "members": sorted(picture.members, key=lambda each: (each.is_confirmed, each.strength)) if picture else (),
            "suggestions": described(asked.question) if asked else (),
            "again": request.GET.get("again", ""),
            "last": review.last_answer(user),
            "freshness": freshness(),
            "rates": hit_rates(),
        },
    )


@require_POST
def demand_answer(request: HttpRequest, reference: str) -> HttpResponse:
    """One answer. An answer that goes far against the evidence is asked for twice: people slip."""
    user = _analyst(request)
    row = get_object_or_404(JointDemand, reference=reference)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That was not one of the answers.")
        return _ask(row.reference)
    kind, need_reference = Kind(form.cleaned_data["kind"]), form.cleaned_data["need"]
    need = None
    if kind != Kind.CONFIRMED:
        need = get_object_or_404(Need.objects.open(), reference=need_reference)
        if form.cleaned_data["sure_of"] != need.reference and _goes_against(row, need, kind):
            return _ask(row.reference, again=need.reference)
    try:
        review.answer(demand=row, kind=kind, need=need, by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, SAID[kind].format(need=need_reference))
    return _ask(row.reference)


@require_POST
def demand_answer_undo(request: HttpRequest) -> HttpResponse:
    user = _analyst(request)
    try:
        undone = review.undo_last(by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect("demand-review")
    messages.success(request, "Your last answer is taken back.")
    return _ask(undone.demand.reference)


def _analyst(request: HttpRequest) -> User:
    user = person(request)
    permissions.require(user, Permission.REVIEW_DEMANDS)
    return user


def _ask(reference: str, *, again: str = "") -> HttpResponse:
    """The same joint demand again while it waits, else the next one."""
    address = f"{reverse('demand-review')}?{urlencode({'demand': reference} | ({'again': again} if again else {}))}"
    return redirect(f"{address}#{again}" if again else address)


def _goes_against(row: JointDemand, need: Need, kind: ReviewAnswer.Kind) -> bool:
    question = review_queue.question(row)
    probability = _probability(question, need.reference) if question else None
    return probability is not None and surprising(probability, yes=kind != Kind.REMOVED)


def _probability(question: Question, reference: str) -> float | None:
    """That the need belongs, member or suggestion; None where it is neither."""
    members = {member.id: member.probability for member in question.members}
    suggested = {id: each.probability for each in question.suggestions for id in each.ids}
    return members.get(reference, suggested.get(reference))
