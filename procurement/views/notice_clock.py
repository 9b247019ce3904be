"""The notice clock: what the law leaves of days before the tender notice that the lead wants."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from procurement.forms.notice_clock import FIRST_DAY, LAST_DAY, TenderDateForm
from procurement.planning import statutory
from procurement.views.preparing import prepared


@require_safe
def notice_clock(request: HttpRequest, reference: str) -> HttpResponse:
    """For the day in the notice, or for another one that is tried out and kept nowhere."""
    notice, _ = prepared(request, reference)
    is_tried = any(name.startswith("tender_date") for name in request.GET)
    form = TenderDateForm(request.GET) if is_tried else TenderDateForm(initial={"tender_date": notice.tender_date})
    if is_tried:
        day = form.cleaned_data["tender_date"] if form.is_valid() else None
    else:
        day = notice.tender_date if notice.tender_date and FIRST_DAY <= notice.tender_date <= LAST_DAY else None
    return render(
        request,
        "procurement/notices/clock.html",
        {
            "draft": notice,
            "form": form,
            "clock": statutory.clock(tender_date=day, today=timezone.localdate()) if day else None,
            "is_other_day": day is not None and day != notice.tender_date,
        },
    )
