"""One borough's pack as a PDF: what is drawn in its chapters."""

from procurement.charts import timeline
from procurement.charts.timeline import Lane
from procurement.pdf.figures import of_lanes
from procurement.pdf.parts import Figure
from procurement.picture.borough_pack import pack_of
from procurement.picture.facts import Frozen
from procurement.picture.one_report import OneReport


def figures(frozen: Frozen, report: OneReport) -> dict[str, Figure]:
    """The drawings by the keys of their chapters."""
    pack = pack_of(frozen, report.subject)
    if not pack.renewals:
        return {}
    lanes = [Lane(each.what or each.about, pack.day, each.ends, latest=each.latest) for each in pack.renewals]
    drawing = timeline.svg(lanes[: timeline.LANES], title="When present contracts end", today=pack.day)
    caption = of_lanes("When present contracts end, and how far they can be extended", lanes)
    return {"renewals": Figure(caption, drawing)}
