"""The words of the pure core are those of the models."""

import pytest

from boroughs.models import Need
from procurement.models import DemandMember, JointDemand, Notice, Participation
from procurement.picture import labels


@pytest.mark.parametrize(
    ("said", "choices"),
    [
        (labels.STATUSES, JointDemand.Status),
        (labels.STAGES, Participation.Stage),
        (labels.DEPTHS, Need.Depth),
        (labels.NOTICE_KINDS, Notice.Kind),
        (labels.NOTICE_STATUSES, Notice.Status),
    ],
    ids=["statuses", "stages", "depths", "kinds of notice", "statuses of a notice"],
)
def test_labels_are_those_of_the_model(said: dict[str, str], choices: type[JointDemand.Status]) -> None:
    assert said == dict(choices.choices)


def test_bands_are_those_of_the_model_without_the_word_that_the_column_says() -> None:
    assert {code: f"{label} overlap" for code, label in labels.BANDS.items()} == dict(DemandMember.Band.choices)


def test_code_of_a_later_version_is_said_as_it_is() -> None:
    assert labels.said(labels.STAGES, "DREAMING") == "DREAMING"
