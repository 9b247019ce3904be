"""From a template to a PDF, in a child process under limits (procurement/pdf/child.py)."""

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from boroughs.exceptions import LotiError
from procurement.pdf import job as jobs
from procurement.pdf.job import Attachment, Job, Pdf
from procurement.pdf.printable import printable

logger = logging.getLogger(__name__)

STYLESHEET = "static/print/print.css"
FONTS = "static/build/fonts"

# The signals that the kernel ends a child with, or a library that gets no memory (Pango's, for a thread, with SIGSEGV).
TOO_MUCH = (signal.SIGXCPU, signal.SIGKILL, signal.SIGABRT, signal.SIGTRAP, signal.SIGSEGV, signal.SIGBUS)

# Variables that the child may see: where programs and temporary files are. No secrets, no database.
ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE")

LONG_WORD = 40
_MARKUP = re.compile(r"(<[^>]*>)")
_TRAILING_BLANKS = re.compile(r"\s+(?=</(?:p|li|td|th|dd|h[1-6]|caption|figcaption)>)")
_LONG_RUN = re.compile(rf"((?:&#?\w{{1,31}};|[^\s&\u200b]){{{LONG_WORD}}})(?=\S)")


class PdfFailed(LotiError):
    """The renderer ended with a fault."""


class ReportTooLarge(PdfFailed):
    """The document needs more time or memory than a report may take."""


class PdfEngineMissing(PdfFailed):
    """WeasyPrint or the Pango library is not there."""


@dataclass(frozen=True)
class Limits:
    cpu_seconds: int = 120
    # Address space in mebibytes; 100 pages need less than half.
    memory: int = 1536
    # On the clock.
    seconds: float = 240


LIMITS = Limits()


def render_pdf(
    *,
    template: str,
    context: Mapping[str, Any],
    attachments: Sequence[Attachment] = (),
    limits: Limits = LIMITS,
    tick: Callable[[], None] | None = None,
    every: float = 10,
) -> Pdf:
    """The template as a tagged PDF; its title, author, subject and language are those of the HTML's head.

    The same template and context give the same bytes. `tick` is called every `every` seconds while the child runs, and
    may raise to end it. Raises ReportTooLarge, PdfEngineMissing or PdfFailed.
    """
    job = Job(
        html=break_long_words(without_trailing_blanks(printable(render_to_string(template, dict(context))))),
        css=(settings.BASE_DIR / STYLESHEET).read_text(encoding="utf-8"),
        fonts_dir=str(settings.BASE_DIR / FONTS),
        attachments=tuple(attachments),
        cpu_seconds=limits.cpu_seconds,
        memory=limits.memory * 1024 * 1024,
        parent=os.getpid(),
    )
    output, errors, status = _run(job, limits=limits, tick=tick, every=every)
    if status:
        raise _failure(status, errors)
    pdf = jobs.load_pdf(output)
    for address in pdf.blocked:
        logger.warning("%s asked for %s, which was refused", template, address)
    return pdf


def without_trailing_blanks(html: str) -> str:
    """Without blanks at the end of blocks, where included templates leave them.

    The layout engine breaks a line after its first word where the line fits and the blank behind it does not.
    """
    return _TRAILING_BLANKS.sub("", html)


def break_long_words(html: str) -> str:
    """Let words of more than 40 characters break: the layout engine's time grows with the square of an unbroken one."""
    parts = _MARKUP.split(html)
    return "".join(part if part.startswith("<") else _LONG_RUN.sub("\\1\u200b", part) for part in parts)


def _run(job: Job, *, limits: Limits, tick: Callable[[], None] | None, every: float) -> tuple[bytes, bytes, int]:
    """Standard output, standard error and exit status of the child. It never outlives this call."""
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    with tempfile.TemporaryFile() as given:
        # A file and not a pipe: what a slow child has not read from a pipe when `communicate` times out is never sent.
        given.write(job.dump())
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "procurement.pdf.child"],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env=environment | {"PYTHONPATH": str(settings.BASE_DIR), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    waited = 0.0
    try:
        while True:
            try:
                output, errors = child.communicate(timeout=every)
            except subprocess.TimeoutExpired:
                waited += every
                if waited >= limits.seconds:
                    raise ReportTooLarge(_too_large(f"{limits.seconds:.0f} seconds")) from None
                if tick:
                    tick()
            else:
                return output, errors, child.returncode
    finally:
        if child.returncode is None:
            child.kill()
            child.communicate()


def _failure(status: int, errors: bytes) -> PdfFailed:
    words = errors.decode(errors="replace").strip()
    logger.error("The PDF renderer ended with status %d: %s", status, words[-4000:])
    if status == jobs.EXIT_NO_MEMORY:
        return ReportTooLarge(_too_large("the memory"))
    if -status in TOO_MUCH:
        return ReportTooLarge(_too_large("the time or memory"))
    if status == jobs.EXIT_NO_ENGINE:
        return PdfEngineMissing(
            "PDF files cannot be made on this machine: WeasyPrint or its library Pango is missing. "
            "On Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )
    return PdfFailed("The PDF could not be made: the layout engine stopped with a fault. The log says where.")


def _too_large(what: str) -> str:
    return f"The report is too large: it would take more than {what} that one report may use."
