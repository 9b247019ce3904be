from datetime import UTC, datetime

import pytest

from boroughs.queries.mornings import last_monday, last_morning


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # Summer time: half past seven is 6:30 by universal time.
        (datetime(2026, 7, 6, 6, 30, tzinfo=UTC), datetime(2026, 7, 6, 6, 30, tzinfo=UTC)),
        (datetime(2026, 7, 6, 6, 29, tzinfo=UTC), datetime(2026, 7, 5, 6, 30, tzinfo=UTC)),
        (datetime(2026, 1, 6, 7, 31, tzinfo=UTC), datetime(2026, 1, 6, 7, 30, tzinfo=UTC)),
        # The clocks went forward in the night between.
        (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), datetime(2026, 3, 28, 7, 30, tzinfo=UTC)),
    ],
)
def test_daily_time_is_london_time(at: datetime, expected: datetime) -> None:
    assert last_morning(at) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # 6 July 2026 is a Monday.
        (datetime(2026, 7, 6, 6, 30, tzinfo=UTC), datetime(2026, 7, 6, 6, 30, tzinfo=UTC)),
        (datetime(2026, 7, 6, 6, 29, tzinfo=UTC), datetime(2026, 6, 29, 6, 30, tzinfo=UTC)),
        (datetime(2026, 7, 12, 23, 0, tzinfo=UTC), datetime(2026, 7, 6, 6, 30, tzinfo=UTC)),
        # The clocks went forward on Sunday, 29 March.
        (datetime(2026, 3, 29, 12, 0, tzinfo=UTC), datetime(2026, 3, 23, 7, 30, tzinfo=UTC)),
        (datetime(2026, 3, 30, 6, 30, tzinfo=UTC), datetime(2026, 3, 30, 6, 30, tzinfo=UTC)),
    ],
)
def test_weekly_time_is_monday_in_london(at: datetime, expected: datetime) -> None:
    assert last_monday(at) == expected
