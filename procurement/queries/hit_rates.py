"""How often the matcher is right where it says strong, likely or possible: what every page says beside the word.

Measured on people's answers once there are enough of them; until then as measured on labelled needs (docs/matching.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from procurement.models import Decision, DemandMember

Band = DemandMember.Band

# Of the members shown with this word so many belong: on six labelled sets, 898 members (docs/matching.md).
STATED: Final[Mapping[Band, tuple[float, str]]] = {
    Band.STRONG: (0.91, "9 in 10"),
    Band.LIKELY: (0.74, "3 in 4"),
    Band.POSSIBLE: (0.45, "1 in 2"),
}
# Fewer answers than this say less than the labelled sets do.
ENOUGH: Final = 30


@dataclass(frozen=True)
class HitRate:
    band: Band
    # 0 to 1.
    share: float
    # "9 in 10"
    words: str
    # Standing answers in this band, whether or not there are enough.
    answers: int
    is_measured_here: bool

    @property
    def label(self) -> str:
        return self.band.label


def hit_rates() -> tuple[HitRate, ...]:
    """Strong, likely, possible, in this order. One query."""
    rows = Decision.objects.answers().values_list("band").annotate(Count("pk"), right=_right()).order_by("band")
    counted = {band: (answers, right) for band, answers, right in rows}
    return tuple(_rate(band, *counted.get(band, (0, 0))) for band in Band)


def _right() -> Count:
    return Count("pk", filter=Q(verdict=Decision.Verdict.TOGETHER))


def _rate(band: Band, answers: int, right: int) -> HitRate:
    if answers < ENOUGH:
        share, words = STATED[band]
        return HitRate(band, share, words, answers, is_measured_here=False)
    share = right / answers
    return HitRate(band, share, f"{round(share * 100)} in 100", answers, is_measured_here=True)
