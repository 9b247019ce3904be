"""What was true of London's demand at one moment, as a snapshot keeps it: facts, and no figure that follows from them.

Texts that say what a need asks for are not here: the picture says that needs exist and fit. Everything that is a list
is in the order of its references, and whatever has a name elsewhere is named by it. What earlier snapshots do not have
yet has a default here.
"""

from dataclasses import dataclass
from datetime import date, datetime

from procurement.picture import codec

# Raised when a field changes its meaning.
FORMAT = 1


@dataclass(frozen=True)
class Run:
    """The match run that the joint demands come from."""

    number: int
    finished_at: datetime
    engine_version: str
    # As the engine wrote them down, in JSON.
    parameters: str
    # Of what the engine read.
    digest: str
    # Needs that opened, were edited or left a joint demand since it began to read, and rulings since.
    needs_changed: int
    decisions_changed: int


@dataclass(frozen=True)
class Board:
    """The head of the notice board."""

    # "" where nothing was published yet.
    digest: str
    versions: int
    published_at: datetime | None


@dataclass(frozen=True)
class Authority:
    slug: str
    name: str
    abbreviation: str
    tile_row: int | None
    tile_column: int | None
    is_london: bool
    # When somebody last looked after its contract register; None where there is none, and for guests.
    register_kept_at: datetime | None = None


@dataclass(frozen=True)
class Category:
    slug: str
    name: str
    area: str


@dataclass(frozen=True)
class Contract:
    """An entry of a borough's contract register: one that is listed, or that an open need names."""

    # By the borough: "CA-034".
    entry: str
    borough: str
    # Slug; "" where it has none.
    category: str = ""
    system: str = ""
    # Of the supplier that its name stands for (boroughs/models/supplier_name.py): what tells it from others, and its
    # name. "" where none is known.
    supplier: str = ""
    supplier_name: str = ""
    start_date: date | None = None
    # The last day of the present term, the months of each option to extend, and the notice that ends it.
    end_date: date | None = None
    options: tuple[int, ...] = ()
    notice_months: int = 0
    notice_days: int = 0
    # Whole pounds: a year, and over the whole term.
    annual_value: int | None = None
    total_value: int | None = None
    # Whether the borough has not taken it out of its register.
    is_listed: bool = True

    @property
    def reference(self) -> str:
        """Two boroughs may call theirs the same."""
        return f"{self.borough}/{self.entry}"


@dataclass(frozen=True)
class Need:
    """An open need, as its revision said it."""

    reference: str
    revision: int
    # Slug of the authority.
    borough: str
    # Slug; "" where it has none.
    category: str
    kind: str
    title: str
    users: int | None
    # Whole pounds; the basis says over what.
    budget_min: int | None
    budget_max: int | None
    budget_basis: str
    months: int | None
    earliest_start_date: date | None
    start_date: date | None
    contract_end_date: date | None
    incumbent: str
    # Key of the supplier of the present contract (boroughs/queries/supplier_folding.py); "" where none is known.
    supplier: str
    submitted_at: datetime | None
    opened_at: datetime | None
    updated_at: datetime
    # When the borough last said that it still holds, and since when it is asked whether it does, without an answer.
    confirmed_at: datetime | None = None
    asked_at: datetime | None = None
    # Reference of the contract that it replaces.
    contract: str = ""

    @property
    def held_at(self) -> datetime | None:
        """When it was last known to hold."""
        return self.confirmed_at or self.opened_at

    @property
    def lowest(self) -> int | None:
        """Its budget over the whole life, at the lower end."""
        return self._whole_life(self.budget_max if self.budget_min is None else self.budget_min)

    @property
    def highest(self) -> int | None:
        return self._whole_life(self.budget_min if self.budget_max is None else self.budget_max)

    def _whole_life(self, amount: int | None) -> int | None:
        """A budget a year counts for the contract's length; without a length it cannot be added to others."""
        if amount is None or self.budget_basis != "PER_YEAR":
            return amount
        return amount * self.months // 12 if self.months else None


@dataclass(frozen=True)
class Member:
    """A need's place in a joint demand."""

    need: str
    # Mean score to the other members.
    strength_percent: int
    band: str
    # A person said that it belongs here; its text has moved far since.
    is_confirmed: bool
    has_moved: bool
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    # When it came to stand there.
    since: datetime | None = None
    # Places in these of the reasons that other boroughs may read: what both want, never what one of them has.
    open_for: tuple[int, ...] = ()
    open_against: tuple[int, ...] = ()

    @property
    def told_for(self) -> tuple[str, ...]:
        return tuple(self.reasons_for[place] for place in self.open_for)

    @property
    def told_against(self) -> tuple[str, ...]:
        return tuple(self.reasons_against[place] for place in self.open_against)


@dataclass(frozen=True)
class Stance:
    """Where a borough stands on a joint demand."""

    borough: str
    stage: str
    depth: str
    # When the borough first said anything.
    answered_at: datetime | None = None


@dataclass(frozen=True)
class ToldFigure:
    """A total as it was told at that moment: `value`, or a band `low` ≤ total < `high`; neither where none was told."""

    value: int | None = None
    low: int | None = None
    high: int | None = None
    # The day in London as at which it holds.
    as_at: date | None = None

    @property
    def withheld(self) -> bool:
        return self.value is None and self.low is None


@dataclass(frozen=True)
class ToldFigures:
    """What who may not see exact figures reads as the totals of a joint demand (docs/disclosure.md)."""

    users: ToldFigure = ToldFigure()
    budget_min: ToldFigure = ToldFigure()
    budget_max: ToldFigure = ToldFigure()


@dataclass(frozen=True)
class Demand:
    reference: str
    title: str
    category: str
    status: str
    is_sure: bool
    is_pinned: bool
    terms: tuple[str, ...]
    # Those whose need is open; at least one. The strongest first.
    members: tuple[Member, ...]
    stances: tuple[Stance, ...]
    # Slug of the borough that leads; "" where none does yet.
    lead: str
    quorum: int | None
    depth: str
    decision_date: date | None
    outcome: str
    start_date: date | None
    told: ToldFigures = ToldFigures()

    @property
    def is_waiting(self) -> bool:
        """Whether an analyst still has to look at it: a member was not read, or says something else since."""
        if any(member.has_moved for member in self.members):
            return True
        return not self.is_pinned and not all(member.is_confirmed for member in self.members)


@dataclass(frozen=True)
class Saving:
    """What buying together may save, by a person's estimate that stands, and what it saved in the end."""

    method: str
    # Whole pounds over the contracts' life.
    low: int
    high: int
    estimated_at: datetime
    # Negative where it cost more.
    realised: int | None = None
    realised_at: datetime | None = None


@dataclass(frozen=True)
class Result:
    """What came of a joint demand, in the picture or not, that was decided on or of which a saving was estimated."""

    demand: str
    title: str
    category: str = ""
    # "" while nothing is decided.
    outcome: str = ""
    decided_at: datetime | None = None
    # Slugs of the boroughs that have committed.
    committed: tuple[str, ...] = ()
    # All that ever stood in it, open or not.
    needs: tuple[str, ...] = ()
    # In the order in which they were made.
    savings: tuple[Saving, ...] = ()


@dataclass(frozen=True)
class Question:
    """A supplier's question on a notice: never who asked, or what."""

    asked_at: datetime
    status: str
    # When it was answered, or closed without an answer; None while it waits.
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Interest:
    """How many suppliers show interest in a notice."""

    suppliers: int
    # Those that say that they are an SME, and those that say that they are none.
    smes: int
    others: int


@dataclass(frozen=True)
class Notice:
    """On the board, or waiting for a second person."""

    reference: str
    demand: str
    kind: str
    status: str
    title: str
    # 0, None and "" where nothing was published yet.
    version: int
    published_at: datetime | None
    digest: str
    closes_date: date
    # None where nobody has shown any.
    interest: Interest | None = None
    # In the order in which they were asked.
    questions: tuple[Question, ...] = ()

    @property
    def is_on_board(self) -> bool:
        return bool(self.version) and self.status != "WITHDRAWN"

    @property
    def is_proposed(self) -> bool:
        """Whether it, or its next version, waits for a second person."""
        return self.status.endswith("PROPOSED")


@dataclass(frozen=True)
class Facts:
    # None before the first run.
    run: Run | None
    board: Board
    authorities: tuple[Authority, ...]
    categories: tuple[Category, ...]
    needs: tuple[Need, ...]
    demands: tuple[Demand, ...]
    notices: tuple[Notice, ...]
    contracts: tuple[Contract, ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Link:
    """The snapshot before this one, by name and by digest: whoever holds the later one can check the earlier."""

    reference: str
    digest: str


@dataclass(frozen=True)
class Frozen:
    """All that a snapshot's bytes say."""

    format: int
    reference: str
    taken_at: datetime
    # None in the first one.
    previous: Link | None
    facts: Facts


def to_json(frozen: Frozen) -> bytes:
    """The bytes of a snapshot: canonical JSON, always the same for the same facts."""
    return codec.write(frozen)


def from_json(content: bytes) -> Frozen:
    """What the bytes say. Raises ValueError where they are not those of a snapshot of this format."""
    frozen = codec.read(Frozen, content)
    if frozen.format != FORMAT:
        raise ValueError(f"these are the bytes of a snapshot of format {frozen.format}, and {FORMAT} is read here")
    return frozen
