"""One category across London: who needs it, what is joined up, when present contracts end, and what is in use today.

Who may not see exact figures reads counts and names, and of needs only those in joint demands: never what single
authorities pay, use or are bound to, nor who leads and who has decided by when.
"""

from collections.abc import Iterator
from datetime import date

from procurement.picture import category_tables as tables
from procurement.picture import words
from procurement.picture.category_share import Share, share_of
from procurement.picture.facts import Frozen, Need
from procurement.picture.numbers import Unit, number
from procurement.picture.one_report import Chapter, Group, OneReport, Point, chapters, groups
from procurement.picture.sentences import Sentence, of, pounds_of, sentence, verb
from procurement.picture.telling import Telling

KIND = "Category across London"
LEDE = "Who needs it, what could be bought together, when present contracts end, and what is in use today."
# Where the rest is single authorities' own.
TOLD_LEDE = "Who needs it, and what could be bought together."
CAVEATS = (
    "A joint demand has the category of most of its needs; a need of this category can stand in one of another.",
)
CAVEAT_OF_PRODUCTS = "What is in use today is what needs say of it: a product that no open need names is not counted."


def report(frozen: Frozen, slug: str, telling: Telling) -> OneReport:
    """Raises LookupError where the snapshot knows no such category."""
    share = share_of(frozen, slug, telling)
    in_use = tables.in_use(share)
    return OneReport(
        subject=slug,
        known_as=f"{share.category.name}, {share.category.area}",
        title=share.category.name,
        kind=KIND,
        lede=LEDE if telling.exact else TOLD_LEDE,
        day=share.day,
        telling=telling,
        points=tuple(_points(share)) if share.needs else (),
        groups=groups(
            Group("Where London stands", tuple(_state(share))), Group("What needs a decision", tuple(_to_decide(share)))
        ),
        chapters=chapters(
            Chapter("authorities", "Who needs it", (), tables.authorities(share)),
            Chapter("demands", "What could be bought together", (), tables.demands(share)),
            Chapter(
                "timing",
                "When present contracts end",
                tuple(_ends(share)),
                (*tables.by_quarter(share), *tables.timing(share)),
            ),
            Chapter("products", "What is in use today", (), in_use),
            Chapter("needs", "The needs", tuple(_unnamed(share)), tables.needs(share)),
        ),
        caveats=(*(CAVEATS if share.needs else ()), *((CAVEAT_OF_PRODUCTS,) if in_use else ())),
    )


def _points(share: Share) -> Iterator[Point]:
    yield Point(words.count(int(share.needed)), "open needs", share.needed)
    yield Point(words.count(int(share.wanting)), "authorities with an open need", share.wanting)
    yield Point(words.count(int(share.matched)), "needs that fit with another authority's", share.matched)
    yield Point(words.count(int(share.joint)), "joint demands", share.joint)
    if not share.telling.exact:
        return
    if share.users.value is not None:
        yield Point(words.count(share.users.value), "users stated", share.users)
    if share.highest.value is not None:
        amount = words.pounds_range(int(share.lowest), share.highest.value)
        yield Point(amount, "whole-life budgets stated", share.highest)


def _state(share: Share) -> Iterator[Sentence]:
    name = share.category.name
    if not share.needs:
        yield sentence(f"No authority has an open need in {name} in this snapshot.")
        return
    have = verb(share.wanting, "has", "have")
    yield sentence(
        of(share.wanting, "authority,authorities"), f" {have} ", of(share.needed, "open need"), f" in {name}."
    )
    if not share.matched.value:
        yield sentence("None of them fits with a need of another authority yet, as far as the matcher can tell.")
    else:
        fits = verb(share.matched, "fits", "fit")
        yield sentence(of(share.matched), f" of them {fits} with a need of another authority.")
    yield from _widest(share)
    if share.telling.exact and share.highest.value is not None:
        budgeted = share.count("budgeted", "Needs with a budget that can be added up, in", _budgeted(share))
        amount = pounds_of(share.lowest, share.highest)
        states = verb(budgeted, "states", "state")
        yield sentence(
            of(budgeted, "need"),
            f" {states} a budget that can be added up: together ",
            *amount,
            " over the whole life.",
        )


def _budgeted(share: Share) -> list[Need]:
    return [need for need in share.needs if need.highest is not None]


def _widest(share: Share) -> Iterator[Sentence]:
    if not share.demands:
        return
    first = share.demands[0]
    have = verb(share.joint, "There is ", "There are ")
    parts = (
        have,
        of(share.joint, "joint demand"),
        f"; the widest is {words.named(first.title, first.reference)}, with ",
    )
    yield sentence(*parts, of(first.authorities, "authority,authorities"), ".")


def _to_decide(share: Share) -> Iterator[Sentence]:
    open_ones = [each for each in share.demands if share.telling.exact and not each.fact.outcome]
    found = (
        (
            "waiting",
            [each for each in share.demands if each.fact.is_waiting],
            "waits for an analyst",
            "wait for an analyst",
        ),
        (
            "without-lead",
            [each for each in open_ones if each.is_confirmed and not each.fact.lead],
            "is confirmed and led by nobody",
            "are confirmed and led by nobody",
        ),
    )
    for key, demands, one, many in found:
        behind = [need for each in demands for need in each.needs.needs]
        name = f"category/{share.category.slug}/{key}"
        what = f"Joint demands in {share.category.name} that {many}"
        counted = number(name, what, Unit.DEMANDS, len(demands), behind)
        if counted.value:
            yield sentence(of(counted, "joint demand"), f" {verb(counted, one, many)}.")
    for each in sorted(open_ones, key=lambda each: (each.fact.decision_date or date.max, each.reference))[:3]:
        if each.fact.decision_date and each.fact.decision_date >= share.day:
            on = words.day(each.fact.decision_date)
            yield sentence(f"The boroughs of {words.named(each.title, each.reference)} decide by {on}.")


def _ends(share: Share) -> Iterator[Sentence]:
    if not share.telling.exact:
        return
    found = [need for need in share.needs if need.contract_end_date]
    stated = share.count("ends-stated", "Needs that name the end of a present contract, in", found)
    if stated.value:
        names = verb(stated, "names", "name")
        yield sentence(of(stated), " of ", of(share.needed, "need"), f" {names} the end of a present contract.")


def _unnamed(share: Share) -> Iterator[Sentence]:
    hidden = [need for need in share.needs if not share.may_name(need)]
    if hidden:
        more = share.count("not-named", "Needs in no joint demand, which are not named here, in", hidden)
        yield sentence(
            of(more, "more need"), f" in no joint demand {verb(more, 'is', 'are')} counted and not named here."
        )
