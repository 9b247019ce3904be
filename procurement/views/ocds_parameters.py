"""What the addresses of the open contracting data may ask for, read as Find a Tender reads it."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.http import QueryDict

from boroughs.exceptions import LotiError
from boroughs.forms import moments

LIMIT = 100
PARAMETERS = ("updatedFrom", "updatedTo", "stages", "limit", "cursor")
# Of Find a Tender's. Every release here is of the first.
STAGES = ("planning", "tender", "award")
_signer = Signer(salt="ocds.cursor")


class BadRequest(LotiError):
    """The address asks for something that there is not."""


@dataclass(frozen=True)
class Asked:
    updated_from: datetime | None
    updated_to: datetime | None
    # Whether releases of the stage of planning are wanted, which all of ours are.
    is_planning: bool
    limit: int
    # Key of the version that was the last on the page before.
    before: int | None


def read(parameters: QueryDict) -> Asked:
    """What the address asks for. Raises BadRequest with the reason in words."""
    none_but(parameters, PARAMETERS)
    return Asked(
        updated_from=_moment(parameters, "updatedFrom"),
        updated_to=_moment(parameters, "updatedTo"),
        is_planning=_stages(parameters),
        limit=_limit(parameters.get("limit", str(LIMIT))),
        before=_position(parameters.get("cursor", "")) if "cursor" in parameters else None,
    )


def none_but(parameters: QueryDict, known: tuple[str, ...]) -> None:
    """Raises BadRequest for a parameter that is not known, or that is given twice: which one would count?"""
    if set(parameters) - set(known):
        words = f"Known are {', '.join(known)}." if known else "There are none here."
        raise BadRequest(f"Unknown parameters. {words}")
    for name, values in parameters.lists():
        if len(values) > 1:
            raise BadRequest(f"{name} is given {len(values)} times. Give it once.")


def cursor(key: int) -> str:
    """An opaque place in the list: everything published before this version."""
    return urlsafe_b64encode(_signer.sign(str(key)).encode()).decode().rstrip("=")


def _stages(parameters: QueryDict) -> bool:
    if "stages" not in parameters:
        return True
    asked = parameters.get("stages", "").split(",")
    if not set(asked) <= set(STAGES):
        raise BadRequest(f"stages must be one or more of {', '.join(STAGES)}, with commas between them.")
    return "planning" in asked


def _limit(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", value, re.ASCII) or int(value) > LIMIT:
        raise BadRequest(f"limit must be a whole number from 1 to {LIMIT}.")
    return int(value)


def _moment(parameters: QueryDict, name: str) -> datetime | None:
    """A time as Find a Tender takes it: without a zone it is London's."""
    if name not in parameters:
        return None
    try:
        found = moments.read(parameters.get(name, ""))
    except ValueError as error:
        raise BadRequest(f"{name} must be a date and time like 2027-01-18T09:00:00.") from error
    # An hour that comes twice when summer time ends: from its first time on, and to its second.
    return found.replace(fold=1 if name == "updatedTo" else 0)


def _position(value: str) -> int:
    try:
        padded = value + "=" * (-len(value) % 4)
        return int(_signer.unsign(urlsafe_b64decode(padded.encode("ascii")).decode("ascii")))
    except (BadSignature, ValueError) as error:
        raise BadRequest("This cursor is not one of ours. Follow links.next from the first page.") from error
