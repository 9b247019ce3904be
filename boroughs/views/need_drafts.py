"""Writing a need: begin it, its list of tasks, one section after the other, check the answers, submit.

The same pages amend an open need; then what is written goes into its amendment.
"""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.actions import amendments, drafting, needs
from boroughs.actions.drafting import Draft
from boroughs.actions.need_content import NeedContent, content_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.forms.coaching import advice
from boroughs.forms.date_remarks import date_remarks
from boroughs.forms.need_lines import rows
from boroughs.forms.need_sections import BY_SLUG, SECTIONS, Section
from boroughs.forms.need_words import answers, differences
from boroughs.forms.needs import BoroughForm, JoinsForm, NeedForm
from boroughs.models import Category, Contract, Need, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import need_or_404, person, require_as_read

ADD = "add_line"
FIRST = BY_SLUG["need"]
TIMING = BY_SLUG["timing"]
PROPOSED = ("category", "kind", "cpv")


def need_create(request: HttpRequest) -> HttpResponse:
    """Title and problem are asked first: with them others who need the same can be found before more is typed."""
    user = person(request)
    permissions.require(user, Permission.EDIT_NEEDS)
    boroughs = list(permissions.boroughs_of(user, Permission.EDIT_NEEDS))
    only = boroughs[0].slug if len(boroughs) == 1 else None
    data = request.POST if request.method == "POST" else None
    place = BoroughForm({"borough": only} if only else data, boroughs=boroughs)
    form = NeedForm(data, categories=(), only=FIRST.fields)
    joins = JoinsForm(data)
    if data is not None and all([place.is_valid(), form.is_valid(), joins.is_valid()]):
        content = NeedContent(**form.cleaned_data, joins=joins.cleaned_data["joins"])
        need = needs.log(borough=place.chosen(), content=content, by=user)
        return redirect("need-edit", need.reference)
    context = {
        "form": form,
        "joins": joins,
        "place": None if only else place,
        "borough": boroughs[0] if only else None,
    }
    return render(request, "boroughs/need_drafts/create.html", context)


@require_GET
def need_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """The list of tasks."""
    user = person(request)
    draft = drafting.draft_of(_own(user, reference))
    if not draft.can_be_changed:
        messages.error(request, f"{draft.need.reference} cannot be changed now.")
        return redirect("need-detail", reference)
    context = _draft_context(draft) | {
        "tasks": [(section, section.is_complete(draft.content)) for section in SECTIONS],
        "problems": needs.problems_before_submitting(draft.content),
    }
    return render(request, "boroughs/need_drafts/edit.html", context)


def need_section(
    request: HttpRequest, reference: str, section: str, *, aside: dict[str, Any] | None = None
) -> HttpResponse:
    """One section of the form. `aside` is what a page that sees more puts beside it."""
    user = person(request)
    if section not in BY_SLUG:
        raise Http404
    draft = drafting.draft_of(_own(user, reference))
    page = _Page(request, draft, BY_SLUG[section])
    if page.is_sent and page.is_valid():
        return _save(request, user, page)
    if not draft.can_be_changed and request.method != "POST":
        messages.error(request, f"{reference} cannot be changed now.")
        return redirect("need-detail", reference)
    return render(request, "boroughs/need_drafts/section.html", page.context() | (aside or {}))


def need_submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Check the answers, then hand the need, or its amendment, to an approver."""
    user = person(request)
    draft = drafting.draft_of(_own(user, reference))
    problems = needs.problems_before_submitting(draft.content)
    if request.method != "POST" and not draft.can_be_changed:
        return redirect("need-detail", reference)
    if request.method == "POST":
        try:
            require_as_read(request, draft.amendment or draft.need)
            if draft.amendment is not None:
                amendments.submit(amendment=draft.amendment, by=user)
            else:
                needs.submit(need=draft.need, by=user)
        except NotAcceptable as refusal:
            problems = refusal.problems
        except (IllegalMove, ChangedMeanwhile) as refusal:
            messages.error(request, str(refusal))
            return redirect("need-submit" if isinstance(refusal, ChangedMeanwhile) else "need-detail", reference)
        else:
            messages.success(request, f"{reference} now waits for an approver of {draft.need.borough.name}.")
            return redirect("need-detail", reference)
    context = _draft_context(draft) | {
        "problems": problems,
        "answers": answers(draft.content),
        "advice": advice(draft.content),
        "remarks": date_remarks(draft.content, today=timezone.localdate()),
        "revision": (draft.amendment or draft.need).revision,
        # Nothing of an open need is submitted that says what it says already.
        "is_changed": not draft.is_amendment or draft.content != content_of(draft.need),
    }
    return render(request, "boroughs/need_drafts/submit.html", context, status=422 if request.method == "POST" else 200)


class _Page:
    """One section as it is asked for or sent."""

    def __init__(self, request: HttpRequest, draft: Draft, section: Section) -> None:
        self.request, self.draft, self.section = request, draft, section
        self.is_sent = request.method == "POST" and ADD not in request.POST
        data = request.POST if request.method == "POST" else None
        self.form = NeedForm(
            data,
            categories=list(Category.objects.by_area()) if "category" in section.fields else (),
            contracts=self._contracts(),
            only=section.fields,
            checks=self.is_sent,
            initial=NeedForm.initial_from(draft.content) | self._proposed(),
        )
        self.lines = None
        if section.lines:
            stored = getattr(draft.content, section.lines)
            self.lines = rows(section.lines, data, stored, checks=self.is_sent)

    def _contracts(self) -> list[Contract]:
        if "contract" not in self.section.fields:
            return []
        chosen = self.draft.content.contract
        offered = Q(closed_at__isnull=True) | Q(pk=chosen.pk if chosen else None)
        return list(Contract.objects.filter(offered, borough=self.draft.need.borough_id).by_end())

    def _proposed(self) -> dict[str, str]:
        """What a link to this page proposes to choose: a category, a kind."""
        asked = self.request.GET
        return {
            name: asked[name] for name in ("category", "kind", "cpv") if asked.get(name) and name in self.section.fields
        }

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.lines is None or self.lines.is_valid()])

    def changes(self) -> dict[str, Any]:
        """What a valid page says."""
        said = dict(self.form.cleaned_data)
        if self.lines is not None:
            said[self.section.lines] = self.lines.said()
        return said

    def context(self) -> dict[str, Any]:
        seen = self.draft.token(self.section.names)
        if self.request.method == "POST":
            seen = self.request.POST.get("seen", "")
        return _draft_context(self.draft) | {
            "section": self.section,
            "form": self.form,
            "formset": self.lines,
            "seen": seen,
            "next": _after(self.section),
            "can_be_changed": self.draft.can_be_changed,
            # On what is stored: what was just typed is advised on when it is saved.
            "advice": [each for each in advice(self.draft.content) if each.section == self.section.slug],
            "remarks": date_remarks(self.draft.content, today=timezone.localdate()) if self.section is TIMING else [],
        }


def _save(request: HttpRequest, user: User, page: _Page) -> HttpResponse:
    reference, section = page.draft.need.reference, page.section
    changes = page.changes()
    try:
        drafting.write_section(need=page.draft.need, changes=changes, seen=request.POST.get("seen", ""), by=user)
    except (ChangedMeanwhile, IllegalMove) as refusal:
        # What was typed goes back to the person, beside what is stored now.
        stored = drafting.draft_of(_own(user, reference))
        context = page.context() | {
            "seen": stored.token(section.names),
            "refusal": str(refusal),
            "can_be_changed": stored.can_be_changed,
            "differences": differences(
                mine=replace(stored.content, **changes), theirs=stored.content, among=section.names
            ),
        }
        return render(request, "boroughs/need_drafts/changed.html", context, status=409)
    following = _after(section)
    if "to_list" in request.POST:
        return redirect("need-edit", reference)
    if following is None:
        return redirect("need-submit", reference)
    return redirect("need-section", reference, following.slug)


def _after(section: Section) -> Section | None:
    place = SECTIONS.index(section) + 1
    return SECTIONS[place] if place < len(SECTIONS) else None


def _draft_context(draft: Draft) -> dict[str, Any]:
    return {"need": draft.need, "content": draft.content, "amendment": draft.amendment, "amends": draft.is_amendment}


def _own(user: User, reference: str) -> Need:
    """The need, of a borough in which the person may write; 404 where they may not even see it."""
    need = need_or_404(user, reference)
    permissions.require(user, Permission.EDIT_NEEDS, need.borough)
    return need
