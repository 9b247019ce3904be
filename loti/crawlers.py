"""What search engines may read, and where it is: robots.txt and the sitemap."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator

from loti.pages import PAGES
from procurement.queries import published
from procurement.views.kept import kept
from procurement.views.open_data import open_data
from procurement.views.public import public

# The protocol allows ten times as many.
ADDRESSES = 5000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Lists of the board beside the notices themselves.
LISTS = ("board", "board-map", "board-timeline", "board-figures")
# Forms, and what the office does with a notice, stand beside its public page.
OFFICE = (
    "follow",
    "ask",
    "interest",
    "questions",
    "engagement",
    "edit",
    "preview",
    "clock",
    "find-a-tender",
    "propose",
    "return",
    "publish",
    "specification",
    "discard",
    "correct",
    "drop",
    "withdraw",
)

# An address, and when it last changed, where that is known.
Entry = tuple[str, datetime | None]


@open_data
@public
def robots(request: HttpRequest) -> HttpResponseBase:
    """Only what everybody may read is open; of two rules that fit, the longer one counts (RFC 9309)."""
    allowed = ["/$", "/board/", "/notices/NT-", "/static/", "/sitemap", *(reverse(page.name) for page in PAGES)]
    # Each choice of filters is a page more of the same notices; the feeds are for readers that keep to these rules.
    allowed += [f"/board/{name}" for name in ("feed.atom?", "feed.json?", "calendar.ics?")]
    refused = ["/", "/board/*?", "/board/follow/", *(f"/notices/NT-*/{name}/" for name in OFFICE)]
    lines = ["User-agent: *"]
    lines += [f"Allow: {path}" for path in allowed]
    lines += [f"Disallow: {path}" for path in refused]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@open_data
@public
@kept
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every public page, or where the parts of the list are if there are more than fit in one. Two queries."""
    every = _every()
    if len(every) <= ADDRESSES:
        return _answer("urlset", "url", every)
    parts = range(0, len(every), ADDRESSES)
    return _answer(
        "sitemapindex",
        "sitemap",
        [
            (
                reverse("sitemap-part", args=[place]),
                max(filter(None, (changed for _, changed in every[start : start + ADDRESSES])), default=None),
            )
            for place, start in enumerate(parts, start=1)
        ],
    )


@open_data
@public
@kept
def sitemap_part(request: HttpRequest, number: int) -> HttpResponseBase:
    """One part of the list; a notice stays in its part."""
    part = _every()[(number - 1) * ADDRESSES : number * ADDRESSES] if number else []
    if not part:
        raise Http404
    return _answer("urlset", "url", part)


def _every() -> list[Entry]:
    notices = published.changed_at()
    newest = max((at for _, at in notices), default=None)
    lists: list[Entry] = [(reverse(name), newest) for name in ("home", *LISTS)]
    words: list[Entry] = [(reverse(page.name), None) for page in PAGES]
    return [*lists, *words, *((reverse("notice-detail", args=[reference]), at) for reference, at in notices)]


def _answer(root: str, each: str, entries: Iterable[Entry]) -> HttpResponse:
    written = io.StringIO()
    xml = SimplerXMLGenerator(written, "utf-8")
    xml.startDocument()
    xml.startElement(root, AttributesImpl({"xmlns": NAMESPACE}))
    for path, changed_at in entries:
        xml.startElement(each, AttributesImpl({}))
        xml.addQuickElement("loc", settings.SITE_URL + path)
        if changed_at:
            xml.addQuickElement("lastmod", changed_at.astimezone(UTC).isoformat(timespec="seconds"))
        xml.endElement(each)
    xml.endElement(root)
    return HttpResponse(written.getvalue(), content_type="application/xml; charset=utf-8")
