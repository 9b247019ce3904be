"""The facts that a snapshot of the demand picture keeps, read from the register."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import Min, Prefetch
from django.utils import timezone

from boroughs.models import Borough, Category, Need
from boroughs.queries import supplier_folding
from boroughs.queries.coverage import coverage
from procurement.disclosure import Figure
from procurement.models import (
    Coalition,
    DemandMember,
    JointDemand,
    LineageEvent,
    MatchRun,
    Notice,
    Participation,
    ParticipationStep,
)
from procurement.picture import facts
from procurement.picture.facts import Facts
from procurement.queries import chain
from procurement.queries.demand_picture import LONG_TEXTS
from procurement.queries.freshness import freshness
from procurement.queries.reasons import said
from procurement.queries.register_facts import contracts
from procurement.queries.result_facts import Joined, interests, questions, results
from procurement.queries.told_figures import NOTHING_TOLD, ToldFigures, told_figures


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction all of whose reads see the database as it was when the first was made.

    SQLite gives that to every transaction. PostgreSQL is asked for it, which it grants to an outermost one only.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def read() -> Facts:
    """What is true now. Some twenty queries, however many needs there are; `one_moment` makes them one."""
    needs = {need.pk: need for need in _open_needs()}
    end = chain.end()
    kept_at = {row.slug: row.kept_at for row in coverage(at=timezone.now()).boroughs}
    lineage = list(LineageEvent.objects.values_list("demand__reference", "at", "joined").order_by("at", "pk"))
    return Facts(
        run=_run(),
        board=facts.Board(digest=end.digest, versions=end.versions, published_at=end.published_at),
        # Sorted here: databases do not agree on the order of texts.
        authorities=tuple(
            sorted((_authority(each, kept_at.get(each.slug)) for each in Borough.objects.all()), key=attrgetter("slug"))
        ),
        categories=tuple(sorted(map(_category, Category.objects.all()), key=attrgetter("slug"))),
        needs=tuple(sorted(map(_need, needs.values()), key=attrgetter("reference"))),
        demands=tuple(sorted(_demands(needs, lineage), key=attrgetter("reference"))),
        notices=tuple(sorted(_notices(), key=attrgetter("reference"))),
        contracts=contracts(need.contract_id for need in needs.values()),
        results=results(lineage),
    )


def _open_needs() -> Iterable[Need]:
    related = ("borough", "category", "contract__supplier_name", "contract__borough")
    return Need.objects.open().select_related(*related).defer(*LONG_TEXTS)


def _run() -> facts.Run | None:
    fresh = freshness()
    if fresh.run_id is None or fresh.matched_at is None:
        return None
    run = MatchRun.objects.get(pk=fresh.run_id)
    return facts.Run(
        number=run.pk,
        finished_at=fresh.matched_at,
        engine_version=run.engine_version,
        parameters=json.dumps(run.parameters, sort_keys=True, ensure_ascii=False),
        digest=run.digest,
        needs_changed=fresh.needs_changed,
        decisions_changed=fresh.decisions_changed,
    )


def _authority(borough: Borough, register_kept_at: datetime | None) -> facts.Authority:
    return facts.Authority(
        slug=borough.slug,
        name=borough.name,
        abbreviation=borough.abbreviation,
        tile_row=borough.tile_row,
        tile_column=borough.tile_column,
        is_london=borough.kind == Borough.Kind.LONDON,
        register_kept_at=register_kept_at,
    )


def _category(category: Category) -> facts.Category:
    return facts.Category(slug=category.slug, name=category.name, area=category.area)


def _need(need: Need) -> facts.Need:
    return facts.Need(
        reference=need.reference,
        revision=need.revision,
        borough=need.borough.slug,
        category=need.category.slug if need.category else "",
        kind=need.kind,
        title=need.title,
        users=need.users_count,
        budget_min=need.budget_min,
        budget_max=need.budget_max,
        budget_basis=need.budget_basis,
        months=need.months,
        earliest_start_date=need.earliest_start_date,
        start_date=need.start_date,
        contract_end_date=need.contract_end_date,
        incumbent=need.incumbent,
        supplier=_supplier(need),
        submitted_at=need.submitted_at,
        opened_at=need.opened_at,
        updated_at=need.updated_at,
        confirmed_at=need.confirmed_at,
        asked_at=need.confirmation_asked_at,
        contract=f"{need.contract.borough.slug}/{need.contract.reference}" if need.contract else "",
    )


def _supplier(need: Need) -> str:
    """By the contract that it replaces; else by what the need says is in use today."""
    name = need.contract.supplier_name if need.contract else None
    return name.key if name else supplier_folding.read(need.incumbent).key


def _demands(needs: Mapping[int, Need], lineage: Iterable[Joined]) -> Iterator[facts.Demand]:
    """Those with an open member, as the picture shows them; the unsure ones too."""
    members = DemandMember.objects.filter(need__in=Need.objects.open())
    rows = JointDemand.objects.current().select_related("category").prefetch_related(Prefetch("members", members))
    coalitions = {coalition.demand_id: coalition for coalition in Coalition.objects.select_related("lead")}
    told = told_figures([row.pk for row in rows if row.status == JointDemand.Status.CONFIRMED])
    stances = _stances()
    since = {(reference, need): at for reference, at, joined in lineage for need in joined}
    for row in rows:
        found = []
        for member in row.members.all():
            need = needs[member.need_id]
            found.append(_member(member, need, since.get((row.reference, need.reference))))
        if found:
            found.sort(key=lambda member: (-member.strength_percent, member.need))
            stand = sorted(stances[row.reference], key=attrgetter("borough"))
            figures = _told(told.get(row.pk, NOTHING_TOLD))
            yield _demand(row, tuple(found), tuple(stand), coalitions.get(row.pk), figures)


def _stances() -> Mapping[str, list[facts.Stance]]:
    """By the reference of the joint demand."""
    moved = ParticipationStep.objects.filter(from_stage=Participation.Stage.SUGGESTED)
    answered = moved.values_list("demand_reference", "borough_slug").annotate(first_at=Min("at")).order_by()
    first = {(demand, borough): at for demand, borough, at in answered}
    found: dict[str, list[facts.Stance]] = defaultdict(list)
    for each in Participation.objects.select_related("borough", "demand"):
        slug, reference = each.borough.slug, each.demand.reference
        answer = first.get((reference, slug)) if each.stage != Participation.Stage.SUGGESTED else None
        found[reference].append(facts.Stance(slug, each.stage, each.depth, answer))
    return found


def _demand(
    row: JointDemand,
    members: tuple[facts.Member, ...],
    stances: tuple[facts.Stance, ...],
    coalition: Coalition | None,
    told: facts.ToldFigures,
) -> facts.Demand:
    return facts.Demand(
        reference=row.reference,
        title=row.title,
        category=row.category.slug if row.category else "",
        status=row.status,
        is_sure=row.certainty == JointDemand.Certainty.SURE,
        is_pinned=row.pinned_at is not None,
        terms=tuple(row.terms),
        members=members,
        stances=stances,
        lead=coalition.lead.slug if coalition and coalition.lead else "",
        quorum=coalition.quorum if coalition else None,
        depth=coalition.depth if coalition else "",
        decision_date=coalition.decision_date if coalition else None,
        outcome=coalition.outcome if coalition else "",
        start_date=coalition.start_date if coalition else None,
        told=told,
    )


def _told(figures: ToldFigures) -> facts.ToldFigures:
    return facts.ToldFigures(
        users=_figure(figures.users), budget_min=_figure(figures.budget_min), budget_max=_figure(figures.budget_max)
    )


def _figure(figure: Figure) -> facts.ToldFigure:
    return facts.ToldFigure(value=figure.value, low=figure.low, high=figure.high, as_at=figure.as_at)


def _member(row: DemandMember, need: Need, since: datetime | None) -> facts.Member:
    reasons_for, reasons_against = said(row.reasons, exact=True)
    open_for, open_against = said(row.reasons, exact=False)
    return facts.Member(
        need=need.reference,
        strength_percent=round(row.strength * 100),
        band=row.band,
        is_confirmed=row.confirmed_at is not None,
        has_moved=row.moved_at is not None,
        reasons_for=reasons_for,
        reasons_against=reasons_against,
        since=since,
        open_for=tuple(map(reasons_for.index, open_for)),
        open_against=tuple(map(reasons_against.index, open_against)),
    )


def _notices() -> Iterator[facts.Notice]:
    shown = Notice.objects.filter(status__in=[*Notice.PUBLIC, *Notice.WAITING])
    of, asked = interests(), questions()
    for row in shown.select_related("demand", "current"):
        yield _notice(row, of.get(row.pk), tuple(asked[row.pk]))


def _notice(row: Notice, interest: facts.Interest | None, asked: tuple[facts.Question, ...]) -> facts.Notice:
    shown = row.current
    return facts.Notice(
        reference=row.reference,
        demand=row.demand.reference,
        kind=shown.kind if shown else row.kind,
        status=row.status,
        title=shown.title if shown else row.title,
        version=shown.number if shown else 0,
        published_at=shown.published_at if shown else None,
        digest=shown.digest if shown else "",
        closes_date=shown.closes_date if shown else row.closes_date,
        interest=interest,
        questions=asked,
    )
