"""The chain of published versions: its digests and its head. The walk along it is in verification.py."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procurement import canonical_json
from procurement.models import NoticeVersion

_TEXT = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True)
class Head:
    """Where the chain ends: whoever noted it can tell later whether anything before it was changed."""

    # "" on an empty board.
    digest: str
    versions: int
    published_at: datetime | None


def digest(
    *,
    reference: str,
    number: int,
    canonical: str,
    published_at: datetime | str,
    reason: str,
    previous_digest: str,
) -> str:
    """SHA-256 in hexadecimal of everything that the public reads of a version, and of what stood before it.

    Of the canonical JSON of {content, notice, number, previous_digest, published_at, reason}. `canonical` is that of
    the content, which stands first, as keys are sorted: it is not read to be written again. `published_at` may be
    written as `canonical_json.moment` does already.
    """
    at = published_at if isinstance(published_at, str) else canonical_json.moment(published_at)
    rest = (
        f',"notice":{text(reference)},"number":{number},"previous_digest":"{previous_digest}",'
        f'"published_at":"{at}","reason":{text(reason)}}}'
    )
    return hashlib.sha256(b"".join((b'{"content":', canonical.encode(), rest.encode()))).hexdigest()


def contact_digest(salt: str, name: str, email: str) -> str:
    """SHA-256 in hexadecimal of the canonical JSON of a contact; without the salt nobody can try names against it."""
    return hashlib.sha256(canonical_json.dump({"salt": salt, "name": name, "email": email})).hexdigest()


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of content that is not published yet."""
    return hashlib.sha256(canonical_json.dump(dict(content))).hexdigest()


def text(value: str) -> str:
    """A text as it stands in canonical JSON."""
    return _TEXT.encode(value)


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
