"""What a snapshot of the demand picture keeps of what came of it: outcomes, savings, and what suppliers did."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from boroughs.queries import supplier_folding
from procurement.models import Coalition, Interest, JointDemand, Participation, Question, SavingsEstimate
from procurement.picture import facts
from procurement.search import words

# A joint demand's reference, when something happened to it, and references of the needs that joined it then.
Joined = tuple[str, datetime, list[str]]


def results(lineage: Iterable[Joined]) -> tuple[facts.Result, ...]:
    """By reference. Three queries."""
    estimates = SavingsEstimate.objects.filter(withdrawn_at__isnull=True).order_by("pk")
    savings: dict[int, list[facts.Saving]] = defaultdict(list)
    for row in estimates:
        savings[row.demand_id].append(
            facts.Saving(row.method, row.low, row.high, row.estimated_at, row.realised, row.realised_at)
        )
    needs: dict[str, set[str]] = defaultdict(set)
    for reference, _, joined in lineage:
        needs[reference].update(joined)
    committed: dict[int, list[str]] = defaultdict(list)
    for demand, slug in Participation.objects.committed().values_list("demand_id", "borough__slug"):
        committed[demand].append(slug)
    told = Q(pk__in=list(savings)) | Q(pk__in=Coalition.objects.exclude(outcome="").values("demand"))
    rows = JointDemand.objects.filter(told).select_related("category", "coalition")
    found = (_result(row, needs[row.reference], committed[row.pk], savings[row.pk]) for row in rows)
    return tuple(sorted(found, key=lambda each: each.demand))


def _result(
    row: JointDemand, needs: set[str], committed: Iterable[str], savings: Iterable[facts.Saving]
) -> facts.Result:
    coalition: Coalition | None = getattr(row, "coalition", None)
    return facts.Result(
        demand=row.reference,
        title=row.title,
        category=row.category.slug if row.category else "",
        outcome=coalition.outcome if coalition else "",
        decided_at=coalition.outcome_at if coalition else None,
        committed=tuple(sorted(committed)),
        needs=tuple(sorted(needs)),
        savings=tuple(savings),
    )


def interests() -> Mapping[int, facts.Interest]:
    """By the notice's primary key. Organisations are counted once, however many mailboxes of one wrote. One query."""
    said: dict[int, dict[str, set[bool | None]]] = defaultdict(lambda: defaultdict(set))
    shown = Interest.objects.standing().values_list("notice_id", "organisation", "is_sme")
    for notice, organisation, is_sme in shown:
        said[notice][supplier_folding.read(organisation).key or words.fold(organisation)].add(is_sme)
    return {notice: _interest(list(found.values())) for notice, found in said.items()}


def _interest(said: list[set[bool | None]]) -> facts.Interest:
    smes = sum(True in each for each in said)
    return facts.Interest(
        suppliers=len(said), smes=smes, others=sum(False in each and True not in each for each in said)
    )


def questions() -> Mapping[int, list[facts.Question]]:
    """By the notice's primary key. One query."""
    found: dict[int, list[facts.Question]] = defaultdict(list)
    rows = Question.objects.confirmed().order_by("confirmed_at", "pk")
    for notice, asked_at, status, changed_at in rows.values_list("notice_id", "confirmed_at", "status", "changed_at"):
        if asked_at:
            waits = status == Question.Status.WAITING
            found[notice].append(facts.Question(asked_at, status, None if waits else changed_at))
    return found
