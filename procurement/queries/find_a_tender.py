"""What a lead authority copies from a notice into Find a Tender, field by field.

It reads one `PublishedNotice` and nothing else, so that nothing reaches the sheet that the board does not show, figures
included. The order is that in which the Procurement Regulations 2024 (SI 2024/692) name what a notice holds: who buys
(regulation 13), the procurement and its subject-matter (14), then what the kind of notice adds (UK1 by 15, UK3 by 16,
UK2 by 17). Where nothing on the board answers a field, the entry says what to do instead of a value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from procurement.queries.published_notice import NamedBorough, PublishedNotice

NO_CHOICE = "Choose in Find a Tender."
NOT_SAID = "Not in the notice."
NOBODY_LEADS = (
    "Nobody leads, so nobody is named as the buyer. Choose the lead in the notice once the authorities agree."
)


class Form(StrEnum):
    UK1 = "UK1"
    UK2 = "UK2"
    UK3 = "UK3"

    @property
    def words(self) -> str:
        return NAMES[self]


NAMES = {
    Form.UK1: "Pipeline notice",
    Form.UK2: "Preliminary market engagement notice",
    Form.UK3: "Planned procurement notice",
}
OF_KIND = {"PIPELINE": Form.UK1, "ENGAGEMENT": Form.UK2, "PLANNED": Form.UK3}


@dataclass(frozen=True)
class Entry:
    """A field of the form: text to copy, or where there is none what to do."""

    label: str
    text: str = ""
    hint: str = ""

    @property
    def rows(self) -> int:
        """Lines of a box that shows the text, about 60 characters wide, within reason."""
        return min(12, sum(1 + len(line) // 60 for line in self.text.split("\n")))


@dataclass(frozen=True)
class Section:
    title: str
    entries: tuple[Entry, ...]


def form_of(notice: PublishedNotice) -> Form:
    """The form that answers to the kind of the notice."""
    return OF_KIND.get(notice.kind, Form.UK2)


def sheet(notice: PublishedNotice, form: Form, *, address: str) -> tuple[Section, ...]:
    """The sections of the form in its order; `address` is the notice's own page on the board, "" while it has none."""
    return (
        Section("Who is buying", _authorities(notice)),
        Section("The procurement", _procurement(notice)),
        Section("What is to be bought", _subject(notice)),
        Section(form.words, _OF_FORM[form](notice)),
        Section("More for suppliers", _more(notice, address)),
    )


def _authorities(notice: PublishedNotice) -> tuple[Entry, ...]:
    lead = _lead(notice)
    others = [borough for borough in notice.boroughs if borough != lead]
    buyers = (lead, *others) if lead else others
    return (
        Entry("Lead authority", lead.official_name) if lead else Entry("Lead authority", "", NOBODY_LEADS),
        Entry(
            "Other authorities" if lead else "Authorities",
            _lines(borough.official_name for borough in others),
            "" if lead else "One of them is the lead authority, and none of them has been chosen.",
        ),
        Entry(
            "Identifiers",
            _lines(_identifier(borough) for borough in buyers),
            "Find a Tender knows an authority by a number of its own. These are those of the list of local authorities "
            "in England.",
        ),
        Entry("Postal and e-mail addresses", "", "Find a Tender takes them from what each authority has registered."),
        Entry(
            "Contact for enquiries",
            _lines((notice.contact.name, notice.contact.email)) if notice.contact else "",
            "" if notice.contact else "The notice names nobody. Enter whom suppliers may ask.",
        ),
    )


def _lead(notice: PublishedNotice) -> NamedBorough | None:
    """The one that leads; None where the notice's lead stands for nobody."""
    return next((borough for borough in notice.boroughs if borough.slug == notice.lead.slug), None)


def _procurement(notice: PublishedNotice) -> tuple[Entry, ...]:
    return (
        Entry("Title", notice.title),
        Entry("Your own reference", notice.demand, "The joint demand; it stays the same from notice to notice."),
        Entry(
            "Procurement identifier",
            "",
            "Find a Tender gives it with the first notice. Go on from that one if there is one already.",
        ),
    )


def _subject(notice: PublishedNotice) -> tuple[Entry, ...]:
    users = f"Who the users are and what they need\n{notice.users}" if notice.users else ""
    regions = sorted({borough.region for borough in notice.boroughs if borough.region})
    return (
        Entry("Description", "\n\n".join(filter(None, (notice.summary, notice.problem, users)))),
        Entry("Goods, services or works", "", NO_CHOICE),
        Entry(
            "CPV codes",
            _lines(notice.cpv),
            "" if notice.cpv else f"The category names none. {NO_CHOICE}",
        ),
        Entry("Regions", _lines(regions), "" if regions else NO_CHOICE),
        Entry("Estimated value, without VAT", _value(notice), _value_hint(notice)),
        Entry("Estimated value, with VAT", "", "The notice has no figure with VAT. Work it out from yours."),
        Entry("Contract begins, estimated", _day(notice.start_date), "" if notice.start_date else NOT_SAID),
        Entry("Contract ends, estimated", _day(_end(notice)), "" if _end(notice) else NOT_SAID),
    )


def _pipeline(notice: PublishedNotice) -> tuple[Entry, ...]:
    return (_tender_notice(notice), Entry("Procedure", "", NO_CHOICE))


def _engagement(notice: PublishedNotice) -> tuple[Entry, ...]:
    steps = (
        notice.market_engagement,
        notice.how_to_respond,
        f"Questions until {_day(notice.questions_close_date)}. Responses until {_day(notice.closes_date)}.",
    )
    return (
        Entry("Engagement closes", _day(notice.closes_date)),
        Entry("How suppliers are engaged", "\n\n".join(filter(None, steps))),
        Entry("Places, dates and times of events", "", "The notice has no field for them. Enter those that are fixed."),
    )


def _planned(notice: PublishedNotice) -> tuple[Entry, ...]:
    return (
        _tender_notice(notice),
        Entry("Deadline for tenders, estimated", "", "See the notice clock for the shortest periods."),
        Entry("Procedure", "", NO_CHOICE),
        Entry("Lots", "", NO_CHOICE),
    )


def _more(notice: PublishedNotice, address: str) -> tuple[Entry, ...]:
    requirements = (
        ("The solution must", notice.must),
        ("The solution should", notice.should),
        ("Beside that, single authorities ask for", notice.differences),
    )
    blocks = ["\n".join((title, *(f"- {line}" for line in lines))) for title, lines in requirements if lines]
    return (
        Entry("Requirements", "\n\n".join(blocks), "" if blocks else NOT_SAID),
        Entry("Work done so far", notice.work_done, "" if notice.work_done else NOT_SAID),
        Entry(
            "How the authorities would buy together", notice.buying_together, "" if notice.buying_together else NOT_SAID
        ),
        Entry("Link to the demand board", address, "" if address else "The notice has no page until it is published."),
    )


_OF_FORM = {Form.UK1: _pipeline, Form.UK2: _engagement, Form.UK3: _planned}


def _tender_notice(notice: PublishedNotice) -> Entry:
    return Entry(
        "Tender notice, estimated",
        _day(notice.tender_date),
        "" if notice.tender_date else "The notice names no day. Enter it under “Planned tender notice” in the notice.",
    )


def _value(notice: PublishedNotice) -> str:
    low, high = notice.budget_min_total, notice.budget_max_total
    if low is None or high is None or low.floor is None:
        return ""
    return f"£{low.floor:,}" if low.floor == high.ceiling else f"£{low.floor:,} to {_most(high.ceiling)}"


def _most(value: int | None) -> str:
    return "more" if value is None else f"£{value:,}"


def _value_hint(notice: PublishedNotice) -> str:
    if _value(notice):
        how = "As published" if notice.published_at else "As it would be published"
        return f"{how}, for all authorities and the whole life of the contracts. Find a Tender asks for one sum."
    if not _lead(notice):
        return "The total is not published. Whoever leads enters an estimate of its own."
    return "The total is not published. Enter the lead’s own estimate."


def _end(notice: PublishedNotice) -> date | None:
    """The last day of the contract; None where its start or its length is open."""
    if notice.start_date is None or not notice.months:
        return None
    year, month = divmod(notice.start_date.year * 12 + notice.start_date.month - 1 + notice.months, 12)
    # A start on the 31st ends at the end of a shorter month.
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=notice.start_date.day - 1), following) - timedelta(days=1)


def _identifier(borough: NamedBorough) -> str:
    return f"{borough.org_id} {borough.official_name}" if borough.org_id else ""


def _day(day: date | None) -> str:
    """As the three boxes of the form take it."""
    return f"{day.day} {day:%B %Y}" if day else ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))
