"""Answering suppliers' questions, for the authorities that a notice names. No page here tells who asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boroughs import audit
from boroughs.exceptions import PermissionRefused
from boroughs.models import User
from boroughs.views.signed_in import person
from procurement.actions import answers
from procurement.forms.questions import AnswerForm, DeclineForm
from procurement.models import Notice, Question
from procurement.queries import actor_names, answering, drafting, published, questions
from procurement.views.acting import done, number_in, tried


@require_safe
def notice_questions(request: HttpRequest, reference: str) -> HttpResponse:
    notice, user = notice_of(request, reference)
    desk = questions.desk(notice, today=timezone.localdate())
    return render(
        request,
        "procurement/questions/desk.html",
        {
            "notice": notice,
            "title": title_of(notice),
            "desk": desk,
            "people": actor_names.names({each.drafted_by for each in desk.drafted}, user),
            "may_publish": answering.may_publish(user, notice),
            "me": audit.name_of(user),
            "is_on_board": notice.status in Notice.ON_BOARD,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def question_answer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Draft an answer, or the correction of one."""
    question, user = _question(request, reference, pk)
    today = timezone.localdate()
    alike = questions.alike_to(question, today=today) if question.status == Question.Status.WAITING else ()
    form = AnswerForm(request.POST or None, question=question, alike=alike)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            answers.draft(question=question, by=user, **form.cleaned_data)
            return "Saved. Somebody else has to publish it."

        if done(request, form, act, lambda: {"revision": Question.objects.get(pk=pk).revision}):
            return redirect("notice-questions", reference)
    shown = question.notice.current
    related = (
        questions.answered_alike(question.text, published.questions_in(shown)) if shown and not question.number else ()
    )
    return render(
        request,
        "procurement/questions/answer.html",
        {
            "notice": question.notice,
            "title": title_of(question.notice),
            "question": question,
            "due_on": questions.due_on(question.confirmed_at) if question.confirmed_at else None,
            "form": form,
            "related": related,
            "may_close": bool(related) and answering.may_publish(user, question.notice),
        },
    )


@require_POST
def question_publish(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    question, user = _question(request, reference, pk)

    def act() -> str:
        version = answers.publish(question=question, revision=number_in(request, "revision"), by=user)
        return f"Published with version {version.number}. Everybody can read it now, and who asked is told."

    tried(request, act)
    return redirect("notice-questions", reference)


@require_POST
def question_take_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    question, user = _question(request, reference, pk)

    def act() -> str:
        answers.take_back(question=question, revision=number_in(request, "revision"), by=user)
        return "Taken back. Nothing was published."

    tried(request, act)
    return redirect("notice-questions", reference)


@require_POST
def question_close(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """It is answered already: who asked is sent to that answer."""
    question, user = _question(request, reference, pk)

    def act() -> str:
        answers.close_with(question=question, number=number_in(request, "number"), by=user)
        return "Closed. Who asked is sent to the published answer."

    tried(request, act)
    return redirect("notice-questions", reference)


@require_http_methods(["GET", "HEAD", "POST"])
def question_decline(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    question, user = _question(request, reference, pk)
    if not answering.may_publish(user, question.notice):
        raise PermissionRefused("Approvers of the lead authority, and analysts, close questions.")
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            reason = Question.DeclineReason(form.cleaned_data["reason"])
            answers.decline(question=question, reason=reason, words=form.cleaned_data["words"], by=user)
            return "Not answered. Who asked is told why."

        if done(request, form, act):
            return redirect("notice-questions", reference)
    context = {"notice": question.notice, "title": title_of(question.notice), "question": question, "form": form}
    return render(request, "procurement/questions/decline.html", context)


def notice_of(request: HttpRequest, reference: str) -> tuple[Notice, User]:
    """The notice and the person; the same refusal whether the notice exists or not."""
    user = person(request)
    drafting.require_any(user)
    if not published.is_reference(reference):
        raise Http404
    rows = Notice.objects.published().select_related("demand", "current")
    notice = get_object_or_404(rows, reference=reference)
    if not answering.may_draft(user, notice):
        raise Http404
    return notice, user


def _question(request: HttpRequest, reference: str, pk: int) -> tuple[Question, User]:
    notice, user = notice_of(request, reference)
    # With the same row of the notice, which is at hand.
    question = get_object_or_404(Question.objects.confirmed(), pk=pk, notice=notice)
    question.notice = notice
    return question, user


def title_of(notice: Notice) -> str:
    """What the notice is called on the board."""
    return notice.current.title if notice.current else notice.reference
