"""The engagement log of a notice, for the authorities that it names; what is published of it, its page shows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boroughs import audit
from boroughs.models import User
from procurement.actions import engagement
from procurement.forms.engagement import EntryForm
from procurement.models import EngagementEntry, Notice
from procurement.queries import actor_names, answering
from procurement.views.acting import done, number_in, tried
from procurement.views.answers import notice_of, title_of

Status = EngagementEntry.Status


@require_safe
def notice_engagement(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = notice_of(request, reference)
    rows = EngagementEntry.objects.filter(notice=notice).exclude(status=Status.DROPPED).newest_first()
    return render(
        request,
        "procurement/engagement/log.html",
        {
            "notice": notice,
            "title": title_of(notice),
            "waiting": [row for row in rows if row.status == Status.WRITTEN],
            "told": [row for row in rows if row.status == Status.TOLD],
            "people": actor_names.names({row.written_by for row in rows}, user),
            "may_publish": answering.may_publish(user, notice),
            "me": audit.name_of(user),
            "is_on_board": notice.status in Notice.ON_BOARD,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_write(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = notice_of(request, reference)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            engagement.write(notice=notice, content=form.content(), by=user)
            return "Saved. Somebody else has to publish it."

        if done(request, form, act):
            return redirect("notice-engagement", reference)
    context = {"notice": notice, "title": title_of(notice), "form": form}
    return render(request, "procurement/engagement/edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def engagement_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    entry, user = _entry(request, reference, pk)
    form = EntryForm(request.POST or None, entry=entry)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            revision = form.cleaned_data["revision"]
            engagement.edit(entry=entry, content=form.content(), revision=revision, by=user)
            return "Saved. Somebody else has to publish it."

        if done(request, form, act, lambda: {"revision": EngagementEntry.objects.get(pk=pk).revision}):
            return redirect("notice-engagement", reference)
    context = {"notice": entry.notice, "title": title_of(entry.notice), "form": form, "entry": entry}
    return render(request, "procurement/engagement/edit.html", context)


@require_POST
def engagement_tell(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    entry, user = _entry(request, reference, pk)

    def act() -> str:
        version = engagement.tell(entry=entry, revision=number_in(request, "revision"), by=user)
        return f"Published with version {version.number}. Everybody can read it now."

    tried(request, act)
    return redirect("notice-engagement", reference)


@require_POST
def engagement_drop(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    entry, user = _entry(request, reference, pk)

    def act() -> str:
        engagement.drop(entry=entry, revision=number_in(request, "revision"), by=user)
        return "Given up. Nothing was published."

    tried(request, act)
    return redirect("notice-engagement", reference)


def _entry(request: HttpRequest, reference: str, pk: int) -> tuple[EngagementEntry, User]:
    notice, user = notice_of(request, reference)
    entry = get_object_or_404(EngagementEntry, pk=pk, notice=notice)
    entry.notice = notice
    return entry, user
