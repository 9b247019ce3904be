"""The disclosure rule of the deployment."""

import pytest
from pytest_django import Settings

from procurement import disclosure
from procurement.disclosure import Rule
from procurement.queries.disclosure_rule import disclosure_rule


def test_disclosure_rule_is_the_default_one_unless_the_deployment_says_more() -> None:
    assert disclosure_rule() == Rule()


@pytest.mark.parametrize(
    ("name", "value"), [("DISCLOSURE_MINIMUM_CONTRIBUTORS", 4), ("DISCLOSURE_DOMINANCE_PERCENT", 60)]
)
def test_deployment_may_ask_for_more_before_a_total_is_shown(settings: Settings, name: str, value: int) -> None:
    figures = {"a": 100_000, "b": 100_000, "c": 50_000}
    assert disclosure.may_show(figures, disclosure_rule())

    setattr(settings, name, value)

    assert not disclosure.may_show(figures, disclosure_rule())


def test_deployment_may_tell_money_in_wider_bands(settings: Settings) -> None:
    settings.DISCLOSURE_BAND = 100_000

    assert disclosure_rule().band == 100_000
