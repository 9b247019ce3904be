"""The picture as JSON: the figures of a snapshot, each with the needs behind it, for programs.

    format, reference, digest, taken_at, previous    1; of the snapshot, and of the one before it
    run              number, finished_at, engine_version, digest of the match run; null before the first
    exact            whether every figure is here
    figures          [{"figure", "what", "unit", "value", "needs", "contracts"}]; a value is null where nobody stated a
                     figure; "contracts" only where the figure comes from contract registers
    demands          [{"reference", "title", "status", "category", "area", "boroughs", "notice"}], the widest first;
                     where `exact`, "lead", "earliest_start", "first_contract_end" and "last_contract_end" too; else
                     "told": {"users", "budget_min", "budget_max"}, each {"value", "low", "high", "as_at"}
    summary          {"overlaps", "changed", "decisions"}: [{"text", "figures"}]

Who may not see exact figures reads counts, names and told figures, and nothing that the page of the picture did not
show to everybody signed in at that moment. Other totals of an older moment are not for them, not even in bands
(docs/adr/0025-tellings-of-a-report.md); nor is which needs state a budget, when contracts end, or where boroughs stand.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from procurement import canonical_json
from procurement.picture import coverage, facts, reckoning, told_facts
from procurement.picture.changes import Changes, between
from procurement.picture.facts import Frozen, ToldFigure
from procurement.picture.figures import DemandFigures, Figures
from procurement.picture.flow import without_lead
from procurement.picture.numbers import Number, each_once
from procurement.picture.sentences import Sentence, plain
from procurement.picture.summary import Summary, summary
from procurement.picture.telling import Telling

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
        "waiting-demands",
        "unsure-demands",
    }
)
# The last part of those of one authority, one category and one joint demand.
OPEN_OF_ONE = {
    "authority": ("needs", "matched"),
    "category": ("needs", "authorities", "matched", "demands"),
    "demand": ("authorities", "needs"),
}
# Of how much the picture covers, what moves with no single contract or need.
OPEN_COVERAGE = frozenset({"coverage-logged", "coverage-silent", "coverage-registers", "coverage-fresh"})
# Stages of needs on their way to a notice; who leads is where a borough stands.
OPEN_STAGES = frozenset({"open", "matched", "alone", "confirmed", "suggested", "notice", "no-notice"})
OPEN_SINCE = frozenset(
    {
        "since/needs-new",
        "since/needs-gone",
        "since/needs-amended",
        "since/demands-new",
        "since/demands-gone",
        "since/demands-wider",
        "since/demands-narrower",
        "since/demands-confirmed",
        "since/notices-published",
        "since/notices-withdrawn",
    }
)


def write(content: bytes, previous: bytes | None = None, *, telling: Telling) -> bytes:
    """The picture of a snapshot, by its bytes; with those of the one before it, what has changed since."""
    return canonical_json.dump(document(content, previous, telling=telling))


def document(content: bytes, previous: bytes | None = None, *, telling: Telling) -> dict[str, Any]:
    """The same before it is written."""
    whole = facts.from_json(content)
    frozen = told_facts.told(whole, telling)
    figures = reckoned(whole, telling)
    changes = moved(facts.from_json(previous), frozen, telling) if previous is not None else None
    told = said(summary(figures, changes), telling)
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
        "exact": telling.exact,
        "figures": [
            {
                "figure": number.key,
                "what": number.words,
                "unit": number.unit.value,
                "value": number.value,
                "needs": list(number.needs),
            }
            | ({"contracts": list(number.contracts)} if number.contracts else {})
            for number in open_of(each_once(figures, changes), named(figures), telling)
        ],
        "demands": [_demand(demand, telling) for demand in figures.demands],
        "summary": {
            "overlaps": plain(told.overlaps),
            "changed": plain(told.changed),
            "decisions": plain(told.decisions),
        },
    }


def reckoned(whole: Frozen, telling: Telling) -> Figures:
    """The figures of a snapshot as they may be told: of facts that hold no more, and what is handed on of coverage."""
    found = reckoning.figures(told_facts.told(whole, telling))
    if telling.exact:
        return found
    return replace(found, coverage=coverage.handed_on(coverage.coverage(whole)), flow=without_lead(found.flow))


def moved(earlier: Frozen, later: Frozen, telling: Telling) -> Changes:
    """What moved between two snapshots, as far as it may be told. Each may have been told so before."""
    changes = between(told_facts.told(earlier, telling), told_facts.told(later, telling))
    if telling.exact:
        return changes
    return replace(changes, headlines=tuple(each for each in changes.headlines if is_open(each.after)))


def said(summary: Summary, telling: Telling) -> Summary:
    """The sentences all figures of which may be told."""
    return Summary(
        overlaps=open_sentences(summary.overlaps, telling),
        changed=open_sentences(summary.changed, telling),
        decisions=open_sentences(summary.decisions, telling),
    )


def open_sentences(sentences: Iterable[Sentence], telling: Telling) -> tuple[Sentence, ...]:
    return tuple(each for each in sentences if telling.exact or all(map(is_open, each.numbers)))


def open_of(numbers: Iterable[Number], names: frozenset[str], telling: Telling) -> Iterator[Number]:
    """Those that may be told, each with the needs that may be named; `names` as `named` gives them. No contracts."""
    for number in numbers:
        if telling.exact:
            yield number
        elif is_open(number):
            yield replace(number, needs=tuple(need for need in number.needs if need in names), contracts=())


def named(figures: Figures) -> frozenset[str]:
    """References of the needs in joint demands. Of one in none others know that it is counted, and no more."""
    return frozenset(need for demand in figures.demands for need in demand.needs.needs)


def is_open(number: Number) -> bool:
    """Whether everybody who may see joint demands may read it."""
    key = number.key
    kind, *parts = key.split("/")
    if kind == "flow":
        return OPEN_STAGES.issuperset(parts)
    return key in OPEN_HEADLINES | OPEN_SINCE | OPEN_COVERAGE or kind == "area" or _is_open_of_one(kind, parts)


def _is_open_of_one(kind: str, parts: list[str]) -> bool:
    return bool(parts) and parts[-1] in OPEN_OF_ONE.get(kind, ())


def _demand(demand: DemandFigures, telling: Telling) -> dict[str, Any]:
    shown = {
        "reference": demand.reference,
        "title": demand.title,
        "status": demand.fact.status,
        "category": demand.category,
        "area": demand.area,
        "boroughs": list(demand.boroughs),
        "notice": demand.notice.reference if demand.notice else None,
    }
    if not telling.exact:
        told = demand.fact.told
        amounts = {"users": told.users, "budget_min": told.budget_min, "budget_max": told.budget_max}
        return shown | {"told": {name: _told(figure) for name, figure in amounts.items()}}
    return shown | {
        "lead": demand.lead,
        "earliest_start": _day(demand.earliest_start),
        "first_contract_end": _day(demand.first_end),
        "last_contract_end": _day(demand.last_end),
    }


def _told(figure: ToldFigure) -> dict[str, Any]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "as_at": _day(figure.as_at)}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
