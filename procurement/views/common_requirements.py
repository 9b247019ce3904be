"""One common requirement: its page, what boroughs say to it, and what the lead does with it."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import audit
from boroughs.exceptions import NotAcceptable
from boroughs.models import User
from procurement.actions import common_requirements, requirement_words
from procurement.forms.specification import AnswerForm, DropForm, ProposalForm, RequirementForm, SettleForm
from procurement.models import CommonRequirement, JointDemand, RequirementWording
from procurement.queries import actor_names, open_standards
from procurement.queries.specification import RequirementShown, specification
from procurement.queries.word_diff import pieces
from procurement.views.acting import done, number_in, tried
from procurement.views.specification_reading import own_borough, reader, require_lead, requirement, row_of

DONE = {
    "draft": "Drafted from the members’ needs",
    "add": "Added",
    "edit": "Worded anew",
    "adopt wording": "A proposed wording was taken over",
    "propose wording": "Another wording was proposed",
    "decline wording": "A proposed wording was not taken over",
    "settle": "Its clash was settled",
    "agree": "Agreed",
    "reopen": "Reopened",
    "drop": "Dropped",
    "move": "Moved",
    "accept": "Accepted",
    "keep a difference": "A difference was kept beside it",
    "not accept": "Not accepted",
}


@require_GET
def common_requirement(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    user, demand, found, shown = requirement(request, reference, number)
    history = audit.history(noun="common requirement", reference=f"{reference} R{number}") if found.reads_all else []
    people = actor_names.names((event.actor for event in history), user)
    context = {
        "demand": demand,
        "found": found,
        "each": shown,
        "history": [
            {"words": DONE.get(event.verb, event.verb), "at": event.at, "by": people[event.actor]} for event in history
        ],
    }
    return render(request, "procurement/specification/requirement.html", context)


def common_requirement_create(request: HttpRequest, reference: str) -> HttpResponse:
    """The lead adds one."""
    user, demand = reader(request, reference)
    require_lead(user, demand)
    initial = {"revision": 0, "priority": "MUST"}
    form = RequirementForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        content = form.content()

        def act() -> str:
            row = common_requirements.add(demand=demand, content=content, by=user)
            return f"R{row.number} is added. The boroughs that take part can answer it."

        if done(request, form, act):
            return redirect("demand-specification", reference)
    context = {"demand": demand, "form": form, "heading": "Add a requirement", "action": "Add it"}
    return render(request, "procurement/specification/edit.html", context)


def common_requirement_edit(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    user, demand, shown = _led(request, reference, number)
    row = row_of(shown)
    suggested = open_standards.suggested([*(each["text"] for each in row.sources), row.text])
    initial = {
        "text": row.text,
        "priority": row.priority,
        "standards": list(row.standards),
        "revision": row.revision,
    }
    form = RequirementForm(request.POST if request.method == "POST" else None, suggested=suggested, initial=initial)
    now: CommonRequirement | None = None
    if request.method == "POST" and form.is_valid():
        content, revision = form.content(), form.cleaned_data["revision"]

        def act() -> str:
            common_requirements.edit(requirement=row, content=content, revision=revision, by=user)
            return f"R{number} is worded anew. The boroughs that had answered it are asked again."

        if done(request, form, act, lambda: {"revision": _now(row).revision}):
            return _to(reference, number)
        now = _now(row) if _now(row).revision != revision else None
    context = {
        "demand": demand,
        "form": form,
        "each": shown,
        "heading": f"Word R{number} anew",
        "action": "Save the wording",
        # Somebody was first: their text, with what the person typed against it.
        "now": now,
        "against": pieces(now.text, str(form.data.get("text", ""))) if now else (),
    }
    return render(request, "procurement/specification/edit.html", context)


def common_requirement_settle(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    user, demand, shown = _led(request, reference, number)
    row = row_of(shown)
    initial = {"how": row.clash_settled_by, "revision": row.revision}
    form = SettleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        how, revision = form.cleaned_data["how"], form.cleaned_data["revision"]

        def act() -> str:
            common_requirements.settle(requirement=row, how=how, revision=revision, by=user)
            return f"The clash of R{number} is settled."

        if done(request, form, act, lambda: {"revision": _now(row).revision}):
            return _to(reference, number)
    context = {"demand": demand, "form": form, "each": shown}
    return render(request, "procurement/specification/settle.html", context)


def common_requirement_drop(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    user, demand, shown = _led(request, reference, number)
    row = row_of(shown)
    form = DropForm(request.POST if request.method == "POST" else None, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        reason, revision = form.cleaned_data["reason"], form.cleaned_data["revision"]

        def act() -> str:
            common_requirements.drop(requirement=row, reason=reason, revision=revision, by=user)
            return f"R{number} is dropped. It can be reopened."

        if done(request, form, act, lambda: {"revision": _now(row).revision}):
            return redirect("demand-specification", reference)
    context = {"demand": demand, "form": form, "each": shown}
    return render(request, "procurement/specification/drop.html", context)


@require_POST
def common_requirement_agree(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    def act(row: CommonRequirement, user: User) -> str:
        common_requirements.agree(requirement=row, revision=number_in(request, "revision"), by=user)
        return f"R{number} is agreed."

    return _pressed(request, reference, number, act)


@require_POST
def common_requirement_reopen(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    def act(row: CommonRequirement, user: User) -> str:
        common_requirements.reopen(requirement=row, revision=number_in(request, "revision"), by=user)
        return f"R{number} is open again."

    return _pressed(request, reference, number, act)


@require_POST
def common_requirement_order(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Up or down by one place."""
    up, position = request.POST.get("move") == "up", number_in(request, "position")

    def act(row: CommonRequirement, user: User) -> str:
        common_requirements.order(requirement=row, up=up, position=position, by=user)
        return f"R{number} is moved {'up' if up else 'down'}."

    return _pressed(request, reference, number, act)


def common_requirement_answer(request: HttpRequest, reference: str, number: int, slug: str) -> HttpResponse:
    """What one borough says to it. The list sends a plain yes, with the wording that it showed."""
    user, demand, _, shown = requirement(request, reference, number)
    borough = own_borough(user, slug)
    held = next((own for own in shown.own if own.slug == slug), None)
    initial = {
        "kind": held.kind if held else "",
        "text": held.text if held else "",
        "wording": shown.wording,
    }
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data, row = form.cleaned_data, row_of(shown)

        def act() -> str:
            stance = requirement_words.answer(
                requirement=row, borough=borough, kind=data["kind"], text=data["text"], wording=data["wording"], by=user
            )
            return f"R{number}, {borough.name}: {stance.get_kind_display().lower()}."

        if "from_list" in request.POST:
            tried(request, act)
            return redirect("demand-specification", reference)
        if done(request, form, act, lambda: {"wording": _now(row).wording}):
            return _to(reference, number)
    context = {"demand": demand, "borough": borough, "form": form, "each": shown, "held": held}
    return render(request, "procurement/specification/answer.html", context)


def common_requirement_propose(
    request: HttpRequest, reference: str, slug: str, number: int | None = None
) -> HttpResponse:
    """A borough proposes another wording, or without a number a requirement of its own."""
    shown: RequirementShown | None = None
    if number is None:
        user, demand = reader(request, reference)
    else:
        user, demand, _, shown = requirement(request, reference, number)
    borough = own_borough(user, slug)
    initial = {"text": shown.text, "priority": shown.priority} if shown else {"priority": "MUST"}
    form = ProposalForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        content, reason, row = form.content(), form.cleaned_data["reason"], row_of(shown) if shown else None

        def act() -> str:
            requirement_words.propose(
                demand=demand, borough=borough, content=content, reason=reason, requirement=row, by=user
            )
            return "Proposed. Who leads takes it over or not, and you are told."

        if done(request, form, act):
            return redirect("demand-specification", reference) if number is None else _to(reference, number)
    context = {"demand": demand, "borough": borough, "form": form, "each": shown}
    return render(request, "procurement/specification/propose.html", context)


@require_POST
def requirement_wording_answer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The lead's yes or no to a proposed wording."""
    user, demand = reader(request, reference)
    require_lead(user, demand)
    wording = get_object_or_404(
        RequirementWording.objects.select_related("requirement", "demand"), pk=pk, demand=demand
    )
    adopts, revision = request.POST.get("answer") == "yes", number_in(request, "revision")

    def act() -> str:
        if adopts:
            row = requirement_words.adopt(wording=wording, revision=revision, by=user)
            return f"Taken over as R{row.number}." if wording.requirement is None else f"R{row.number} is worded anew."
        if request.POST.get("answer") != "no":
            raise NotAcceptable(["Say whether you take the wording over."])
        requirement_words.decline(wording=wording, by=user)
        return "Not taken over. The borough is told."

    tried(request, act)
    if wording.requirement is None:
        return redirect("demand-specification", reference)
    return _to(reference, wording.requirement.number)


def _led(request: HttpRequest, reference: str, number: int) -> tuple[User, JointDemand, RequirementShown]:
    # First, so that whoever may not lead learns nothing about which requirements there are.
    user, demand = reader(request, reference)
    require_lead(user, demand)
    found = specification(demand, user, number=number)
    if not found.requirements:
        raise Http404
    return user, demand, found.requirements[0]


def _pressed(
    request: HttpRequest, reference: str, number: int, act: Callable[[CommonRequirement, User], str]
) -> HttpResponse:
    """What the lead does with a button alone."""
    user, _, shown = _led(request, reference, number)
    tried(request, lambda: act(row_of(shown), user))
    if "from_list" in request.POST:
        return redirect("demand-specification", reference)
    return _to(reference, number)


def _now(row: CommonRequirement) -> CommonRequirement:
    return CommonRequirement.objects.get(pk=row.pk)


def _to(reference: str, number: int) -> HttpResponse:
    return redirect("demand-requirement", reference, number)
