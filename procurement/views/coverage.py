"""Who of the 33 has a contract register and needs here; for analysts, reminding a borough of what would help."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from boroughs import notifications, permissions
from boroughs.actions import reminding
from boroughs.exceptions import IllegalMove
from boroughs.models import Borough, Notification, User
from boroughs.permissions import Permission
from boroughs.queries import reminders
from boroughs.queries.coverage import BoroughCoverage, Coverage, coverage
from boroughs.queries.reminders import Topic
from boroughs.templatetags.formatting import count
from boroughs.views.signed_in import person
from procurement.pdf import coverage as faces

# The value of `order` that turns the alphabet round.
BACKWARDS = "z-a"


@require_GET
def coverage_page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    shown = _shown(user)
    backwards = request.GET.get("order") == BACKWARDS
    rows = [(row, faces.people(row)) for row in (reversed(shown.boroughs) if backwards else shown.boroughs)]
    # The own boroughs first, whichever way the others go.
    rows.sort(key=lambda entry: not entry[0].is_own)
    may_log = permissions.borough_ids(user, Permission.EDIT_NEEDS)
    context = {
        "shown": shown,
        "summary": faces.summary(shown),
        "map": faces.coverage_map(shown),
        "rows": rows,
        "backwards": backwards,
        "own": [(row, row.pk in may_log) for row in shown.own],
        "may_remind": permissions.has(user, Permission.SEND_REMINDERS),
        "may_invite": permissions.has(user, Permission.MANAGE_PEOPLE),
    }
    return render(request, "procurement/coverage/page.html", context)


@require_GET
def coverage_csv(request: HttpRequest) -> HttpResponse:
    shown = _shown(person(request))
    name = f"coverage-{timezone.localdate(shown.at)}.csv"
    # With the mark by which Excel knows UTF-8.
    return HttpResponse(
        "\ufeff" + faces.table_csv(shown),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
def coverage_reminders(request: HttpRequest, slug: str) -> HttpResponse:
    row, found = _remindable(person(request), slug)
    return render(request, "procurement/coverage/reminders.html", {"row": row, "topics": found})


@require_http_methods(["GET", "HEAD", "POST"])
def coverage_remind(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The reminder as it would go out; a POST sends it."""
    user = person(request)
    row, found = _remindable(user, slug)
    topic = next((each for each in found if each.slug == kind), None)
    if topic is None:
        raise Http404
    borough = get_object_or_404(Borough, pk=row.pk)
    if request.method == "POST":
        return _send(request, user, borough, topic)
    readers = permissions.holders(reminding.READERS[topic.kind], [row.pk]).get(row.pk, [])
    letter = notifications.preview(
        kind=Notification.Kind(topic.kind.value),
        borough=borough,
        headline=topic.headline,
        path=reverse(reminding.ROUTES[topic.kind]),
    )
    context = {
        "row": row,
        "topic": topic,
        "letter": letter,
        "readers": len(readers),
        "may_send": bool(topic.applies and readers and topic.next_at is None),
    }
    return render(request, "procurement/coverage/remind.html", context)


def _send(request: HttpRequest, user: User, borough: Borough, topic: Topic) -> HttpResponse:
    try:
        told = reminding.send(borough=borough, kind=topic.kind, by=user)
    except IllegalMove as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{count(told, 'person,people')} of {borough.name} will be told.")
    return redirect("coverage-reminders", borough.slug)


def _shown(user: User) -> Coverage:
    permissions.require(user, Permission.VIEW_DEMANDS)
    return coverage(at=timezone.now(), own=permissions.borough_ids(user, Permission.VIEW_NEEDS))


def _remindable(user: User, slug: str) -> tuple[BoroughCoverage, list[Topic]]:
    """One of the 33, and what it could be reminded of. Others answer as what is not there: 404."""
    permissions.require(user, Permission.SEND_REMINDERS)
    now = timezone.now()
    rows = coverage(at=now, slug=slug).boroughs
    if not rows:
        raise Http404
    return rows[0], reminders.topics(rows[0], at=now)
