"""What comes to a published notice without a change of its words: the same version again, and one thing more.

It is made of the version that the board shows, never of the office's working copy, which may be half way to the next.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from boroughs import audit
from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.permissions import Actor
from procurement.actions import notice_turn
from procurement.models import Notice, NoticeVersion
from procurement.queries import public_content

# Whoever refuses to be named is not named here either.
LEFT_OUT = "Who no longer agrees to be named is left out, and with them the totals."


def take(notice: Notice) -> NoticeVersion:
    """Wait for whoever publishes this notice, and read what they left. Raises IllegalMove where it is not on the board.

    Until the end of the transaction nobody else publishes a version of it, so that of two answers at once none is lost.
    """
    if not hold(notice):
        raise IllegalMove(
            f"{notice.reference} is {notice_turn.status_of(notice)}: nothing more can be published on it."
        )
    return notice_turn.shown(notice)


def hold(notice: Notice) -> bool:
    """Wait for whoever publishes or withdraws this notice, and have others wait; whether it is on the board then."""
    is_on_board = Notice.objects.on_board().filter(pk=notice.pk).update(updated_at=timezone.now())
    notice.refresh_from_db()
    return bool(is_on_board)


def require_another(by: Actor, drafted_by: str) -> None:
    """Raise PermissionRefused for who wrote it."""
    if drafted_by == audit.name_of(by):
        raise PermissionRefused("You wrote this, so somebody else must publish it.")


def publish(
    *,
    notice: Notice,
    name: str,
    entries: Sequence[Mapping[str, Any]],
    last: NoticeVersion,
    by: Actor,
    drafted_by: str,
    reason: str,
) -> NoticeVersion:
    """Freeze the next version: `last`, which `take` gave, with these entries as one of `public_content.ADDITIONS`."""
    draft = public_content.with_addition(last, name, entries)
    if len(draft.content["boroughs"]) < len(last.content["boroughs"]):
        reason = f"{reason} {LEFT_OUT}"
    version = notice_turn.freeze(notice, lambda: draft, by=by, reason=reason, proposed_by=drafted_by)
    notice.refresh_from_db()
    return version
