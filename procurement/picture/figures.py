"""The shape of the demand picture: its figures, each with the needs behind it. How they come about: reckoning.py."""

from dataclasses import dataclass
from datetime import date

from procurement.picture.answers import Answers
from procurement.picture.coverage import Coverage
from procurement.picture.facts import Demand, Notice
from procurement.picture.flow import NeedFlow
from procurement.picture.market import Market
from procurement.picture.numbers import Number
from procurement.picture.outcomes import Outcomes
from procurement.picture.windows import Windows


@dataclass(frozen=True)
class AuthorityFigures:
    slug: str
    name: str
    abbreviation: str
    tile_row: int | None
    tile_column: int | None
    is_london: bool
    needs: Number
    # Those that stand in a joint demand.
    matched: Number


@dataclass(frozen=True)
class CategoryFigures:
    name: str
    area: str
    needs: Number
    boroughs: Number
    matched: Number
    demands: Number


@dataclass(frozen=True)
class AreaFigures:
    """An area of work, authority by authority: as many as Figures.authorities, in the same order."""

    area: str
    needs: Number
    by_borough: tuple[Number, ...]


@dataclass(frozen=True)
class DemandFigures:
    fact: Demand
    category: str
    area: str
    # Names, in order.
    boroughs: tuple[str, ...]
    lead: str
    authorities: Number
    needs: Number
    users: Number
    # Whole-life pounds, the sum of the lower and of the upper ends of what its needs state.
    lowest: Number
    highest: Number
    # Boroughs that say how far they would go together, and those that have committed.
    joining: Number
    committed: Number
    earliest_start: date | None
    first_end: date | None
    last_end: date | None
    # Its notice on the board; None where there is none.
    notice: Notice | None

    @property
    def reference(self) -> str:
        return self.fact.reference

    @property
    def title(self) -> str:
        return self.fact.title

    @property
    def is_confirmed(self) -> bool:
        return self.fact.status == "CONFIRMED"


@dataclass(frozen=True)
class QuarterFigures:
    """Present contracts of open needs that end in a quarter, by its first day."""

    first_day: date
    ends: Number
    # Of needs in joint demands.
    matched: Number


@dataclass(frozen=True)
class Headlines:
    needs: Number
    matched: Number
    demands: Number
    confirmed: Number
    # London's authorities with an open need, all authorities with one, and how many there are in London.
    logged: Number
    all_logged: Number
    london: int
    # Authorities in the widest joint demand.
    widest: Number
    users: Number
    lowest: Number
    highest: Number
    # Needs in joint demands whose budget can be added to others.
    budgeted: Number
    # Joint demands that a person still has to look at, those that are confirmed and led by nobody, and those left out.
    waiting: Number
    without_lead: Number
    not_sure: Number
    led: Number
    on_board: Number
    # Notices that wait for a second person.
    proposed: Number


@dataclass(frozen=True)
class Figures:
    # The day in London on which the snapshot was taken.
    day: date
    headlines: Headlines
    # By name.
    authorities: tuple[AuthorityFigures, ...]
    # Most needs first.
    categories: tuple[CategoryFigures, ...]
    areas: tuple[AreaFigures, ...]
    # Most authorities first.
    demands: tuple[DemandFigures, ...]
    quarters: tuple[QuarterFigures, ...]
    coverage: Coverage
    market: Market
    windows: Windows
    answers: Answers
    outcomes: Outcomes
    flow: NeedFlow
