"""The decisions that stand, as the engine reads them."""

from procurement.matching import Decision as Ruling
from procurement.models import Decision


def standing_rulings() -> list[Ruling]:
    """The oldest first. One query."""
    rows = Decision.objects.standing().order_by("pk").values_list("first__reference", "second__reference", "verdict")
    return [Ruling(left, right, together=verdict == Decision.Verdict.TOGETHER) for left, right, verdict in rows]
