"""Who leads in a notice, by somebody's choice: the boroughs agreed on it, or a person chose it in the draft.

The column always names an authority. While nobody has chosen, that is nobody's word, and no page shows it. What is on
the board was chosen.
"""

from collections.abc import Collection

from boroughs.models import Borough
from procurement.models import Coalition, Notice


def chosen(notice: Notice) -> Borough | None:
    """A query where no person chose it: what the boroughs agreed on."""
    return chosen_of([notice])[notice.pk]


def chosen_of(notices: Collection[Notice]) -> dict[int, Borough | None]:
    """The same of many, by primary key. One query."""
    agreed = _agreed([notice.demand_id for notice in notices if not notice.lead_is_chosen])
    return {
        notice.pk: notice.lead if notice.lead_is_chosen or agreed.get(notice.demand_id) == notice.lead_id else None
        for notice in notices
    }


def _agreed(demands: Collection[int]) -> dict[int, int | None]:
    """Leads that the boroughs agreed on, by joint demand."""
    return dict(Coalition.objects.filter(demand__in=demands).values_list("demand", "lead")) if demands else {}
