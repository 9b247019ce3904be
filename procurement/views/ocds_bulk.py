"""Everything that was ever published in one file, a release a line."""

import json
import zlib
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date

from procurement.ocds import releases
from procurement.ocds.publisher import Publisher
from procurement.ocds.release import Release
from procurement.queries import chain
from procurement.views import ocds_parameters, open_data
from procurement.views.ocds_parameters import BadRequest
from procurement.views.public import is_personal

# zlib's number for a gzip file. Its header says no time, so the same releases are the same bytes.
GZIP = 31


@open_data.open_data
def releases_file(request: HttpRequest) -> HttpResponseBase:
    """All releases, oldest first, as they are made: one chunk of them is in memory, however many there are."""
    try:
        ocds_parameters.none_but(request.GET, ())
    except BadRequest as refusal:
        return open_data.error(400, str(refusal))
    head = chain.head()
    etag = f'"{head.digest[:32] if head else "empty"}"'
    changed_at = int(head.published_at.timestamp()) if head else None
    # Nothing that a signed-in person fetches is kept under a name: views/public.py.
    is_kept = not is_personal(request)
    answer: HttpResponseBase | None = None
    if is_kept:
        answer = get_conditional_response(request, etag=etag, last_modified=changed_at)
    if answer is None:
        body: Iterator[bytes] = iter(())
        if request.method == "GET":
            until = head.pk if head else 0
            body = _lines(releases.every(publisher=Publisher.of(settings), at=timezone.now(), until=until))
        answer = StreamingHttpResponse(body, content_type="application/gzip")
        answer.headers["Content-Disposition"] = 'attachment; filename="releases.jsonl.gz"'
    if is_kept:
        answer.headers["ETag"] = etag
        if changed_at is not None:
            answer.headers["Last-Modified"] = http_date(changed_at)
        patch_cache_control(answer, public=True, max_age=0, must_revalidate=True)
    return answer


def _lines(found: Iterable[Release]) -> Iterator[bytes]:
    packed = zlib.compressobj(wbits=GZIP)
    for release in found:
        line = json.dumps(release, ensure_ascii=False, separators=(",", ":"))
        if part := packed.compress(f"{line}\n".encode()):
            yield part
    yield packed.flush()
