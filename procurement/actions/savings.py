"""Estimates of what buying together may save: made, withdrawn, and later set beside what it did save."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.models import Coalition, JointDemand, SavingsEstimate
from procurement.queries.savings import TYPED, may_write, work_out

NOTE_WORDS = 200
# A joint purchase that cost or saved more is a slip of the keyboard.
FURTHEST = 10_000_000_000


@transaction.atomic
def estimate(
    *, demand: JointDemand, method: str, typed: Mapping[str, int], note: str = "", by: User
) -> SavingsEstimate:
    """Estimate by a method from its assumptions. Raises NotAcceptable with what is wrong, by field."""
    _require_writer(demand, by, method=method)
    demand.refresh_from_db()
    if demand.status == JointDemand.Status.RETIRED:
        raise IllegalMove(f"{demand.reference} is retired; its needs have gone elsewhere.")
    _require_acceptable(method, typed)
    found = work_out(demand, method, typed, by)
    if found is None:
        raise NotAcceptable(
            [
                "Fewer than three boroughs have linked a contract with its annual value and said how many users it "
                "has, so there is no spread of prices."
            ]
        )
    row = SavingsEstimate.objects.create(
        demand=demand,
        method=SavingsEstimate.Method(method),
        assumptions={each.name: typed[each.name] for each in TYPED[method]} | dict(found.found),
        low=found.low,
        high=found.high,
        may_tell=found.may_tell,
        note=note,
        estimated_at=timezone.now(),
        estimated_by=by,
    )
    _record(row, "estimate", by)
    return row


@transaction.atomic
def withdraw(*, estimate: SavingsEstimate, by: User) -> None:
    """Withdraw it; it stays to be read. An analyst withdraws any, the lead those that its own person made."""
    _require_writer(estimate.demand, by)
    if not permissions.has(by, Permission.REVIEW_DEMANDS) and estimate.estimated_by_id != by.pk:
        raise PermissionRefused("Only an analyst, or who made the estimate, withdraws it.")
    held = SavingsEstimate.objects.filter(pk=estimate.pk, withdrawn_at__isnull=True)
    if not held.update(withdrawn_at=timezone.now(), revision=F("revision") + 1):
        raise IllegalMove("This estimate is withdrawn already.")
    _record(estimate, "withdraw", by)


@transaction.atomic
def realise(*, estimate: SavingsEstimate, amount: int, note: str, revision: int, by: User) -> None:
    """Set what was saved beside the estimate, with how it was found; again, where it has to be corrected. `revision` is
    that of the estimate as the person read it.

    Raises ChangedMeanwhile where somebody was first.
    """
    _require_writer(estimate.demand, by)
    if not note.strip():
        raise NotAcceptable([how := "Say how the figure was found"], {"note": [how]})
    if abs(amount) > FURTHEST:
        raise NotAcceptable([much := "The amount is too large"], {"amount": [much]})
    held = SavingsEstimate.objects.select_for_update().filter(pk=estimate.pk, withdrawn_at__isnull=True).first()
    if held is None:
        raise IllegalMove("This estimate is withdrawn.")
    if held.revision != revision:
        raise ChangedMeanwhile("Somebody has changed what was saved since you opened the page.")
    before = held.realised
    held.revision += 1
    held.realised, held.realised_note = amount, note
    held.realised_at, held.realised_by = timezone.now(), by
    held.save(update_fields=["realised", "realised_note", "realised_at", "realised_by", "revision"])
    _record(held, "realise", by, was=before, now=amount)


def _require_writer(demand: JointDemand, by: User, *, method: str = "") -> None:
    coalition = Coalition.objects.filter(demand=demand).select_related("lead").first()
    if not may_write(by, coalition, method=method):
        raise PermissionRefused("Estimates are made by an analyst, or by an approver of the borough that leads.")


def _require_acceptable(method: str, typed: Mapping[str, int]) -> None:
    problems: dict[str, list[str]] = {}
    for each in TYPED[method]:
        value = typed.get(each.name)
        if value is None:
            problems[each.name] = [f"Enter: {each.label[:1].lower()}{each.label[1:]}"]
        elif not 0 <= value <= each.most:
            problems[each.name] = [f"{each.label}: between 0 and {each.most:,}"]
    low, high = typed.get("low"), typed.get("high")
    if low is not None and high is not None and low > high and not problems:
        problems["high"] = ["The highest must not be below the lowest"]
    if problems:
        raise NotAcceptable([words for said in problems.values() for words in said], problems)


def _record(row: SavingsEstimate, verb: str, by: User, **details: object) -> None:
    audit.record(
        by=by,
        verb=verb,
        noun="savings estimate",
        reference=row.demand.reference,
        details={"estimate": row.pk, "method": row.method} | details,
    )
