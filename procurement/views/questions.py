"""Asking about a notice, for people without an account. Who answers works in answers.py."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from procurement.actions import questions
from procurement.forms.questions import AskForm
from procurement.models import Notice
from procurement.queries import published
from procurement.queries.published_notice import PublicQuestion, PublishedNotice
from procurement.queries.questions import answered_alike
from procurement.views import asking_limit
from procurement.views.following import outside, taken


@outside
@require_http_methods(["GET", "HEAD", "POST"])
def notice_ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Before a question is sent the first time, published answers that are alike are shown with what was typed."""
    notice = published.notice(reference, at=timezone.now())
    if notice is None:
        raise Http404
    refusal = questions.refusal_in(notice.state, questions_close_date=notice.questions_close_date)
    form = AskForm(request.POST if request.method == "POST" else None)
    alike: tuple[PublicQuestion, ...] = ()
    wait = None
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["looked"]:
            alike = answered_alike(form.cleaned_data["text"], notice.questions)
        if alike:
            form.data = cast(QueryDict, form.data).copy()
            form.data["looked"] = "on"
        elif wait := asking_limit.take(request):
            form.add_error(None, str(wait))
        elif _asked(form, notice):
            return render(request, "procurement/following/sent.html", {"email": form.cleaned_data["email"]})
    context = {"form": form, "notice": notice, "refusal": refusal, "alike": alike}
    return asking_limit.answer(render(request, "procurement/questions/ask.html", context), wait)


def _asked(form: AskForm, notice: PublishedNotice) -> bool:
    row, typed = Notice.objects.get(reference=notice.reference), form.cleaned_data
    return taken(form, lambda: questions.ask(notice=row, email=typed["email"], text=typed["text"]))
