"""An outcome in words, and what a borough has to decide for it, by when."""

from dataclasses import dataclass
from datetime import date

from procurement.planning.situations import Hindrance, Outcome, Prospects, Rules, first_day


@dataclass(frozen=True)
class Decision:
    by: date
    # "Take up the option to extend to 31 March 2029".
    words: str


def reason(prospects: Prospects, outcome: Outcome, rules: Rules, today: date) -> str:
    """Why the borough can join, at what cost, or why it cannot: one or two sentences."""
    situation = prospects.situation
    if outcome.hindrance == Hindrance.BEFORE_WINDOW and situation.earliest:
        return f"It wants to start in {_month(situation.earliest)} at the earliest."
    if outcome.hindrance == Hindrance.AFTER_WINDOW and situation.latest:
        return f"It wants to start in {_month(situation.latest)} at the latest."
    if not prospects.ends:
        return "No present contract is known, so it is free to start."
    said = [f"{_end_of(prospects, outcome, today)}{_cost_of(outcome, rules)}."]
    missed = _missed(prospects)
    if missed and outcome.bridge:
        said.append(f"The day to take up an option to extend was {_day(missed)}, which has passed.")
    if outcome.joins and outcome.bridge > rules.flagged_after:
        said.append(f"A bridge of over {rules.flagged_after} months needs a benchmarked price and a recorded reason.")
    return " ".join(said)


def decisions(prospects: Prospects, outcome: Outcome, *, month: int, rules: Rules, today: date) -> tuple[Decision, ...]:
    """What the borough has to decide to start in `month`, the first to come first; () where it cannot join."""
    if not outcome.joins:
        return ()
    found = [Decision(first_day(month - rules.lead_months), "Start the joint purchase")]
    found += of_the_contract(prospects, outcome, today)
    return tuple(sorted(found, key=lambda each: (each.by, each.words)))


def of_the_contract(prospects: Prospects, outcome: Outcome, today: date) -> list[Decision]:
    """What it has to decide about its present contract; [] where it has none, or cannot join."""
    ends = prospects.ends
    if not ends or not outcome.joins:
        return []
    found = [
        Decision(end.take_up_by, f"Take up the option to extend to {_day(end.last_day)}")
        for end in ends[1 : outcome.options + 1]
        if end.take_up_by
    ]
    end = ends[outcome.options]
    ahead = [day for day in (end.notice_by, end.last_day) if day and day >= today]
    if outcome.bridge and ahead:
        found.append(Decision(ahead[0], f"Agree a bridge of {_months(outcome.bridge)}"))
    elif not outcome.bridge and end.notice_by and end.notice_by >= today:
        found.append(Decision(end.notice_by, f"Give notice that the contract ends on {_day(end.last_day)}"))
    return found


def _end_of(prospects: Prospects, outcome: Outcome, today: date) -> str:
    last_day = prospects.ends[outcome.options].last_day
    verb = "ended" if last_day < today else "ends"
    options = {0: "", 1: " once an option to extend is taken up"}
    taken = options.get(outcome.options, f" once {outcome.options} options to extend are taken up")
    return f"Its contract {verb} on {_day(last_day)}{taken}"


def _cost_of(outcome: Outcome, rules: Rules) -> str:
    if outcome.bridge:
        limit = f", and {rules.longest_bridge} are the most" if outcome.hindrance else ""
        return f": a bridge of {_months(outcome.bridge)}{limit}"
    if outcome.double:
        limit = f", and {rules.longest_double} are the most" if outcome.hindrance else ""
        return f": {_months(outcome.double)} of double running{limit}"
    return ", the day before"


def _missed(prospects: Prospects) -> date | None:
    """The day that has passed by which an option to extend had to be taken up."""
    ends = prospects.situation.ends
    return ends[len(prospects.ends)].take_up_by if len(ends) > len(prospects.ends) else None


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"


def _month(day: date) -> str:
    return f"{day:%B %Y}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
