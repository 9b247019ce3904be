"""What to ask about the dates of a notice while it is drafted, proposed and approved: those that are over.

No errors, as of a need (boroughs/forms/date_remarks.py): a start may have slipped, and what is closed on the board may
be corrected. Last days that keep the notice from the board are said with what else does.
"""

from datetime import date

from procurement.models import Notice
from procurement.queries import notice_draft

SUBJECTS = {
    "tender_date": "day planned for the tender notice",
    "start_date": "earliest start",
    "questions_close_date": "last day for questions",
    "closes_date": "closing date",
}


def date_remarks(notice: Notice, *, today: date) -> list[str]:
    """A sentence for each date that is over, in the order of the form."""
    days: dict[str, date | None] = {name: getattr(notice, name) for name in SUBJECTS}
    refused = notice_draft.passed(days, kept=notice_draft.kept_days(notice), today=today)
    return [
        f"The {SUBJECTS[name]}, {day.day} {day:%B %Y}, is in the past. Is that right?"
        for name, day in days.items()
        if day and day < today and name not in refused
    ]


def days_to_change(notice: Notice, *, today: date) -> list[str]:
    """What is said of the last days that are over and keep it from the board."""
    days: dict[str, date | None] = {name: getattr(notice, name) for name in notice_draft.LAST_DAYS}
    refused = notice_draft.passed(days, kept=notice_draft.kept_days(notice), today=today)
    return [notice_draft.LAST_DAYS[name] for name in refused]
