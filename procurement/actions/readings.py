"""The database as the store of what the matcher reads off each need: a text is read once, whichever worker meets it."""

from collections.abc import Mapping, Sequence

from procurement.actions import keyed
from procurement.models import TextReading


class DatabaseReadingStore:
    """Implements procurement.matching's ReadingStore."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return keyed.get_many(TextReading, "reading", keys)

    def put_many(self, readings: Mapping[str, bytes]) -> None:
        keyed.put_many(TextReading, "reading", readings)
