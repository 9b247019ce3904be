"""One borough's pack: what it has to decide by when, its needs, with whom they fit, and which contracts end.

It is made to be handed to that borough: whoever asks for it, the borough's own figures are exact, and of others it
tells names, counts and the terms that they have agreed.
"""

from collections.abc import Iterator
from datetime import date

from procurement.picture import borough_tables as tables
from procurement.picture import words
from procurement.picture.borough_pack import Pack, pack_of
from procurement.picture.facts import Frozen
from procurement.picture.numbers import Number
from procurement.picture.one_report import Chapter, Group, OneReport, Point, chapters, groups
from procurement.picture.sentences import Sentence, of, sentence, verb
from procurement.picture.telling import Telling

KIND = "Borough pack"
LEDE = "What to decide by when, what is needed, with whom it could be bought, and which contracts end."
CAVEATS = (
    "A need is to be confirmed where the platform has asked whether it still holds, and nobody has answered.",
    "A joint purchase is begun in time twelve months before its start: the platform's planning assumption.",
    "A joint demand can still gain or lose needs until it is confirmed, and after that by rulings of people.",
)


def report(frozen: Frozen, slug: str, telling: Telling | None = None) -> OneReport:
    """Told to that borough, whatever `telling` says. Raises LookupError where the snapshot knows no such authority."""
    pack = pack_of(frozen, slug)
    return OneReport(
        subject=slug,
        known_as=pack.authority.name,
        title=pack.authority.name,
        kind=KIND,
        lede=LEDE,
        day=pack.day,
        telling=Telling(own=slug),
        points=tuple(_points(pack)) if pack.needs or pack.renewals else (),
        groups=groups(Group("Where it stands", tuple(_state(pack))), Group("What to decide", tuple(_to_decide(pack)))),
        chapters=chapters(
            Chapter("decide", "What to decide, by when", (), tables.decisions(pack)),
            Chapter("needs", "What is needed", (), tables.needs(pack)),
            Chapter("partners", "With whom it could be bought", (), tables.partners(pack)),
            Chapter("renewals", "Which contracts end", (), tables.renewals(pack)),
            Chapter("alone", "Needs without partners", (), tables.alone(pack)),
            Chapter("stale", "Needs to confirm", (), tables.stale(pack)),
        ),
        caveats=CAVEATS if pack.needs else (),
    )


def _points(pack: Pack) -> Iterator[Point]:
    yield _point(pack.figures.needs, "open needs")
    yield _point(pack.figures.matched, "of them fit with another authority's")
    yield _point(_joint(pack), "joint demands with a need of yours")
    yield _point(_due(pack), "joint demands on which to commit or decline")
    yield _point(_ending(pack), "present contracts that end within a year")
    yield _point(_stale_count(pack), "needs to confirm or close")


def _point(figure: Number, name: str) -> Point:
    return Point(words.count(int(figure)), name, figure)


def _joint(pack: Pack) -> Number:
    return pack.of_demands("demands", "Joint demands with a need of", pack.demands)


def _due(pack: Pack) -> Number:
    return pack.of_demands("to-decide", "Joint demands with a decision date, not decided yet by", pack.due)


def _ending(pack: Pack) -> Number:
    return pack.of_contracts("ends-within-a-year", "Present contracts that end within a year, of", pack.ending)


def _stale_count(pack: Pack) -> Number:
    return pack.count("to-confirm", "Needs that wait to be confirmed, of", pack.stale)


def _state(pack: Pack) -> Iterator[Sentence]:
    name, figures = pack.authority.name, pack.figures
    if not pack.needs:
        yield sentence(
            f"{name} has no open need in this snapshot, so no other authority can find out that it needs the same."
        )
        return
    yield sentence(f"{name} has ", of(figures.needs, "open need"), ".")
    if not pack.demands:
        yield sentence("None of them fits with a need of another authority yet, as far as the matcher can tell.")
        return
    fits = verb(figures.matched, "fits with a need", "fit with needs")
    yield sentence(
        of(figures.matched), f" of them {fits} of other authorities, in ", of(_joint(pack), "joint demand"), "."
    )
    widest = pack.demands[0]
    named = words.named(widest.title, widest.reference)
    yield sentence(f"The widest is {named}, with ", of(widest.authorities, "authority,authorities"), ".")
    led = pack.of_demands("leads", "Joint demands led by", [each for each in pack.demands if pack.leads(each)])
    if led.value:
        yield sentence(f"{name} leads ", of(led, "joint demand"), ".")


def _to_decide(pack: Pack) -> Iterator[Sentence]:
    unanswered = pack.of_demands("unanswered", "Joint demands without an answer of", pack.unanswered)
    if unanswered.value:
        yield sentence("Say where you stand on ", of(unanswered, "joint demand"), ": nobody has answered for you yet.")
    if pack.due:
        first = min(pack.due, key=lambda each: (each.fact.decision_date or date.max, each.reference))
        on = first.fact.decision_date or date.max
        by = f"by {words.day(on)}" if on >= pack.day else f"(due since {words.day(on)})"
        yield sentence(
            "Commit or decline on ",
            of(_due(pack), "joint demand"),
            f", first on {words.named(first.title, first.reference)} {by}.",
        )
    ending = _ending(pack)
    if ending.value:
        on = pack.ending[0].ends
        yield sentence(
            "Decide what follows ",
            of(ending, "present contract"),
            f" that {verb(ending, 'ends', 'end')} within a year, the first on {words.day(on)}.",
        )
    stale = _stale_count(pack)
    if stale.value:
        yield sentence("Confirm or close ", of(stale, "need"), ": it was asked whether they still hold.")
