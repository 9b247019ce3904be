"""The decision record of one joint demand as a PDF: templates/pdf/record.html."""

from datetime import datetime

from procurement.pdf.job import Pdf
from procurement.pdf.render import Limits, render_pdf
from procurement.queries.chain import Head
from procurement.queries.decision_record import DecisionRecord

# Somebody waits for it; of a joint demand of all boroughs it takes a few seconds.
LIMITS = Limits(cpu_seconds=30, seconds=60)


def render(record: DecisionRecord, *, head: Head, at: datetime, limits: Limits = LIMITS) -> Pdf:
    """The record and the head of the board as read `at` a moment. Raises PdfFailed; see procurement/pdf/render.py."""
    context = {"record": record, "digest": record.digest(), "at": at, "head": head}
    return render_pdf(template="pdf/record.html", context=context, limits=limits)
