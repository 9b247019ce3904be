"""The demonstration's first interest from suppliers."""

import pytest

from procurement.actions import demo_interests
from procurement.models import Interest, Letter
from procurement.queries import interested
from tests.factories import notices

pytestmark = pytest.mark.django_db


def test_everybody_is_told_a_band_and_no_made_up_address_is_written_to() -> None:
    notice = notices.publish().notice
    demo_interests.show(notice)
    assert interested.public_band(notice.reference) is not None
    assert not Letter.objects.exists()
    assert all(interest.boroughs.exists() for interest in Interest.objects.standing())
