"""The sheet from which the lead authority copies a notice into Find a Tender."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from boroughs import permissions
from boroughs.permissions import Permission
from procurement.queries import find_a_tender, notice_problems, published
from procurement.queries.find_a_tender import Form
from procurement.views.preparing import prepared


@require_safe
def notice_find_a_tender(request: HttpRequest, reference: str) -> HttpResponse:
    """What the board shows; of a notice that is on no board yet, what it would show."""
    draft, user = prepared(request, reference)
    now = timezone.now()
    on_board = published.notice(reference, at=now)
    tells_new = permissions.has(user, Permission.VIEW_EXACT_FIGURES)
    notice = on_board or published.preview(draft, at=now, tells_new=tells_new)
    wanted = request.GET.get("form", "")
    form = Form(wanted) if wanted in list(Form) else find_a_tender.form_of(notice)
    address = settings.SITE_URL + reverse("notice-detail", args=[reference]) if on_board else ""
    return render(
        request,
        "procurement/notices/find_a_tender.html",
        {
            "notice": notice,
            "is_published": on_board is not None,
            "problems": [] if on_board else notice_problems.of_content(draft),
            "form": form,
            "forms": list(Form),
            "sections": find_a_tender.sheet(notice, form, address=address),
        },
    )
