"""The versions of all that makes a file of a snapshot. With the same ones the same snapshot gives the same bytes."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from procurement.pdf.job import Pdf

# Whatever has a say in how a report looks and what it tells.
PARTS = (
    *("procurement/pdf", "procurement/picture", "procurement/charts", "procurement/planning", "procurement/disclosure"),
    *("procurement/models", "boroughs/queries", "boroughs/templatetags", "boroughs/forms"),
    *("templates/pdf", "static/print", "static/build/fonts"),
)
KINDS = {".py", ".html", ".css", ".ttf", ".otf", ".woff2"}


def name(pdf: Pdf) -> str:
    """Of the layout engine as the child told it, and of the platform by the digest of its own part."""
    return ", ".join(filter(None, [f"platform {_platform()}", pdf.engine]))


@lru_cache(maxsize=1)
def _platform() -> str:
    base = Path(settings.BASE_DIR)
    files = sorted(path for part in PARTS for path in (base / part).rglob("*") if path.suffix in KINDS)
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(base)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
