"""Taking a notice off the board takes two people."""

import pytest

from boroughs.exceptions import IllegalMove, PermissionRefused
from boroughs.models import User
from procurement.actions import corrections, withdrawals
from procurement.models import NoticeVersion
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db


def test_withdrawal_is_proposed_by_one_and_approved_by_another(analyst: User, second_analyst: User) -> None:
    version = scene.publish()
    notice = withdrawals.propose(notice=version.notice, by=analyst, reason="Two boroughs left.")
    assert NoticeVersion.objects.get(current_of=notice) == version
    with pytest.raises(PermissionRefused, match="somebody else"):
        withdrawals.approve(notice=notice, by=analyst)
    notice.refresh_from_db()
    assert (notice.status, notice.withdrawn_at) == ("WITHDRAWAL_PROPOSED", None)
    last = withdrawals.approve(notice=notice, by=second_analyst)
    assert (last.number, last.reason, last.proposed_by) == (2, "Two boroughs left.", analyst.email)
    assert (notice.status, notice.withdrawn_at) == ("WITHDRAWN", last.published_at)


def test_notice_may_be_kept_after_all(analyst: User, second_analyst: User) -> None:
    notice = withdrawals.propose(notice=scene.publish().notice, by=analyst, reason="Why.")
    withdrawals.keep(notice=notice, by=second_analyst, reason="They came back.")
    assert (notice.status, notice.change_reason, NoticeVersion.objects.count()) == ("PUBLISHED", "", 1)


def test_notice_that_is_being_corrected_is_not_withdrawn_under_its_authors(analyst: User) -> None:
    notice = corrections.begin(notice=scene.publish().notice, by=analyst)
    with pytest.raises(IllegalMove):
        withdrawals.propose(notice=notice, by=analyst, reason="Why.")
