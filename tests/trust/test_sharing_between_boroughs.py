"""Nothing of a borough's need beyond title, category and kind reaches another before both have accepted the overlap."""

import html
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boroughs.models import Borough, Need, Role
from procurement.actions import matching, telling_figures
from procurement.matching.align import align
from procurement.models import Alignment, JointDemand, Overlap, Participation
from procurement.models.alignment import key_of
from procurement.pdf.live_figures import FIGURES
from procurement.queries.told_figures import told_of
from tests.architecture.test_routes import routes
from tests.conftest import person
from tests.factories.boroughs import RequirementFactory
from tests.factories.picture import joint_demand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder"), pytest.mark.timeout(300)]

# What a need asks for: readable by boroughs that have both accepted.
ASKED = ("Quokka requirement", "17 March 2031")
# Readable by nobody but its borough and the office, whoever has accepted. "737,311" is in no sum of two.
NEVER = (
    "Quokka incumbent",
    "Quokka comment",
    "Quokka constraint",
    "737,311",
    "737311",
    "Quokka reason",
)
FIELDS = {
    "problem": "Quokka problem",
    "users_description": "Quokka users",
    "description": "Quokka outcome",
    "incumbent": "Quokka incumbent",
    "integrations": "Quokka integrations",
    "constraints": "Quokka constraint",
    "musts_reason": "Quokka musts",
    "external_id": "Quokka file",
    "budget_min": 737_311,
    "budget_max": 737_311,
    "budget_basis": "TOTAL",
    "users_count": 41_413,
    "contract_end_date": date(2031, 3, 17),
    "volumes": [{"what": "Quokka volume", "quantity": 53_197, "tolerance": 10}],
}
REASONS = [
    {"code": "incumbent", "words": "Both say the product in use today is Quokka reason", "weight": 0.3},
    {"code": "words", "words": "Shared words: Quokka reason", "weight": 0.2},
    {"code": "budgets", "words": "Budgets differ more than tenfold: Quokka reason", "weight": 0.0},
    {"code": "category", "words": "Both are about telephony", "weight": 0.2},
]


@pytest.fixture
def demand() -> JointDemand:
    """Brent's need has a canary in every field; Camden's and Hackney's stand beside it."""
    made: JointDemand = joint_demand("camden", "brent", "hackney")
    brent = Need.objects.get(borough__slug="brent")
    Need.objects.filter(pk=brent.pk).update(**FIELDS)
    made.members.filter(need=brent).update(reasons=REASONS)
    for slug in ("camden", "brent", "hackney"):
        need = Need.objects.get(borough__slug=slug)
        RequirementFactory(need=need, position=1, text="Calls are recorded.")
    RequirementFactory(need=brent, position=2, text="Quokka requirement")
    others = Need.objects.exclude(pk=brent.pk)
    for other in others:
        first, second = sorted((brent, other), key=lambda need: need.pk)
        Overlap.objects.create(first=first, second=second, score=0.6, probability=0.9, reasons=REASONS)
    needs = list(matching.open_needs())
    Alignment.objects.create(
        demand=made,
        key=key_of((need.reference, need.revision) for need in needs),
        content=asdict(align([matching.item(need) for need in needs], None)),
        computed_at=timezone.now(),
    )
    return made


def addresses(demand: JointDemand) -> Iterator[str]:
    """Every page that shows joint demands or what is in them: found by their addresses, so that a new one is walked."""
    needs = list(Need.objects.values_list("reference", flat=True))
    boroughs = ("camden", "brent", "hackney")
    for route in routes():
        name, pattern = route.name, "/" + route.pattern
        if not name.startswith(
            ("demand-", "need-similar", "need-detail", "home", "picture", "api-demand", "notice-list")
        ):
            continue
        for kind in ("reference", "slug", "int", "str"):
            pattern = pattern.replace(f"<{kind}:", "<")
        references = needs if name.startswith("need-") else [demand.reference]
        for reference in references:
            for need in needs if "<need_reference>" in pattern else [""]:
                for slug in boroughs if "<slug>" in pattern else [""]:
                    filled = pattern.replace("<reference>", reference).replace("<need_reference>", need)
                    yield filled.replace("<slug>", slug).replace("<candidate>", "brent")
    brent = Need.objects.get(borough__slug="brent").reference
    yield from (f"/demands/{demand.reference}/needs/{need}/?with={brent}" for need in needs if need != brent)
    yield from (f"/needs/{need}/similar/?panel" for need in needs)
    yield from ("/demands/?borough=brent", "/demands/?q=quokka")
    yield from (reverse("picture-csv", args=[figure]) for figure in FIGURES)
    yield f"{reverse('picture-needs')}?figure=demand%2F{demand.reference}%2Fneeds"


def canaries(demand: JointDemand, words: tuple[str, ...]) -> set[str]:
    """Which of the words a person of Camden reads anywhere; as each role that a borough has."""
    found = set()
    for role in (Role.BOROUGH_READER, Role.BOROUGH_APPROVER):
        client = Client()
        client.force_login(person(role, Borough.objects.get(slug="camden")))
        for address in addresses(demand):
            answer = client.get(address)
            if answer.status_code == 200:
                shown = html.unescape(b"".join(answer).decode("utf-8", "replace"))
                found |= {word for word in words if word in shown}
    return found


def accept(demand: JointDemand, *slugs: str) -> None:
    Participation.objects.filter(demand=demand).delete()
    for slug in slugs:
        Participation.objects.create(
            demand=demand,
            borough=Borough.objects.get(slug=slug),
            stage=Participation.Stage.WATCHING,
            comment="Quokka comment" if slug == "brent" else "",
            accepted_at=timezone.now(),
        )


EVERY = (*ASKED, *NEVER, "Quokka problem", "Quokka users", "Quokka outcome", "Quokka integrations", "Quokka musts")
EVERY = (*EVERY, "Quokka file", "Quokka volume", "53,197", "41,413")


@pytest.mark.parametrize("accepted", [(), ("brent",), ("camden",), ("camden", "hackney"), ("brent", "hackney")])
def test_one_side_alone_opens_nothing(demand: JointDemand, accepted: tuple[str, ...]) -> None:
    accept(demand, *accepted)
    assert not canaries(demand, EVERY)


def test_both_sides_open_what_is_asked_for_and_never_more(demand: JointDemand) -> None:
    accept(demand, "camden", "brent")
    assert canaries(demand, EVERY) >= set(ASKED)
    assert not canaries(demand, (*NEVER, "Quokka file"))


def test_users_are_nowhere_where_a_told_total_would_give_the_third_away(demand: JointDemand) -> None:
    Need.objects.exclude(borough__slug="brent").update(users_count=30_011)
    JointDemand.objects.filter(pk=demand.pk).update(status="CONFIRMED", confirmed_at=timezone.now())
    demand.refresh_from_db()
    telling_figures.tell_figures(demand=demand)
    assert told_of(demand).users.value == 41_413 + 2 * 30_011
    accept(demand, "camden", "brent")
    assert canaries(demand, ("41,413", "41413", "53,197", "101,435")) == {"53,197", "101,435"}


def test_declining_closes_it_again(demand: JointDemand) -> None:
    accept(demand, "camden", "brent")
    Participation.objects.filter(borough__slug="brent").update(stage="DECLINED", reason="TIMING", accepted_at=None)
    assert not canaries(demand, EVERY)


def test_who_is_in_by_its_own_word_alone_reads_nothing_until_it_is_confirmed(demand: JointDemand) -> None:
    camden = demand.members.filter(need__borough__slug="camden")
    camden.update(band="POSSIBLE")
    accept(demand, "camden", "brent", "hackney")
    assert not canaries(demand, EVERY)
    camden.update(confirmed_at=timezone.now())
    assert canaries(demand, EVERY) >= set(ASKED)


def test_the_walk_goes_over_every_page_of_a_joint_demand(demand: JointDemand) -> None:
    walked = set(addresses(demand))
    for page in ("", "requirements/", "history/", "participation/", "volumes/", "timeline/", "savings/", "record/"):
        assert f"/demands/{demand.reference}/{page}" in walked
    assert sum("/needs/" in address and "/demands/" in address for address in walked) >= 3
