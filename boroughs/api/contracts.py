"""The contract register of a borough for its own programs: read, add, change, take out, put back.

An entry is addressed by a number of the platform's, because a register's own references may be any text; the list finds
it by its reference.
"""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boroughs import permissions
from boroughs.actions import contracts, kept_answers
from boroughs.api.conditional import changed_meanwhile, created, etag_of, shown, stale
from boroughs.api.contract_shapes import (
    SAID,
    SHOWN,
    ContractContentSerializer,
    ContractPageSerializer,
    ContractSerializer,
    NewContractSerializer,
    contract_body,
)
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
from boroughs.api.paging import PLACE, following
from boroughs.api.program_view import ProgramView
from boroughs.api.repeating import IDEMPOTENCY_KEY, digest_of, key_of
from boroughs.exceptions import ChangedMeanwhile
from boroughs.forms import contract_json, contract_queries, json_fields
from boroughs.models import Category, Contract
from boroughs.permissions import Permission

TAGS = ["contracts"]
ID = OpenApiParameter("pk", int, OpenApiParameter.PATH, description="The entry's `id`")
FILTERS = [
    OpenApiParameter("reference", str, many=True, explode=True, description="The register's own reference"),
    OpenApiParameter("category", str, many=True, explode=True, description="Slug of a category"),
    OpenApiParameter("supplier", str, description="Text in the supplier's name"),
    OpenApiParameter("ends_from", str, description="Ends on this day or later: 2027-03-31"),
    OpenApiParameter("ends_until", str, description="Ends on this day or earlier"),
    OpenApiParameter("closed", bool, description="Taken out of the register (true) or in it (false); both without it"),
    *PLACE,
]
ONE = OpenApiExample("An entry", value=SHOWN, response_only=True)
CONTENT = OpenApiExample("What an entry says", value=SAID, request_only=True)
NEW = OpenApiExample("A new entry", value={"reference": SHOWN["reference"], **SAID}, request_only=True)
LEAST = OpenApiExample("As little as there can be", value={"reference": "17", "title": "Print"}, request_only=True)
# The description makes the page of results of it.
PAGE = OpenApiExample("The last page", value={"next": None, "results": [SHOWN]}, response_only=True)
WHY = OpenApiExample("A reason", value={"reason": "Ended early: the service has closed."}, request_only=True)


class ContractView(ProgramView):
    def contract(self, pk: int, *, write: bool = False) -> Contract:
        """The entry, with the right to write it where that is meant. Foreign and missing ones answer alike: 404."""
        found = permissions.visible_contracts(self.reader).select_related("borough", "category").filter(pk=pk).first()
        if found is None:
            raise Http404
        if write:
            permissions.require(self.reader, Permission.EDIT_CONTRACTS, found.borough)
        return found


class ContractList(ContractView):
    @extend_schema(
        operation_id="contracts_list",
        summary="Entries of the contract register",
        parameters=FILTERS,
        responses={200: ContractPageSerializer, **errors(400, 401, 403)},
        examples=[PAGE],
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """In the order of their last change, the oldest first. Follow `next` until it is null."""
        permissions.require(self.reader, Permission.VIEW_NEEDS)
        asked = contract_queries.read(request.query_params, categories=list(Category.objects.by_area()))
        rows = permissions.visible_contracts(self.reader).filter(asked.where).order_by(*asked.ORDER)
        found = list(rows.select_related("borough", "category")[: asked.limit + 1])
        page = found[: asked.limit]
        after = contract_queries.cursor_after(page[-1]) if len(found) > len(page) else ""
        address = following(request, after, name="api-contract-list") if after else None
        return Response({"next": address, "results": [contract_body(contract) for contract in page]})

    @extend_schema(
        operation_id="contracts_create",
        summary="Add an entry",
        parameters=[IDEMPOTENCY_KEY, etag_header(201), location_header(201)],
        request=NewContractSerializer,
        responses={201: ContractSerializer, **errors(400, 401, 403, 413, 415, 422, 503)},
        examples=[NEW, LEAST, ONE],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """A reference that the register has already, also one taken out of it, is a 422 that names the field."""
        permissions.require(self.reader, Permission.EDIT_CONTRACTS)
        # The same body under the same key means another thing where needs are begun.
        key, digest = key_of(request), digest_of({"contract": self.sent})
        body = kept_answers.find(key=key, digest=digest, by=self.reader) if key else None
        return created(body or self._added(key, digest))

    def _added(self, key: str, digest: str) -> dict[str, Any]:
        borough = self.borough_sent(Permission.EDIT_CONTRACTS)
        reference, content = contract_json.new(self.sent, fixed={"borough": borough.slug})

        def add() -> dict[str, Any]:
            return contract_body(contracts.add(borough=borough, reference=reference, content=content, by=self.reader))

        return kept_answers.answer_once(key=key, digest=digest, by=self.reader, act=add) if key else add()


class ContractDetail(ContractView):
    @extend_schema(
        operation_id="contracts_retrieve",
        summary="One entry",
        parameters=[ID, IF_NONE_MATCH, etag_header(200, 304)],
        responses={200: ContractSerializer, 304: None, **errors(*READING)},
        examples=[ONE],
        tags=TAGS,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Also one that was taken out of the register: `closed_at` says when."""
        return shown(request, contract_body(self.contract(pk)))

    @extend_schema(
        operation_id="contracts_update",
        summary="Say anew what an entry says",
        parameters=[ID, IF_MATCH, etag_header(200, 412)],
        request=ContractContentSerializer,
        responses={200: ContractSerializer, **errors(*WRITING, 412, 428)},
        examples=[CONTENT, ONE],
        tags=TAGS,
    )
    def put(self, request: Request, pk: int) -> Response:
        """Fields that are left out become empty. What was taken out of the register is put back first."""
        contract = self.contract(pk, write=True)
        body = contract_body(contract)
        if refusal := stale(request, body):
            return refusal
        content = contract_json.whole(self.sent, of=contract, fixed=body)
        try:
            return _answer(
                contracts.edit(contract=contract, content=content, revision=contract.revision, by=self.reader)
            )
        except ChangedMeanwhile:
            return changed_meanwhile(contract_body(self.contract(pk, write=True)))


class ContractClose(ContractView):
    @extend_schema(
        operation_id="contracts_close",
        summary="Take an entry out of the register",
        parameters=[ID, IF_MATCH_OR_NOT, etag_header(200, 412)],
        request=ReasonSerializer,
        responses={200: ContractSerializer, **errors(*WRITING, 412)},
        examples=[WHY, ONE],
        tags=TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Nothing is deleted: it can be put back."""
        contract = self.contract(pk, write=True)
        if refusal := stale(request, contract_body(contract), required=False):
            return refusal
        return _answer(contracts.close(contract=contract, by=self.reader, reason=json_fields.reason(self.sent)))


class ContractReopen(ContractView):
    @extend_schema(
        operation_id="contracts_reopen",
        summary="Put an entry back into the register",
        parameters=[ID, IF_MATCH_OR_NOT, etag_header(200, 412)],
        request=None,
        responses={200: ContractSerializer, **errors(401, 403, 404, 409, 412, 503)},
        examples=[ONE],
        tags=TAGS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """For one that was taken out."""
        contract = self.contract(pk, write=True)
        if refusal := stale(request, contract_body(contract), required=False):
            return refusal
        return _answer(contracts.reopen(contract=contract, by=self.reader))


def _answer(contract: Contract) -> Response:
    body = contract_body(contract)
    return Response(body, headers={"ETag": etag_of(body)})
