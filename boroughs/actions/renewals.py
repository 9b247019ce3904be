"""Telling a borough in time that a contract of its register ends."""

import calendar
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from boroughs.actions import notifying
from boroughs.actions.notifying import News
from boroughs.models import Contract, Notification
from boroughs.permissions import Permission

# Months before the end at which editors and approvers are told: time to join others, to buy, to act at once.
STAGES = (6, 12, 18)


def tell(*, today: date) -> int:
    """Tell of each contract that has come within a stage of its end, once a stage; the number of rows.

    A contract that is met late is told of at the stage where it is, not at those that it has passed. An end that is put
    off is told of anew.
    """
    horizons = {months: months_after(today, months) for months in STAGES}
    ending = Contract.objects.listed().filter(end_date__range=(today, horizons[STAGES[-1]])).order_by("pk")
    return notifying.announce([_news(contract, horizons) for contract in ending], to=Permission.EDIT_NEEDS)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _news(contract: Contract, horizons: dict[int, date]) -> News:
    stage = min(months for months, horizon in horizons.items() if contract.end_date and contract.end_date <= horizon)
    return News(
        kind=Notification.Kind.RENEWAL_DUE,
        borough_id=contract.borough_id,
        subject=contract.reference,
        headline=f"Contract {contract.reference} “{contract.title}” ends within {stage} months",
        path=f"{reverse('contract-list')}?{urlencode({'q': contract.reference})}",
        key=f"{Notification.Kind.RENEWAL_DUE} {contract.pk} {contract.end_date} {stage}",
    )
