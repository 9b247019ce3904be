"""Published versions as releases: the one way from rows to open data, for the API and the export."""

from collections.abc import Iterable
from datetime import datetime

from procurement.models import NoticeVersion
from procurement.ocds import release
from procurement.ocds.publisher import Publisher
from procurement.ocds.release import Release
from procurement.queries import published


def of(versions: Iterable[NoticeVersion], *, publisher: Publisher, at: datetime) -> list[Release]:
    """The releases of `whole` versions, in their order. One query beside the one that reads the versions."""
    notices = published.read(versions, at=at)
    first = published.first_versions(notice.demand for notice in notices)
    return [
        release.build(notice, publisher=publisher, is_first=first[notice.demand] == notice.version_id)
        for notice in notices
    ]
