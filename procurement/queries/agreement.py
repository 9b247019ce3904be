"""How often two people who read the same said the same of it, and how often people slip if that is all."""

from dataclasses import dataclass
from itertools import groupby, islice
from math import sqrt

from django.utils import timezone

from procurement.models import Opinion
from procurement.queries.hit_rates import ENOUGH
from procurement.queries.matcher_record import RECENT


@dataclass(frozen=True)
class Agreement:
    # Needs, and joint demands as a whole, about which two people were asked, and of how many both said the same.
    compared: int
    alike: int

    @property
    def share(self) -> float | None:
        """None while there are too few to say."""
        return self.alike / self.compared if self.compared >= ENOUGH else None

    @property
    def slips(self) -> float | None:
        """The share of answers that are slips, where people slip independently of each other and equally often.

        Two differ where one of them slips and not the other: in 2e(1 - e) of cases. None where they differ more often
        than if they tossed a coin.
        """
        if self.share is None or self.share < 0.5:
            return None
        return (1.0 - sqrt(2.0 * self.share - 1.0)) / 2.0


def agreement() -> Agreement:
    """Of the last 90 days, of what is closed: in effect, or overtaken by a ruling. What is open is nobody's to know.
    One query.
    """
    since = timezone.now() - RECENT
    rows = (
        Opinion.objects.filter(turn=1, closed_at__gte=since)
        .order_by("demand_id", "need_id", "other_id", "revision", "closed_at", "pk")
        .values_list("demand_id", "need_id", "other_id", "revision", "closed_at", "belongs")
    )
    # The first two: later ones were asked because of them.
    said = [[row[5] for row in islice(group, 2)] for _, group in groupby(rows, key=lambda row: row[:5])]
    pairs = [answers for answers in said if len(answers) == 2]
    return Agreement(len(pairs), sum(first == second for first, second in pairs))
