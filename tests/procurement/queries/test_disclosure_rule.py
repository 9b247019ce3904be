"""The disclosure rule of the deployment."""

import pytest
from pytest_django import Settings

from procurement import disclosure
from procurement.disclosure import Rule
from procurement.queries.disclosure_rule import disclosure_rule


def test_disclosure_rule_is_the_default_one_unless_the_deployment_says_more() -> None:
    assert disclosure_rule() == Rule()


@pytest.mark.parametrize(
    ("name", "value", "is_shown"),
    [
        ("DISCLOSURE_MINIMUM_CONTRIBUTORS", 4, False),
        ("DISCLOSURE_DOMINANCE_PERCENT", 60, False),
        ("DISCLOSURE_BAND", 100_000, True),
    ],
)
def test_disclosure_rule_reads_the_settings(settings: Settings, name: str, value: int, is_shown: bool) -> None:
    setattr(settings, name, value)

    figure = disclosure.total({"a": 100_000, "b": 100_000, "c": 50_000}, exact=False, rule=disclosure_rule())

    assert figure.is_shown is is_shown
    if is_shown:
        assert (figure.low, figure.high) == (200_000, 300_000)
