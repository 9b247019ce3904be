"""Published notices as JSON: the values of the page, under the filters of the board."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boroughs.api.describing import errors
from boroughs.models import Need
from procurement.forms.board import PARAMETERS, SEARCH_CHARACTERS, SEARCH_TERMS, read
from procurement.models import DemandStage, EngagementEntry, Notice, PublicState
from procurement.queries import board, board_facets, published
from procurement.queries.board_facets import SORTS, START_WINDOWS, VALUE_BANDS
from procurement.queries.published_notice import PublishedNotice

LIMIT = 100
# Of a version.
NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)


class FigureSerializer(serializers.Serializer[Any]):
    """A total as published: `value`, or `low` ≤ total < `high`."""

    value = serializers.IntegerField(allow_null=True)
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    as_at = serializers.IntegerField(allow_null=True, help_text="Version of which it is true, where not of this one")


class NamedBoroughSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    official_name = serializers.CharField()
    org_id = serializers.CharField(help_text="Identifier in the list GB-LAE of org-id.guide, or empty")
    sub_region = serializers.CharField()


class NamedCategorySerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    area = serializers.CharField()


class NamedContactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.CharField()


class PublicQuestionSerializer(serializers.Serializer[Any]):
    """A supplier's question and its answer, without who asked."""

    number = serializers.IntegerField(help_text="Counted in the notice from 1")
    asked_on = serializers.DateField()
    question = serializers.CharField()
    answer = serializers.CharField()
    answered_on = serializers.DateField()
    corrected_on = serializers.DateField(allow_null=True, help_text="When the answer was corrected last")


class PublicEngagementSerializer(serializers.Serializer[Any]):
    """What single suppliers were told, for all of them."""

    number = serializers.IntegerField(help_text="Counted in the notice from 1")
    kind = serializers.ChoiceField(choices=EngagementEntry.Kind.choices)
    held_on = serializers.DateField(help_text="A day in London")
    told = serializers.CharField()


class NoticeSummarySerializer(serializers.Serializer[Any]):
    """A notice in a list."""

    reference = serializers.CharField()
    version = serializers.IntegerField(source="number")
    url = serializers.SerializerMethodField(help_text="The notice's page")
    joint_demand = serializers.CharField(source="demand")
    state = serializers.ChoiceField(choices=PublicState.choices)
    kind = serializers.ChoiceField(choices=Notice.Kind.choices)
    stage = serializers.ChoiceField(choices=DemandStage.choices, help_text="How far the boroughs are")
    title = serializers.CharField()
    summary = serializers.CharField()
    category = NamedCategorySerializer(allow_null=True)
    cpv = serializers.ListField(child=serializers.CharField())
    lead = NamedBoroughSerializer()
    boroughs = NamedBoroughSerializer(many=True)
    questions_close_date = serializers.DateField(help_text="A day in London that counts to its end")
    closes_date = serializers.DateField(help_text="A day in London that counts to its end")
    first_published_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(help_text="Of this version")

    @extend_schema_field(serializers.URLField())
    def get_url(self, notice: PublishedNotice) -> str:
        return settings.SITE_URL + reverse("notice-detail", args=[notice.reference])


class NoticeSerializer(NoticeSummarySerializer):
    """A whole notice."""

    problem = serializers.CharField()
    users = serializers.CharField()
    work_done = serializers.CharField()
    market_engagement = serializers.CharField()
    setup = serializers.CharField()
    buying_together = serializers.CharField()
    how_to_respond = serializers.CharField()
    must = serializers.ListField(child=serializers.CharField())
    should = serializers.ListField(child=serializers.CharField())
    differences = serializers.ListField(
        child=serializers.CharField(), help_text="What single boroughs ask for beside that"
    )
    depth = serializers.ChoiceField(
        choices=[("", "Not agreed"), *Need.Depth.choices], help_text="How far the boroughs agreed to go together"
    )
    tender_date = serializers.DateField(allow_null=True, help_text="When the lead plans the tender notice")
    start_date = serializers.DateField(allow_null=True)
    months = serializers.IntegerField(allow_null=True)
    users_total = FigureSerializer(allow_null=True)
    budget_min_total = FigureSerializer(allow_null=True, help_text="Pounds over the whole life, excluding VAT")
    budget_max_total = FigureSerializer(allow_null=True, help_text="Pounds over the whole life, excluding VAT")
    contact = NamedContactSerializer(allow_null=True)
    questions = PublicQuestionSerializer(many=True)
    engagement = PublicEngagementSerializer(many=True)
    reason = serializers.CharField(help_text="Why this version replaced the one before it, or was withdrawn")
    digest = serializers.CharField(help_text="SHA-256 of this version")
    previous_digest = serializers.CharField(help_text="SHA-256 of the version published before it on this board")


class NoticePageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Notices in all pages")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = NoticeSummarySerializer(many=True)


class NoticeVersionsSerializer(serializers.Serializer[Any]):
    results = NoticeSerializer(many=True)


def _query(name: str, description: str, *, many: bool = False, values: Sequence[str] | None = None) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, many=many, enum=values, explode=many or None)


FILTERS = [
    _query("q", f"What to search for, as on the board: up to {SEARCH_TERMS} words, {SEARCH_CHARACTERS} characters"),
    _query("state", "Status; without it all but withdrawn notices", many=True, values=PublicState.values),
    _query("kind", "Kind of notice", many=True, values=Notice.Kind.values),
    _query("stage", "How far the boroughs are", many=True, values=DemandStage.values),
    _query("category", "Slug of a category", many=True),
    _query("borough", "Slug of a borough that takes part", many=True),
    _query("sub_region", "Sub-regional partnership of a borough that takes part", many=True),
    _query(
        "value",
        "Band in which the published value lies, or may lie",
        many=True,
        values=[*VALUE_BANDS, board_facets.NOT_PUBLISHED],
    ),
    _query(
        "start",
        "Earliest start, counted from today",
        many=True,
        values=[*START_WINDOWS, board_facets.PASSED, board_facets.NOT_SAID],
    ),
    _query("quarter", "Quarter of the earliest start, such as 2027-Q1", many=True),
    _query("closing", "Month in which the notice closes, such as 2027-01", many=True),
    _query("sort", "Order; without it the best match first where there is `q`, else the newest", values=list(SORTS)),
    OpenApiParameter("page", int, description="Page, from 1"),
    OpenApiParameter("limit", int, description=f"Notices in a page: 1 to {LIMIT}, 20 by default"),
]


class AlwaysJson(BaseContentNegotiation):
    """Whatever a reader says that it accepts: one address has one answer, which is kept for all."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        found = next(iter(renderers))
        return found, found.media_type


class PublicView(APIView):
    """Read by everybody, without a credential that would count. Kept as procurement/views/open_data.py says."""

    permission_classes = (AllowAny,)
    content_negotiation_class = AlwaysJson
    # Counted there.
    throttle_classes = ()


class NoticeList(PublicView):
    @extend_schema(
        operation_id="notices_list",
        summary="Published notices",
        parameters=FILTERS,
        responses={200: NoticePageSerializer, 304: None, **errors(400)},
        tags=["notices"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Published notices under the filters of the board. What is not understood is refused, never ignored."""
        parameters = request.query_params
        unknown = set(parameters) - {*PARAMETERS, "limit"}
        if unknown:
            raise ParseError(f"Unknown parameters. Known are {', '.join([*PARAMETERS, 'limit'])}.")
        stamp = published.stamp(at=timezone.now())
        query = read(parameters, board.options(stamp))
        if query.notes:
            raise ParseError(" ".join(query.notes))
        listing = board.search(query.filters, stamp=stamp)
        pages = Paginator(listing, _limit(parameters.get("limit", "20")))
        if query.page > pages.num_pages:
            raise ParseError(f"There are {pages.num_pages} pages.")
        page = pages.page(query.page)
        notices = published.read(page.object_list, at=stamp.at)
        answer = Response(
            {
                "count": pages.count,
                "next": _address(request, query.page + 1) if page.has_next() else None,
                "previous": _address(request, query.page - 1) if page.has_previous() else None,
                "results": NoticeSummarySerializer(notices, many=True).data,
            }
        )
        if not listing.is_final:
            # The same question may be answered better in a moment.
            add_never_cache_headers(answer)
        return answer


class NoticeDetail(PublicView):
    @extend_schema(
        operation_id="notices_retrieve",
        summary="One published notice",
        responses={200: NoticeSerializer, 304: None, **errors(404)},
        tags=["notices"],
        auth=[],
    )
    def get(self, request: Request, reference: str) -> Response:
        """The current version of a published notice, as its page shows it."""
        notice = published.notice(reference, at=timezone.now())
        if notice is None:
            raise Http404
        return Response(NoticeSerializer(notice).data)


class NoticeVersionList(PublicView):
    @extend_schema(
        operation_id="notices_versions_list",
        summary="Every version of a published notice",
        responses={200: NoticeVersionsSerializer, 304: None, **errors(404)},
        tags=["notices"],
        auth=[],
    )
    def get(self, request: Request, reference: str) -> Response:
        """Every version ever published of a notice, newest first. Each is frozen; `state` is that of now."""
        found = published.versions(reference, at=timezone.now()) if published.is_reference(reference) else []
        if not found:
            raise Http404
        return Response({"results": NoticeSerializer(found, many=True).data})


class NoticeVersionDetail(PublicView):
    @extend_schema(
        operation_id="notices_versions_retrieve",
        summary="One version of a published notice",
        parameters=[OpenApiParameter("number", int, OpenApiParameter.PATH, description="Counted from 1")],
        responses={200: NoticeSerializer, 304: None, **errors(404)},
        tags=["notices"],
        auth=[],
    )
    def get(self, request: Request, reference: str, number: str) -> Response:
        """One numbered version, for ever the same but for its `state`, which is that of now, and an erased contact."""
        # Read here and not by the address, whose refusal would be a page.
        found = NUMBER.fullmatch(number)
        notice = published.version(reference, int(number), at=timezone.now()) if found else None
        if notice is None:
            raise Http404
        return Response(NoticeSerializer(notice).data)


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= LIMIT):
        raise ParseError(f"limit must be a whole number from 1 to {LIMIT}.")
    return int(value)


def _address(request: Request, page: int) -> str:
    """The same question for another page."""
    kept = [(name, value) for name, values in request.query_params.lists() for value in values if name != "page"]
    return f"{settings.SITE_URL}{reverse('api-notice-list')}?{urlencode([*kept, ('page', page)])}"
