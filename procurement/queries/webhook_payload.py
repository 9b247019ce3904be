"""What a message to a webhook says: small, and the same at each attempt. The rest is under the addresses it names."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from procurement import canonical_json
from procurement.models import NoticeVersion, WebhookDelivery

TEST = "webhook.test"


def event_of(version: NoticeVersion) -> str:
    """What the publication of a version is, by its name among the events. One query where it is not the first."""
    if version.is_withdrawal:
        return "notice.withdrawn"
    if version.number == 1:
        return "notice.published"
    before = NoticeVersion.objects.get(notice=version.notice_id, number=version.number - 1)
    return "question.answered" if _answered(version) - _answered(before) else "notice.updated"


def _answered(version: NoticeVersion) -> set[int]:
    """Numbers of the questions that a version answers."""
    return {each["number"] for each in version.content.get("questions", ())}


def payload(delivery: WebhookDelivery) -> str:
    """The JSON of a message; its version with the notice is at hand."""
    version = delivery.version
    at = version.published_at if version else delivery.written_at
    data = _of(version) if version else {"url": _address("board")}
    return json.dumps(
        {"type": delivery.event, "timestamp": canonical_json.moment(at), "data": data}, ensure_ascii=False
    )


def _of(version: NoticeVersion) -> dict[str, Any]:
    reference = version.notice.reference
    return {
        "reference": reference,
        "version": version.number,
        "title": version.title,
        "url": _address("notice-version", reference, version.number),
        "api_url": _address("api-notice-detail", reference),
        "digest": version.digest,
    }


def _address(name: str, *words: str | int) -> str:
    return settings.SITE_URL + reverse(name, args=words)
