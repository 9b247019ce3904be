"""What a notice may say, what it lacks, and a first draft of it from the needs of a joint demand.

A draft says nothing that points to one borough: lines that name a borough, a product in use, an amount of money or the
end of a contract are left out, and so are head counts. Its summary and its problem take no sentence, its requirements
no line that is one authority's own, with its figures or its "we" (own_words.py). Where the boroughs have frozen a
common specification, its requirements are the notice's.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from boroughs.models import Borough, Need
from boroughs.word_count import count_words
from procurement.models import Coalition, JointDemand, Notice, SpecificationVersion
from procurement.planning import working_days
from procurement.queries import need_lines, own_words, specification_lines
from procurement.queries.line_limits import line_problems
from procurement.queries.neutral import Incumbents, Neutral
from procurement.queries.public_content import left_out

# Words, as the Digital Marketplace limited them; suppliers read many notices.
WORDS = {
    "summary": 50,
    "problem": 200,
    "users_description": 200,
    "work_done": 200,
    "market_engagement": 200,
    "setup": 200,
    "buying_together": 200,
    "how_to_respond": 100,
}
TITLE_LIMIT = 100
QUESTIONS_DAYS = 14
OPEN_DAYS = 28
MONTHS_LIMIT = 240

NAMES = {
    "title": "title",
    "summary": "summary",
    "problem": "problem",
    "users_description": "description of the users",
    "work_done": "work done so far",
    "market_engagement": "market engagement so far",
    "setup": "setup and locations",
    "buying_together": "way of buying together",
    "how_to_respond": "way to respond",
}
_DEPTHS: dict[str, str] = {
    Need.Depth.SPECIFICATION: "share one specification; each {one} buys for itself",
    Need.Depth.MARKET: "talk to the market together; each {one} then buys for itself",
    Need.Depth.TENDER: "run one procurement together, with a contract of its own for each {one}",
    Need.Depth.CONTRACT: "buy through one contract that a lead {one} holds for all",
}
# The last days of a notice, and what is said of one that is over.
LAST_DAYS = {
    "questions_close_date": "The date until which suppliers may ask has passed.",
    "closes_date": "The closing date has passed.",
}
REQUIRED = ("title", "summary", "problem", "users_description", "how_to_respond")


@dataclass(frozen=True)
class NoticeContent:
    """What people write in a notice: the one shape that page, demo and tests hand over. Dates are London days."""

    title: str
    summary: str
    problem: str
    how_to_respond: str
    # None while nobody leads.
    lead: Borough | None
    questions_close_date: date
    closes_date: date
    kind: str = Notice.Kind.ENGAGEMENT
    users_description: str = ""
    work_done: str = ""
    market_engagement: str = ""
    setup: str = ""
    buying_together: str = ""
    must_requirements: tuple[str, ...] = ()
    should_requirements: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    start_date: date | None = None
    months: int | None = None
    tender_date: date | None = None

    def columns(self) -> dict[str, object]:
        """Columns of the notice, cleaned of what no reader of ours accepts; without the lead where nobody leads."""
        cleaned = {field.name: _clean(getattr(self, field.name)) for field in fields(self)}
        return cleaned if self.lead else {name: value for name, value in cleaned.items() if name != "lead"}


def content_of(notice: Notice) -> NoticeContent:
    """What the stored notice says."""
    values = {field.name: getattr(notice, field.name) for field in fields(NoticeContent)}
    values["must_requirements"] = tuple(notice.must_requirements)
    values["should_requirements"] = tuple(notice.should_requirements)
    values["differences"] = tuple(notice.differences)
    return NoticeContent(**values)


def of_published(content: Mapping[str, Any], *, lead: Borough) -> NoticeContent:
    """What the content of a version says, as people wrote it. `lead` is the borough that it names as that."""
    days = {
        name: date.fromisoformat(content[name]) if content.get(name) else None
        for name in ("questions_close_date", "closes_date", "start_date", "tender_date")
    }
    same = ("title", "kind", "summary", "problem", "work_done", "market_engagement", "buying_together")
    return NoticeContent(
        **{name: content[name] for name in same},
        **days,  # type: ignore[arg-type]
        how_to_respond=content["how_to_respond"],
        setup=content.get("setup", ""),
        users_description=content["users"],
        must_requirements=tuple(content["must"]),
        should_requirements=tuple(content["should"]),
        differences=tuple(content.get("differences", ())),
        months=content["months"],
        lead=lead,
    )


def kept_days(notice: Notice) -> dict[str, date]:
    """The last days that the board shows: of what is closed there the next version may say the same."""
    return {name: getattr(notice.current, name) for name in LAST_DAYS} if notice.current else {}


def passed(days: Mapping[str, date | None], *, kept: Mapping[str, date], today: date) -> list[str]:
    """Names of the last days that are over, without those that are on the board already."""
    return [name for name in LAST_DAYS if (day := days.get(name)) and day < today and day != kept.get(name)]


def problems(content: NoticeContent, *, today: date, kept: Mapping[str, date]) -> list[str]:
    """What keeps the notice from being published, in words; empty where nothing does. `kept` as `kept_days` says."""
    found = [f"Write the {NAMES[name]}." for name in REQUIRED if not getattr(content, name).strip()]
    if len(content.title) > TITLE_LIMIT:
        found.append(f"Shorten the title to {TITLE_LIMIT} characters.")
    found += [
        f"Shorten the {NAMES[name]} to {limit} words."
        for name, limit in WORDS.items()
        if count_words(getattr(content, name)) > limit
    ]
    if not content.must_requirements and not content.should_requirements:
        found.append("List at least one requirement.")
    for name, lines in (
        ("must", content.must_requirements),
        ("should", content.should_requirements),
        ("beside that", content.differences),
    ):
        found += line_problems(lines, name=name)
    found += [LAST_DAYS[name] for name in passed(vars(content), kept=kept, today=today)]
    if content.closes_date < content.questions_close_date:
        found.append("The notice closes before the date until which suppliers may ask.")
    return found


def warnings(notice: Notice, needs: Iterable[Need]) -> list[str]:
    """Words in the draft that may give away what one borough uses today: for a person to look at, not to refuse."""
    incumbents = Incumbents(needs)
    texts = {name: getattr(notice, name) for name in NAMES}
    texts |= {"requirements": "\n".join([*notice.must_requirements, *notice.should_requirements, *notice.differences])}
    return [
        f"The {NAMES.get(name, name)} mentions {found}, which one of the authorities uses today."
        for name, value in texts.items()
        for found in incumbents.found_in(value)
    ]


def suggest(demand: JointDemand, *, today: date, specification: SpecificationVersion | None = None) -> NoticeContent:
    """A first draft from the open needs of boroughs that have not declined, the strongest member's words first.

    With a `specification` its requirements are taken over, word for word. So are the lead and the start that the
    boroughs have agreed; nobody leads where they have not.
    """
    everyone, gone = _needs(demand), left_out(demand)
    needs = [need for need in everyone if need.borough_id not in gone]
    coalition = Coalition.objects.filter(demand=demand).select_related("lead").first()
    neutral = Neutral(everyone)
    one, many = _nouns(needs)
    questions_close = working_days.on_or_after(today + timedelta(days=QUESTIONS_DAYS))
    if specification is None:
        musts, shoulds = need_lines.taken(need_lines.read(needs, neutral))
        differences: tuple[str, ...] = ()
    else:
        musts, shoulds, differences = specification_lines.lines(
            specification.content, is_neutral=neutral.line, one=one, many=many
        )
    who = _who(needs)
    return NoticeContent(
        title=neutral.title(demand.title, demand.category.name if demand.category else "")[:TITLE_LIMIT].strip(),
        summary=_summary(demand, who, [need.description or need.problem for need in needs], neutral),
        problem=_prose((need.problem or need.description for need in needs), neutral, limit=150)
        or f"{who} each have to replace or renew what they use, and want to know what the "
        "market can offer them together.",
        users_description=_users(needs, neutral) or f"Staff of the {many} named in this notice.",
        work_done=f"Each {one} wrote down its own need. The needs were compared, and a person confirmed that they "
        "can be met together."
        + (f" The {many} then agreed the requirements of this notice in common." if specification else ""),
        buying_together=_buying_together(coalition, one, many),
        how_to_respond=f"Write to {settings.CONTACT_EMAIL} by the closing date and give the reference of this notice. "
        "Say what you offer, to whom you supply it today, and what we should know before we decide how to buy.",
        lead=_lead(needs, coalition),
        questions_close_date=questions_close,
        closes_date=max(questions_close, working_days.on_or_after(today + timedelta(days=OPEN_DAYS))),
        must_requirements=musts,
        should_requirements=shoulds,
        differences=differences,
        start_date=_start(needs, coalition, today),
        months=_commonest(need.months for need in needs),
    )


def _clean(value: object) -> object:
    if isinstance(value, tuple):
        return [line for line in (_clean(" ".join(str(item).split())) for item in value) if line]
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    # Control characters and the like are legal in JSON but not in XML: the feed could not carry them.
    kept = "".join(sign for sign in whole if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"})
    return kept.strip()


def _needs(demand: JointDemand) -> list[Need]:
    """Open needs of the joint demand, the strongest member first."""
    members = (
        demand.members.select_related("need__borough")
        .prefetch_related("need__requirements")
        .order_by("-strength", "need_id")
    )
    return [member.need for member in members if member.need.status == Need.Status.OPEN]


def _prose(texts: Iterable[str], neutral: Neutral, *, limit: int, paragraphs: int = 3) -> str:
    """What any of them could say of the first few texts that have such sentences: a paragraph each, within `limit`
    words.
    """
    written: list[str] = []
    seen: set[str] = set()
    left = limit
    for value in texts:
        kept = []
        for sentence in own_words.sentences(value):
            words = count_words(sentence)
            if not _is_anybodys(sentence, neutral):
                continue
            if sentence.casefold() not in seen and words <= left:
                seen.add(sentence.casefold())
                kept.append(sentence)
                left -= words
        if kept:
            paragraph = " ".join(kept)
            written.append(paragraph[:1].upper() + paragraph[1:])
        if len(written) == paragraphs:
            break
    return "\n\n".join(written)


def _is_anybodys(sentence: str, neutral: Neutral) -> bool:
    return neutral.sentence(sentence) and not own_words.is_own(sentence)


def _summary(demand: JointDemand, who: str, texts: Sequence[str], neutral: Neutral) -> str:
    category = demand.category.name if demand.category else ""
    # "HR and payroll" keeps its capitals.
    lower = category if category[1:2].isupper() else category[:1].lower() + category[1:]
    opening = f"{who} may buy together for {lower}." if category else f"{who} may buy together."
    # The first sentence says what is wanted: where it has to go, what is left may be about something small.
    texts = sorted(texts, key=lambda value: not any(_is_anybodys(s, neutral) for s in own_words.sentences(value)[:1]))
    rest = _prose(texts, neutral, limit=WORDS["summary"] - count_words(opening), paragraphs=1)
    return f"{opening} {rest or _wanted(demand.title, category, neutral)}".strip()


def _wanted(title: str, category: str, neutral: Neutral) -> str:
    """What the title says beside the category, where nothing that the boroughs wrote is for all of them."""
    says_more = title.strip().casefold() != category.casefold()
    return f"They look for: {title.strip(' .')}." if says_more and _is_anybodys(title, neutral) else ""


def _users(needs: Sequence[Need], neutral: Neutral) -> str:
    """Kinds of users over all needs, without head counts: these are a borough's own figures."""
    kinds: dict[str, str] = {}
    for need in needs:
        # "60 analysts, 500 viewers" are two kinds; "staff who need light, reliable laptops" is one.
        for part in re.split(r"[.;\n]+|, (?=\d)", need.users_description):
            words = re.sub(r"^\W*(?:about|some|around|roughly|approx\.?|c\.?)?\s*[\d,]+\+?\s+", "", part.strip())
            if words and not re.search(r"\d", words) and _is_anybodys(words, neutral):
                kinds.setdefault(words.casefold(), words)
    return "\n".join(f"{words[:1].upper()}{words[1:]}" for words in list(kinds.values())[:12])


def _lead(needs: Sequence[Need], coalition: Coalition | None) -> Borough | None:
    """The one that the boroughs agreed on, while it has a need here; nobody is named who has not said so."""
    agreed = coalition.lead if coalition else None
    return agreed if agreed is not None and any(need.borough_id == agreed.pk for need in needs) else None


def _buying_together(coalition: Coalition | None, one: str, many: str) -> str:
    """What the boroughs have agreed; else what they are open to."""
    if coalition is None or coalition.depth not in _DEPTHS:
        return (
            f"The {many} have not decided how they would buy. They are open to a shared specification with separate "
            f"contracts, a joint procurement with one contract for each {one}, or one contract for all. Tell us which "
            "would work best, and why."
        )
    agreed = f"The {many} mean to {_DEPTHS[coalition.depth].format(one=one)}."
    if coalition.quorum and coalition.decision_date:
        day = f"{coalition.decision_date.day} {coalition.decision_date:%B %Y}"
        agreed += f" They do so if at least {coalition.quorum} of them have committed by {day}."
    return agreed


def _start(needs: Sequence[Need], coalition: Coalition | None, today: date) -> date | None:
    """The agreed start; else the first day of the month in which the first wants to start: no borough's own date."""
    if coalition is not None and coalition.start_date and coalition.start_date > today:
        return coalition.start_date
    starts = sorted(need.start_date.replace(day=1) for need in needs if need.start_date)
    return next((start for start in starts if start > today), None)


def _commonest(values: Iterable[int | None]) -> int | None:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def _who(needs: Sequence[Need]) -> str:
    """ "Seven boroughs"; with guests among them "Seven authorities"."""
    boroughs = {need.borough for need in needs}
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    number = words[len(boroughs)] if len(boroughs) < len(words) else str(len(boroughs))
    return f"{number} {_nouns(needs)[1]}"


def _nouns(needs: Iterable[Need]) -> tuple[str, str]:
    """What to call one and many of them: with guests among them they are not all boroughs."""
    is_london = all(need.borough.kind == Borough.Kind.LONDON for need in needs)
    return ("borough", "boroughs") if is_london else ("authority", "authorities")
