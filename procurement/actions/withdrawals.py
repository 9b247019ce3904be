"""Taking a notice off the board: proposed by one person, approved by another. Its page stays and says why."""

from django.db import transaction
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.permissions import Actor, Permission
from procurement.actions import coalition_turn, notice_turn, unanswered
from procurement.actions.notice_turn import move, require_drafter
from procurement.models import JointDemand, Notice, NoticeVersion
from procurement.queries import public_content


@transaction.atomic
def propose(*, notice: Notice, by: Actor, reason: str, seen: str | None = None) -> Notice:
    """Ask a second person to withdraw it, with the reason that everybody will read.

    `seen` names the last version as the person had read it (notice_seen.py): where it has changed since, raises
    ChangedMeanwhile.
    """
    require_drafter(by, notice.demand)
    reason = notice_turn.public_reason(reason, what="withdrawn")
    move(notice, "propose_withdrawal", by, reason=reason, change_reason=reason, proposed_by=audit.name_of(by))
    notice_turn.require_seen(seen, public_content.withdrawn(notice_turn.shown(notice)).content)
    return notice


@transaction.atomic
def keep(*, notice: Notice, by: Actor, reason: str = "") -> Notice:
    """Leave it on the board after all."""
    require_drafter(by, notice.demand)
    return move(notice, "keep", by, reason=reason, change_reason="", proposed_by="")


@transaction.atomic
def approve(*, notice: Notice, by: Actor, seen: str | None = None) -> NoticeVersion:
    """Withdraw it, with a last version that says why. Raises PermissionRefused for the person who proposed it.

    Questions that wait are closed, and whoever asked them is told.
    `seen` as for the proposal, with its reason.
    """
    permissions.require(by, Permission.PUBLISH_NOTICES)
    if notice.demand.status != JointDemand.Status.RETIRED:
        # No borough refuses to be named between the look at who is and the publication. Of a retired one none does.
        coalition_turn.take(notice.demand)
    move(notice, "withdraw", by, reason=notice.change_reason, withdrawn_at=timezone.now())
    notice_turn.require_second(by, notice)
    last = public_content.withdrawn(notice_turn.shown(notice))
    notice_turn.require_seen(seen, last.content, reason=notice.change_reason)
    version = notice_turn.freeze(notice, lambda: last, by=by, reason=notice.change_reason)
    Notice.objects.filter(pk=notice.pk).update(withdrawn_at=version.published_at)
    notice.refresh_from_db()
    unanswered.close(notice=notice, by=by)
    return version
