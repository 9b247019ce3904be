"""Importing a file by a borough's own program: hand it in, have it checked, read what would come of it, apply it.

The same jobs as behind the pages do the work; a program asks how far they are.
"""

from collections.abc import Callable, Mapping
from typing import IO, Any, cast

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from boroughs import permissions
from boroughs.actions import data_imports, kept_answers
from boroughs.api.conditional import created
from boroughs.api.describing import errors, etag_header, location_header
from boroughs.api.import_shapes import (
    SHOWN,
    ApplySerializer,
    ImportPageSerializer,
    ImportSerializer,
    MappingSerializer,
    RowPageSerializer,
    import_body,
    row_body,
)
from boroughs.api.paging import following
from boroughs.api.program_view import ProgramView
from boroughs.api.repeating import IDEMPOTENCY_KEY, digest_of, key_of
from boroughs.exceptions import NotAcceptable
from boroughs.forms import import_json, import_queries, import_reading
from boroughs.forms.column_guess import memory_of
from boroughs.forms.list_queries import LIMIT, MOST
from boroughs.forms.rows import UnreadableFile
from boroughs.forms.tables import MAX_BYTES
from boroughs.models import Borough, DataImport
from boroughs.models.data_import import DataImportQuerySet
from boroughs.permissions import Actor, Permission

TAGS = ["imports"]
ID = OpenApiParameter("pk", int, OpenApiParameter.PATH, description="The import's `id`")
PLACE = [
    OpenApiParameter("limit", int, description=f"Entries of a page: 1 to {MOST}, {LIMIT} by default"),
    OpenApiParameter("cursor", str, description="The place to go on from, as `next` gives it"),
]
NOUN = OpenApiParameter("noun", str, enum=DataImport.Noun.values, description="What the file holds")
ONE = OpenApiExample("An import", value=SHOWN, response_only=True)
MAPPING = OpenApiExample(
    "What the columns mean",
    value={"mapping": {"Contract Ref": "reference", "What": "title", "Ends": "end_date"}},
    request_only=True,
)
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class AnyFileParser(BaseParser):
    """The body is the file, whatever the program calls it."""

    media_type = "*/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        """One byte more than is taken is enough to refuse the rest in words."""
        return {"content": stream.read(MAX_BYTES + 1)}


class ImportView(ProgramView):
    def imports(self) -> DataImportQuerySet:
        boroughs = permissions.borough_ids(self.reader, Permission.EDIT_CONTRACTS)
        return DataImport.objects.filter(borough__in=boroughs).select_related("borough")

    def data_import(self, pk: int) -> DataImport:
        """Foreign and missing ones answer alike: 404."""
        permissions.require(self.reader, Permission.EDIT_CONTRACTS)
        found = self.imports().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class ImportList(ImportView):
    def get_parsers(self) -> list[BaseParser]:
        return [AnyFileParser()]

    @extend_schema(
        operation_id="imports_list",
        summary="Imports of the borough",
        parameters=[NOUN, *PLACE],
        responses={200: ImportPageSerializer, **errors(400, 401, 403)},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """The newest first. Follow `next` until it is null."""
        permissions.require(self.reader, Permission.EDIT_CONTRACTS)
        asked = import_queries.imports(request.query_params)
        found = list(self.imports().filter(asked.where).newest_first()[: asked.limit + 1])
        page = found[: asked.limit]
        after = import_queries.cursor_after(page[-1]) if len(found) > len(page) else ""
        address = following(request, after, name="api-import-list") if after else None
        return Response({"next": address, "results": [import_body(each) for each in page]})

    @extend_schema(
        operation_id="imports_create",
        summary="Hand a file in",
        parameters=[
            OpenApiParameter("noun", str, required=True, enum=DataImport.Noun.values, description=NOUN.description),
            OpenApiParameter("file_name", str, required=True, description="What people know the file by"),
            OpenApiParameter("borough", str, description="Slug; wanted only from people of several boroughs"),
            IDEMPOTENCY_KEY,
            etag_header(201),
            location_header(201),
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: ImportSerializer, **errors(400, 401, 403, 413, 415, 422, 503)},
        examples=[ONE],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """The body is the file: CSV, XLSX, or an OCDS package. Nothing of it is written before it is applied."""
        permissions.require(self.reader, Permission.EDIT_CONTRACTS)
        if (request.content_type or "").partition(";")[0].strip() in FORMS:
            # Its envelope would be read as rows.
            raise UnsupportedMediaType(request.content_type, "Send the file itself as the body, not a form with it.")
        asked = import_json.new(request.query_params, boroughs=self._own())
        content = self.sent.get("content", b"")
        key = key_of(request)
        digest = digest_of({"import": import_json.named(asked, content)})
        body = kept_answers.find(key=key, digest=digest, by=self.reader) if key else None
        return created(body or self._received(asked, content, key, digest))

    def _own(self) -> dict[str, Borough]:
        return {each.slug: each for each in permissions.boroughs_of(self.reader, Permission.EDIT_CONTRACTS)}

    def _received(self, asked: import_json.NewImport, content: bytes, key: str, digest: str) -> dict[str, Any]:
        remembered = data_imports.remembered(borough=asked.borough, noun=asked.noun)
        try:
            described = import_reading.describe(content, asked.file_name, noun=asked.noun, remembered=remembered)
        except UnreadableFile as refusal:
            raise NotAcceptable([str(refusal)], {"file": [str(refusal)]}) from refusal

        def receive() -> dict[str, Any]:
            return import_body(
                data_imports.receive(
                    borough=asked.borough,
                    noun=asked.noun,
                    file_name=asked.file_name,
                    content=content,
                    shape=described.shape,
                    by=self.reader,
                )
            )

        return kept_answers.answer_once(key=key, digest=digest, by=self.reader, act=receive) if key else receive()


class ImportDetail(ImportView):
    @extend_schema(
        operation_id="imports_retrieve",
        summary="One import, and how far it is",
        parameters=[ID],
        responses={200: ImportSerializer, **errors(401, 403, 404)},
        examples=[ONE],
        tags=TAGS,
    )
    def get(self, request: Request, pk: int) -> Response:
        """While a job is due or being done, `status` ends in -ING and `progress` counts its rows."""
        return Response(import_body(self.data_import(pk)))


class ImportRows(ImportView):
    @extend_schema(
        operation_id="imports_rows",
        summary="Rows of an import, with what would come of each",
        parameters=[
            ID,
            OpenApiParameter("verdict", str, enum=["NEW", "CHANGED", "UNCHANGED", "REFUSED"]),
            *PLACE,
        ],
        responses={200: RowPageSerializer, **errors(400, 401, 403, 404)},
        tags=TAGS,
    )
    def get(self, request: Request, pk: int) -> Response:
        """By their lines, once the file was checked. Follow `next` until it is null."""
        data_import = self.data_import(pk)
        asked = import_queries.rows(request.query_params)
        # Before the rows, so that a check that comes between is not taken for seen.
        number = data_import.check_number
        found = list(data_import.rows.filter(asked.where).order_by("line")[: asked.limit + 1])
        page = found[: asked.limit]
        after = import_queries.cursor_after_row(page[-1]) if len(found) > len(page) else ""
        address = following(request, after, name="api-import-rows", args=[pk]) if after else None
        return Response({"next": address, "check": number, "results": [row_body(row) for row in page]})


class ImportCheck(ImportView):
    @extend_schema(
        operation_id="imports_check",
        summary="Have the rows checked",
        parameters=[ID],
        request=MappingSerializer,
        responses={202: ImportSerializer, **errors(400, 401, 403, 404, 409, 413, 415, 422, 503)},
        examples=[MAPPING, ONE],
        tags=TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """With columns of this meaning, which is remembered for the next file; nothing is written yet."""
        data_import = self.data_import(pk)
        mapping = import_json.mapping(self.sent, of=data_import)
        memory = memory_of(data_import.columns, mapping, data_import.mapping)
        data_imports.check(data_import=data_import, mapping=mapping, remembered=memory, by=self.reader)
        return _accepted(data_import)


class _Move(ImportView):
    """One move of an import, without a body."""

    move: Callable[..., None]

    def moved(self, pk: int) -> Response:
        data_import = self.data_import(pk)
        type(self).move(data_import=data_import, by=cast(Actor, self.reader))
        return _accepted(data_import)


class ImportApply(ImportView):
    @extend_schema(
        operation_id="imports_apply",
        summary="Have what was checked written",
        parameters=[ID],
        request=ApplySerializer,
        responses={202: ImportSerializer, **errors(400, 401, 403, 404, 409, 413, 415, 422, 503)},
        examples=[ONE],
        tags=TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """In one transaction. Needs become drafts and amendments; a person of the borough approves them."""
        data_import = self.data_import(pk)
        asked = import_json.application(self.sent)
        data_imports.apply(data_import=data_import, keeps_unread=asked.keeps_unread, seen=asked.seen, by=self.reader)
        return _accepted(data_import)


class ImportUndo(_Move):
    move = staticmethod(data_imports.undo)

    @extend_schema(
        operation_id="imports_undo",
        summary="Take an import back",
        parameters=[ID],
        request=None,
        responses={202: ImportSerializer, **errors(401, 403, 404, 409, 422, 503)},
        examples=[ONE],
        tags=TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """As a whole, while nothing depends on it; the error says what does."""
        return self.moved(pk)


class ImportDiscard(_Move):
    move = staticmethod(data_imports.discard)

    @extend_schema(
        operation_id="imports_discard",
        summary="Put a file aside",
        parameters=[ID],
        request=None,
        responses={202: ImportSerializer, **errors(401, 403, 404, 409, 503)},
        examples=[ONE],
        tags=TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """One that was not applied; what it holds is forgotten."""
        return self.moved(pk)


def _accepted(data_import: DataImport) -> Response:
    """The job is due; how far it is is asked of the import."""
    return Response(import_body(data_import), status=202)
