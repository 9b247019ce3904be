"""The amendment of an open need: what the need shall say once an approver says yes."""

from http import HTTPStatus

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boroughs import permissions
from boroughs.actions import amendments
from boroughs.api.conditional import changed_meanwhile, etag_of, shown, stale
from boroughs.api.describing import IF_MATCH, IF_MATCH_OR_NOT, IF_NONE_MATCH, READING, WRITING, errors, etag_header
from boroughs.api.need_shapes import AmendmentSerializer, NeedContentSerializer, amendment_body
from boroughs.api.need_view import REFERENCE, NeedView
from boroughs.api.needs import said_in
from boroughs.exceptions import ChangedMeanwhile
from boroughs.models import Amendment

TAGS = ["amendments"]


class NeedAmendment(NeedView):
    @extend_schema(
        operation_id="amendments_retrieve",
        summary="The amendment of an open need",
        parameters=[REFERENCE, IF_NONE_MATCH, etag_header(200, 304)],
        responses={200: AmendmentSerializer, 304: None, **errors(*READING)},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """While it is being written or waits for an approver; 404 where there is none. For the need's own borough."""
        return shown(request, amendment_body(self.amendment(reference)))

    @extend_schema(
        operation_id="amendments_update",
        summary="Say anew what the need shall say",
        parameters=[REFERENCE, IF_MATCH, etag_header(200, 412)],
        request=NeedContentSerializer,
        responses={200: AmendmentSerializer, **errors(*WRITING, 412, 428)},
        tags=TAGS,
    )
    def put(self, request: Request, reference: str) -> Response:
        """Fields that are left out become empty."""
        return self._write(request, reference, is_whole=True)

    @extend_schema(
        operation_id="amendments_partial_update",
        summary="Change fields of the amendment",
        parameters=[REFERENCE, IF_MATCH, etag_header(200, 412)],
        request=NeedContentSerializer,
        responses={200: AmendmentSerializer, **errors(*WRITING, 412, 428)},
        tags=TAGS,
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Fields that are left out stay as they are."""
        return self._write(request, reference, is_whole=False)

    @extend_schema(
        operation_id="amendments_destroy",
        summary="Leave the need as it is",
        parameters=[REFERENCE, IF_MATCH, etag_header(412)],
        responses={204: None, **errors(*READING, 409, 412, 428, 503)},
        tags=TAGS,
    )
    def delete(self, request: Request, reference: str) -> Response:
        """Discards the amendment. One that waits for an approver is an approver's to discard."""
        amendment = self.amendment(reference, write=True)
        permissions.require(self.reader, amendments.permission_to("discard", amendment), amendment.need.borough)
        if refusal := stale(request, amendment_body(amendment)):
            return refusal
        amendments.discard(amendment=amendment, by=self.reader)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _write(self, request: Request, reference: str, *, is_whole: bool) -> Response:
        amendment = self.amendment(reference, write=True)
        body = amendment_body(amendment)
        if refusal := stale(request, body):
            return refusal
        before, borough = amendments.content_in(amendment), amendment.need.borough
        said = said_in(self.sent, before, borough=borough, fixed=body, is_whole=is_whole)
        if said == before and amendment.status == Amendment.Status.DRAFT:
            return shown(request, body)
        try:
            edited = amendments.edit(amendment=amendment, content=said, revision=amendment.revision, by=self.reader)
        except ChangedMeanwhile:
            return changed_meanwhile(amendment_body(self.amendment(reference, write=True)))
        body = amendment_body(edited)
        return Response(body, headers={"ETag": etag_of(body)})


class AmendmentSubmit(NeedView):
    @extend_schema(
        operation_id="amendments_submit",
        summary="Hand the amendment to an approver",
        parameters=[REFERENCE, IF_MATCH_OR_NOT, etag_header(200, 412)],
        request=None,
        responses={200: AmendmentSerializer, **errors(401, 403, 404, 409, 412, 422, 503)},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """The need says what it said until an approver of the borough says yes on the pages."""
        amendment = self.amendment(reference, write=True)
        if refusal := stale(request, amendment_body(amendment), required=False):
            return refusal
        body = amendment_body(amendments.submit(amendment=amendment, by=self.reader))
        return Response(body, headers={"ETag": etag_of(body)})
