"""The database as the store of what the matcher reads off each need: a text is read once, whichever worker meets it."""

from collections.abc import Mapping, Sequence

from procurement.models import TextReading

# Below SQLite's limit of bound values in one statement.
CHUNK = 500


class DatabaseReadingStore:
    """Implements procurement.matching's ReadingStore."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), CHUNK):
            rows = TextReading.objects.filter(key__in=keys[start : start + CHUNK]).values_list("key", "reading")
            found.update((key, bytes(reading)) for key, reading in rows)
        return found

    def put_many(self, readings: Mapping[str, bytes]) -> None:
        TextReading.objects.bulk_create(
            (TextReading(key=key, reading=reading) for key, reading in readings.items()),
            batch_size=CHUNK,
            # Two workers may meet the same new text; both read the same off it.
            ignore_conflicts=True,
        )
