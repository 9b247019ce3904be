"""The decision record of one joint demand as a PDF: templates/pdf/record.html."""

from datetime import datetime

from procurement.pdf.job import Pdf
from procurement.pdf.render import Limits, render_pdf
from procurement.queries.decision_record import DecisionRecord

# Somebody waits for it; of a joint demand of all boroughs it takes a few seconds.
LIMITS = Limits(cpu_seconds=30, seconds=60)


def render(record: DecisionRecord, *, at: datetime, limits: Limits = LIMITS) -> Pdf:
    """The record as read `at` a moment. Raises PdfFailed; see procurement/pdf/render.py."""
    context = {"record": record, "digest": record.digest(), "at": at}
    return render_pdf(template="pdf/record.html", context=context, limits=limits)
