"""Errors of the API: one shape for all of them, and what the description says of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers


class ErrorBodySerializer(serializers.Serializer[Any]):
    status = serializers.IntegerField()
    message = serializers.CharField(help_text="What is wrong, in words")
    details = serializers.ListField(child=serializers.CharField(), help_text="Each thing that is wrong")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="The same by the name of the field, such as `title` or `requirements[2].text`",
    )


class ErrorSerializer(serializers.Serializer[Any]):
    error = ErrorBodySerializer()


def error_body(
    status: int, message: str, details: Sequence[str] = (), fields: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Any]:
    said = {"status": status, "message": message, "details": list(details)}
    return {"error": said | {"fields": {name: list(messages) for name, messages in (fields or {}).items()}}}
