"""The picture as JSON: the figures of a snapshot, each with the needs behind it, for programs.

    format, reference, digest, taken_at, previous    1; of the snapshot, and of the one before it
    run              number, finished_at, engine_version, digest of the match run; null before the first
    exact            whether every figure is here
    figures          [{"figure", "what", "unit", "value", "needs", "contracts"}]; a value is null where nobody stated a
                     figure; "contracts" only where the figure comes from contract registers
    demands          [{"reference", "title", "status", "category", "area", "boroughs", "notice"}], the widest first;
                     where `exact`, "lead", "earliest_start", "first_contract_end" and "last_contract_end" too
    summary          {"overlaps", "changed", "decisions"}: [{"text", "figures"}]; where `exact` alone

Who may not see exact figures reads counts, and names: what the page of the picture shows to everybody signed in. The
totals of an older moment are not for them, not even in bands (docs/adr/0024-snapshots-of-facts.md); nor is which needs
state a budget, or when contracts end.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from procurement import canonical_json
from procurement.picture import facts, reckoning
from procurement.picture.changes import Changes, between
from procurement.picture.figures import DemandFigures, Figures
from procurement.picture.numbers import Number, each_once
from procurement.picture.summary import Said, Sentence, summary

# Raised when a field changes its meaning.
FORMAT = 1
# The first part of the names of figures that are for everybody who may see joint demands.
OPEN_HEADLINES = frozenset(
    {
        "open-needs",
        "matched-needs",
        "joint-demands",
        "confirmed-demands",
        "london-authorities",
        "authorities",
        "widest-demand",
        "notices-on-board",
    }
)
OPEN_ROWS = ("authority/", "category/", "area/")
OPEN_OF_DEMAND = ("/authorities", "/needs")


def write(content: bytes, previous: bytes | None = None, *, exact: bool) -> bytes:
    """The picture of a snapshot, by its bytes; with those of the one before it, what has changed since."""
    return canonical_json.dump(document(content, previous, exact=exact))


def document(content: bytes, previous: bytes | None = None, *, exact: bool) -> dict[str, Any]:
    """The same before it is written."""
    frozen = facts.from_json(content)
    figures = reckoning.figures(frozen)
    changes = between(facts.from_json(previous), frozen) if previous is not None and exact else None
    run = frozen.facts.run
    return {
        "format": FORMAT,
        "reference": frozen.reference,
        "digest": hashlib.sha256(content).hexdigest(),
        "taken_at": canonical_json.moment(frozen.taken_at),
        "previous": frozen.previous.reference if frozen.previous else None,
        "run": {
            "number": run.number,
            "finished_at": canonical_json.moment(run.finished_at),
            "engine_version": run.engine_version,
            "digest": run.digest,
        }
        if run
        else None,
        "exact": exact,
        "figures": list(_figures(figures, changes, exact=exact)),
        "demands": [_demand(demand, exact=exact) for demand in figures.demands],
    } | ({"summary": _summary(figures, changes)} if exact else {})


def _figures(figures: Figures, changes: Changes | None, *, exact: bool) -> Iterator[dict[str, Any]]:
    shown = {need for demand in figures.demands for need in demand.needs.needs}
    for number in each_once(figures, changes):
        if exact or _is_open(number):
            yield {
                "figure": number.key,
                "what": number.words,
                "unit": number.unit.value,
                "value": number.value,
                # Of a need in no joint demand others know that it is counted, and no more.
                "needs": [need for need in number.needs if exact or need in shown],
            } | ({"contracts": list(number.contracts)} if number.contracts and exact else {})


def _is_open(number: Number) -> bool:
    key = number.key
    of_demand = key.startswith("demand/") and key.endswith(OPEN_OF_DEMAND)
    return of_demand or key in OPEN_HEADLINES or key.startswith(OPEN_ROWS)


def _demand(demand: DemandFigures, *, exact: bool) -> dict[str, Any]:
    told = {
        "reference": demand.reference,
        "title": demand.title,
        "status": demand.fact.status,
        "category": demand.category,
        "area": demand.area,
        "boroughs": list(demand.boroughs),
        "notice": demand.notice.reference if demand.notice else None,
    }
    if not exact:
        return told
    return told | {
        "lead": demand.lead,
        "earliest_start": _day(demand.earliest_start),
        "first_contract_end": _day(demand.first_end),
        "last_contract_end": _day(demand.last_end),
    }


def _summary(figures: Figures, changes: Changes | None) -> dict[str, Any]:
    told = summary(figures, changes)
    return {
        "overlaps": _sentences(told.overlaps),
        "changed": _sentences(told.changed),
        "decisions": _sentences(told.decisions),
    }


def _sentences(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    return [
        {"text": each.text, "figures": [part.number.key for part in each.parts if isinstance(part, Said)]}
        for each in sentences
    ]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
