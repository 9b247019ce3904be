"""Every kind of report, by its name, from the bytes of a snapshot."""

from collections.abc import Callable

from procurement.pdf import borough, category, demand, picture
from procurement.pdf.job import Pdf
from procurement.pdf.render import LIMITS, Limits
from procurement.picture.telling import Telling

OF_ONE_THING = {"DEMAND": demand.render, "BOROUGH": borough.render, "CATEGORY": category.render}


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
    return OF_ONE_THING[kind](content, subject=subject, telling=telling, limits=limits, tick=tick, every=every)
