"""A snapshot that was changed past the application is found."""

import hashlib

import pytest

from procurement.models import Snapshot
from procurement.picture import facts
from procurement.queries import snapshot_check
from tests.picture import made

pytestmark = pytest.mark.django_db


def kept(number: int, previous: Snapshot | None = None, **given: object) -> Snapshot:
    """A snapshot as it would have been taken; `given` are columns that say something else."""
    link = facts.Link(previous.reference, previous.digest) if previous else None
    frozen = made.frozen(made.london(made.need(number)), reference=f"DP-2026-{number:04}", previous=link)
    content = facts.to_json(frozen)
    columns = {
        "reference": frozen.reference,
        "taken_at": frozen.taken_at,
        "taken_by": "test",
        "content": content,
        "digest": hashlib.sha256(content).hexdigest(),
        "previous_digest": previous.digest if previous else "",
    }
    snapshot: Snapshot = Snapshot.objects.create(**(columns | given))
    return snapshot


def test_whole_chain_verifies() -> None:
    assert snapshot_check.verify() == (0, "")
    kept(2, kept(1))

    assert snapshot_check.verify() == (2, "")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"content": b"{}"}, "was changed after it was taken"),
        ({"reference": "DP-2026-0009"}, "is filed under other values than it says"),
        ({"previous_digest": "abc"}, "does not follow the snapshot before it"),
        ({"content": b"{}", "digest": hashlib.sha256(b"{}").hexdigest()}, "cannot be read"),
    ],
)
def test_change_is_found(given: dict[str, object], fault: str) -> None:
    kept(2, kept(1), **given)

    count, said = snapshot_check.verify()

    assert count == 1
    assert fault in said
