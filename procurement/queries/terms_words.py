"""Terms and outcomes in words, from what the audit trail keeps of them."""

from collections.abc import Mapping
from datetime import date

from boroughs.models import Need
from boroughs.templatetags.formatting import count, day
from procurement.models import Coalition

LABELS = {
    "quorum": "Quorum",
    "depth": "How far",
    "decision_date": "Decision date",
    "joining_closes_date": "Joining closes",
    "if_missed": "If the quorum is missed",
    "start_date": "Joint contract starts",
}
DATES = ("decision_date", "joining_closes_date", "start_date")


def terms_told(details: Mapping[str, object]) -> str:
    """The terms that were changed: "Quorum: 3 boroughs. Decision date: 31 March 2027."."""
    found = [f"{label}: {_value(name, details[name])}." for name, label in LABELS.items() if name in details]
    return " ".join(found) or "Nothing changed."


def outcome_told(details: Mapping[str, object]) -> str:
    """ "Quorum reached: 3 boroughs committed, it took 2"."""
    outcome = str(details.get("outcome", ""))
    said = str(Coalition.Outcome(outcome).label) if outcome in Coalition.Outcome.values else outcome
    committed = details.get("committed")
    number = len(committed) if isinstance(committed, list) else 0
    return f"{said}: {count(number, 'borough')} committed, it took {details.get('quorum')}."


def moved_told(details: Mapping[str, object]) -> str:
    return f"From {_day(details.get('from'))} to {_day(details.get('to'))}: the quorum was missed."


def _value(name: str, value: object) -> str:
    if value in (None, ""):
        return "none"
    if name == "quorum":
        return count(value, "borough")
    if name in DATES:
        return _day(value)
    labels = dict(Need.Depth.choices) | dict(Coalition.IfMissed.choices)
    said = str(labels.get(str(value), value))
    return said[:1].lower() + said[1:]


def _day(value: object) -> str:
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)
