"""The review queue: one question after the other, the most effective first. Works without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boroughs import permissions
from boroughs.exceptions import LotiError
from boroughs.models import Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import review
from procurement.forms.demands import AnswerForm
from procurement.models import JointDemand, Opinion, ReviewAnswer
from procurement.queries import review_queue
from procurement.queries.demand_picture import PictureDemand, PictureMember, demand
from procurement.queries.effects import effect
from procurement.queries.freshness import freshness
from procurement.queries.hit_rates import hit_rates
from procurement.queries.moved_texts import MovedText, moved_texts
from procurement.queries.second_questions import SecondQuestion, second_question
from procurement.queries.shown import as_shown
from procurement.queries.suggestions import described

Kind = ReviewAnswer.Kind
SAID = {
    Kind.BELONGS: "{need} belongs here.",
    Kind.REMOVED: "{need} is out, and stays out in later runs.",
    Kind.ACCEPTED: "{need} joined, and stays in later runs.",
    Kind.CONFIRMED: "Confirmed: they belong together.",
    Kind.NOT_SURE: "Not sure.",
}


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
class Wording:
    """How an answer that goes against the evidence is asked for again."""

    # What the answer said of the need, and what is asked.
    said: str
    question: str
    # The same answer once more, by the key that gave it.
    yes: str
    key: str
    # No answer after all, and what that leaves.
    no: str
    left: str

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        return ((self.key, self.yes), ("n", self.no), ("r", "Give a reason"))


AGAIN = {
    Kind.BELONGS: Wording(
        said="belongs",
        question="Does it belong?",
        yes="Yes, it belongs",
        key="b",
        no="No, leave it open",
        left="still waits for an answer",
    ),
    Kind.REMOVED: Wording(
        said="does not belong",
        question="Take it out?",
        yes="Yes, take it out",
        key="x",
        no="No, leave it in",
        left="stays in",
    ),
    Kind.ACCEPTED: Wording(
        said="belongs here too",
        question="Take it in?",
        yes="Yes, take it in",
        key="t",
        no="No, leave it out",
        left="stays out",
    ),
}
# What each does, where single keys are switched on.
KEYS = (
    ("j, k", "Next need, need before"),
    ("b", "It belongs"),
    ("x", "It does not belong"),
    ("t", "Take it in"),
    ("r", "Give a reason"),
    ("a", "All belong together"),
    ("n", "Not sure"),
    ("s", "Skip"),
    ("u", "Take the last answer back"),
)


@dataclass(frozen=True)
class Shown:
    """What the page shows besides the question: the need that was last answered, and the reason that was typed."""

    about: str = ""
    reason: str = ""


@require_GET
def demand_review(request: HttpRequest) -> HttpResponse:
    """`?demand=` asks about one, `?after=` about the next one."""
    user = _analyst(request)
    return _page(request, user, of=request.GET.get("demand", ""), after=request.GET.get("after", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def demand_answer(request: HttpRequest, reference: str) -> HttpResponse:
    """One answer. An answer that leaves us in doubt is asked for twice: people slip."""
    user = _analyst(request)
    row = get_object_or_404(JointDemand, reference=reference)
    if request.method != "POST":
        # Whoever opens the address of an asked question by itself has lost the answer, not the question.
        return _ask(row.reference)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That was not one of the answers.")
        return _ask(row.reference)
    kind, need_reference = Kind(form.cleaned_data["kind"]), form.cleaned_data["need"]
    reason = form.cleaned_data["reason"]
    need, seen = None, request.POST.getlist("shown")
    if kind not in review.ABOUT_ALL:
        need = get_object_or_404(Need.objects.open().select_related("borough"), reference=need_reference)
        if "leave" in request.POST:
            messages.info(request, f"Nothing has changed. {need.reference} {AGAIN[kind].left}.")
            return _page(request, user, of=row.reference, shown=Shown(need.reference, reason))
    try:
        if need and form.cleaned_data["sure_of"] != need.reference:
            review.require_as_shown(row, kind, need, seen)
            if second := second_question(row, need, kind):
                return _again(request, row, need, kind, reason=reason, second=second)
        answer = review.answer(demand=row, kind=kind, need=need, by=user, reason=reason, shown=seen)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return _page(request, user, of=row.reference, shown=Shown(need_reference, reason))
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
    seen = as_shown(Need.objects.filter(reference__in=asked.question.ids)) if asked else {}
    picture = demand(reference=asked.reference, exact=True) if asked else None
    moved = moved_texts(asked.reference) if asked and asked.has_moved else {}
    return render(
        request,
        "procurement/demands/review.html",
        {
            "queue": queue,
            "keys": KEYS,
            "asked": asked,
            "demand": picture,
            "members": _members(picture, moved, seen) if picture else (),
            "suggestions": described(asked) if asked else (),
            "seen": tuple(seen.values()),
            "accept": (ACCEPTED,),
            "whole": ALL,
            "readers": _readers(asked.reference) if asked else 0,
            "last": queue.last,
            "freshness": freshness(),
            "rates": hit_rates(),
            **vars(shown or Shown()),
        },
    )


def _readers(reference: str) -> int:
    """How many people's answers in a double reading wait for others': whoever answers here goes ahead of them."""
    return Opinion.objects.open().filter(demand__reference=reference).values("given_by").distinct().count()


def _again(
    request: HttpRequest, row: JointDemand, need: Need, kind: ReviewAnswer.Kind, *, reason: str, second: SecondQuestion
) -> HttpResponse:
    """That one question by itself: on the long page nobody would see that it is asked again."""
    return render(
        request,
        "procurement/demands/answer_again.html",
        {
            "demand": row,
            "need": need,
            "kind": kind,
            "words": AGAIN[kind],
            "keys": AGAIN[kind].keys,
            "second": second,
            "reason": reason,
            "shown": request.POST.getlist("shown"),
            "back": _question(row.reference),
        },
    )


def _members(
    picture: PictureDemand, moved: Mapping[int, MovedText], seen: Mapping[str, str]
) -> list[tuple[PictureMember, str | None, MovedText | None, tuple[Button, ...]]]:
    """Those that have changed since they were confirmed, then the most doubtful, with what can be answered."""
    ordered = sorted(picture.members, key=lambda each: (each.need_id not in moved, each.is_confirmed, each.strength))
    return [
        (each, seen.get(each.need_reference), moved.get(each.need_id), _buttons(each, is_moved=each.need_id in moved))
        for each in ordered
    ]


def _buttons(member: PictureMember, *, is_moved: bool) -> tuple[Button, ...]:
    if is_moved:
        return (STILL_BELONGS, REMOVED)
    return (REMOVED,) if member.is_confirmed else (BELONGS, REMOVED)


def _ask(reference: str) -> HttpResponse:
    """The same joint demand again while it waits, else the next one."""
    return redirect(_question(reference))


def _question(reference: str) -> str:
    return f"{reverse('demand-review')}?{urlencode({'demand': reference})}"
