"""Admitting authorities from outside the 33."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from boroughs import audit, permissions
from boroughs.exceptions import NotAcceptable
from boroughs.models import Borough
from boroughs.permissions import Actor, Permission
from boroughs.queries.authorities import authority_names


@transaction.atomic
def admit_guest(*, name: str, by: Actor) -> Borough:
    """Let an authority from outside the 33 log needs. Raises NotAcceptable where it is there already."""
    permissions.require(by, Permission.MANAGE_PEOPLE)
    known = authority_names().find(name)
    if known:
        raise NotAcceptable([f"{known.name} is already there."])
    guest = Borough.objects.create(
        kind=Borough.Kind.GUEST, name=name, official_name=name, slug=_free_slug(name), admitted_at=timezone.now()
    )
    audit.record(by=by, verb="admit", noun="borough", reference=guest.slug, borough=guest, details={"name": name})
    return guest


def _free_slug(name: str) -> str:
    stem = slugify(name)[:90] or "guest"
    taken = set(Borough.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)
