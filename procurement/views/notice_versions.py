"""The versions of a notice: beside each other, and each as a file."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from procurement.forms.versions import CompareForm
from procurement.ocds.publisher import Publisher
from procurement.pdf import notice as notice_file
from procurement.pdf.render import PdfFailed
from procurement.queries import chain, notice_changes, published
from procurement.views.open_data import open_data
from procurement.views.public import public


@public
def notice_compare(request: HttpRequest, reference: str) -> HttpResponseBase:
    """What changed between any two versions, and why: the public reason of each version in between."""
    versions = published.versions(reference, at=timezone.now()) if published.is_reference(reference) else []
    if not versions:
        raise Http404
    context: dict[str, object] = {"notice": versions[0]}
    if len(versions) == 1:
        return render(request, "procurement/notices/compare.html", context)
    by_number = {version.number: version for version in versions}
    form = CompareForm(request.GET.dict(), numbers=list(by_number))
    context["form"] = form
    if not form.is_valid():
        return render(request, "procurement/notices/compare.html", context, status=400)
    first, last = form.pair
    context |= {
        "earlier": by_number[first],
        "later": by_number[last],
        "steps": [by_number[number] for number in range(first + 1, last + 1)],
        "changes": notice_changes.between(by_number[first], by_number[last]),
    }
    return render(request, "procurement/notices/compare.html", context)


@open_data
@public
def notice_pdf(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """One version as a tagged PDF, made while the reader waits where nobody asked for it in the last hour."""
    notice = published.version(reference, number, at=timezone.now())
    if notice is None:
        raise Http404
    address = Publisher.of(settings).notice_url(notice.reference, notice.number)
    try:
        content = notice_file.of_version(notice, head=chain.end(), address=address)
    except PdfFailed as failure:
        context = {"notice": notice, "failure": str(failure)}
        answer = render(request, "procurement/notices/no_pdf.html", context, status=503)
        answer.headers["Retry-After"] = "10"
        return answer
    response = HttpResponse(content, content_type="application/pdf")
    name = f"loti-{notice.reference.lower()}-version-{notice.number}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
