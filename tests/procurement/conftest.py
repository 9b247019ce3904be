"""What tests of joint demands share."""

import pytest

from tests.factories.procurement import CalibrationFitFactory


@pytest.fixture
def calibration() -> None:
    """A calibration of the tests' own, so that none depends on the numbers that come with the engine.

    A strength of 0.50 is likely, 0.57 strong, 0.47 possible.
    """
    CalibrationFitFactory()
