"""A borough says whether it agrees to be named in what suppliers read about a joint demand."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import Borough
from boroughs.permissions import Actor, Permission
from boroughs.word_count import count_words
from procurement.actions import coalition_turn, next_versions
from procurement.models import JointDemand, Naming, Notice
from procurement.queries import asked_naming, notice_problems
from procurement.queries.quorum import member_boroughs

NOTE_WORDS = 100


@transaction.atomic
def answer(
    *,
    demand: JointDemand,
    borough: Borough,
    agrees: bool,
    by: Actor,
    revision: int = 0,
    note: str = "",
    opens_figures: bool = False,
    seen: str | None = None,
) -> Naming:
    """Agree, or refuse, for the borough: an act of its approvers. `revision` is of the answer that was read, 0 of none.

    What it was asked is kept with the answer: a notice that says something else needs another one. `seen` is the token
    of what the person was shown (asked_naming.py), None of a program; where that has changed, raises ChangedMeanwhile.
    A refusal keeps the borough out of the next version; what was published stays published. `opens_figures` waives the
    disclosure rule for the borough's own users and budget, and for nobody else's.
    """
    permissions.require(by, Permission.COMMIT, borough)
    # A publication holds the same turn: it does not overtake a refusal.
    coalition_turn.take(demand)
    if borough.pk not in member_boroughs(demand):
        raise IllegalMove(f"{borough.name} has no open need in {demand.reference}, so no notice would name it.")
    note = " ".join(note.split())
    if count_words(note) > NOTE_WORDS:
        raise NotAcceptable([f"Shorten the note to {NOTE_WORDS} words."])
    asked = asked_naming.asked(demand)
    if seen is not None and seen != asked.token:
        raise ChangedMeanwhile("What your borough is asked changed after you read it.")
    beside = list(asked.beside(borough))
    said = {
        "agrees": agrees,
        "title": asked.title,
        "kind": asked.kind,
        "beside": beside,
        "opens_figures": agrees and opens_figures,
        "note": note,
        "answered_at": timezone.now(),
        "answered_by": audit.name_of(by),
    }
    if revision:
        written = Naming.objects.filter(demand=demand, borough=borough, revision=revision).update(
            revision=F("revision") + 1, **said
        )
    else:
        written = _first(demand, borough, said)
    if not written:
        raise ChangedMeanwhile(f"A colleague at {borough.name} has answered in the meantime. Read it first.")
    verb = "agree to be named" if agrees else "refuse to be named"
    details = {"title": asked.title, "kind": asked.kind, "beside": beside}
    details |= {"figures": "open to everybody"} if agrees and opens_figures else {}
    audit.record(by=by, verb=verb, noun="joint demand", reference=demand.reference, borough=borough, details=details)
    next_versions.request()
    return Naming.objects.get(demand=demand, borough=borough)


def ask(*, notice: Notice, by: Actor) -> None:
    """Ask the boroughs that have not agreed to be named in the notice as it stands. Told once for what it says."""
    asked = asked_naming.asked(notice.demand)
    coalition_turn.tell(
        notice.demand,
        f"May “{notice.title}”, a notice about {notice.demand.reference}, name your borough?",
        key=f"{notice.reference} {asked.token}",
        to=[borough.pk for borough in notice_problems.not_agreed(notice)],
        permission=Permission.COMMIT,
        besides=by,
        page="demand-naming",
    )


def _first(demand: JointDemand, borough: Borough, said: dict[str, object]) -> bool:
    try:
        with transaction.atomic():
            Naming.objects.create(demand=demand, borough=borough, **said)
    except IntegrityError:
        # naming_one_a_borough: a colleague answered in this moment.
        return False
    return True
