"""One version of a notice as a PDF: templates/pdf/notice.html. Anybody may ask for it, so it is kept and rationed."""

import hashlib
from collections.abc import Collection

from django.core.cache import cache

from procurement.pdf.job import Pdf
from procurement.pdf.render import Limits, PdfFailed, render_pdf
from procurement.queries.chain import Head
from procurement.queries.published_notice import PublishedNotice

# A version has at most a few pages, which take two seconds.
LIMITS = Limits(cpu_seconds=20, memory=1024, seconds=40)
# So many are made at once, whoever asks; the others are told to come again.
AT_ONCE = 2
# By then a file is gone that was being made while its contact was erased; its key names the contact: nobody gets it.
KEPT_SECONDS = 3600


class PdfBusy(PdfFailed):
    """As many files are being made as may be."""


def of_version(notice: PublishedNotice, *, head: Head, address: str, limits: Limits = LIMITS) -> bytes:
    """The file, kept for an hour. Raises PdfFailed; PdfBusy where too many are being made."""
    contact = notice.contact
    kept = kept_as(notice.digest, *((contact.name, contact.email) if contact else ("", "")))
    content: bytes | None = cache.get(kept)
    if content is None:
        content = _made(notice, head=head, address=address, limits=limits).content
        cache.set(kept, content, KEPT_SECONDS)
    return content


def kept_as(digest: str, name: str, email: str) -> str:
    """Under what the file of a version is kept: its digest does not cover the contact, who may be erased."""
    contact = f"{name}\n{email}" if name or email else ""
    return f"notice-pdf-{digest}-{hashlib.sha256(contact.encode()).hexdigest()[:16]}"


def forget(kept: Collection[str]) -> None:
    """Drop what is kept under these."""
    cache.delete_many(kept)


def _made(notice: PublishedNotice, *, head: Head, address: str, limits: Limits) -> Pdf:
    slot = _claim(limits)
    try:
        context = {"notice": notice, "head": head, "address": address}
        return render_pdf(template="pdf/notice.html", context=context, limits=limits)
    finally:
        cache.delete(slot)


def _claim(limits: Limits) -> str:
    """A place among those that are made at once. It comes free by itself where a process dies."""
    for place in range(AT_ONCE):
        slot = f"notice-pdf-slot-{place}"
        if cache.add(slot, True, limits.seconds + 10):
            return slot
    raise PdfBusy("Too many files are being made at this moment. Try again in a few seconds.")
