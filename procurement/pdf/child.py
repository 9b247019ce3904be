"""The process that renders one PDF and ends: `python -m procurement.pdf.child`, a Job on standard input, a Pdf out.

It is a process of its own because a text can make the layout engine run for minutes or eat all memory; the limits set
here end it, and only it. It has no database, no settings and no secrets.
"""

import contextlib
import ctypes
import gc
import hashlib
import io
import os
import resource
import signal
import sys
from datetime import datetime

from procurement.pdf import job as jobs
from procurement.pdf.job import Job, Pdf

# prctl(2): be sent a signal when the parent ends.
PR_SET_PDEATHSIG = 1


def main() -> int:
    # Whatever a library prints goes to the log, not into the file.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    job = jobs.load(sys.stdin.buffer.read())
    _limit(job)
    try:
        try:
            # Only here, after the limits are set: the import takes a second and opens the Pango library.
            import weasyprint  # noqa: F401
        except (ImportError, OSError) as error:
            sys.stderr.write(f"{error}\n")
            return jobs.EXIT_NO_ENGINE
        pdf = _render(job)
    except (MemoryError, SystemError) as error:
        # SystemError is what is left where an extension's allocation failed and nothing was said of it.
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return jobs.EXIT_NO_MEMORY
    output.write(pdf.dump())
    output.close()
    return 0


def _limit(job: Job) -> None:
    with contextlib.suppress(OSError, AttributeError):
        # A worker that is killed takes its renderer with it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if job.parent and os.getppid() != job.parent:
        # It was killed before that could be asked for.
        os.kill(os.getpid(), signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_seconds, job.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (job.memory, job.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One document and out: collecting cycles costs a fifth of the time and frees nothing that matters.
    gc.disable()


def _render(job: Job) -> Pdf:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from procurement.pdf.accessible import finish
    from procurement.pdf.fetch import LockedFetcher

    fetcher = LockedFetcher(job.fonts_dir)
    fonts = FontConfiguration()
    css = weasyprint.CSS(string=job.css, url_fetcher=fetcher, font_config=fonts)
    document = weasyprint.HTML(string=job.html, url_fetcher=fetcher).render(
        stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1", presentational_hints=False
    )
    for attachment in job.attachments:
        at = datetime.fromisoformat(attachment.at)
        content = attachment.content
        document.metadata.attachments.append(
            weasyprint.Attachment(
                file_obj=io.BytesIO(content.encode() if isinstance(content, str) else content),
                name=attachment.name,
                description=attachment.description,
                created=at,
                modified=at,
                # Figures are what the report was drawn from; a PDF is more of the report.
                relationship="Data" if isinstance(content, str) else "Supplement",
                url_fetcher=fetcher,
            )
        )
    pdf = document.write_pdf(
        pdf_variant="pdf/ua-1",
        finisher=finish,
        # From the content, so that the same picture gives the same bytes.
        pdf_identifier=hashlib.sha256(job.html.encode()).hexdigest()[:32].encode(),
    )
    return Pdf(content=pdf, pages=len(document.pages), blocked=tuple(fetcher.blocked[:50]), engine=_engine())


def _engine() -> str:
    """What laid the document out. Pango breaks the lines: another version of it may break them elsewhere."""
    import weasyprint
    from weasyprint.text.ffi import pango

    major, rest = divmod(pango.pango_version(), 10000)
    minor, micro = divmod(rest, 100)
    return f"WeasyPrint {weasyprint.__version__}, Pango {major}.{minor}.{micro}"


if __name__ == "__main__":
    sys.exit(main())
