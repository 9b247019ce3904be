"""Keeping what everybody may know of how many suppliers have shown interest in a notice.

Whoever changes how many there are calls `hold` before and `settle` after, in one transaction.
"""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from procurement.disclosure.counts import band_of
from procurement.models import Interest, InterestBand
from procurement.queries import interested


def hold(notices: Collection[int]) -> None:
    """Wait for those who change how many there are in these notices, by primary key, and keep others waiting."""
    InterestBand.objects.bulk_create((InterestBand(notice_id=pk) for pk in sorted(notices)), ignore_conflicts=True)
    list(InterestBand.objects.select_for_update().filter(notice__in=notices).order_by("pk"))


def settle(notices: Collection[int]) -> None:
    """Count anew. Nothing is written where the band stays what it was: then nobody outside learns of it."""
    for notice in notices:
        band = band_of(interested.suppliers(notice), minimum=settings.INTEREST_MINIMUM)
        at_least = band.low if band else 0
        InterestBand.objects.filter(notice=notice).exclude(at_least=at_least).update(
            at_least=at_least, changes=F("changes") + 1, changed_at=timezone.now()
        )


def settle_all() -> None:
    """Make good what a change of INTEREST_MINIMUM has left, a notice at a time."""
    for notice in list(Interest.objects.standing().values_list("notice", flat=True).distinct()):
        with transaction.atomic():
            hold([notice])
            settle([notice])
