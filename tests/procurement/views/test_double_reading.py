"""The page of a double reading: what is asked of whom, and what comes of the answers."""

import html

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Need, User
from procurement.actions import demands
from procurement.models import DemandMember, JointDemand, Opinion, Overlap
from procurement.queries.double_reading import double_readings
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand, overlapping

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calibration")]
ADDRESS = "/demands/double-reading/"


@pytest.fixture
def demand() -> JointDemand:
    made = joint_demand("camden", "brent", "barnet", title="Telephony", needs={"users_count": 100})
    made.members.update(strength=0.49, band="POSSIBLE")
    return made


@pytest.fixture
def third(second_analyst: User) -> User:
    from tests.conftest import person

    return person(second_analyst.memberships.get().role)


def text(client: Client, user: User, address: str = ADDRESS) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def say(client: Client, user: User, demand: JointDemand, shown: list[str], **belongs: str) -> str:
    """Post what the page would: what it showed, and what is ticked or pressed."""
    client.force_login(user)
    data = {"shown": [f"{reference}:1:1" for reference in shown]} | {
        f"need-{name.replace('_', '-')}": value for name, value in belongs.items()
    }
    answer = client.post(f"/demands/{demand.reference}/double-reading/", data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def ticks(*references: str) -> dict[str, str]:
    return {reference.replace("-", "_"): "yes" for reference in references}


def references(demand: JointDemand) -> list[str]:
    return list(demand.members.order_by("need_id").values_list("need__reference", flat=True))


def test_page_asks_about_members_with_a_tick_and_about_suggestions_without(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    outside = NeedFactory(title="Outside")
    for member in demand.members.all():
        Overlap.objects.create(first=member.need, second=outside, score=0.55, probability=0.74, reasons=[])
    page = text(client, analyst)
    assert "1 joint demand waits for you." in page
    for reference in references(demand):
        assert f'name="need-{reference}" value="yes" id="id_need-{reference}" checked>' in page
    assert f'name="need-{outside.reference}" value="yes" id="id_need-{outside.reference}">' in page
    assert page.count('name="shown"') == 4
    assert "the two become one" not in page


def test_page_says_what_a_need_says_and_what_the_joint_demand_is_about(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    member = demand.members.select_related("need").order_by("need_id")[0]
    Need.objects.filter(pk=member.need_id).update(problem="Calls get lost at lunchtime.")
    JointDemand.objects.update(terms=["telephony", "calls"])
    page = text(client, analyst)
    assert "Calls get lost at lunchtime." in page
    assert "Words its needs share: telephony, calls." in page


def test_one_that_does_not_wait_is_not_passed_off_for_another(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    other = joint_demand("sutton", "merton", title="Parking")
    said = "The joint demand that you opened does not wait for your answers."
    assert said not in text(client, analyst, f"{ADDRESS}?demand={demand.reference}")
    say(client, analyst, demand, references(demand), **ticks(*references(demand)))
    page = text(client, analyst, f"{ADDRESS}?demand={demand.reference}")
    assert said in page
    assert f'/demands/{other.reference}/double-reading/"' in page


def test_skipping_is_offered_where_another_waits(client: Client, analyst: User, demand: JointDemand) -> None:
    assert "Skip for now" not in text(client, analyst)
    joint_demand("sutton", "merton", title="Parking")
    assert "Skip for now" in text(client, analyst)


def test_two_who_agree_settle_it_from_the_page(
    client: Client, analyst: User, second_analyst: User, demand: JointDemand
) -> None:
    shown = references(demand)
    page = say(client, analyst, demand, shown, **ticks(*shown[:2]))
    assert f"Your answers are saved. {demand.reference} is not settled yet: more answers are needed." in page
    assert "Nothing waits for you" in page
    assert "1 joint demand waits for the answers of colleagues." in page
    page = say(client, second_analyst, demand, shown, **ticks(*shown[:2]))
    assert f"{shown[2]} left {demand.reference}. {demand.reference} is confirmed." in page
    assert references(demand) == shown[:2]


def test_who_reads_second_does_not_see_what_the_first_said(
    client: Client, analyst: User, second_analyst: User, demand: JointDemand
) -> None:
    before = text(client, second_analyst)
    shown = references(demand)
    say(client, analyst, demand, shown, **ticks(shown[0]))

    def questions(page: str) -> list[str]:
        return [line for line in page.splitlines() if "need-" in line]

    assert questions(text(client, second_analyst)) == questions(before)


def test_third_is_asked_yes_or_no_and_has_to_say(
    client: Client, analyst: User, second_analyst: User, third: User, demand: JointDemand
) -> None:
    shown = references(demand)
    say(client, analyst, demand, shown, **ticks(*shown))
    say(client, second_analyst, demand, shown, **ticks(*shown[1:]))
    page = text(client, third)
    assert "The answers so far leave it open." in page
    assert page.count('type="radio"') == 2
    assert f'name="need-{shown[0]}" value="yes"' in page
    assert 'type="radio" name="need-' in page
    assert "checked" not in page.split("Double reading</h1>")[1]
    assert "Does it belong here?" in page
    assert page.index("Also in it") < page.index('type="radio"')
    assert page.count("<li><a") >= 2
    page = say(client, third, demand, [shown[0]])
    assert f"Say whether {shown[0]} belongs" in page
    assert "<title>Error: Double reading" in page
    assert Opinion.objects.count() == 6
    say(client, third, demand, [shown[0]], **{shown[0].replace("-", "_"): "no"})
    assert Opinion.objects.count() == 7


def test_what_was_said_is_taken_back_from_the_page(client: Client, analyst: User, demand: JointDemand) -> None:
    shown = references(demand)
    page = say(client, analyst, demand, shown, **ticks(*shown))
    assert "Take my answers back" in page
    page = html.unescape(client.post(f"{ADDRESS}undo/", follow=True).content.decode())
    assert f"Your answers about {demand.reference} are taken back." in page
    assert "Take my answers back" not in page
    assert not Opinion.objects.exists()
    page = html.unescape(client.post(f"{ADDRESS}undo/", follow=True).content.decode())
    assert "You have read nothing that could be taken back." in page


def test_answers_that_come_too_late_are_told(
    client: Client, analyst: User, second_analyst: User, third: User, demand: JointDemand
) -> None:
    shown = references(demand)
    say(client, analyst, demand, shown, **ticks(*shown))
    say(client, second_analyst, demand, shown, **ticks(*shown))
    page = say(client, third, demand, shown, **ticks(*shown))
    assert f"{demand.reference} has changed or is decided, or you have answered already. Nothing was saved." in page
    client.get(f"/demands/{demand.reference}/double-reading/")
    page = html.unescape(
        client.post(f"/demands/{demand.reference}/double-reading/effect/", follow=True).content.decode()
    )
    assert "Nothing has changed." in page


def test_who_is_alone_is_told_so(client: Client, analyst: User, demand: JointDemand) -> None:
    assert "You are the only one who may answer here" in text(client, analyst)


def test_skipping_shows_the_next(client: Client, analyst: User, demand: JointDemand) -> None:
    other = joint_demand("sutton", "merton", title="Parking")
    other.members.update(strength=0.5, band="LIKELY")
    first = text(client, analyst)
    shown = demand.reference if f'/demands/{demand.reference}/double-reading/"' in first else other.reference
    following = text(client, analyst, f"{ADDRESS}?after={shown}")
    rest = {demand.reference, other.reference} - {shown}
    assert f'/demands/{rest.pop()}/double-reading/?after={shown}"' in following


def test_what_was_skipped_does_not_come_back_at_once(client: Client, analyst: User, demand: JointDemand) -> None:
    for title in ("Parking", "Fleet"):
        joint_demand("sutton", "merton", title=title).members.update(strength=0.5, band="LIKELY")
    order = [each.reference for each in double_readings(analyst).open]
    address = f"/demands/{order[1]}/double-reading/?after={order[0]}"
    assert f'action="{address}"' in text(client, analyst, f"{ADDRESS}?after={order[0]}")
    shown = references(JointDemand.objects.get(reference=order[1]))
    data = {"shown": [f"{each}:1:1" for each in shown]} | {f"need-{each}": "yes" for each in shown}
    answer = client.post(address, data, follow=True)
    assert f"/demands/{order[2]}/double-reading/?after={order[0]}" in answer.content.decode()


def test_only_those_who_review_may_read(client: Client, cdo: User, demand: JointDemand) -> None:
    client.force_login(cdo)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(f"/demands/{demand.reference}/double-reading/").status_code == 403
    assert client.post(f"/demands/{demand.reference}/double-reading/effect/").status_code == 403
    assert client.post(f"{ADDRESS}undo/").status_code == 403


def test_queries_do_not_grow_with_what_waits(
    client: Client, analyst: User, demand: JointDemand, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        made = joint_demand("camden", "brent", title=f"More {number}")
        DemandMember.objects.filter(demand=made).update(strength=0.49, band="POSSIBLE")
    client.force_login(analyst)
    with django_assert_max_num_queries(30):
        client.get(ADDRESS)


def test_page_of_a_need_that_has_changed_meanwhile_is_no_answer(
    client: Client, analyst: User, demand: JointDemand
) -> None:
    shown = references(demand)
    page = text(client, analyst)
    assert [f'name="shown" value="{reference}:1:1"' in page for reference in shown] == [True, True, True]
    Need.objects.filter(reference=shown[0]).update(revision=2)
    page = say(client, analyst, demand, shown, **ticks(*shown))
    assert f"Not saved, because it has changed since you opened it or is not asked any more: {shown[0]}." in page
    assert f'name="shown" value="{shown[0]}:2:1"' in page
    assert Opinion.objects.count() == 2


@pytest.fixture
def settled(demand: JointDemand, analyst: User) -> JointDemand:
    """It and the one that is read overlap so that about one in two is the same."""
    made = joint_demand("sutton", "merton", title="Settled")
    demands.confirm(demand=made, by=analyst)
    overlapping(demand, made, 0.47)
    return made


def shown_of(settled: JointDemand, user: User) -> str:
    """What the page says that it asks."""
    asked = [line for each in double_readings(user).open for line in each.asked]
    return next(line.shown for line in asked if line.reference == settled.reference)


def of_all(demand: JointDemand, settled: JointDemand, user: User, *, same: bool) -> dict[str, str | list[str]]:
    """All members belong; the settled one is the same, or not."""
    members = references(demand)
    said: dict[str, str | list[str]] = {"shown": [*(f"{name}:1:1" for name in members), shown_of(settled, user)]}
    ticked = [*members, settled.reference] if same else members
    return said | {f"need-{name}": "yes" for name in ticked}


def test_a_settled_joint_demand_is_asked_about_and_merged_from_the_page(
    client: Client, analyst: User, second_analyst: User, demand: JointDemand, settled: JointDemand
) -> None:
    page = text(client, analyst)
    assert f'name="need-{settled.reference}" value="yes" id="id_need-{settled.reference}">' in page
    assert f'name="shown" value="{shown_of(settled, analyst)}"' in page
    assert "The same requirement" in page
    assert page.count("If it is, the two become one.") == 1
    address = f"/demands/{demand.reference}/double-reading/"
    client.post(address, of_all(demand, settled, analyst, same=True))
    client.force_login(second_analyst)
    page = client.post(address, of_all(demand, settled, second_analyst, same=True), follow=True).content.decode()
    assert f"{demand.reference} and {settled.reference} were the same and are one now" in page
    assert JointDemand.objects.current().count() == 1


def test_where_two_differ_about_a_joint_demand_the_third_has_to_say_whether_it_is_the_same(
    client: Client, analyst: User, second_analyst: User, third: User, demand: JointDemand, settled: JointDemand
) -> None:
    address = f"/demands/{demand.reference}/double-reading/"
    for user, same in ((analyst, True), (second_analyst, False)):
        client.force_login(user)
        client.post(address, of_all(demand, settled, user, same=same))
    page = text(client, third)
    assert "Is it the same requirement?" in page
    assert "If it is, the two become one." in page
    assert page.count('type="radio"') == 2
    answer = client.post(address, {"shown": [shown_of(settled, third)]}, follow=True)
    assert f"Say whether {settled.reference} is the same requirement" in answer.content.decode()
