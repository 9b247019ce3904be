"""What to ask about the dates of a need before it is submitted: those that are over.

No errors. Contracts do run on after their end, and a need stays true when its start has slipped.
"""

from datetime import date

from boroughs.actions.need_content import NeedContent
from boroughs.forms.need_words import said


def date_remarks(content: NeedContent, *, today: date) -> list[str]:
    """One sentence or two for each date that is over, in the order of the form."""
    remarks = []
    ended = content.contract_end_date
    if ended and ended < today:
        remarks.append(
            f"Your present contract ended on {said('contract_end_date', content)}{_ago(ended, today)}. Is that right?"
        )
    for name, subject in (("earliest_start_date", "earliest"), ("start_date", "latest")):
        start = getattr(content, name)
        if start and start < today:
            remarks.append(f"The {subject} start, {said(name, content)}, is in the past. Is that right?")
    return remarks


def _ago(day: date, today: date) -> str:
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return "" if years < 1 else f", {years} year{'' if years == 1 else 's'} ago"
