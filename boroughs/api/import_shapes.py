"""What an import looks like as JSON."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from boroughs.models import DataImport, ImportRow

COUNTS = ("new", "changed", "unchanged", "refused")


class ColumnSerializer(serializers.Serializer[Any]):
    heading = serializers.CharField()
    field = serializers.CharField(allow_blank=True, help_text="The field that it fills, or empty where it is left out")


class CountsSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField(help_text="Rows of the job that is being done")
    total = serializers.IntegerField(help_text="0 while no worker has begun")


class ImportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    url = serializers.URLField()
    borough = serializers.SlugField()
    noun = serializers.ChoiceField(choices=DataImport.Noun.choices, help_text="What the file holds")
    status = serializers.ChoiceField(choices=DataImport.Status.choices)
    file_name = serializers.CharField()
    format = serializers.CharField()
    sheet = serializers.CharField(allow_blank=True)
    digest = serializers.CharField(help_text="SHA-256 of the file")
    notes = serializers.ListField(child=serializers.CharField(), help_text="How the file was understood")
    columns = ColumnSerializer(many=True)
    counts = CountsSerializer(help_text="Of the last check")
    progress = ProgressSerializer()
    error = serializers.CharField(allow_blank=True, help_text="Why the last job failed")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class ImportPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = ImportSerializer(many=True)


class UnreadSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="The field of the need that it would have filled")
    heading = serializers.CharField()
    text = serializers.CharField(allow_blank=True, help_text="What stands in the cell")


class RowSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="As a spreadsheet counts it, from 1")
    verdict = serializers.ChoiceField(choices=ImportRow.Verdict.choices)
    reference = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    remarks = serializers.ListField(child=serializers.CharField(), help_text="Why it is refused, or how it was read")
    content = serializers.DictField(help_text="What it says; of a refused row its cells by heading")
    unread = UnreadSerializer(
        many=True,
        help_text="Cells that could not be read, or belong with one that could not; `content` is silent about them",
    )
    before = serializers.DictField(allow_null=True, help_text="What is stored, where it would be changed")


class RowPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    check = serializers.IntegerField(allow_null=True, help_text="The check that these rows are of, to be sent to apply")
    results = RowSerializer(many=True)


class MappingSerializer(serializers.Serializer[Any]):
    mapping = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Heading: field. Without it, as it stands now"
    )


class ApplySerializer(serializers.Serializer[Any]):
    unread = serializers.ChoiceField(
        choices=["keep", "leave_out"],
        default="leave_out",
        help_text="Whether rows with cells that could not be read are written without those cells, or left out",
    )
    check = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="The `check` of the rows that were looked at; nothing is written where there was another since",
    )


def import_body(data_import: DataImport) -> dict[str, Any]:
    """One import, as it is now."""
    moments = ("created_at", "applied_at", "undone_at")
    return {
        "id": data_import.pk,
        "url": f"{settings.SITE_URL}{reverse('api-import-detail', args=[data_import.pk])}",
        "borough": data_import.borough.slug,
        "noun": data_import.noun,
        "status": data_import.status,
        "file_name": data_import.file_name,
        "format": data_import.format,
        "sheet": data_import.sheet,
        "digest": data_import.digest,
        "notes": data_import.notes,
        "columns": [
            {"heading": heading, "field": data_import.mapping.get(heading, "")} for heading in data_import.columns
        ],
        "counts": {name: getattr(data_import, name) for name in COUNTS},
        "progress": {"done": data_import.progress_done, "total": data_import.progress_total},
        "error": data_import.error,
        "created_by": data_import.created_by,
        **{name: at.isoformat() if (at := getattr(data_import, name)) else None for name in moments},
    }


def row_body(row: ImportRow) -> dict[str, Any]:
    """One row, as it was checked last."""
    names = ("line", "verdict", "reference", "title", "remarks", "unread", "before")
    return {name: getattr(row, name) for name in names} | {"content": row.said}


SHOWN: dict[str, Any] = {
    "id": 17,
    "url": "https://demand.example/api/v1/imports/17/",
    "borough": "camden",
    "noun": "CONTRACTS",
    "status": "RECEIVED",
    "file_name": "register.csv",
    "format": "CSV",
    "sheet": "",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "notes": ["The headings were found in line 3."],
    "columns": [{"heading": "Contract Ref", "field": "reference"}, {"heading": "What", "field": "title"}],
    "counts": {"new": 0, "changed": 0, "unchanged": 0, "refused": 0},
    "progress": {"done": 0, "total": 0},
    "error": "",
    "created_by": "Register (loti_1a2b)",
    "created_at": "2027-01-18T09:00:00+00:00",
    "applied_at": None,
    "undone_at": None,
}
