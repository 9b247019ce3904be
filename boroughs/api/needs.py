"""Needs of a borough for its own programs: read, begin, change, submit, withdraw.

The resource is the need as it stands: a draft, or what an approver said yes to last. A change to an open need goes into
its amendment, a resource of its own (boroughs/api/amendments.py).
"""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boroughs import permissions
from boroughs.actions import amendments, kept_answers, needs
from boroughs.actions.need_content import NeedContent, content_of
from boroughs.api.conditional import changed_meanwhile, created, etag_of, shown, stale
from boroughs.api.describing import (
    IF_MATCH,
    IF_MATCH_OR_NOT,
    IF_NONE_MATCH,
    READING,
    WRITING,
    ReasonSerializer,
    errors,
    etag_header,
    location_header,
)
from boroughs.api.need_shapes import (
    AmendmentSerializer,
    NeedContentSerializer,
    NeedPageSerializer,
    NeedSerializer,
    NewNeedSerializer,
    amendment_body,
    need_body,
)
from boroughs.api.need_view import REFERENCE, NeedView
from boroughs.api.paging import PLACE, following
from boroughs.api.repeating import IDEMPOTENCY_KEY, digest_of, key_of
from boroughs.exceptions import ChangedMeanwhile, IllegalMove
from boroughs.forms import json_fields, need_json, need_queries
from boroughs.models import Borough, Category, Need
from boroughs.permissions import Permission

TAGS = ["needs"]

FILTERS = [
    OpenApiParameter("status", str, many=True, explode=True, enum=Need.Status.values, description="Status"),
    OpenApiParameter("category", str, many=True, explode=True, description="Slug of a category"),
    *PLACE,
]


class NeedList(NeedView):
    @extend_schema(
        operation_id="needs_list",
        summary="Needs that you may read",
        parameters=FILTERS,
        responses={200: NeedPageSerializer, **errors(400, 401, 403)},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """In the order of their last change, the oldest first. Follow `next` until it is null."""
        if not permissions.has(self.reader, Permission.VIEW_SUBMITTED_NEEDS):
            permissions.require(self.reader, Permission.VIEW_NEEDS)
        asked = need_queries.read(request.query_params, categories=list(Category.objects.by_area()))
        rows = permissions.visible_needs(self.reader).filter(asked.where).order_by(*asked.ORDER).whole()
        found = list(rows[: asked.limit + 1])
        page = found[: asked.limit]
        after = need_queries.cursor_after(page[-1]) if len(found) > len(page) else ""
        address = following(request, after, name="api-need-list") if after else None
        return Response({"next": address, "results": [need_body(need) for need in page]})

    @extend_schema(
        operation_id="needs_create",
        summary="Begin a draft",
        parameters=[IDEMPOTENCY_KEY, etag_header(201), location_header(201)],
        request=NewNeedSerializer,
        responses={201: NeedSerializer, **errors(400, 401, 403, 413, 415, 422, 503)},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Only the title is wanted now, the rest before submitting."""
        permissions.require(self.reader, Permission.EDIT_NEEDS)
        key, digest = key_of(request), digest_of(self.sent)
        body = kept_answers.find(key=key, digest=digest, by=self.reader) if key else None
        return created(body or self._begun(key, digest))

    def _begun(self, key: str, digest: str) -> dict[str, Any]:
        borough = self.borough_sent(Permission.EDIT_NEEDS)
        content = need_json.whole(self.sent, borough=borough, fixed={"borough": borough.slug})
        if not key:
            return need_body(needs.log(borough=borough, content=content, by=self.reader))
        return kept_answers.answer_once(
            key=key,
            digest=digest,
            by=self.reader,
            act=lambda: need_body(needs.log(borough=borough, content=content, by=self.reader)),
        )


class NeedDetail(NeedView):
    @extend_schema(
        operation_id="needs_retrieve",
        summary="One need",
        parameters=[REFERENCE, IF_NONE_MATCH, etag_header(200, 304)],
        responses={200: NeedSerializer, 304: None, **errors(*READING)},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """As it stands: a draft, or what an approver said yes to last."""
        return shown(request, need_body(self.need(reference)))

    @extend_schema(
        operation_id="needs_update",
        summary="Say anew what a need says",
        parameters=[REFERENCE, IF_MATCH, etag_header(200, 201, 412), location_header(201)],
        request=NeedContentSerializer,
        responses={200: NeedSerializer, 201: AmendmentSerializer, **errors(*WRITING, 412, 428)},
        tags=TAGS,
    )
    def put(self, request: Request, reference: str) -> Response:
        """Fields that are left out become empty. On an open need this begins its amendment, and answers with it."""
        return self._write(request, reference, is_whole=True)

    @extend_schema(
        operation_id="needs_partial_update",
        summary="Change fields of a need",
        parameters=[REFERENCE, IF_MATCH, etag_header(200, 201, 412), location_header(201)],
        request=NeedContentSerializer,
        responses={200: NeedSerializer, 201: AmendmentSerializer, **errors(*WRITING, 412, 428)},
        tags=TAGS,
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Fields that are left out stay as they are. On an open need this begins its amendment, and answers with it."""
        return self._write(request, reference, is_whole=False)

    def _write(self, request: Request, reference: str, *, is_whole: bool) -> Response:
        need = self.need(reference, write=True)
        body = need_body(need)
        if refusal := stale(request, body):
            return refusal
        before = content_of(need)
        said = said_in(self.sent, before, borough=need.borough, fixed=body, is_whole=is_whole)
        if said == before and need.status in (Need.Status.DRAFT, Need.Status.OPEN):
            return shown(request, body)
        try:
            return self._written(need, said)
        except ChangedMeanwhile:
            now = need_body(self.need(reference, write=True))
            if now != body:
                return changed_meanwhile(now)
            raise

    def _written(self, need: Need, said: NeedContent) -> Response:
        if need.status != Need.Status.OPEN:
            body = need_body(needs.edit(need=need, content=said, revision=need.revision, by=self.reader))
            return Response(body, headers={"ETag": etag_of(body)})
        if amendments.current(need) is not None:
            raise IllegalMove(f"{need.reference} is being amended already. Read and change its amendment.")
        return created(amendment_body(amendments.begin(need=need, content=said, by=self.reader)))


class NeedSubmit(NeedView):
    @extend_schema(
        operation_id="needs_submit",
        summary="Hand a draft to an approver",
        parameters=[REFERENCE, IF_MATCH_OR_NOT, etag_header(200, 412)],
        request=None,
        responses={200: NeedSerializer, **errors(401, 403, 404, 409, 412, 422, 503)},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Asks for a problem or an outcome, a category and a kind. An approver of the borough says yes on the pages."""
        need = self.need(reference, write=True)
        if refusal := stale(request, need_body(need), required=False):
            return refusal
        body = need_body(needs.submit(need=need, by=self.reader))
        return Response(body, headers={"ETag": etag_of(body)})


class NeedWithdraw(NeedView):
    @extend_schema(
        operation_id="needs_withdraw",
        summary="Withdraw a need that is not open yet",
        parameters=[REFERENCE, IF_MATCH_OR_NOT, etag_header(200, 412)],
        request=ReasonSerializer,
        responses={200: NeedSerializer, **errors(*WRITING, 412)},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """What an approver said yes to is an approver's to withdraw: 403 for a token and for editors."""
        need = self.need(reference, write=True)
        permissions.require(self.reader, needs.permission_to("withdraw", need), need.borough)
        if refusal := stale(request, need_body(need), required=False):
            return refusal
        reason = json_fields.reason(self.sent)
        body = need_body(needs.withdraw(need=need, by=self.reader, reason=reason))
        return Response(body, headers={"ETag": etag_of(body)})


def said_in(
    sent: dict[str, Any], before: NeedContent, *, borough: Borough, fixed: dict[str, Any], is_whole: bool
) -> NeedContent:
    """What a request says: all of it, or `before` with its fields changed. Raises NotAcceptable."""
    if is_whole:
        return need_json.whole(sent, borough=borough, fixed=fixed, contract=before.contract)
    return need_json.changed(sent, onto=before, borough=borough, fixed=fixed)
