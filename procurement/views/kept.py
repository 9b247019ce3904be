"""Pages of the board and answers of its API as bytes, kept by each process until something is published or the day
changes.

What is kept belongs to one stamp and goes with it, so it can tell nothing before or after its time. It is bounded in
number and in size, because anybody may make up addresses. It lies in the process and not in Redis: a page is made anew
in some milliseconds, and the way to another server would cost as much as the rest of the answer.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from procurement.views.public import View, is_personal, version_of

PAGES = 256
# Of one page: a hundred releases of the open data are some 700 kB.
BYTES = 2 * 1024 * 1024
# Of all pages.
WHOLE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Page:
    content: bytes
    headers: dict[str, str]


@dataclass
class Shelf:
    """The pages of one version of the board, those first that were asked for longest ago."""

    version: str = ""
    pages: OrderedDict[str, Page] = field(default_factory=OrderedDict)
    # Bytes of all of them.
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, version: str, address: str) -> Page | None:
        with self.lock:
            if version != self.version or address not in self.pages:
                return None
            self.pages.move_to_end(address)
            return self.pages[address]

    def put(self, version: str, address: str, page: Page) -> None:
        with self.lock:
            if version != self.version:
                self.version, self.pages, self.size = version, OrderedDict(), 0
            if replaced := self.pages.pop(address, None):
                self.size -= len(replaced.content)
            self.pages[address] = page
            self.size += len(page.content)
            while len(self.pages) > PAGES or self.size > WHOLE:
                _, dropped = self.pages.popitem(last=False)
                self.size -= len(dropped.content)

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.size = 0


shelf = Shelf()


def kept(view: View) -> View:
    """Answer a stranger who asks what was asked before with the same bytes. Stands below `public`."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_personal(request):
            return view(request, *args, **kwargs)
        version, address = version_of(request), request.get_full_path()
        page = shelf.find(version, address)
        if page:
            return HttpResponse(page.content, headers=page.headers)
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            # Of the API: its bytes are there once they are asked for.
            response.render()
        if isinstance(response, HttpResponse) and _may_be_kept(response):
            shelf.put(version, address, Page(response.content, dict(response.headers)))
        return response

    return answered


def _may_be_kept(response: HttpResponse) -> bool:
    """Not what is an error, what says itself how it is kept, or what sets a cookie."""
    is_plain = response.status_code == 200 and not response.has_header("Cache-Control") and not response.cookies
    return is_plain and len(response.content) <= BYTES
