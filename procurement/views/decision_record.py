"""The decision record of a joint demand, as a page and as a PDF."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.pdf import record as record_pdf
from procurement.pdf.render import PdfFailed
from procurement.queries import chain
from procurement.queries.decision_record import DecisionRecord, decision_record


@require_GET
def demand_record(request: HttpRequest, reference: str) -> HttpResponse:
    record = _record(request, reference)
    context = {"record": record, "digest": record.digest(), "at": timezone.now()}
    return render(request, "procurement/decision_record/page.html", context)


@require_GET
def demand_record_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Made while the person waits, in a process of its own under limits."""
    record = _record(request, reference)
    try:
        pdf = record_pdf.render(record, head=chain.end(), at=timezone.now())
    except PdfFailed as failure:
        messages.error(request, str(failure))
        return redirect("demand-record", record.reference)
    response = HttpResponse(pdf.content, content_type="application/pdf")
    name = f"loti-decision-record-{record.reference.lower()}-{timezone.localdate():%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response


def _record(request: HttpRequest, reference: str) -> DecisionRecord:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    record = decision_record(reference, user)
    if record is None:
        raise Http404
    return record
