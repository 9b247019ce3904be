"""Double reading: the joint demands of the review queue, read by two people and more. Works without scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
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
from procurement.actions import double_reading
from procurement.forms.double_reading import DoubleReadingForm
from procurement.models import JointDemand
from procurement.queries import double_reading as queries
from procurement.queries.demand_picture import PictureDemand, PictureMember, demand
from procurement.queries.double_reading import DoubleReading, Line
from procurement.queries.freshness import freshness
from procurement.queries.moved_texts import MovedText, moved_texts
from procurement.queries.suggestions import SuggestedDemand, SuggestedNeed, described


@dataclass(frozen=True)
class Card:
    """A need, or another joint demand, what is known of it, and the box for the answer."""

    need: PictureMember | SuggestedNeed | SuggestedDemand
    reference: str
    line: Line
    box: BoundField
    # What its borough wants to solve, in its words; "" of a joint demand.
    problem: str
    # Where its text has changed since it was confirmed: from what to what.
    moved: MovedText | None


@require_GET
def double_reading_queue(request: HttpRequest) -> HttpResponse:
    """`?demand=` shows one, `?after=` the next one."""
    return _page(request, _reviewer(request), of=request.GET.get("demand", ""), after=request.GET.get("after", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def double_reading_give(request: HttpRequest, reference: str) -> HttpResponse:
    """What one person says of one joint demand."""
    user = _reviewer(request)
    row = get_object_or_404(JointDemand, reference=reference)
    if request.method != "POST":
        return redirect(_address(row.reference))
    reading = queries.double_reading(row, user)
    shown = set(request.POST.getlist("shown"))
    lines = [line for line in reading.asked if line.shown in shown] if reading else []
    form = DoubleReadingForm(request.POST, lines=lines)
    if not form.is_valid():
        return _page(request, user, of=row.reference, form=form)
    # What is not asked any more is told of as well.
    said = dict.fromkeys(shown, False) | form.belongs
    try:
        given = double_reading.give(demand=row, belongs=said, by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect(_further(request))
    _tell(request, row.reference, given)
    return redirect(_further(request))


@require_POST
def double_reading_effect(request: HttpRequest, reference: str) -> HttpResponse:
    """Put into effect what was decided, once what stood in the way is gone."""
    user = _reviewer(request)
    row = get_object_or_404(JointDemand, reference=reference)
    try:
        effect = double_reading.put_into_effect(demand=row, by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect("double-reading")
    if effect is None:
        messages.info(request, f"Nothing has changed. {row.reference} is in effect already, or more is asked about it.")
    else:
        messages.success(request, _words(row.reference, effect))
    return redirect("double-reading")


@require_POST
def double_reading_undo(request: HttpRequest) -> HttpResponse:
    user = _reviewer(request)
    try:
        row = double_reading.take_back(by=user)
    except LotiError as refusal:
        messages.error(request, str(refusal))
        return redirect("double-reading")
    messages.success(request, f"Your answers about {row.reference} are taken back.")
    return redirect(_address(row.reference))


def _reviewer(request: HttpRequest) -> User:
    user = person(request)
    permissions.require(user, Permission.REVIEW_DEMANDS)
    return user


def _page(
    request: HttpRequest, user: User, *, of: str, after: str = "", form: DoubleReadingForm | None = None
) -> HttpResponse:
    readings = queries.double_readings(user)
    reading = readings.after(after) if after else readings.of(of)
    picture = demand(reference=reading.reference, exact=True) if reading else None
    if reading is None or picture is None:
        return render(
            request, "procurement/double_reading/queue.html", {"readings": readings, "freshness": freshness()}
        )
    form = form or DoubleReadingForm(lines=reading.asked)
    members, suggestions = _cards(reading, picture, form)
    asked = {card.reference for card in members}
    return render(
        request,
        "procurement/double_reading/queue.html",
        {
            "readings": readings,
            "reading": reading,
            "demand": picture,
            "form": form,
            "members": [card for card in members if not card.line.is_in_doubt],
            "suggestions": [card for card in suggestions if not card.line.is_in_doubt],
            "in_doubt": [card for card in (*members, *suggestions) if card.line.is_in_doubt],
            "others": [member for member in picture.members if member.need_reference not in asked],
            "freshness": freshness(),
        },
    )


def _cards(
    reading: DoubleReading, picture: PictureDemand, form: DoubleReadingForm
) -> tuple[Sequence[Card], Sequence[Card]]:
    """Members, the most doubtful first, and suggestions, the most likely first: those of which the form asks."""
    asked = {line.reference: line for line in form.lines.values()}
    members = {member.need_reference: member for member in picture.members}
    outside = {each.reference: each for each in described(reading.asked_about)}
    moved = moved_texts(reading.reference)
    problems = dict(Need.objects.filter(reference__in=asked).values_list("reference", "problem"))

    def cards(needs: Mapping[str, PictureMember | SuggestedNeed | SuggestedDemand]) -> list[Card]:
        found = [(needs[name], name, line) for name, line in asked.items() if name in needs]
        return [
            Card(
                need,
                name,
                line,
                form.asks(name),
                problems.get(name, ""),
                moved.get(need.need_id) if isinstance(need, PictureMember) else None,
            )
            for need, name, line in found
        ]

    return cards(members), cards(outside)


def _tell(request: HttpRequest, reference: str, given: double_reading.Given) -> None:
    if given.overtaken:
        messages.info(
            request,
            "Not saved, because it has changed since you opened it or is not asked any more: "
            f"{', '.join(given.overtaken)}.",
        )
    if given.effect:
        messages.success(
            request, f"Your answers are saved, and were the last needed. {_words(reference, given.effect)}"
        )
    elif given.hindrance:
        messages.error(
            request,
            f"Your answers are saved. Everything about {reference} is answered, "
            f"but cannot take effect: {given.hindrance} In the review queue it can be settled one answer at a time.",
        )
    elif given.left:
        messages.success(
            request, f"Your answers are saved. More is asked about {reference} than was on the page: please go on."
        )
    else:
        messages.success(request, f"Your answers are saved. {reference} is not settled yet: more answers are needed.")


def _words(reference: str, effect: double_reading.Effect) -> str:
    parts = []
    if effect.left:
        parts.append(f"{', '.join(effect.left)} left {reference}.")
    if effect.joined:
        parts.append(f"{', '.join(effect.joined)} joined {reference}.")
    if effect.same:
        parts.append(f"{' and '.join(sorted({reference, *effect.same}))} were the same and are one now.")
        reference = effect.survivor
    if effect.is_confirmed:
        parts.append(f"{reference} is confirmed.")
    elif not effect.same:
        parts.append(f"{reference} is retired: it was left with fewer than two boroughs.")
    return " ".join(parts)


def _further(request: HttpRequest) -> str:
    """What was skipped is not asked again at once: on from there."""
    skipped = request.GET.get("after", "")
    return f"{reverse('double-reading')}?{urlencode({'after': skipped})}" if skipped else reverse("double-reading")


def _address(reference: str) -> str:
    return f"{reverse('double-reading')}?{urlencode({'demand': reference})}"
