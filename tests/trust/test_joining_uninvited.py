"""A borough that says of any need that it joins a confirmed joint demand reads nothing of the others' by that alone."""

from datetime import date

import pytest
from django.test import Client

from boroughs.actions import needs
from boroughs.exceptions import IllegalMove
from boroughs.models import Need, Notification, Role, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import demands, lead_choice, matching
from procurement.actions.participation import Standing
from procurement.models import DemandMember, JointDemand, Participation
from procurement.queries.review_queue import review_queue
from procurement.queries.savings import savings
from procurement.queries.sharing import shared
from procurement.queries.specification import reads_all
from procurement.queries.specification_rules import asked_boroughs
from tests.conftest import person
from tests.factories.boroughs import BoroughFactory, CategoryFactory, NeedFactory, RequirementFactory
from tests.procurement.actions.test_participation import approver_of, of, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder"), pytest.mark.timeout(300)]

Stage = Participation.Stage
TELECARE = "Replace analogue telecare alarms before the switch to digital telephone lines"
OTHERS = ("camden", "hackney", "sutton")
CANARIES = ("Quokka problem", "Quokka requirement", "53,197", "41,413", "17 March 2031")
PAGES = ("", "volumes/", "requirements/", "timeline/", "participation/", "specification/", "savings/", "record/")


@pytest.fixture
def demand(analyst: User) -> JointDemand:
    """Three boroughs that an analyst has confirmed and that have accepted; each need has a canary in what it asks."""
    category = CategoryFactory(slug="telecare", name="Telecare")
    for slug in OTHERS:
        need = NeedFactory(
            borough=BoroughFactory(slug=slug, name=slug.title()),
            category=category,
            title=TELECARE,
            problem=f"{TELECARE}. Quokka problem",
            description=TELECARE,
            users_count=41_413,
            contract_end_date=date(2031, 3, 17),
            volumes=[{"what": "Quokka volume", "quantity": 53_197, "tolerance": 10}],
        )
        RequirementFactory(need=need, position=1, text="Quokka requirement")
    ran()
    demand = JointDemand.objects.get()
    demands.confirm(demand=demand, by=analyst)
    for slug in OTHERS:
        say(demand, slug, Standing(Stage.INTERESTED, "TENDER"))
    return demand


def ran() -> None:
    matching.request(by=COMMAND_LINE)
    matching.run()


def joined(demand: JointDemand) -> DemandMember:
    """Brent's paper clips, logged, submitted and approved by one person of Brent, after the next run."""
    brent = BoroughFactory(slug="brent", name="Brent")
    by = person(Role.BOROUGH_APPROVER, brent)
    client = Client()
    client.force_login(by)
    body = {
        "title": "Paper clips",
        "problem": "The drawers of the post room are empty.",
        "category": CategoryFactory(slug="stationery", name="Stationery").slug,
        "kind": "HARDWARE",
        "joins": demand.reference,
    }
    answer = client.post("/api/v1/needs/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    need = Need.objects.get(reference=answer.json()["reference"])
    needs.submit(need=need, by=by)
    need.refresh_from_db()
    needs.approve(need=need, by=by)
    ran()
    return DemandMember.objects.get(need=need)


def seen(demand: JointDemand, member: DemandMember) -> set[str]:
    """Which canaries Brent's approver reads on the pages of the joint demand."""
    client = Client()
    client.force_login(approver_of("brent"))
    other = Need.objects.filter(borough__slug="camden").get()
    evidence = (
        f"needs/{member.need.reference}/",
        f"needs/{other.reference}/",
        f"needs/{member.need.reference}/?with={other.reference}",
    )
    found = set()
    for page in (*PAGES, *evidence):
        answer = client.get(f"/demands/{demand.reference}/{page}")
        assert answer.status_code == 200
        found |= {word for word in CANARIES if word in answer.content.decode()}
    return found


def test_paper_clips_read_nothing_until_an_analyst_says_that_they_belong(demand: JointDemand, analyst: User) -> None:
    member = joined(demand)
    assert (member.demand, member.band) == (demand, DemandMember.Band.POSSIBLE)
    client = Client()
    client.force_login(approver_of("brent"))
    stand = f"/demands/{demand.reference}/participation/of/brent/"
    assert client.post(stand, {"stage": "WATCHING", "revision": "0"}).status_code == 302
    assert Participation.objects.get(borough__slug="brent").accepted_at
    assert seen(demand, member) == set()
    page = client.get(f"/demands/{demand.reference}/participation/").content.decode()
    assert "An analyst is asked whether it belongs" in page
    # The queue asks, and once the answer is yes what both have accepted opens.
    asked = review_queue(analyst).of(demand.reference)
    assert asked is not None
    assert asked.reference == demand.reference
    assert asked.question.ids[0] == member.need.reference
    demands.confirm_member(demand=demand, need=member.need, by=analyst)
    assert seen(demand, member) >= {"Quokka requirement", "53,197", "41,413", "17 March 2031"}


def test_the_others_hear_of_it_and_read_what_they_read(demand: JointDemand) -> None:
    told = approver_of("camden")
    before = shared(told, demand).asked
    member = joined(demand)
    say(demand, "brent", Standing(Stage.INTERESTED, "TENDER"))
    (news,) = Notification.objects.filter(user=told, headline__startswith="Brent says that its need belongs")
    assert "until an analyst has confirmed that" in news.headline
    assert shared(told, demand).asked == before | {member.need_id}


def test_who_is_in_doubt_neither_leads_nor_is_waited_for(demand: JointDemand, analyst: User) -> None:
    member = joined(demand)
    say(demand, "brent", Standing(Stage.INTENDING, "TENDER"))
    user = approver_of("brent")
    assert not reads_all(demand, user)
    assert not savings(demand, user).may_read
    assert of("brent").pk not in asked_boroughs(demand)
    with pytest.raises(IllegalMove, match="before an analyst has confirmed"):
        lead_choice.offer(demand=demand, borough=of("brent"), by=user)
    demands.confirm_member(demand=demand, need=member.need, by=analyst)
    assert reads_all(demand, user)
    assert savings(demand, user).may_read
    assert of("brent").pk in asked_boroughs(demand)
    lead_choice.offer(demand=demand, borough=of("brent"), by=user)


def test_leaving_it_again_opens_nothing(demand: JointDemand) -> None:
    """Neither to withdraw the need, nor to say no more what it joins, which leaves it where it is held."""
    member = joined(demand)
    say(demand, "brent", Standing(Stage.WATCHING))
    user = approver_of("brent")
    Need.objects.filter(pk=member.need_id).update(joins="")
    ran()
    assert shared(user, demand).asked == {member.need_id}
    needs.withdraw(need=Need.objects.get(pk=member.need_id), by=user, reason="No clips")
    ran()
    assert not shared(user, demand).asked - {member.need_id}
