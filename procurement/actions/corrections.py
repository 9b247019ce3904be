"""The next version of a notice that is on the board: prepared, proposed by one person and approved by another."""

from django.db import transaction
from django.db.models import F

from boroughs import audit, permissions
from boroughs.exceptions import NotAcceptable
from boroughs.models import Borough
from boroughs.permissions import Actor, Permission
from procurement.actions import coalition_turn, naming, notice_turn
from procurement.actions.notice_turn import move, require_drafter
from procurement.actions.notices import approved_draft
from procurement.models import Notice, NoticeVersion
from procurement.queries import notice_draft, notice_problems, public_content
from procurement.queries.public_content import Draft


@transaction.atomic
def begin(*, notice: Notice, by: Actor, reason: str = "") -> Notice:
    """Prepare the next version, from what the board shows now. The board goes on showing that."""
    require_drafter(by, notice.demand)
    return move(notice, "begin_correction", by, reason=reason, change_reason=reason, proposed_by="")


@transaction.atomic
def drop(*, notice: Notice, by: Actor) -> Notice:
    """Give the next version up: the working copy says again what the board shows."""
    require_drafter(by, notice.demand)
    move(notice, "drop_correction", by, change_reason="")
    version = notice_turn.shown(notice)
    lead = Borough.objects.get(slug=version.content["lead"]["slug"])
    content = notice_draft.of_published(version.content, lead=lead)
    Notice.objects.filter(pk=notice.pk).update(
        revision=F("revision") + 1,
        contact=version.contact,
        specification=version.specification,
        proposed_by=version.proposed_by,
        **content.columns(),
    )
    notice.refresh_from_db()
    return notice


@transaction.atomic
def propose(*, notice: Notice, by: Actor, reason: str, seen: str | None = None) -> Notice:
    """Hand the next version to a second person, with the reason that everybody will read. `seen` as for a first one."""
    require_drafter(by, notice.demand)
    reason = notice_turn.public_reason(reason, what="corrected")
    move(notice, "propose_correction", by, reason=reason, change_reason=reason, proposed_by=audit.name_of(by))
    if found := notice_problems.of_content(notice):
        raise NotAcceptable(found)
    notice_turn.require_seen(seen, notice_turn.readable(notice, by))
    naming.ask(notice=notice, by=by)
    return notice


@transaction.atomic
def send_back(*, notice: Notice, by: Actor, reason: str = "") -> Notice:
    """Take the next version back to change it, or send it back to its author with a reason."""
    require_drafter(by, notice.demand)
    return move(notice, "return_correction", by, reason=reason, proposed_by="")


@transaction.atomic
def publish(*, notice: Notice, by: Actor, seen: str | None = None) -> NoticeVersion:
    """Approve the next version and freeze it. Raises as `notices.publish` does, and where nothing has changed."""
    permissions.require(by, Permission.PUBLISH_NOTICES)
    coalition_turn.take(notice.demand)
    move(notice, "publish_correction", by)
    notice_turn.require_second(by, notice)
    if found := notice_problems.of_publication(notice):
        raise NotAcceptable(found)
    before = notice_turn.shown(notice).content

    def build() -> Draft:
        draft = approved_draft(notice, seen)
        if public_content.is_same(draft.content, before):
            raise NotAcceptable(["This says the same as the version on the board."])
        return draft

    version = notice_turn.freeze(notice, build, by=by, reason=notice.change_reason)
    notice.refresh_from_db()
    return version
