"""One borough's pack as a PDF: from the bytes of a snapshot, and nothing else."""

from collections.abc import Callable
from functools import partial

from procurement.charts import timeline
from procurement.charts.timeline import Lane
from procurement.pdf import parts
from procurement.pdf.job import Pdf
from procurement.pdf.parts import Figure
from procurement.pdf.render import LIMITS, Limits
from procurement.picture import one_borough
from procurement.picture.borough_pack import pack_of
from procurement.picture.facts import Frozen
from procurement.picture.one_report import OneReport
from procurement.picture.telling import Telling

# More bars than these are no drawing to look at; the table has them all.
LANES = 16


def render(
    content: bytes,
    *,
    subject: str,
    telling: Telling,
    limits: Limits = LIMITS,
    tick: Callable[[], None] | None = None,
    every: float = 10,
) -> Pdf:
    """Told to that borough, whatever `telling` says. Raises LookupError; else as procurement/pdf/parts.py."""
    report = partial(one_borough.report, slug=subject, telling=telling)
    return parts.render(content, report, figures=figures, limits=limits, tick=tick, every=every)


def figures(frozen: Frozen, report: OneReport) -> dict[str, Figure]:
    pack = pack_of(frozen, report.subject)
    if not pack.renewals:
        return {}
    lanes = [Lane(each.what or each.about, pack.day, each.ends, latest=each.latest) for each in pack.renewals]
    drawing = timeline.svg(lanes[:LANES], title="When present contracts end", today=pack.day)
    more = f", the first {LANES} of {len(lanes)}" if len(lanes) > LANES else ""
    return {"renewals": Figure(f"When present contracts end, and how far they can be extended{more}", drawing)}
