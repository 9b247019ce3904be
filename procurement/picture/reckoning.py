"""Every figure of the demand picture, computed from the facts of one snapshot alone.

Joint demands of which the matcher is not sure are in no figure, and their needs count as unmatched, until a person has
looked at them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from procurement.picture import quarters
from procurement.picture.answers import answers
from procurement.picture.coverage import coverage
from procurement.picture.facts import Authority, Category, Demand, Facts, Frozen, Need, Notice
from procurement.picture.figures import (
    AreaFigures,
    AuthorityFigures,
    CategoryFigures,
    DemandFigures,
    Figures,
    Headlines,
    QuarterFigures,
)
from procurement.picture.flow import flow
from procurement.picture.market import market
from procurement.picture.moments import london_day
from procurement.picture.numbers import Number, Unit, number
from procurement.picture.outcomes import outcomes
from procurement.picture.windows import windows

JOINING = ("INTERESTED", "INTENDING", "COMMITTED")


@dataclass(frozen=True)
class _Register:
    """The facts by their names."""

    needs: Mapping[str, Need]
    by_borough: Mapping[str, Sequence[Need]]
    authorities: Mapping[str, Authority]
    categories: Mapping[str, Category]
    # On the board, by joint demand.
    notices: Mapping[str, Notice]
    # References of needs in joint demands that are shown.
    matched: frozenset[str]


def figures(frozen: Frozen) -> Figures:
    """The whole picture of one snapshot."""
    held, today = frozen.facts, london_day(frozen)
    register, sure, demands = _reckoned(held)
    authorities = tuple(
        _authority(each, register) for each in sorted(held.authorities, key=lambda each: (each.name, each.slug))
    )
    return Figures(
        day=today,
        headlines=_headlines(held, register, demands),
        authorities=authorities,
        categories=_categories(register, sure),
        areas=_areas(register, authorities),
        demands=tuple(demands),
        quarters=tuple(_quarters(register, today)),
        coverage=coverage(frozen),
        market=market(frozen),
        windows=windows(frozen),
        answers=answers(frozen),
        outcomes=outcomes(frozen),
        flow=flow(frozen),
    )


def headlines(frozen: Frozen) -> Headlines:
    """The key figures alone: what of a snapshot is compared with another one."""
    register, _, demands = _reckoned(frozen.facts)
    return _headlines(frozen.facts, register, demands)


def demands(frozen: Frozen) -> tuple[DemandFigures, ...]:
    """The joint demands that are shown, the widest first, without the rest of the picture, which takes far longer."""
    return tuple(_reckoned(frozen.facts)[2])


def authority(frozen: Frozen, slug: str) -> AuthorityFigures:
    """The figures of one authority. Raises KeyError where there is none of that slug."""
    held = frozen.facts
    register = _register(held, [demand for demand in held.demands if demand.is_sure])
    return _authority(register.authorities[slug], register)


def _reckoned(held: Facts) -> tuple[_Register, list[Demand], list[DemandFigures]]:
    """The facts by their names, the joint demands that are shown, and the figures of these, the widest first."""
    sure = [demand for demand in held.demands if demand.is_sure]
    register = _register(held, sure)
    demands = [_demand(demand, register) for demand in sure]
    demands.sort(key=lambda each: (-int(each.authorities), -int(each.needs), each.reference))
    return register, sure, demands


def _register(held: Facts, sure: Iterable[Demand]) -> _Register:
    by_borough: dict[str, list[Need]] = defaultdict(list)
    for need in held.needs:
        by_borough[need.borough].append(need)
    return _Register(
        needs={need.reference: need for need in held.needs},
        by_borough=by_borough,
        authorities={authority.slug: authority for authority in held.authorities},
        categories={category.slug: category for category in held.categories},
        # Of several about one joint demand the first.
        notices={each.demand: each for each in reversed(held.notices) if each.is_on_board},
        matched=frozenset(member.need for demand in sure for member in demand.members),
    )


def _headlines(held: Facts, register: _Register, demands: Sequence[DemandFigures]) -> Headlines:
    needs = list(held.needs)
    matched = [need for need in needs if need.reference in register.matched]
    londoners = {authority.slug for authority in held.authorities if authority.is_london}
    in_london = [need for need in needs if need.borough in londoners]
    budgeted = [need for need in matched if need.highest is not None]
    confirmed = [each for each in demands if each.is_confirmed]
    widest = demands[:1]
    boards = [each for each in held.notices if each.is_on_board]
    proposed = [each for each in held.notices if each.is_proposed]
    of = {demand.reference: [member.need for member in demand.members] for demand in held.demands}

    def behind(references: Iterable[str]) -> list[str]:
        return [need for reference in references for need in of.get(reference, ())]

    def of_demands(key: str, words: str, found: Sequence[Demand]) -> Number:
        return number(key, words, Unit.DEMANDS, len(found), behind(each.reference for each in found))

    return Headlines(
        needs=_count("open-needs", "Open needs", needs),
        matched=_count("matched-needs", "Open needs in joint demands", matched),
        demands=of_demands("joint-demands", "Joint demands", [each.fact for each in demands]),
        confirmed=of_demands(
            "confirmed-demands", "Joint demands that are confirmed", [each.fact for each in confirmed]
        ),
        logged=_boroughs("london-authorities", "London authorities with an open need", in_london),
        all_logged=_boroughs("authorities", "Authorities with an open need", needs),
        london=len(londoners),
        widest=number(
            "widest-demand",
            "Authorities in the widest joint demand",
            Unit.AUTHORITIES,
            int(widest[0].authorities) if widest else 0,
            behind(each.reference for each in widest),
        ),
        users=_sum("users", "Users of the needs in joint demands", Unit.USERS, matched, _USERS),
        lowest=_sum("budget-lowest", "Budgets in joint demands, lower ends", Unit.POUNDS, matched, _LOWEST),
        highest=_sum("budget-highest", "Budgets in joint demands, upper ends", Unit.POUNDS, matched, _HIGHEST),
        budgeted=_count("budgeted-needs", "Needs in joint demands with a budget that can be added up", budgeted),
        waiting=of_demands(
            "waiting-demands",
            "Joint demands that wait for an analyst",
            # Without those that are not sure: they are told apart, as left out.
            [each.fact for each in demands if each.fact.is_waiting],
        ),
        without_lead=of_demands(
            "demands-without-lead",
            "Confirmed joint demands that no borough leads yet",
            [each.fact for each in confirmed if not each.lead],
        ),
        not_sure=of_demands(
            "unsure-demands",
            "Joint demands left out because the matcher is not sure",
            [each for each in held.demands if not each.is_sure],
        ),
        led=of_demands(
            "demands-with-lead", "Joint demands that a borough leads", [each.fact for each in demands if each.lead]
        ),
        on_board=number(
            "notices-on-board",
            "Notices on the board",
            Unit.NOTICES,
            len(boards),
            behind(each.demand for each in boards),
        ),
        proposed=number(
            "notices-proposed",
            "Notices that wait for a second person",
            Unit.NOTICES,
            len(proposed),
            behind(each.demand for each in proposed),
        ),
    )


def _demand(demand: Demand, register: _Register) -> DemandFigures:
    needs = [register.needs[member.need] for member in demand.members]
    key, name = f"demand/{demand.reference}", f"of {demand.reference}"
    category = register.categories.get(demand.category)
    ends = sorted(need.contract_end_date for need in needs if need.contract_end_date)
    starts = sorted(need.start_date for need in needs if need.start_date)
    joining = {stance.borough for stance in demand.stances if stance.stage in JOINING}
    committed = {stance.borough for stance in demand.stances if stance.stage == "COMMITTED"}
    return DemandFigures(
        fact=demand,
        category=category.name if category else "",
        area=category.area if category else "",
        boroughs=tuple(sorted({register.authorities[need.borough].name for need in needs})),
        lead=register.authorities[demand.lead].name if demand.lead else "",
        authorities=_boroughs(f"{key}/authorities", f"Authorities {name}", needs),
        needs=_count(f"{key}/needs", f"Needs {name}", needs),
        users=_sum(f"{key}/users", f"Users {name}", Unit.USERS, needs, _USERS),
        lowest=_sum(f"{key}/budget-lowest", f"Budgets {name}, lower ends", Unit.POUNDS, needs, _LOWEST),
        highest=_sum(f"{key}/budget-highest", f"Budgets {name}, upper ends", Unit.POUNDS, needs, _HIGHEST),
        joining=_standing(f"{key}/joining", f"Boroughs that would join {demand.reference}", joining, needs),
        committed=_standing(f"{key}/committed", f"Boroughs committed to {demand.reference}", committed, needs),
        earliest_start=starts[0] if starts else None,
        first_end=ends[0] if ends else None,
        last_end=ends[-1] if ends else None,
        notice=register.notices.get(demand.reference),
    )


def _authority(authority: Authority, register: _Register) -> AuthorityFigures:
    key, needs = f"authority/{authority.slug}", register.by_borough.get(authority.slug, ())
    return AuthorityFigures(
        slug=authority.slug,
        name=authority.name,
        abbreviation=authority.abbreviation,
        tile_row=authority.tile_row,
        tile_column=authority.tile_column,
        is_london=authority.is_london,
        needs=_count(f"{key}/needs", f"Open needs of {authority.name}", needs),
        matched=_count(
            f"{key}/matched",
            f"Needs of {authority.name} in joint demands",
            [need for need in needs if need.reference in register.matched],
        ),
    )


def _categories(register: _Register, demands: Iterable[Demand]) -> tuple[CategoryFigures, ...]:
    groups: dict[str, list[Need]] = defaultdict(list)
    for need in register.needs.values():
        if need.category:
            groups[need.category].append(need)
    joint: dict[str, list[Demand]] = defaultdict(list)
    for demand in demands:
        joint[demand.category].append(demand)
    found = [_category(register.categories[slug], needs, joint[slug], register) for slug, needs in groups.items()]
    return tuple(sorted(found, key=lambda each: (-int(each.needs), each.name)))


def _category(
    category: Category, needs: Sequence[Need], demands: Sequence[Demand], register: _Register
) -> CategoryFigures:
    key, name = f"category/{category.slug}", category.name
    members = [member.need for demand in demands for member in demand.members]
    matched = [need for need in needs if need.reference in register.matched]
    return CategoryFigures(
        name=name,
        area=category.area,
        needs=_count(f"{key}/needs", f"Open needs in {name}", needs),
        boroughs=_boroughs(f"{key}/authorities", f"Authorities with an open need in {name}", needs),
        matched=_count(f"{key}/matched", f"Needs in {name} that are in joint demands", matched),
        demands=number(f"{key}/demands", f"Joint demands in {name}", Unit.DEMANDS, len(demands), members),
    )


def _areas(register: _Register, authorities: Iterable[AuthorityFigures]) -> tuple[AreaFigures, ...]:
    """Most needs first. Needs without a category are in none."""
    cells: dict[str, dict[str, list[Need]]] = defaultdict(lambda: defaultdict(list))
    for need in register.needs.values():
        if need.category:
            cells[register.categories[need.category].area][need.borough].append(need)
    found = [
        AreaFigures(
            area=area,
            needs=_count(
                f"area/{area}/needs", f"Open needs in {area}", [need for row in rows.values() for need in row]
            ),
            by_borough=tuple(
                _count(f"area/{area}/{each.slug}", f"Open needs of {each.name} in {area}", rows.get(each.slug, ()))
                for each in authorities
            ),
        )
        for area, rows in cells.items()
    ]
    return tuple(sorted(found, key=lambda each: (-int(each.needs), each.area)))


def _quarters(register: _Register, today: date) -> Iterator[QuarterFigures]:
    """The quarter of `today` and those after it, with the present contracts of open needs that end in them."""
    for quarter, needs in quarters.ends(register.needs.values(), today):
        key, name = f"ends/{quarter.key}", quarter.words
        matched = [need for need in needs if need.reference in register.matched]
        yield QuarterFigures(
            first_day=quarter.first_day,
            ends=_count(key, f"Present contracts of open needs that end in {name}", needs),
            matched=_count(f"{key}/matched", f"Of needs in joint demands, ending in {name}", matched),
        )


_USERS: Callable[[Need], int | None] = attrgetter("users")
_LOWEST: Callable[[Need], int | None] = attrgetter("lowest")
_HIGHEST: Callable[[Need], int | None] = attrgetter("highest")


def _count(key: str, words: str, needs: Sequence[Need]) -> Number:
    return number(key, words, Unit.NEEDS, len(needs), (need.reference for need in needs))


def _boroughs(key: str, words: str, needs: Sequence[Need]) -> Number:
    boroughs = {need.borough for need in needs}
    return number(key, words, Unit.AUTHORITIES, len(boroughs), (need.reference for need in needs))


def _standing(key: str, words: str, boroughs: set[str], needs: Sequence[Need]) -> Number:
    return number(
        key, words, Unit.AUTHORITIES, len(boroughs), (need.reference for need in needs if need.borough in boroughs)
    )


def _sum(key: str, words: str, unit: Unit, needs: Iterable[Need], of: Callable[[Need], int | None]) -> Number:
    """Of those that state it; None where none does."""
    stated = {need.reference: value for need in needs if (value := of(need)) is not None}
    return number(key, words, unit, sum(stated.values()) if stated else None, stated)
