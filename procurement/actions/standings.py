"""What boroughs have said and agreed on joint demands, at one moment, as JSON, and put back as it was.

Called by the actions that merge and split joint demands, inside their transaction: what they carry from one to the
other can be taken back.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from boroughs.permissions import Actor
from procurement.actions import coalition_turn
from procurement.models import (
    Coalition,
    CommonRequirement,
    LeadVote,
    Participation,
    ParticipationStep,
    RequirementWording,
)

Rows = dict[str, list[dict[str, Any]]]

# Rows that are put back whole, and those of which a merger changes these columns alone.
_WHOLE: tuple[type[models.Model], ...] = (Coalition, Participation, LeadVote)
_PARTS: dict[type[models.Model], tuple[str, ...]] = {
    CommonRequirement: ("demand_id", "number", "position", "status", "agreed_at", "agreed_by_id"),
    RequirementWording: ("demand_id",),
}
# A merger changes none of these, and they are not put back. Where they are not as they were, somebody has acted since.
_WITNESSES: dict[type[models.Model], tuple[str, ...]] = {
    CommonRequirement: ("wording", "text", "priority", "standards", "clashes", "clashes_settled", "clash_settled_by"),
    RequirementWording: ("status",),
}
# They say when somebody looked last, and how often; not what was said.
_COUNTERS = ("revision", "updated_at")


def of(demand_ids: Iterable[int]) -> Rows:
    """The rows of these joint demands, by the model's name."""
    ids = set(demand_ids)
    found = {model.__name__: list(_rows(model, ids).values()) for model in _WHOLE}
    found |= {
        model.__name__: list(_rows(model, ids).values("id", *columns, *_WITNESSES[model]))
        for model, columns in _PARTS.items()
    }
    plain: Rows = json.loads(json.dumps(found, cls=DjangoJSONEncoder))
    return plain


def said(rows: Mapping[str, list[dict[str, Any]]]) -> Rows:
    """What they say, without what only counts."""
    return {
        name: [{key: value for key, value in row.items() if key not in _COUNTERS} for row in listed]
        for name, listed in rows.items()
    }


def restore(before: Rows, demand_ids: Iterable[int], *, why: str, by: Actor) -> None:
    """Put the rows of these joint demands back. Each borough that stands elsewhere by it has a step that says `why`."""
    ids = set(demand_ids)
    now = {(row.demand_id, row.borough_id): row for row in Participation.objects.filter(demand__in=ids)}
    # Above all that anybody has on an open page.
    newest = max((row.revision for row in now.values()), default=0) + 1
    led = _leads(ids)
    for model in reversed(_WHOLE):
        _rows(model, ids).delete()
    for model in _WHOLE:
        model._default_manager.bulk_create(_made(model, row, newest) for row in before[model.__name__])
    for model, columns in _PARTS.items():
        for row in before[model.__name__]:
            # Two rows must not have the same number for a moment: those that moved come back one by one.
            model._default_manager.filter(pk=row["id"]).update(**{name: row[name] for name in columns})
    _keep_steps(ids, now, why, by)
    for demand_id, coalition in _leads(ids).items():
        lead = coalition.lead
        if lead is not None and (demand_id not in led or led[demand_id].lead_id != lead.pk):
            coalition_turn.step(
                demand=coalition.demand,
                borough=lead,
                verb=ParticipationStep.Verb.LEADS,
                by=by,
                candidate_slug=lead.slug,
                comment=why,
            )


def _leads(ids: set[int]) -> dict[int, Coalition]:
    rows = Coalition.objects.filter(demand__in=ids, lead__isnull=False).select_related("lead", "demand")
    return {row.demand_id: row for row in rows.order_by("pk")}


def _keep_steps(ids: set[int], before: Mapping[tuple[int, int], Participation], why: str, by: Actor) -> None:
    rows = Participation.objects.filter(demand__in=ids).select_related("borough", "demand").order_by("pk")
    for row in rows:
        was = before.get((row.demand_id, row.borough_id))
        stage = was.stage if was else ""
        if row.stage != stage and row.stage != Participation.Stage.SUGGESTED:
            coalition_turn.step(
                demand=row.demand,
                borough=row.borough,
                verb=ParticipationStep.Verb.MOVED,
                by=by,
                from_stage=stage,
                to_stage=row.stage,
                depth=row.depth,
                reason=row.reason,
                comment=why,
            )


def _rows(model: type[models.Model], ids: set[int]) -> models.QuerySet[Any]:
    return model._default_manager.filter(demand__in=ids).order_by("pk")


def _made(model: type[models.Model], row: Mapping[str, Any], newest: int) -> Any:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    values = {name: fields[name].to_python(value) if name in fields else value for name, value in row.items()}
    if "revision" in values:
        values["revision"] = max(values["revision"], newest)
    return model(**values)
