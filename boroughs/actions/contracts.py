"""Keeping a borough's contract register: adding an entry, changing it, taking it out and putting it back."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import suppliers
from boroughs.actions.contract_content import ContractContent, as_json, changed_fields, content_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, LotiError, NotAcceptable
from boroughs.models import Borough, Contract, ContractRevision
from boroughs.permissions import Actor, Permission


@transaction.atomic
def add(*, borough: Borough, reference: str, content: ContractContent, by: Actor) -> Contract:
    """Put a contract into the register. Raises NotAcceptable where the reference is taken, also by one taken out."""
    permissions.require(by, Permission.EDIT_CONTRACTS, borough)
    try:
        with transaction.atomic():
            contract = Contract.objects.create(borough=borough, reference=reference, **_columns(content))
    except IntegrityError as error:
        taken = f"{reference} is in the register already"
        raise NotAcceptable([f"{taken}."], {"reference": [taken]}) from error
    keep_revision(contract, content, by, timezone.now())
    audit.record(by=by, verb="add", noun="contract", reference=reference, borough=borough)
    return contract


@transaction.atomic
def edit(*, contract: Contract, content: ContractContent, revision: int, by: Actor) -> Contract:
    """Let the entry say `content`. Saying again what it says is no change.

    Raises ChangedMeanwhile where `revision`, the one that was read, is not current, and IllegalMove where the entry is
    out of the register.
    """
    permissions.require(by, Permission.EDIT_CONTRACTS, contract.borough)
    before, now = content_of(contract), timezone.now()
    if content == before and revision == contract.revision and contract.closed_at is None:
        return contract
    changed = (
        Contract.objects.listed()
        .filter(pk=contract.pk, revision=revision)
        .update(revision=F("revision") + 1, updated_at=now, **_columns(content))
    )
    if not changed:
        raise _refusal(contract)
    keep_first(contract, before)
    contract.refresh_from_db()
    keep_revision(contract, content, by, now)
    details = {"revision": contract.revision, "fields": changed_fields(before, content)}
    audit.record(
        by=by, verb="edit", noun="contract", reference=contract.reference, borough=contract.borough, details=details
    )
    return contract


def _refusal(contract: Contract) -> LotiError:
    if Contract.objects.listed().filter(pk=contract.pk).exists():
        return ChangedMeanwhile(f"{contract.reference} was changed by somebody else while you were editing it.")
    return IllegalMove(f"{contract.reference} is out of the register. Put it back to change it.")


@transaction.atomic
def close(*, contract: Contract, by: Actor, reason: str) -> Contract:
    """Take the entry out of the register. Nothing is deleted: it can be put back."""
    permissions.require(by, Permission.EDIT_CONTRACTS, contract.borough)
    now = timezone.now()
    # A program that asks what was changed since is told of this as well.
    closed = (
        Contract.objects.listed().filter(pk=contract.pk).update(closed_at=now, updated_at=now, closed_reason=reason)
    )
    if not closed:
        raise IllegalMove(f"{contract.reference} is out of the register already.")
    contract.refresh_from_db()
    details = {"reason": reason}
    audit.record(
        by=by, verb="close", noun="contract", reference=contract.reference, borough=contract.borough, details=details
    )
    return contract


@transaction.atomic
def reopen(*, contract: Contract, by: Actor) -> Contract:
    """Put an entry back that was taken out."""
    permissions.require(by, Permission.EDIT_CONTRACTS, contract.borough)
    taken_out = Contract.objects.filter(pk=contract.pk, closed_at__isnull=False)
    reopened = taken_out.update(closed_at=None, closed_reason="", updated_at=timezone.now())
    if not reopened:
        raise IllegalMove(f"{contract.reference} is in the register.")
    contract.refresh_from_db()
    audit.record(by=by, verb="reopen", noun="contract", reference=contract.reference, borough=contract.borough)
    return contract


def _columns(content: ContractContent) -> dict[str, Any]:
    """What is written: the content, and the supplier for whom its name stands."""
    written = (content.supplier, content.company_number)
    return content.fields() | {"supplier_name": suppliers.names_for(written=[written]).get(written)}


def keep_first(contract: Contract, before: ContractContent) -> None:
    """What a contract said that came before revisions were kept; nothing where they are."""
    if not ContractRevision.objects.filter(contract=contract).exists():
        ContractRevision.objects.create(
            contract=contract, number=contract.revision, content=as_json(before), at=contract.updated_at, actor=""
        )


def keep_revision(contract: Contract, content: ContractContent, by: Actor, now: datetime) -> None:
    """Write down what the contract says from now on."""
    ContractRevision.objects.create(
        contract=contract, number=contract.revision, content=as_json(content), at=now, actor=audit.name_of(by)
    )
