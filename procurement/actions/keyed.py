"""What the matcher keeps between runs, as rows of a key and bytes: read and written in few statements."""

from collections.abc import Mapping, Sequence

from django.db.models import Model

# Below SQLite's limit of bound values in one statement.
CHUNK = 500


def get_many(model: type[Model], column: str, keys: Sequence[str]) -> dict[str, bytes]:
    """The bytes in `column` of the rows that are known, by key."""
    found: dict[str, bytes] = {}
    for start in range(0, len(keys), CHUNK):
        rows = model._default_manager.filter(key__in=keys[start : start + CHUNK]).values_list("key", column)
        found.update((key, bytes(value)) for key, value in rows)
    return found


def put_many(model: type[Model], column: str, values: Mapping[str, bytes]) -> None:
    """Keep these bytes. Two workers may meet the same new text: both made the same of it, and the first one's stay."""
    model._default_manager.bulk_create(
        (model(**{"key": key, column: value}) for key, value in values.items()), batch_size=CHUNK, ignore_conflicts=True
    )
