"""Questions that nobody answers any more, because their notice is withdrawn: closed, and whoever asked is told so."""

from django.db.models import F
from django.utils import timezone

from boroughs import audit
from boroughs.permissions import Actor
from procurement import notifications
from procurement.actions import letters
from procurement.models import Notice, Question


def close(*, notice: Notice, by: Actor) -> int:
    """Close what waits on a withdrawn notice; its number. In the transaction that withdraws it, or confirms a question.

    Both hold the notice's row by then, so that no question is left waiting between them. Call this last.
    """
    rows = Question.objects.waiting().filter(notice=notice).oldest_first()
    waiting = list(rows.select_related("notice__current", "subscriber"))
    reason = Question.DeclineReason.WITHDRAWN
    Question.objects.filter(pk__in=[each.pk for each in waiting]).update(
        status=Question.Status.DECLINED,
        decline_reason=reason,
        drafted_by="",
        same_as=None,
        changed_at=timezone.now(),
        revision=F("revision") + 1,
    )
    told = []
    for each in waiting:
        each.decline_reason = reason
        audit.record(by=by, verb="decline", noun="question", reference=each.reference, details={"reason": reason})
        if each.subscriber is not None:
            words = notifications.question_declined(question=each, subscriber=each.subscriber)
            told.append(letters.Draft(each.subscriber.pk, f"declined-{each.pk}", words))
    if told:
        letters.write(told)
    return len(waiting)
