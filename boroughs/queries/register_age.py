"""How fresh a contract register is. Pure: a count and two moments in, a word out."""

from datetime import datetime, timedelta
from enum import StrEnum

# Half a year and a year since somebody last looked after the register.
AGEING_AFTER = timedelta(days=183)
OLD_AFTER = timedelta(days=365)


class RegisterAge(StrEnum):
    """What is said of a register; the value is the word."""

    ABSENT = "not here yet"
    FRESH = "up to date"
    AGEING = "ageing"
    OLD = "old"


def register_age(contracts: int, kept_at: datetime | None, at: datetime) -> RegisterAge:
    """The word for a register of so many listed contracts that was last looked after then."""
    if not contracts or kept_at is None:
        return RegisterAge.ABSENT
    if at - kept_at <= AGEING_AFTER:
        return RegisterAge.FRESH
    return RegisterAge.AGEING if at - kept_at <= OLD_AFTER else RegisterAge.OLD
