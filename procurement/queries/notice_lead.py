"""Who leads in a notice, by somebody's choice: the boroughs agreed on it, or a person chose it in the draft.

The column always names an authority. While nobody has chosen, that is nobody's word, and no page shows it. What was
chosen in a draft stands on its audit trail; what is on the board was chosen.
"""

from collections.abc import Collection

from boroughs.models import AuditEvent, Borough
from procurement.models import Coalition, Notice


def chosen(notice: Notice) -> Borough | None:
    """Two queries of a draft, and none of what is on the board."""
    return chosen_of([notice])[notice.pk]


def chosen_of(notices: Collection[Notice]) -> dict[int, Borough | None]:
    """The same of many, by primary key."""
    drafts = [notice for notice in notices if notice.current_id is None]
    agreed, said = _agreed(drafts), _said(drafts)
    return {
        notice.pk: notice.lead
        if notice.current_id is not None
        or agreed.get(notice.demand_id) == notice.lead_id
        or said.get(notice.reference) == notice.lead.slug
        else None
        for notice in notices
    }


def _agreed(drafts: Collection[Notice]) -> dict[int, int | None]:
    """Leads that the boroughs agreed on, by joint demand."""
    demands = [notice.demand_id for notice in drafts]
    return dict(Coalition.objects.filter(demand__in=demands).values_list("demand", "lead")) if demands else {}


def _said(drafts: Collection[Notice]) -> dict[str, str]:
    """Slugs that the last edit chose, by reference; "" where it left the lead open."""
    references = [notice.reference for notice in drafts]
    if not references:
        return {}
    edits = AuditEvent.objects.filter(noun="notice", verb="edit", reference__in=references).order_by("pk")
    return {
        reference: details["lead"]
        for reference, details in edits.values_list("reference", "details")
        if "lead" in details
    }
