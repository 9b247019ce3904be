"""The only way from a PDF's HTML to anything outside it: our fonts by name, and images that are in the HTML itself."""

import re
from pathlib import Path
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

FONT = re.compile(r"loti:fonts/(inter-latin-(?:400|600|700)-normal\.woff2)")
IMAGES = ("data:image/png;", "data:image/png,", "data:image/svg+xml;", "data:image/svg+xml,")


class LockedFetcher(URLFetcher):  # type: ignore[misc]
    """Refuses every address that is not on the list: no file, no host, no redirect, whatever a text may contain.

    The engine's own fetcher opens local files and the machine's own network. What is refused is kept in `blocked`.
    """

    def __init__(self, fonts_dir: str) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False, timeout=1)
        self.fonts_dir = Path(fonts_dir)
        self.blocked: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if font := FONT.fullmatch(url):
            return URLFetcherResponse(url, (self.fonts_dir / font[1]).read_bytes(), {"Content-Type": "font/woff2"})
        if url.lower().startswith(IMAGES):
            return super().fetch(url, headers)
        self.blocked.append(url[:200])
        raise ValueError("not on the list of addresses that a report may read")
