"""What passes between the process that wants a PDF and the child that renders it: no Django, no WeasyPrint."""

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

# Exit statuses of the child that say something; any other one is a fault.
EXIT_NO_ENGINE = 3
EXIT_NO_MEMORY = 4


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF. `at` is an ISO date-time: the moment the data was read, not that of rendering."""

    name: str
    # A text, or the bytes of another PDF.
    content: str | bytes
    description: str
    at: str


@dataclass(frozen=True)
class Job:
    """Everything the child needs: it opens nothing but the fonts and reads no environment of ours."""

    html: str
    css: str
    fonts_dir: str
    attachments: tuple[Attachment, ...] = ()
    cpu_seconds: int = 120
    # Address space, in bytes.
    memory: int = 1536 * 1024 * 1024
    # The process that waits for the file; the child ends when it does. 0 for any.
    parent: int = 0

    def dump(self) -> bytes:
        return json.dumps(asdict(self), default=_written).encode()


def _written(content: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(content).decode()}


def _read(written: dict[str, Any]) -> Attachment:
    content = written["content"]
    return Attachment(
        **written | ({"content": base64.b64decode(content["base64"])} if isinstance(content, dict) else {})
    )


def load(data: bytes) -> Job:
    fields: dict[str, Any] = json.loads(data)
    fields["attachments"] = tuple(map(_read, fields["attachments"]))
    return Job(**fields)


@dataclass(frozen=True)
class Pdf:
    """A rendered document. `blocked` lists the addresses that its HTML asked for and did not get.

    `engine` names what laid it out, with versions: another version may make other bytes of the same HTML.
    """

    content: bytes
    pages: int
    blocked: tuple[str, ...] = ()
    engine: str = ""

    def dump(self) -> bytes:
        """One line of JSON, then the file."""
        head = {"pages": self.pages, "blocked": self.blocked, "engine": self.engine}
        return json.dumps(head).encode() + b"\n" + self.content


def load_pdf(data: bytes) -> Pdf:
    head, content = data.split(b"\n", 1)
    fields: dict[str, Any] = json.loads(head)
    return Pdf(content=content, pages=fields["pages"], blocked=tuple(fields["blocked"]), engine=fields["engine"])
