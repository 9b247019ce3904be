"""The review queue's page: a question, its answers, and taking the last one back."""

import html
import re

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Need, NeedRevision, User
from procurement.actions import demands, double_reading
from procurement.models import DemandMember, JointDemand, Overlap, ReviewAnswer
from procurement.queries.shown import as_shown, members_shown
from tests.factories.boroughs import BoroughFactory, NeedFactory
from tests.factories.picture import joint_demand, overlapping
from tests.factories.procurement import DemandMemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
ADDRESS = "/demands/review/"


@pytest.fixture
def office(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


@pytest.fixture
def demand() -> JointDemand:
    made = joint_demand("camden", "brent", "barnet", title="Telephony", needs={"users_count": 100})
    made.members.update(strength=0.49, band="POSSIBLE")
    return made


def text(client: Client, address: str = ADDRESS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def seen(demand: JointDemand, need: Need | None = None) -> list[str]:
    """What a page that is opened now keeps of the need, or of all members."""
    return list((as_shown(Need.objects.filter(pk=need.pk)) if need else members_shown(demand)).values())


def say(client: Client, demand: JointDemand, kind: str, need: Need | None = None, **more: str | list[str]) -> str:
    data = {"kind": kind, "shown": seen(demand, need)} | ({"need": need.reference} if need else {}) | more
    answer = client.post(f"/demands/{demand.reference}/answer/", data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def need_of(demand: JointDemand, borough: str) -> Need:
    return Need.objects.get(demand_member__demand=demand, borough__slug=borough)


def test_question_shows_members_reasons_and_progress(office: Client, demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=joint_demand("camden", "sutton", title="Settled"), by=analyst)
    page = text(office)
    assert "1 of 2" in page
    assert "Telephony for Barnet" in page
    assert page.count("Doubtful") == 3
    assert "Both want the same category" in page
    assert "of these belong together" in page
    assert "Settled" not in page.replace("Joint demands settled", "").replace("settled", "")


def test_one_answer_after_the_other_until_nothing_waits(office: Client, demand: JointDemand) -> None:
    page = say(office, demand, "REMOVED", need_of(demand, "barnet"))
    assert "is out, and stays out in later runs." in page
    assert "Telephony for Barnet" not in page
    assert "200 users" in page
    page = say(office, demand, "CONFIRMED")
    assert "Confirmed: they belong together." in page
    assert "Nothing waits" in page
    assert "1 of 1" in page
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.CONFIRMED


def opened(client: Client, demand: JointDemand) -> list[str]:
    """What the page as it is now keeps of all members."""
    form = text(client, f"{ADDRESS}?demand={demand.reference}").split("All of them</h2>")[1]
    return re.findall(r'name="shown" value="([^"]+)"', form)


@pytest.mark.parametrize("kind", ["CONFIRMED", "NOT_SURE"])
def test_what_came_in_since_the_page_was_opened_is_not_answered_about(
    office: Client, demand: JointDemand, kind: str
) -> None:
    before = opened(office, demand)
    newcomer = DemandMemberFactory(demand=demand).need
    gone = need_of(demand, "barnet")
    DemandMember.objects.filter(need=gone).delete()
    edited = need_of(demand, "brent")
    Need.objects.filter(pk=edited.pk).update(revision=F("revision") + 1)
    page = say(office, demand, kind, shown=before, reason="They all want telephones")
    said = sorted(
        [
            f"{newcomer.reference} has come in",
            f"{gone.reference} has gone",
            f"{edited.reference} has been edited",
        ]
    )
    assert f"Changed since you opened the page: {'; '.join(said)}. Nothing was saved." in page
    assert "They all want telephones" in page
    assert not ReviewAnswer.objects.exists()
    say(office, demand, kind, shown=opened(office, demand))
    assert ReviewAnswer.objects.get().kind == kind


@pytest.mark.parametrize("kind", ["BELONGS", "REMOVED"])
def test_a_member_that_was_edited_since_is_read_again(office: Client, demand: JointDemand, kind: str) -> None:
    need = need_of(demand, "brent")
    before = seen(demand, need)
    Need.objects.filter(pk=need.pk).update(revision=F("revision") + 1)
    page = say(office, demand, kind, need, shown=before)
    assert f"{need.reference} has been edited. Nothing was saved." in page
    assert not ReviewAnswer.objects.exists()


def test_a_need_that_was_settled_elsewhere_since_is_not_taken_out_of_there(
    office: Client, demand: JointDemand, analyst: User
) -> None:
    outside = NeedFactory(title="Outside")
    for member in demand.members.all():
        Overlap.objects.create(first=member.need, second=outside, score=0.55, probability=0.74, reasons=[])
    (shown,) = re.findall(rf'name="shown" value="({outside.reference}:[^"]+)"', text(office))
    settled = joint_demand("sutton", "merton", title="Settled")
    demands.add_member(demand=settled, need=outside, by=analyst)
    page = say(office, demand, "ACCEPTED", outside, shown=[shown])
    assert f"{outside.reference} is in {settled.reference} now. Nothing was saved." in page
    assert settled.members.filter(need=outside).exists()


def test_a_page_that_does_not_say_what_it_showed_is_not_taken(office: Client, demand: JointDemand) -> None:
    assert "came without the list of the needs that you saw" in say(office, demand, "CONFIRMED", shown=[])
    assert not ReviewAnswer.objects.exists()


def test_last_answer_is_taken_back_from_the_page(office: Client, demand: JointDemand) -> None:
    need = need_of(demand, "brent")
    page = say(office, demand, "BELONGS", need)
    assert f"Your last answer: belongs, {need.reference}" in page
    page = html.unescape(office.post("/demands/review/undo/", follow=True).content.decode())
    assert "Your last answer is taken back." in page
    assert "Your last answer: " not in page
    assert DemandMember.objects.get(need=need).confirmed_at is None
    assert "no answer that could be taken back" in html.unescape(
        office.post("/demands/review/undo/", follow=True).content.decode()
    )


def test_suggestion_is_taken_in(office: Client, demand: JointDemand) -> None:
    outside = NeedFactory(title="Outside")
    for member in demand.members.all():
        Overlap.objects.create(first=member.need, second=outside, score=0.55, probability=0.74, reasons=[])
    assert "Outside" in text(office)
    page = say(office, demand, "ACCEPTED", outside)
    assert f"{outside.reference} joined" in page
    assert demand.members.filter(need=outside).exists()


def test_settled_joint_demand_is_suggested_with_a_link_to_the_merger(
    office: Client, demand: JointDemand, analyst: User
) -> None:
    settled = joint_demand("sutton", "merton", title="Settled")
    demands.confirm(demand=settled, by=analyst)
    overlapping(demand, settled, 0.45)
    Overlap.objects.update(reasons=[{"code": "budgets", "words": "Budgets differ", "weight": 0}])
    page = text(office)
    assert "Joint demand of 2 authorities" in page
    assert "Of the two needs that overlap most:" in page
    assert "Budgets differ" in page
    assert "are the same" in page
    address = f"/demands/{demand.reference}/merge/?with={settled.reference}"
    assert f'href="{address}"' in page
    assert 'value="ACCEPTED"' not in page
    assert settled.reference in text(office, address)


# A likely one shows "Doubtful" on its card, and yet most of these belong.
@pytest.mark.parametrize(("strength", "band"), [(0.54, "LIKELY"), (0.55, "LIKELY"), (0.56, "LIKELY"), (0.8, "STRONG")])
def test_removal_against_the_evidence_is_asked_for_twice(
    office: Client, demand: JointDemand, strength: float, band: str
) -> None:
    need = need_of(demand, "camden")
    DemandMember.objects.filter(need=need).update(strength=strength, band=band)
    page = say(office, demand, "REMOVED", need)
    assert f"<title>Are you sure about {need.reference}?" in page
    assert f"Telephony for Camden</a>” ({need.reference}, Camden) does not belong." in page
    share = {"LIKELY": "a likely overlap about 3 in 4", "STRONG": "a strong overlap about 9 in 10"}[band]
    assert f"Of members with {share} do." in page
    assert "Yes, take it out" in page
    assert "Both want the same category" in page
    assert "Telephony for Brent" not in page
    assert demand.members.filter(need=need).exists()
    say(office, demand, "REMOVED", need, sure_of=need.reference)
    assert not demand.members.filter(need=need).exists()


def test_answer_that_may_well_be_right_is_not_asked_for_again(office: Client, demand: JointDemand) -> None:
    need = need_of(demand, "camden")
    DemandMember.objects.filter(need=need).update(strength=0.53, band="LIKELY")
    assert "is out, and stays out" in say(office, demand, "REMOVED", need)


def test_member_that_hardly_overlaps_is_asked_of_again_where_it_is_said_to_belong(
    office: Client, demand: JointDemand
) -> None:
    need = need_of(demand, "camden")
    DemandMember.objects.filter(need=need).update(strength=0.45)
    page = say(office, demand, "BELONGS", need)
    assert "Of members that overlap this little about 3 in 10 do." in page
    assert f"{need.reference} still waits for an answer." in say(office, demand, "BELONGS", need, leave="1")
    assert "belongs here." in say(office, demand, "BELONGS", need, sure_of=need.reference)


def test_suggestion_that_hardly_overlaps_is_asked_of_again(office: Client, demand: JointDemand) -> None:
    outside = NeedFactory(title="Outside")
    for member in demand.members.all():
        Overlap.objects.create(first=member.need, second=outside, score=0.45, probability=0.25, reasons=[])
    page = say(office, demand, "ACCEPTED", outside)
    assert f"<title>Are you sure about {outside.reference}?" in page
    assert f"Outside</a>” ({outside.reference}, {outside.borough.name}) belongs here too." in page
    assert "Of suggestions that overlap this little about 3 in 10 do." in page
    assert "Yes, take it in" in page
    page = say(office, demand, "ACCEPTED", outside, leave="1")
    assert f"Nothing has changed. {outside.reference} stays out." in page
    assert not demand.members.filter(need=outside).exists()
    say(office, demand, "ACCEPTED", outside, sure_of=outside.reference)
    assert demand.members.filter(need=outside).exists()


def test_answer_taken_back_changes_nothing_and_says_so(office: Client, demand: JointDemand) -> None:
    need = need_of(demand, "camden")
    page = say(office, demand, "REMOVED", need, leave="1", reason="Camden buys cars")
    assert f"Nothing has changed. {need.reference} stays in." in page
    assert f'id="{need.reference}" tabindex="-1" data-about' in page
    assert page.count("data-about") == 1
    assert page.count("Camden buys cars</textarea>") == 1
    assert "sure_of" not in page
    assert demand.members.filter(need=need).exists()
    assert not ReviewAnswer.objects.exists()


def test_answers_address_leads_to_the_question(office: Client, demand: JointDemand) -> None:
    joint_demand("camden", "sutton", title="Fleet")
    answer = office.get(f"/demands/{demand.reference}/answer/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{ADDRESS}?demand={demand.reference}"


def test_question_can_be_skipped(office: Client, demand: JointDemand) -> None:
    other = joint_demand("camden", "sutton", title="Fleet")
    skip = f'href="{ADDRESS}?after={demand.reference}"'
    assert skip in text(office)
    # Also where the page stands at another address.
    assert skip in say(office, demand, "CONFIRMED", reason="x" * 501)
    assert "Fleet for Sutton" in text(office, f"{ADDRESS}?after={demand.reference}")
    assert "Telephony for Brent" in text(office, f"{ADDRESS}?after={other.reference}")


def test_effect_is_shown_at_once(office: Client, demand: JointDemand) -> None:
    page = say(office, demand, "REMOVED", need_of(demand, "barnet"))
    assert f"1 need moved. {demand.reference} now has 2 boroughs and 2 needs." in page
    page = say(office, demand, "CONFIRMED")
    assert f"{demand.reference} is settled, with 2 boroughs and 2 needs." in page


def test_need_taken_in_from_a_pair_ends_the_pair(office: Client, demand: JointDemand) -> None:
    pair = joint_demand("ealing", "merton", title="Pair")
    page = say(office, demand, "ACCEPTED", need_of(pair, "ealing"), sure_of=need_of(pair, "ealing").reference)
    assert f"{pair.reference} is retired: it was left with one borough." in page
    assert f"{demand.reference} now has 4 boroughs and 4 needs." in page


def test_not_sure_puts_the_question_behind_the_others(office: Client, demand: JointDemand) -> None:
    other = joint_demand("camden", "sutton", title="Fleet")
    assert "Telephony for Brent" in text(office)
    page = say(office, demand, "NOT_SURE", reason="Ask Brent")
    assert "It comes after the others" in page
    assert "Fleet for Sutton" in page
    assert "0 of 2" in page
    page = text(office, f"{ADDRESS}?after={other.reference}")
    assert "Somebody was not sure" in page
    # Until something about it changes.
    Need.objects.filter(pk=need_of(demand, "brent").pk).update(revision=2)
    assert "Telephony for Brent" in text(office)


def test_reason_is_kept_while_an_answer_is_asked_for_again(office: Client, demand: JointDemand) -> None:
    need = need_of(demand, "camden")
    DemandMember.objects.filter(need=need).update(strength=0.8, band="STRONG")
    page = say(office, demand, "REMOVED", need, reason="Camden buys cars")
    assert "Are you sure about" in page
    assert page.count("Camden buys cars</textarea>") == 1


def test_reason_that_is_too_long_is_refused_and_not_lost(office: Client, demand: JointDemand) -> None:
    page = say(office, demand, "CONFIRMED", reason="x" * 501)
    assert "The reason must be 500 characters or fewer." in page
    assert "x" * 501 in page
    demand.refresh_from_db()
    assert demand.status == JointDemand.Status.SUGGESTED


def test_refused_answer_leaves_the_opposite_one_to_be_asked_for_again(office: Client, demand: JointDemand) -> None:
    need = need_of(demand, "camden")
    DemandMember.objects.filter(need=need).update(strength=0.8, band="STRONG")
    page = say(office, demand, "BELONGS", need, reason="x" * 501)
    assert "The reason must be 500 characters or fewer." in page
    assert "sure_of" not in page
    assert "Are you sure about" in say(office, demand, "REMOVED", need)


def test_text_that_moved_far_is_shown_then_and_now(office: Client, demand: JointDemand, analyst: User) -> None:
    demands.confirm(demand=demand, by=analyst)
    need = need_of(demand, "camden")
    content = {"title": need.title, "problem": "Phones ring", "requirements": [{"text": "A dial tone"}]}
    NeedRevision.objects.create(need=need, number=1, content=content, at=timezone.now(), actor="test")
    Need.objects.filter(pk=need.pk).update(problem="Cars drive", revision=2)
    DemandMember.objects.filter(need=need).update(moved_at=timezone.now())
    page = text(office)
    assert "Its text has changed a lot since it was confirmed on" in page
    for words in ("Phones ring", "Cars drive", "A dial tone", "Still belongs"):
        assert words in page
    assert page.index("Telephony for Camden") < page.index("Telephony for Brent")
    page = say(office, demand, "BELONGS", need)
    assert "Nothing waits" in page


@pytest.mark.parametrize("data", [{}, {"kind": "PERHAPS"}, {"kind": "BELONGS", "need": "x" * 60}])
def test_nonsense_changes_nothing(office: Client, demand: JointDemand, data: dict[str, str]) -> None:
    page = office.post(f"/demands/{demand.reference}/answer/", data, follow=True).content.decode()
    assert "That was not one of the answers." in page


def test_answer_about_a_stranger_is_refused_in_words(office: Client, demand: JointDemand) -> None:
    stranger = NeedFactory()
    assert f"{stranger.reference} is not a member" in say(office, demand, "BELONGS", stranger)
    assert office.post(f"/demands/{demand.reference}/answer/", {"kind": "BELONGS", "need": "N-0"}).status_code == 404


def test_page_tells_that_others_are_reading(
    office: Client, demand: JointDemand, analyst: User, second_analyst: User
) -> None:
    said = f'in a <a class="govuk-link" href="/demands/double-reading/?demand={demand.reference}">double reading</a>'
    assert said not in text(office)
    for reader in (analyst, second_analyst):
        double_reading.give(demand=demand, belongs={f"{need_of(demand, 'brent').reference}:1:1": True}, by=reader)
    page = text(office)
    assert f"2 analysts have answered about this joint demand {said} that is not finished." in page


def test_page_asks_as_much_for_many_as_for_few(
    office: Client, demand: JointDemand, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        joint_demand("camden", "brent", "sutton", "ealing", title=f"Demand {number}")
    for number in range(33):
        borough = BoroughFactory(slug=f"b-{number}")
        for _ in range(10):
            DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough), strength=0.47)
    with django_assert_max_num_queries(14):
        office.get(f"{ADDRESS}?demand={demand.reference}")
