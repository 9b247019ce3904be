"""What can be said of one need at once, before the run that its approval asked for: its overlaps, its place.

A courtesy, not work that is due: the run follows within seconds and writes everything anew, so a lost message loses
nothing, and there is no row of Work for it. Each worker keeps an index of the last run in memory (`indexing`). The end
of a run has one of them build it (`prepare`); in the others the first need after a run does. At 10,000 needs that
takes four seconds, and a need after it a tenth of one.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from boroughs.background import Task
from boroughs.models import Need, Work
from procurement.actions import clusters, indexing, matching
from procurement.matching.index import Suggestion
from procurement.models import DemandMember, JointDemand, MatchRun, Overlap, ProvisionalPlace
from procurement.queries import calibrations
from procurement.queries.rulings import standing_rulings


def suggest(*, key: str) -> bool:
    """Write what is known of the open need of this reference; whether there was something to write.

    Nothing is written before the first run, nor where a run has read the need already.
    """
    run = MatchRun.objects.finished().newest_first().first()
    need = matching.open_needs().filter(reference=key).first()
    if run is None or need is None or need.updated_at < run.started_at:
        return False
    found = indexing.of_run(run).suggest(matching.item(need), standing_rulings())
    return _write(run, need, found)


def prepare() -> None:
    """Have the index of the newest run at hand in this process before somebody waits for it."""
    run = MatchRun.objects.finished().newest_first().first()
    if run is not None:
        indexing.of_run(run)


@transaction.atomic
def _write(run: MatchRun, need: Need, found: Suggestion) -> bool:
    # The matcher's row is the lock that a run takes when it writes: either it is seen here, or it waits.
    Work.objects.filter(task=Task.MATCH_NEEDS, key=matching.SCOPE).update(requested=F("requested"))
    newest = MatchRun.objects.finished().newest_first().first()
    if newest is None or newest.pk != run.pk:
        return False
    paired = {reference for pair in found.pairs for reference in (pair.left, pair.right)}
    by_reference = {each.reference: each for each in Need.objects.open().filter(reference__in=paired)}
    Overlap.objects.of_need(need.pk).delete()
    clusters.write_overlaps(found.pairs, by_reference, calibrations.in_force().calibration)
    ProvisionalPlace.objects.filter(need=need).delete()
    demand = _would_join(need, found)
    if demand is not None:
        ProvisionalPlace.objects.create(need=need, demand=demand, strength=found.strength, found_at=timezone.now())
    return True


def _would_join(need: Need, found: Suggestion) -> JointDemand | None:
    """The one joint demand that its group is, unless it is pinned or the need stands in it already."""
    places = DemandMember.objects.filter(need__reference__in=found.group).exclude(need=need)
    demands = list(JointDemand.objects.current().filter(pk__in=places.values("demand"), pinned_at__isnull=True)[:2])
    if len(demands) != 1 or demands[0].members.filter(need=need).exists():
        return None
    return demands[0]
