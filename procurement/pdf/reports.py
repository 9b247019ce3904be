"""Every kind of report, by its name, from the bytes of a snapshot."""

from collections.abc import Callable

from procurement.pdf import picture
from procurement.pdf.job import Pdf
from procurement.pdf.render import LIMITS, Limits
from procurement.picture.telling import Telling


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
    """The report of this kind: PICTURE; DEMAND, BOROUGH or CATEGORY of what `subject` names, by reference or slug.

    The same arguments give the same file, in any process. Raises LookupError where the snapshot knows no such subject,
    and PdfFailed.
    """
    return {"PICTURE": picture.render}[kind](content, previous=previous, limits=limits, tick=tick, every=every)
