"""What goes into the matcher: needs as plain values, rulings by people, and the settings of a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

ENGINES = ("minilm", "tfidf")


@dataclass(frozen=True, slots=True)
class Item:
    """One need as the engine sees it.

    ``owner`` is the borough (or buyer) and ``category`` the slug of a capability. ``kind`` is what is bought
    (one of ``kinds.KINDS``) where the borough said so. Money is whole pounds, ``months`` the length of the
    contract.
    """

    id: str
    owner: str
    title: str
    problem: str = ""
    description: str = ""
    requirements: tuple[str, ...] = ()
    category: str | None = None
    category_confirmed: bool = False
    kind: str | None = None
    cpv: tuple[str, ...] = ()
    users: int | None = None
    budget_min: int | None = None
    budget_max: int | None = None
    start: date | None = None
    months: int | None = None
    contract_end: date | None = None
    incumbent: str = ""

    @property
    def body(self) -> str:
        """Everything but the title, one sentence or requirement a line."""
        return "\n".join(filter(str.strip, (self.problem, self.description, *self.requirements)))

    def as_others_know_it(self) -> Item:
        """Return the item without what is never told to other owners: what it uses today."""
        return replace(self, incumbent="")


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's ruling that two items do (``together``) or do not belong together."""

    left: str
    right: str
    together: bool


@dataclass(frozen=True, slots=True)
class Capability:
    """A technology category: its slug, its readable name, its CPV code and what people call it."""

    slug: str
    name: str
    cpv: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a run; all of them are recorded with its result.

    ``cut`` is the average score at which two groups still join. ``hysteresis`` is added to pairs that were together
    in the previous run and taken from pairs that were apart. Shown are for each item its best ``partners`` pairs
    inside its group, and ``suggestions`` outside from a score of ``floor`` on. ``thin`` is what pairs of bare texts
    lose (``score.Profile``); terms of the score in ``without`` are left out, to see what they do. Up to
    ``exhaustive`` items every pair is scored; above it candidates come from a join.
    """

    engine: str = "minilm"
    cut: float | None = None
    hysteresis: float = 0.04
    floor: float | None = None
    thin: float | None = None
    without: tuple[str, ...] = ()
    partners: int = 8
    suggestions: int = 8
    exhaustive: int = 800
    capabilities: tuple[Capability, ...] = ()
    owner_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise ValueError(f"Unknown matching engine {self.engine!r}: choose one of {', '.join(ENGINES)}.")

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON-safe values, tuples as lists."""
        values = asdict(self)
        values["capabilities"] = [
            {"slug": c.slug, "name": c.name, "cpv": c.cpv, "synonyms": list(c.synonyms)} for c in self.capabilities
        ]
        values["owner_names"] = list(self.owner_names)
        values["without"] = list(self.without)
        return values
