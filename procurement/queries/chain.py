"""The chain of published versions: canonical JSON, digests, and the walk that finds a change of one byte."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from procurement.models import Notice, NoticeVersion
from procurement.queries import public_content


@dataclass(frozen=True)
class Verified:
    # Versions that verify, from the first to the first fault.
    versions: int
    # Digest of the last version that verifies; "" on an empty board.
    head: str
    # What is wrong, in words, each with the version's name.
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """Where the chain ends: whoever noted it can tell later whether anything before it was changed."""

    # "" on an empty board.
    digest: str
    versions: int
    published_at: datetime | None


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8. Raises TypeError on a float: programs write it differently."""
    _refuse_floats(value)
    return _canonical(value)


def digest(
    *,
    reference: str,
    number: int,
    canonical: str,
    published_at: datetime,
    reason: str,
    previous_digest: str,
) -> str:
    """SHA-256 in hexadecimal of everything that the public reads of a version, and of what stood before it.

    Of the canonical JSON of {content, notice, number, previous_digest, published_at, reason}. `canonical` is that of
    the content, which stands first, as keys are sorted: it is not read to be written again.
    """
    rest = _canonical(
        {
            "notice": reference,
            "number": number,
            "previous_digest": previous_digest,
            "published_at": moment(published_at),
            "reason": reason,
        }
    )
    return hashlib.sha256(b'{"content":' + canonical.encode() + b"," + rest[1:]).hexdigest()


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of content that is not published yet."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


def moment(at: datetime) -> str:
    """A time to the microsecond in UTC: always the same length, whatever zone the database answers in."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def head() -> NoticeVersion | None:
    """The version that was published last."""
    return NoticeVersion.objects.order_by("-pk").first()


def end() -> Head:
    """The head as everybody may note it. Two queries."""
    newest = head()
    if newest is None:
        return Head(digest="", versions=0, published_at=None)
    return Head(
        digest=newest.digest,
        versions=NoticeVersion.objects.filter(pk__lte=newest.pk).count(),
        published_at=newest.published_at,
    )


def verify() -> Verified:
    """Walk the whole chain in order of publication. Stops at the first broken digest: what follows hangs on it."""
    previous = ""
    count = 0
    newest: dict[int, tuple[int, int]] = {}
    versions = NoticeVersion.objects.in_order().select_related("notice").prefetch_related("boroughs")
    for version in versions.iterator(chunk_size=500):
        faults = _faults(version, previous, newest.get(version.notice_id, (0, 0))[0])
        if faults:
            return Verified(versions=count, head=previous, faults=tuple(faults))
        newest[version.notice_id] = (version.number, version.pk)
        previous = version.digest
        count += 1
    return Verified(versions=count, head=previous, faults=tuple(_heads_missing(newest)))


def _faults(version: NoticeVersion, previous: str, last_number: int) -> list[str]:
    name = f"{version.notice.reference} version {version.number}"
    if version.previous_digest != previous:
        return [f"{name} does not follow the version before it: one was removed, added or moved."]
    computed = digest(
        reference=version.notice.reference,
        number=version.number,
        canonical=version.canonical,
        published_at=version.published_at,
        reason=version.reason,
        previous_digest=version.previous_digest,
    )
    if computed != version.digest:
        return [f"{name} was changed after it was published: its digest does not match."]
    if version.number != last_number + 1:
        return [f"{name} should be version {last_number + 1} of its notice."]
    if _columns(version) != _columns_of(version.content):
        return [f"{name} is filed under other values than it shows."]
    return []


def _columns(version: NoticeVersion) -> dict[str, Any]:
    filed = {name: getattr(version, name) for name in public_content.columns(version.content)}
    return filed | {"boroughs": sorted(borough.slug for borough in version.boroughs.all())}


def _columns_of(content: Mapping[str, Any]) -> dict[str, Any]:
    return public_content.columns(content) | {"boroughs": sorted(public_content.slugs(content))}


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _heads_missing(newest: Mapping[int, tuple[int, int]]) -> list[str]:
    """A version cut off at the end breaks no digest, but its notice still points to it or is published without one."""
    shown = Notice.objects.published().order_by("pk").values_list("pk", "reference", "current_id")
    return [
        f"{reference} does not show its newest version."
        for key, reference, current in shown
        if newest.get(key, (0, 0))[1] != current
    ]


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; published content holds whole numbers only")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
