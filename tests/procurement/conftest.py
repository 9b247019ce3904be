"""What tests of joint demands share."""

import pytest

from boroughs.models import User
from boroughs.models.membership import Role
from tests.factories.boroughs import MembershipFactory, UserFactory
from tests.factories.procurement import CalibrationFitFactory


@pytest.fixture
def calibration() -> None:
    """A calibration of the tests' own, so that none depends on the numbers that come with the engine.

    A strength of 0.50 is likely, 0.57 strong, 0.47 possible.
    """
    CalibrationFitFactory()


@pytest.fixture
def people() -> list[User]:
    """Three who may review."""
    found: list[User] = [UserFactory() for _ in range(3)]
    for user in found:
        MembershipFactory(user=user, borough=None, role=Role.LOTI_ANALYST)
    return found
