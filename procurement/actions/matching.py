"""The bridge to the matcher: rows to items, a run, and its result back into rows in one short transaction.

The engine computes outside any transaction. What it found is written in one, which also ends the lease: a worker that
was taken over, or whose decisions have changed meanwhile, writes nothing.
"""

import logging
import time
from collections.abc import Callable, Mapping
from itertools import combinations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from boroughs import audit, permissions
from boroughs.actions import work
from boroughs.actions.work import Claim
from boroughs.background import Task, enqueue
from boroughs.exceptions import LeaseLost
from boroughs.models import Borough, Category, Need
from boroughs.permissions import SCHEDULER, Actor, Permission
from procurement.actions import clusters, coalition_members, rereading, vectors
from procurement.actions.readings import DatabaseReadingStore
from procurement.exceptions import Superseded
from procurement.matching import Capability, Config, Item, Result, embed, match
from procurement.matching import Decision as Ruling
from procurement.matching.review import settled
from procurement.models import Decision, DemandMember, JointDemand, MatchRun
from procurement.queries import calibrations, sentence_model
from procurement.queries.held import held_members
from procurement.queries.rulings import standing_rulings

logger = logging.getLogger(__name__)

# One picture for all of London, so one piece of work.
SCOPE = "london"

_Ruled = tuple[frozenset[int], frozenset[tuple[int, int]]]


def request(*, by: Actor) -> None:
    """Ask for a run now."""
    permissions.require(by, Permission.RUN_MATCHER)
    with transaction.atomic():
        work.request(task=Task.MATCH_NEEDS, key=SCOPE)
        audit.record(by=by, verb="request", noun="match run", reference=SCOPE)


def request_nightly() -> None:
    """The scheduler's request: a run a day, so that a new engine or a changed category shows without an edit."""
    request(by=SCHEDULER)


def run(*, key: str = SCOPE) -> MatchRun | None:
    """Claim the work that is due and run the matcher over the open needs. None where there was nothing to do."""
    claim = work.claim(task=Task.MATCH_NEEDS, key=key)
    if claim is None:
        return None
    now = timezone.now()
    MatchRun.objects.filter(status=MatchRun.Status.RUNNING).update(
        status=MatchRun.Status.INTERRUPTED, finished_at=now, error="Its worker went away; a later run took over."
    )
    match_run = MatchRun.objects.create(started_at=now, owner=claim.owner, phase="Reading needs")
    try:
        _compute_and_write(claim, match_run)
    except LeaseLost:
        # The worker that took over has already marked this run; its result is the one that counts.
        logger.warning("Match run %d lost its lease", match_run.pk)
    except Superseded as reason:
        _end(match_run, MatchRun.Status.INTERRUPTED, str(reason))
        work.release(claim=claim)
    except Exception as error:  # noqa: BLE001 - it belongs on the run's page, for a person to act on
        _end(match_run, MatchRun.Status.FAILED, f"{type(error).__name__}: {error}")
        work.fail(claim=claim, error=error)
    match_run.refresh_from_db()
    return match_run


def _compute_and_write(claim: Claim, match_run: MatchRun) -> None:
    needs = list(open_needs())
    read = _ruled()
    items = {need.pk: item(need) for need in needs}
    model = embedder()
    result = match(
        list(items.values()),
        _rulings(),
        config(),
        embedder=model,
        progress=_reporter(claim, match_run),
        previous=_previous(needs),
        readings=readings(),
    )
    moved = rereading.moved(items, model)
    _write(claim, match_run, result, needs, read, moved)


def _write(
    claim: Claim, match_run: MatchRun, result: Result, needs: list[Need], read: _Ruled, moved: rereading.Found
) -> None:
    with transaction.atomic():
        # First, so that of two workers the second waits here, and then finds its lease gone.
        work.finish(claim=claim)
        if _ruled() != read:
            raise Superseded("A decision was taken while this run was computing; the next run reads it.")
        in_force = calibrations.in_force()
        counts = clusters.replace(run=match_run, result=result, needs=needs, calibration=in_force.calibration)
        rereading.write(moved)
        match_run.status = MatchRun.Status.FINISHED
        match_run.finished_at = timezone.now()
        match_run.phase = ""
        match_run.engine_version = result.engine_version
        match_run.parameters = result.parameters | {"calibration": in_force.as_parameters()}
        match_run.digest = result.digest
        match_run.warnings = list(result.warnings)
        match_run.needs_count = len(needs)
        match_run.demands_count = counts.demands
        match_run.matched_count = counts.matched
        match_run.save(
            update_fields=[
                "status",
                "finished_at",
                "phase",
                "engine_version",
                "parameters",
                "digest",
                "warnings",
                "needs_count",
                "demands_count",
                "matched_count",
            ]
        )
        coalition_members.settle_all()
        # Always: only the worker finds out which joint demands have changed.
        work.request(task=Task.ALIGN_DEMANDS, key=SCOPE)
        work.request(task=Task.TELL_OF_OVERLAPS, key=SCOPE)
        enqueue(Task.PREPARE_SUGGESTIONS)


def open_needs() -> QuerySet[Need]:
    """The needs that are matched, with what the engine reads of them."""
    return Need.objects.open().select_related("borough", "category").prefetch_related("requirements").order_by("pk")


def item(need: Need) -> Item:
    """What the engine may know of a need. `need.requirements` should be prefetched."""
    lines = sorted(need.requirements.all(), key=lambda line: line.position)
    return Item(
        id=need.reference,
        owner=need.borough.slug,
        title=need.title,
        problem=need.problem,
        description="\n".join(part for part in (need.users_description, need.description) if part),
        requirements=tuple(line.text for line in lines),
        category=need.category.slug if need.category else None,
        kind=need.kind.lower() or None,
        cpv=tuple(need.cpv),
        users=need.users_count,
        budget_min=need.budget_min,
        budget_max=need.budget_max,
        start=need.start_date,
        months=need.months,
        contract_end=need.contract_end_date,
        incumbent=need.incumbent,
    )


def config() -> Config:
    """The run's settings: the engine's defaults, with the categories and authorities of this platform."""
    return Config(
        capabilities=tuple(
            Capability(
                slug=category.slug,
                name=category.name,
                cpv=category.cpv[0] if category.cpv else "",
                synonyms=tuple(category.synonyms),
            )
            for category in Category.objects.by_area()
        ),
        owner_names=tuple(Borough.objects.by_name().values_list("name", flat=True)),
    )


def _previous(needs: list[Need]) -> dict[str, str]:
    """Where each need stood after the last run: its demand's reference, or "" if alone. New needs are missing."""
    last = MatchRun.objects.finished().newest_first().first()
    if last is None:
        return {}
    alone = {need.reference: "" for need in needs if need.opened_at and need.opened_at <= last.started_at}
    members = DemandMember.objects.values_list("need__reference", "demand__reference")
    return alone | dict(members)


def _ruled() -> _Ruled:
    """What people had ruled at this moment: the decisions that stand, and who is in which pinned demand."""
    return (
        frozenset(Decision.objects.standing().values_list("pk", flat=True)),
        frozenset(_pinned_members().values_list("demand_id", "need_id")),
    )


def _rulings() -> list[Ruling]:
    """The decisions that stand, and each pinned demand as one group.

    No run adds to a pinned demand, so what ties one of its members to a need outside is not passed on: it would pull
    the whole group along. Where rulings contradict each other, as they can when a need comes back that was withdrawn
    while others ruled, the later one holds, and a pin above all. What boroughs have accepted comes first: it keeps runs
    from taking a joint demand apart, not people.
    """
    pinned = dict(_pinned_members().values_list("need__reference", "demand_id"))
    rulings = _as_groups({reference: demand.pk for reference, demand in held_members().items()}, apart=True)
    rulings += [
        ruling
        for ruling in standing_rulings()
        if not ruling.together or pinned.get(ruling.left) == pinned.get(ruling.right)
    ]
    rulings += _as_groups(pinned, apart=False)
    return list(settled(rulings))


def _as_groups(places: Mapping[str, int], *, apart: bool) -> list[Ruling]:
    """The needs of each joint demand held together, each to the first of them; and where they are to stay `apart` the
    joint demands from each other.
    """
    first: dict[int, str] = {}
    rulings = []
    for reference, demand_id in sorted(places.items()):
        to = first.setdefault(demand_id, reference)
        if reference != to:
            rulings.append(Ruling(to, reference, together=True))
    if apart:
        rulings += [Ruling(one, other, together=False) for one, other in combinations(sorted(first.values()), 2)]
    return rulings


def _pinned_members() -> QuerySet[DemandMember]:
    return DemandMember.objects.filter(demand__in=JointDemand.objects.pinned())


def embedder() -> embed.CachingEmbedder | None:
    """The sentence model with the database behind it; None makes the engine say that it ran without one."""
    try:
        model = sentence_model.loaded(settings.MATCH_MODEL_DIR)
    except embed.EmbedderUnavailable as missing:
        logger.warning("Matching without the sentence model: %s", missing)
        return None
    return embed.CachingEmbedder(model, vectors.DatabaseVectorStore())


def readings() -> DatabaseReadingStore:
    """Where the engine keeps what it has read."""
    return DatabaseReadingStore()


def _reporter(claim: Claim, match_run: MatchRun) -> Callable[[str, int, int], None]:
    """Writes progress and renews the lease, at most once a second. Its LeaseLost stops a run that was taken over."""
    last = time.monotonic()

    def report(phase: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < 1 and match_run.phase == phase:
            return
        last = time.monotonic()
        match_run.phase = phase
        work.renew(claim=claim)
        MatchRun.objects.filter(pk=match_run.pk).update(phase=phase, steps_done=done, steps_total=total)

    return report


def _end(match_run: MatchRun, status: MatchRun.Status, error: str) -> None:
    MatchRun.objects.filter(pk=match_run.pk, status=MatchRun.Status.RUNNING).update(
        status=status, finished_at=timezone.now(), error=error[:2000], phase=""
    )
