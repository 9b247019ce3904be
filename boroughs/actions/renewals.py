"""What becomes of a contract that ends: its borough is told in time, drafts a need from it, or says "not now"."""

from dataclasses import fields
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import needs, notifying
from boroughs.actions.need_content import NeedContent
from boroughs.actions.notifying import News
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.models import Contract, Need, Notification, RenewalDismissal
from boroughs.permissions import Actor, Permission
from boroughs.queries import radar
from boroughs.queries.renewal_dates import last_possible_end, months_after

# Months before the end at which editors and approvers are told: time to join others, to buy, to act at once.
STAGES = (6, 12, 18)


def tell(*, today: date) -> int:
    """Tell of each contract that has come within a stage of its end, once a stage; the number of rows.

    A contract that is met late is told of at the stage where it is, not at those that it has passed. An end that is put
    off is told of anew. What the radar does not show is not told of: a contract that was taken out of the register, has
    a need already, or is kept quiet.
    """
    horizons = {months: months_after(today, months) for months in STAGES}
    ending = radar.suggested(today=today, last=horizons[STAGES[-1]]).order_by("pk")
    return notifying.announce([_news(contract, horizons, today) for contract in ending], to=Permission.EDIT_NEEDS)


@transaction.atomic
def draft(*, contract: Contract, by: Actor) -> Need:
    """Begin a need from a contract, or give the one that was begun already: asked twice, there is one draft.

    Raises IllegalMove where the contract was taken out of the register.
    """
    permissions.require(by, Permission.EDIT_NEEDS, contract.borough)
    locked = _locked(contract)
    begun = Need.objects.standing().filter(contract=locked).order_by("pk").first()
    if begun is not None:
        return begun
    said = radar.prefill(locked)
    content = NeedContent(contract=locked, **{each.name: getattr(said, each.name) for each in fields(said)})
    need = needs.log(borough=locked.borough, content=content, by=by)
    _record(locked, "draft_need", by, need=need.reference)
    return need


@transaction.atomic
def dismiss(*, contract: Contract, reason: str, note: str = "", until_date: date, by: Actor) -> RenewalDismissal:
    """Keep a contract out of the radar up to and including `until_date`. It takes the place of an earlier "not now".

    Raises NotAcceptable where the date is not between `quiet_from` and `quiet_to`, IllegalMove where the contract was
    taken out of the register or its end is not known.
    """
    permissions.require(by, Permission.EDIT_NEEDS, contract.borough)
    locked = _locked(contract)
    today, now = timezone.localdate(), timezone.now()
    last = quiet_to(locked)
    if last is None:
        raise IllegalMove(f"{locked.reference} has no end date in the register, so it is not in the radar.")
    if not quiet_from(today) <= until_date <= last:
        raise NotAcceptable([problem := _outside(today, last)], {"until_date": [problem]})
    active = RenewalDismissal.objects.active(on=today).filter(contract=locked)
    # A second click on the same form.
    if said := active.filter(reason=reason, note=note, until_date=until_date).first():
        return said
    active.update(ended_at=now)
    made = RenewalDismissal.objects.create(
        contract=locked, reason=reason, note=note, until_date=until_date, at=now, actor=audit.name_of(by)
    )
    _record(locked, "dismiss_renewal", by, reason=reason, until_date=until_date.isoformat())
    return made


@transaction.atomic
def wake(*, dismissal: RenewalDismissal, by: Actor) -> None:
    """Take a "not now" back. Raises IllegalMove where it was taken back already."""
    contract = dismissal.contract
    permissions.require(by, Permission.EDIT_NEEDS, contract.borough)
    ended = RenewalDismissal.objects.filter(pk=dismissal.pk, ended_at__isnull=True).update(ended_at=timezone.now())
    if not ended:
        raise IllegalMove(f"{contract.reference} is back in the radar already.")
    _record(contract, "wake_renewal", by)


def quiet_from(today: date) -> date:
    """The first day up to which a contract may be kept quiet: tomorrow."""
    return today + timedelta(days=1)


def quiet_to(contract: Contract) -> date | None:
    """The last one: when it ends at the latest, with all its options. None where its end is not known."""
    return contract.end_date and last_possible_end(contract.end_date, contract.extension_options)


def _locked(contract: Contract) -> Contract:
    """As it is stored now, held until the transaction ends: of two people one waits and sees what the other did."""
    locked = Contract.objects.select_for_update(of=("self",)).select_related("borough", "category").get(pk=contract.pk)
    if locked.closed_at is not None:
        raise IllegalMove(f"{locked.reference} was taken out of the register.")
    return locked


def _record(contract: Contract, verb: str, by: Actor, **details: str) -> None:
    audit.record(
        by=by, verb=verb, noun="contract", reference=contract.reference, borough=contract.borough, details=details
    )


def _outside(today: date, last: date) -> str:
    if last <= today:
        return "This contract can run no longer than today, so it cannot be kept quiet."
    return f"Choose a day from tomorrow to {_day(last)}, when the contract ends at the latest."


def _news(contract: Contract, horizons: dict[int, date], today: date) -> News:
    stage = min(months for months, horizon in horizons.items() if contract.end_date and contract.end_date <= horizon)
    return News(
        kind=Notification.Kind.RENEWAL_DUE,
        borough_id=contract.borough_id,
        subject=contract.reference,
        headline=f"Contract {contract.reference} “{contract.title}” ends within {stage} months",
        path=f"{reverse('renewal-list')}?{urlencode({'months': stage, 'q': contract.reference})}",
        key=f"{Notification.Kind.RENEWAL_DUE} {contract.pk} {contract.end_date} {stage}",
        comment=_notice_in_words(contract, today),
    )


def _notice_in_words(contract: Contract, today: date) -> str:
    dates = radar.dates_of(contract, today=today)
    if dates is None or dates.notice_by is None:
        return ""
    when = _day(dates.notice_by)
    return f"The last day to give notice was {when}." if dates.notice_is_past else f"Notice must be given by {when}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
