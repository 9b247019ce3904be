"""The demonstration's suppliers: what they follow and ask, once, and nothing is sent to them."""

import pytest

from boroughs.actions import demo
from boroughs.models import User
from procurement.actions import demo_suppliers
from procurement.models import Alert, EngagementEntry, Letter, Notice, NoticeVersion, Question
from procurement.queries import verification
from tests.factories import notices as scene
from tests.factories.boroughs import BoroughFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice() -> Notice:
    notice = scene.publish().notice
    for slug in ("camden", "brent"):
        BoroughFactory(slug=slug, name=slug.title())
    demo.load_people()
    return notice


def test_the_notice_has_an_answer_a_question_that_waits_and_what_suppliers_were_told(notice: Notice) -> None:
    assert demo_suppliers.build() == notice.reference
    current = NoticeVersion.objects.get(current_of=notice)
    assert current.number == 3
    (answered,) = current.content["questions"]
    assert answered["answer"] == demo_suppliers.ANSWER
    (told,) = current.content["engagement"]
    assert (told["told"], EngagementEntry.objects.get().status) == (demo_suppliers.TOLD, "TOLD")
    assert [each.text for each in Question.objects.waiting()] == [demo_suppliers.WAITING]
    frequencies = Alert.objects.standing().reachable().order_by("pk").values_list("frequency", flat=True)
    assert list(frequencies) == ["DAILY", "WEEKLY"]
    assert verification.verify().faults == ()


def test_nothing_is_sent_to_addresses_that_are_nobodys(notice: Notice) -> None:
    demo_suppliers.build()
    assert not Letter.objects.exists()


def test_a_second_time_nothing_is_added(notice: Notice) -> None:
    demo_suppliers.build()
    assert demo_suppliers.build() == ""
    assert NoticeVersion.objects.count() == 3


def test_nothing_is_built_without_the_demonstrations_people_or_an_open_notice(notice: Notice) -> None:
    scene.withdraw(notice)
    assert demo_suppliers.build() == ""
    User.objects.update(is_demo=False)
    assert demo_suppliers.build() == ""
    assert not Question.objects.exists()
