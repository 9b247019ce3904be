"""The picture in plain English: every sentence is computed, and every figure in one names the number that it is.

What the data lacks is not said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from procurement.picture import words
from procurement.picture.changes import Changes
from procurement.picture.figures import DemandFigures, Figures
from procurement.picture.sentences import Said, Sentence, of, sentence, verb

# How far ahead the summary looks for contracts that end, and for decisions of boroughs.
ENDS_AHEAD = timedelta(days=365)
DECISIONS_AHEAD = timedelta(days=90)
# So many of the largest overlaps, and of the next decisions, have a sentence.
LARGEST = 3
NEXT = 3


@dataclass(frozen=True)
class Summary:
    overlaps: tuple[Sentence, ...]
    # Empty in the first snapshot.
    changed: tuple[Sentence, ...]
    decisions: tuple[Sentence, ...]


def summary(figures: Figures, changes: Changes | None = None) -> Summary:
    """In the order in which a board reads: where London stands, what moved, what to decide."""
    return Summary(
        overlaps=tuple(_overlaps(figures)),
        changed=changed(changes) if changes else (),
        decisions=tuple(_decisions(figures)),
    )


def _overlaps(figures: Figures) -> Iterable[Sentence]:
    heads = figures.headlines
    if not heads.needs.value:
        yield sentence("No authority has an open need yet, so there is nothing to compare.")
        return
    yield sentence(
        of(heads.logged),
        f" of London's {words.count(heads.london)} authorities ",
        verb(heads.logged, "has", "have"),
        " logged ",
        of(heads.needs, "open need"),
        _guests(figures),
        ".",
    )
    if not figures.demands:
        yield sentence("No two of them overlap as far as the matcher can tell.")
        return
    yield sentence(
        Said(f"{words.count(int(heads.matched))} of these needs", heads.matched),
        f" ({words.percent(int(heads.matched), int(heads.needs))}) overlap with a need of another authority and form ",
        of(heads.demands, "joint demand"),
        ", of which ",
        of(heads.confirmed),
        " ",
        verb(heads.confirmed, "is", "are"),
        " confirmed by an analyst.",
    )
    yield _largest(figures.demands)
    if heads.lowest.value is not None and heads.highest.value is not None:
        yield sentence(
            of(heads.budgeted),
            " of the needs in joint demands ",
            verb(heads.budgeted, "states", "state"),
            " a budget that can be added up: together ",
            Said(words.pounds_range(int(heads.lowest), int(heads.highest)), heads.highest),
            " over the whole life.",
        )
    yield from _soonest(figures)
    yield from _market(figures)
    yield from _results(figures)


def _market(figures: Figures) -> Iterable[Sentence]:
    markets, concentrated = figures.market.markets, figures.market.concentrated
    if markets.value:
        yield sentence(
            "In ",
            of(concentrated),
            " of the ",
            of(markets, "category,categories"),
            " in which three boroughs or more have a contract, the market is highly concentrated.",
        )


def _results(figures: Figures) -> Iterable[Sentence]:
    results = figures.outcomes
    if results.decided.value:
        yield sentence(
            "Boroughs have decided on ",
            of(results.decided, "joint demand"),
            ", and ",
            of(results.reached),
            " reached the quorum.",
        )
    if results.saved.value is not None:
        yield sentence(
            "What was saved in the end is known of ",
            of(results.realised, "joint demand"),
            ": ",
            Said(words.pounds(int(results.saved)), results.saved),
            ".",
        )


def _guests(figures: Figures) -> str:
    others = int(figures.headlines.all_logged) - int(figures.headlines.logged)
    return f", with {words.count(others, 'guest authority,guest authorities')}" if others else ""


def _largest(demands: Iterable[DemandFigures]) -> Sentence:
    parts: list[str | Said] = []
    for place, demand in enumerate(tuple(demands)[:LARGEST]):
        parts += ["The widest are " if not place else "; ", words.named(demand.title, demand.reference), " with "]
        parts.append(of(demand.authorities, "authority,authorities"))
    if len(parts) == 4:
        parts[0] = "The widest is "
    return sentence(*parts, ".")


def _soonest(figures: Figures) -> Iterable[Sentence]:
    """Of all needs in joint demands, the present contract that ends first, where that is within a year."""
    until = figures.day + ENDS_AHEAD
    ending = [
        (demand.first_end, demand.reference, demand)
        for demand in figures.demands
        if demand.first_end and figures.day <= demand.first_end <= until
    ]
    if ending:
        end, _, demand = min(ending, key=lambda each: each[:2])
        yield sentence(
            f"In {words.count(len(ending), 'joint demand')} the first present contract ends within twelve months; "
            f"the soonest is in {words.named(demand.title, demand.reference)}, of ",
            of(demand.needs, "need"),
            f", on {words.day(end)}.",
        )


def changed(changes: Changes) -> tuple[Sentence, ...]:
    """What moved between two snapshots."""
    return tuple(_changed(changes))


def _changed(changes: Changes) -> Iterable[Sentence]:
    if changes.is_empty:
        yield sentence(f"Nothing of what is counted here has moved since {changes.earlier}.")
        return
    yield _needs_changed(changes)
    told = (
        (changes.demands_new, "new"),
        (changes.demands_gone, "gone"),
        (changes.demands_wider, "wider by a borough or more"),
        (changes.demands_narrower, "narrower by a borough or more"),
        (changes.demands_confirmed, "confirmed now"),
    )
    parts: list[str | Said] = []
    for figure, became in told:
        if figure.value:
            parts += [", " if parts else "Of the joint demands ", of(figure)]
            parts.append(f" {verb(figure, 'is', 'are')} {became}")
    if parts:
        yield sentence(*parts, ".")
    if changes.demands_stepped.value:
        yield sentence("Boroughs took a step on ", of(changes.demands_stepped, "joint demand"), ".")
    if changes.notices_published.value or changes.notices_withdrawn.value:
        yield sentence(
            of(changes.notices_published, "notice"),
            " ",
            verb(changes.notices_published, "was", "were"),
            " published or corrected, ",
            of(changes.notices_withdrawn),
            " withdrawn.",
        )


def _needs_changed(changes: Changes) -> Sentence:
    if not (changes.needs_new.value or changes.needs_gone.value or changes.needs_amended.value):
        return sentence(f"Since {changes.earlier}, no need came, went or was amended.")
    return sentence(
        f"Since {changes.earlier}, ",
        of(changes.needs_new, "need"),
        " came, ",
        of(changes.needs_gone),
        " went and ",
        of(changes.needs_amended),
        f" {verb(changes.needs_amended, 'was', 'were')} amended.",
    )


def _decisions(figures: Figures) -> Iterable[Sentence]:
    heads = figures.headlines
    if heads.waiting.value:
        waits = verb(heads.waiting, "waits", "wait")
        yield sentence(
            of(heads.waiting, "joint demand"), f" {waits} for an analyst to say that the needs belong together."
        )
    if heads.without_lead.value:
        have = verb(heads.without_lead, "has", "have")
        yield sentence(of(heads.without_lead, "confirmed joint demand"), f" {have} no borough that leads.")
    yield from _starts(figures)
    until = figures.day + DECISIONS_AHEAD
    due = [
        (demand.fact.decision_date, demand.reference, demand)
        for demand in figures.demands
        if demand.fact.decision_date and not demand.fact.outcome and figures.day <= demand.fact.decision_date <= until
    ]
    for on, _, demand in sorted(due, key=lambda each: each[:2])[:NEXT]:
        yield sentence(
            f"The boroughs of {words.named(demand.title, demand.reference)} decide by {words.day(on)}: ",
            of(demand.committed),
            f" of the {words.count(demand.fact.quorum or 0)} that it takes ",
            verb(demand.committed, "has", "have"),
            " committed.",
        )
    if heads.proposed.value:
        waits = verb(heads.proposed, "waits", "wait")
        yield sentence(of(heads.proposed, "notice"), f" {waits} for a second person before publication.")
    if heads.not_sure.value:
        yield sentence(
            of(heads.not_sure, "more joint demand"),
            " of which the matcher is not sure ",
            verb(heads.not_sure, "is", "are"),
            " left out of this picture until an analyst has looked.",
        )


def _starts(figures: Figures) -> Iterable[Sentence]:
    """What boroughs have to begin or to say soon, so that they can start together."""
    soon = figures.windows.soon
    if soon.value:
        yield sentence(
            "For ",
            of(soon, "joint demand"),
            " the joint purchase has to begin within half a year, for the best common start.",
        )
    dues = [(each.due.by, each.reference, each) for each in figures.windows.rows if each.due]
    by, _, window = min(dues, key=lambda each: each[:2], default=(None, "", None))
    if by and window and by <= figures.day + DECISIONS_AHEAD:
        yield sentence(
            f"The first decision about a present contract is due by {words.day(by)}, in "
            f"{words.named(window.title, window.reference)}, which ",
            of(window.joining, "borough"),
            " could start together.",
        )
    waiting = figures.answers.waiting
    if waiting.value:
        yield sentence(
            of(waiting, "answer"), f" of boroughs to joint demands {verb(waiting, 'is', 'are')} not given yet."
        )
    stale = figures.coverage.stale
    if stale.value:
        yield sentence(
            of(stale, "open need"), f" {verb(stale, 'waits', 'wait')} for a borough to say that it still holds."
        )
