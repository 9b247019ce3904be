"""The file of a finished report, opened only where it is the one that was built: whole, and unchanged since."""

import hashlib
import logging
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from boroughs.exceptions import LotiError

logger = logging.getLogger(__name__)


class NotWhole(LotiError):
    """The file is gone, or is not the one that was built. The report's page gives the text, which says which."""


def opened(path: Path, *, size: int, digest: str) -> BinaryIO:
    """The file, to be read from its start. Raises NotWhole.

    All of it is read before any of it is handed out; for ten megabytes that takes some hundredths of a second.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            found = hashlib.file_digest(file, "sha256").hexdigest()
            length = file.tell()
            file.seek(0)
        except OSError as error:
            logger.error("The file %s of a report cannot be read: %s", path, error)
            raise NotWhole(f"The file of this report {_unread(error)} the platform's disk.") from error
        if found != digest:
            logger.error("The file %s of a report has %d bytes and the digest %s, not %s", path, length, found, digest)
            raise NotWhole(f"The file of this report {_changed(length, size)}, so it is not handed out.")
        # The caller closes it.
        stack.pop_all()
        return file


def _unread(error: OSError) -> str:
    return "is gone from" if isinstance(error, FileNotFoundError) else "cannot be read on"


def _changed(length: int, size: int) -> str:
    if length < size:
        return f"is cut off: it has {length:,} of its {size:,} bytes"
    return "is not the one that was built: its SHA-256 is another"
