from datetime import UTC, datetime

import pytest

from boroughs.forms import moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-18T09:00:00", datetime(2027, 1, 18, 9, tzinfo=UTC)),
        # Without an offset it is London's, which is ahead in summer.
        ("2027-07-18T09:00:00", datetime(2027, 7, 18, 8, tzinfo=UTC)),
        ("2027-07-18", datetime(2027, 7, 17, 23, tzinfo=UTC)),
        ("2027-07-18T09:00:00Z", datetime(2027, 7, 18, 9, tzinfo=UTC)),
        # The plus sign, as it arrives from an address in which it was not encoded.
        ("2027-07-18T09:00:00 05:30", datetime(2027, 7, 18, 3, 30, tzinfo=UTC)),
    ],
)
def test_moment_is_read(text: str, moment: datetime) -> None:
    assert moments.read(text) == moment


@pytest.mark.parametrize(
    "text", ["", "x", "\0", "9" * 5000, "0001-01-01", "9999-12-31T23:59:59", "2027-01-01T00:00:00+24:00", "2027-02-30"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own words
        moments.read(text)
