"""The demand picture's joint demands as JSON, for those who may see them; totals always as they were told."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from boroughs import permissions
from boroughs.api.describing import errors
from boroughs.models import User
from boroughs.permissions import Permission
from procurement.models import JointDemand
from procurement.queries.demand_picture import demand_picture


class BandedFigureSerializer(serializers.Serializer[Any]):
    """A told figure: `value`, or `low` ≤ total < `high`, true of the day `as_at`; all null where none is told."""

    value = serializers.IntegerField(allow_null=True)
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    as_at = serializers.DateField(allow_null=True, help_text="Told figures are renewed at night where they may be")


class DemandSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=JointDemand.Status.choices)
    category = serializers.CharField()
    area = serializers.CharField()
    boroughs = serializers.ListField(child=serializers.CharField(), source="borough_slugs", help_text="Slugs")
    needs = serializers.IntegerField(source="needs_count")
    users = BandedFigureSerializer()
    budget_min = BandedFigureSerializer(help_text="Pounds over the whole life, the sum of the lower ends")
    budget_max = BandedFigureSerializer(help_text="Pounds over the whole life, the sum of the upper ends")
    notice = serializers.CharField(source="notice_reference", help_text="Reference of the published notice, or empty")


class PictureSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    matched_at = serializers.DateTimeField(allow_null=True, help_text="When the matcher last finished")
    is_stale = serializers.BooleanField(help_text="Needs or decisions changed after the last run")
    needs = serializers.IntegerField(source="needs_count")
    matched_needs = serializers.IntegerField(source="matched_count")
    demands = DemandSerializer(many=True)


class DemandList(APIView):
    @extend_schema(
        operation_id="demands_list",
        summary="The demand picture",
        responses={200: PictureSerializer, **errors(401, 403)},
        tags=["joint demands"],
    )
    def get(self, request: Request) -> Response:
        """All joint demands at this moment, the widest first. Asks for a session of somebody who may see them."""
        permissions.require(cast(User, request.user), Permission.VIEW_DEMANDS)
        return Response(PictureSerializer(demand_picture(exact=False)).data)
