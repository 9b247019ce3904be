"""The review queue: one question after the other, the most effective first. Works without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass

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
from procurement.queries.demand_picture import PictureDemand, PictureMember, demand
from procurement.queries.effects import effect
from procurement.queries.freshness import freshness
from procurement.queries.hit_rates import hit_rates
from procurement.queries.moved_texts import MovedText, moved_texts
from procurement.queries.suggestions import described

Kind = ReviewAnswer.Kind
SAID = {
    Kind.BELONGS: "{need} belongs here.",
    Kind.REMOVED: "{need} is out, and stays out in later runs.",
    Kind.ACCEPTED: "{need} joined, and stays in later runs.",
    Kind.CONFIRMED: "Confirmed: they belong together.",
    Kind.NOT_SURE: "Not sure.",
}
# About a joint demand as a whole, not about one of its needs.
WHOLE = (Kind.CONFIRMED, Kind.NOT_SURE)


@dataclass(frozen=True)
class Button:
    value: str
    words: str
    # The key that presses it, where the analyst has switched keys on.
    key: str
    kind: str = "secondary"


BELONGS = Button(Kind.BELONGS, "Belongs", "b")
STILL_BELONGS = Button(Kind.BELONGS, "Still belongs", "b")
REMOVED = Button(Kind.REMOVED, "Does not belong", "x")
ACCEPTED = Button(Kind.ACCEPTED, "Take it in", "t")
ALL = (
    Button(Kind.CONFIRMED, "All of these members belong together", "a", kind=""),
    Button(Kind.NOT_SURE, "Not sure", "n"),
)


@dataclass(frozen=True)
class Shown:
    """What the page shows besides the question: a need that is asked of again, and the reason that was typed."""

    again: str = ""
    reason: str = ""
    # The answer was refused, with a message: nothing goes against the evidence.
    refused: bool = False


@require_GET
def demand_review(request: HttpRequest) -> HttpResponse:
    """`?demand=` asks about one, `?after=` about the next one."""
    user = _analyst(request)
    return _page(request, user, of=request.GET.get("demand", ""), after=request.GET.get("after", ""))


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
    reason = form.cleaned_data["reason"]
    need = None
    if kind not in WHOLE:
        need = get_object_or_404(Need.objects.open(), reference=need_reference)
        if form.cleaned_data["sure_of"] != need.reference and _goes_against(row, need, kind):
            return _page(request, user, of=row.reference, shown=Shown(again=need.reference, reason=reason))
    try:
        answer = review.answer(demand=row, kind=kind, need=need, by=user, reason=reason)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return _page(request, user, of=row.reference, shown=Shown(need_reference, reason, refused=True))
    messages.success(request, f"{SAID[kind].format(need=need_reference)} {effect(answer)}".strip())
    # What one is not sure of is not asked again at once.
    return redirect("demand-review") if kind == Kind.NOT_SURE else _ask(row.reference)


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


def _page(request: HttpRequest, user: User, *, of: str, after: str = "", shown: Shown | None = None) -> HttpResponse:
    queue = review_queue.review_queue(user)
    asked = queue.after(after) if after else queue.of(of)
    picture = demand(reference=asked.reference, exact=True) if asked else None
    moved = moved_texts(asked.reference) if asked and asked.has_moved else {}
    return render(
        request,
        "procurement/demands/review.html",
        {
            "queue": queue,
            "asked": asked,
            "demand": picture,
            "members": _members(picture, moved) if picture else (),
            "suggestions": described(asked.question) if asked else (),
            "accept": (ACCEPTED,),
            "whole": ALL,
            "last": queue.last,
            "freshness": freshness(),
            "rates": hit_rates(),
            **vars(shown or Shown()),
        },
    )


def _members(
    picture: PictureDemand, moved: Mapping[int, MovedText]
) -> list[tuple[PictureMember, MovedText | None, tuple[Button, ...]]]:
    """Those that have changed since they were confirmed, then the most doubtful, with what can be answered."""
    ordered = sorted(picture.members, key=lambda each: (each.need_id not in moved, each.is_confirmed, each.strength))
    return [(each, moved.get(each.need_id), _buttons(each, is_moved=each.need_id in moved)) for each in ordered]


def _buttons(member: PictureMember, *, is_moved: bool) -> tuple[Button, ...]:
    if is_moved:
        return (STILL_BELONGS, REMOVED)
    return (REMOVED,) if member.is_confirmed else (BELONGS, REMOVED)


def _ask(reference: str) -> HttpResponse:
    """The same joint demand again while it waits, else the next one."""
    return redirect(f"{reverse('demand-review')}?{urlencode({'demand': reference})}")


def _goes_against(row: JointDemand, need: Need, kind: ReviewAnswer.Kind) -> bool:
    question = review_queue.question(row)
    probability = _probability(question, need.reference) if question else None
    return probability is not None and surprising(probability, yes=kind != Kind.REMOVED)


def _probability(question: Question, reference: str) -> float | None:
    """That the need belongs, member or suggestion; None where it is neither."""
    members = {member.id: member.probability for member in question.members}
    suggested = {id: each.probability for each in question.suggestions for id in each.ids}
    return members.get(reference, suggested.get(reference))
