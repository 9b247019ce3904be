"""One frozen version of a notice as a value. Free of Django, so that procurement/ocds can be tested without it."""

from dataclasses import dataclass
from datetime import date, datetime

_NO_NOTICE = "or any other notice under the Procurement Act 2023."
# By the value of procurement.models.Notice.Kind.
NOT_A_CALL = {
    "ENGAGEMENT": "The authorities want to hear from suppliers before they decide what and how to buy. This is not a "
    f"call for competition, and not a preliminary market engagement notice (UK2) {_NO_NOTICE}",
    "PLANNED": "The authorities know what they want and about when a procurement will start. This is not a call for "
    f"competition, and not a planned procurement notice (UK3) {_NO_NOTICE}",
    "PIPELINE": "The authorities say early that a need is coming. This is not a call for competition, and not a "
    f"pipeline notice (UK1) {_NO_NOTICE}",
}


@dataclass(frozen=True)
class NamedBorough:
    slug: str
    name: str
    official_name: str
    # "GB-LAE-CMD"; blank for a guest authority without one.
    org_id: str
    region: str
    sub_region: str


@dataclass(frozen=True)
class NamedCategory:
    slug: str
    name: str
    area: str


@dataclass(frozen=True)
class NamedContact:
    name: str
    email: str


@dataclass(frozen=True)
class PublicFigure:
    """A total as published: a plain value, or a band in which it lies (low ≤ total < high)."""

    value: int | None = None
    low: int | None = None
    high: int | None = None
    # Number of the version of which it is true; None where it is true of the one that shows it.
    as_at: int | None = None

    @property
    def floor(self) -> int | None:
        return self.low if self.value is None else self.value

    @property
    def ceiling(self) -> int | None:
        return self.high if self.value is None else self.value


@dataclass(frozen=True)
class PublicQuestion:
    """A supplier's question with its answer, as published. Days are London days."""

    # Counted in its notice from 1, in the order of publication.
    number: int
    asked_on: date
    question: str
    answer: str
    answered_on: date
    # When the answer was corrected last; the versions before say what it was.
    corrected_on: date | None


@dataclass(frozen=True)
class PublicEngagement:
    """What the authorities told single suppliers, for all of them."""

    # Counted in its notice from 1, in the order of publication.
    number: int
    # A value of procurement.models.EngagementEntry.Kind, and its words.
    kind: str
    kind_words: str
    held_on: date
    told: str


@dataclass(frozen=True)
class PublishedNotice:
    """One version of a notice. Texts are plain text; days are London days that count to their end."""

    reference: str
    number: int
    demand: str
    kind: str
    title: str
    summary: str
    problem: str
    users: str
    work_done: str
    market_engagement: str
    setup: str
    buying_together: str
    how_to_respond: str
    must: tuple[str, ...]
    should: tuple[str, ...]
    # What single boroughs ask for beside that, without their names.
    differences: tuple[str, ...]
    questions_close_date: date
    closes_date: date
    start_date: date | None
    # When the lead means to publish the statutory notice that begins the procurement.
    tender_date: date | None
    months: int | None
    # A value of procurement.models.DemandStage, and its words.
    stage: str
    stage_words: str
    # A value of boroughs.models.Need.Depth, and its words; blank where the boroughs have not agreed on one.
    depth: str
    depth_words: str
    category: NamedCategory | None
    cpv: tuple[str, ...]
    lead: NamedBorough
    boroughs: tuple[NamedBorough, ...]
    users_total: PublicFigure | None
    budget_min_total: PublicFigure | None
    budget_max_total: PublicFigure | None
    # Whom suppliers may write to; None where nobody is named or the person was erased.
    contact: NamedContact | None
    # What suppliers asked and everybody may know, by number.
    questions: tuple[PublicQuestion, ...]
    # What single suppliers were told, by number.
    engagement: tuple[PublicEngagement, ...]
    is_withdrawn: bool
    # Of this version; None in a preview.
    published_at: datetime | None
    # Of version 1 of this notice; None in a preview of the first.
    first_published_at: datetime | None
    reason: str
    # Of the version; in a preview that of its content.
    digest: str
    previous_digest: str
    # 0 in a preview.
    version_id: int
    # Whether this is the version that the board shows now.
    is_current: bool
    # At the moment of the reading: a value of procurement.models.PublicState, and its words.
    state: str
    state_words: str
    # Of procurement.models.Notice.Kind.
    kind_words: str

    @property
    def closing(self) -> date | None:
        """When it closes; a withdrawn notice does not."""
        return None if self.is_withdrawn else self.closes_date

    @property
    def heading(self) -> str:
        return f"Version {self.number}{': withdrawn' if self.is_withdrawn else ''}"

    @property
    def not_a_call(self) -> str:
        """What this kind of notice is, and that it is neither a call for competition nor a statutory notice."""
        return NOT_A_CALL[self.kind]

    @property
    def borough_names(self) -> tuple[str, ...]:
        return tuple(borough.name for borough in self.boroughs)

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the boroughs beside the lead."""
        return tuple(borough.name for borough in self.boroughs if borough.slug != self.lead.slug)
