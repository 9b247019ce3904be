"""Whom suppliers may write to, and that person's right to be forgotten."""

import secrets
from functools import partial

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import IllegalMove, NotAcceptable
from boroughs.permissions import Actor, Permission
from procurement.models import NoticeContact, NoticeVersion
from procurement.pdf import notice as notice_file
from procurement.queries import chain


def keep(name: str, email: str) -> NoticeContact | None:
    """The contact as a row; None where both are blank. The same person again is a row of its own: salts differ."""
    name, email = " ".join(name.split()), email.strip()
    if not name and not email:
        return None
    salt = secrets.token_hex(16)
    return NoticeContact.objects.create(
        digest=chain.contact_digest(salt, name, email), salt=salt, name=name, email=email
    )


@transaction.atomic
def erase(*, email: str, by: Actor) -> int:
    """Erase a person from all notices, published ones too; how many contacts. The chain of versions stays whole.

    Pages that are kept anywhere are of a board before the erasure from then on (`published.stamp`); kept files go.
    """
    permissions.require(by, Permission.MANAGE_PEOPLE)
    if not email.strip():
        raise NotAcceptable(["Give the e-mail address of the person who asks to be forgotten."])
    found = NoticeContact.objects.filter(email__iexact=email.strip(), erased_at__isnull=True)
    versions = NoticeVersion.objects.filter(contact__in=found)
    kept = [notice_file.kept_as(*row) for row in versions.values_list("digest", "contact__name", "contact__email")]
    erased = found.update(salt="", name="", email="", erased_at=timezone.now())
    if not erased:
        raise IllegalMove("No notice names a contact with this e-mail address.")
    audit.record(by=by, verb="erase", noun="notice contact", reference=str(erased), details={"contacts": erased})
    transaction.on_commit(partial(notice_file.forget, kept), robust=True)
    return erased
