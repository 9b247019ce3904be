"""Every kind of report, by its name, from the bytes of a snapshot."""

from collections.abc import Callable, Mapping

from procurement.pdf import borough, category, demand, parts, picture
from procurement.pdf.job import Pdf
from procurement.pdf.render import LIMITS, Limits
from procurement.picture import one_borough, one_category, one_demand
from procurement.picture.facts import Frozen
from procurement.picture.one_report import OneReport
from procurement.picture.telling import Telling

Maker = Callable[[Frozen, str, Telling], OneReport]
Drawer = Callable[[Frozen, OneReport], dict[str, parts.Figure]]
# What makes the report of one thing, and what draws for its chapters.
OF_ONE_THING: Mapping[str, tuple[Maker, Drawer]] = {
    "DEMAND": (one_demand.report, demand.figures),
    "BOROUGH": (one_borough.report, borough.figures),
    "CATEGORY": (one_category.report, category.figures),
}


def render(
    kind: str,
    content: bytes,
    *,
    telling: Telling,
    subject: str = "",
    previous: bytes | None = None,
    limits: Limits = LIMITS,
    tick: Callable[[], None] | None = None,
    every: float = 10,
) -> Pdf:
    """PICTURE, or DEMAND, BOROUGH or CATEGORY of the one that `subject` names (reference or slug).

    The same arguments give the same file, in any process. Raises LookupError where the snapshot knows no such subject,
    and PdfFailed.
    """
    if kind == "PICTURE":
        return picture.render(content, telling=telling, previous=previous, limits=limits, tick=tick, every=every)
    report, figures = OF_ONE_THING[kind]
    return parts.render(
        content,
        lambda frozen: report(frozen, subject, telling),
        figures=figures,
        limits=limits,
        tick=tick,
        every=every,
    )
