"""What a need, and the amendment of an open one, look like as JSON: the same shape out as in."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from boroughs.actions import amendments
from boroughs.actions.need_content import as_json, changed_fields, content_of
from boroughs.models import Amendment, Need, Requirement

SET = "Set by the platform; may be sent back as it is"


class RequirementSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="One sentence, at most 30 words")
    priority = serializers.ChoiceField(choices=Requirement.Priority.choices, default=Requirement.Priority.MUST)
    standard = serializers.CharField(
        allow_blank=True, default="", help_text="An open standard by name, such as UPRN, or empty"
    )


class VolumeSerializer(serializers.Serializer[Any]):
    what = serializers.CharField(help_text="What is counted, such as “parking permits a year”")
    quantity = serializers.IntegerField(min_value=0)
    tolerance = serializers.IntegerField(
        min_value=0, max_value=100, allow_null=True, default=None, help_text="Per cent more or fewer"
    )


def _text(words: str) -> serializers.CharField:
    return serializers.CharField(allow_blank=True, required=False, help_text=words)


def _choice(choices: Any, words: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, allow_blank=True, required=False, help_text=words)


def _number(words: str, high: int, low: int = 0) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=low, max_value=high, allow_null=True, required=False, help_text=words)


def _date(words: str) -> serializers.DateField:
    return serializers.DateField(allow_null=True, required=False, help_text=words)


class NeedContentSerializer(serializers.Serializer[Any]):
    """What a need says. Describes and shows; boroughs/forms/need_json.py checks."""

    title = serializers.CharField(help_text="At most 100 characters")
    problem = _text("The problem to be solved: at most 200 words")
    users_description = _text("Who the users are and what they need: at most 100 words")
    description = _text("The outcome wanted: at most 200 words")
    category = _text("Slug of a category, or empty")
    kind = _choice(Need.Kind.choices, "Kind of thing wanted")
    cpv = serializers.ListField(child=serializers.CharField(), required=False, help_text="CPV codes, eight digits each")
    users_count = _number("How many people will use it", 20_000_000)
    users_tolerance = _number("Per cent more or fewer users that could be accepted", 100)
    volumes = VolumeSerializer(many=True, required=False, help_text="At most 5")
    budget_min = _number("Whole pounds", 100_000_000_000)
    budget_max = _number("Whole pounds", 100_000_000_000)
    budget_basis = _choice(Need.BudgetBasis.choices, "What the budget is for; wanted where there is one")
    earliest_start_date = _date("Earliest start")
    start_date = _date("Latest start")
    months = _number("Length of the contract in months", 600, 1)
    contract = _text("Reference of the contract that it replaces, in the borough's register, or empty")
    contract_end_date = _date("End of the present contract; taken from `contract` where it is null")
    incumbent = _text("What is used today; taken from `contract` where it is empty. At most 300 characters")
    integrations = _text("Systems that it must work with: at most 100 words")
    hosting = _choice(Need.Hosting.choices, "Where it may run")
    personal_data = _choice(Need.PersonalData.choices, "Personal data that it will hold")
    constraints = _text("Other constraints: at most 100 words")
    depth = _choice(Need.Depth.choices, "How far the borough would go together with others")
    could_lead = serializers.BooleanField(allow_null=True, required=False, help_text="Whether the borough could lead")
    supplier_disclosure = _choice(Need.Disclosure.choices, "What suppliers may be shown before a notice")
    joins = _text("Reference of the joint demand or need that this is the same as: JD-0003, N-00012")
    musts_reason = _text("Why so many requirements are musts: at most 50 words")
    requirements = RequirementSerializer(many=True, required=False, help_text="At most 20")


class NewNeedSerializer(NeedContentSerializer):
    borough = serializers.CharField(
        required=False, help_text="Slug. Wanted of a person with several boroughs; a token has one"
    )


class NeedSerializer(NeedContentSerializer):
    """A need: a draft, or what was approved last."""

    reference = serializers.CharField(help_text=SET)
    url = serializers.URLField(help_text=SET)
    borough = serializers.CharField(help_text=SET)
    status = serializers.ChoiceField(choices=Need.Status.choices, help_text=SET)
    revision = serializers.IntegerField(help_text="Raised with every change of what it says")
    created_at = serializers.DateTimeField(help_text=SET)
    updated_at = serializers.DateTimeField(help_text="Changes with what it says and with its status")
    submitted_at = serializers.DateTimeField(allow_null=True, help_text=SET)
    opened_at = serializers.DateTimeField(allow_null=True, help_text=SET)
    closed_at = serializers.DateTimeField(allow_null=True, help_text="Withdrawn, fulfilled or expired")
    closed_reason = serializers.CharField(allow_blank=True, help_text=SET)


class AmendmentSerializer(NeedContentSerializer):
    """What an open need shall say once an approver says yes."""

    reference = serializers.CharField(help_text="Of the need")
    url = serializers.URLField(help_text=SET)
    borough = serializers.CharField(help_text=SET)
    status = serializers.ChoiceField(choices=Amendment.Status.choices, help_text=SET)
    revision = serializers.IntegerField(help_text="Of the amendment: raised with every change")
    begun_at = serializers.DateTimeField(help_text=SET)
    updated_at = serializers.DateTimeField(help_text=SET)
    changes = serializers.ListField(
        child=serializers.CharField(), help_text="Names of the fields that differ from the need's"
    )


class NeedPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = NeedSerializer(many=True)


def need_url(reference: str) -> str:
    return settings.SITE_URL + reverse("api-need-detail", args=[reference])


def need_body(need: Need) -> dict[str, Any]:
    moments = ("created_at", "updated_at", "submitted_at", "opened_at", "closed_at")
    own = {name: getattr(need, name) for name in ("reference", "status", "revision", "closed_reason", *moments)}
    placed = {"url": need_url(need.reference), "borough": need.borough.slug}
    return dict(NeedSerializer(as_json(content_of(need)) | own | placed).data)


def amendment_body(amendment: Amendment) -> dict[str, Any]:
    need, said = amendment.need, amendments.content_in(amendment)
    own = {name: getattr(amendment, name) for name in ("status", "revision", "begun_at", "updated_at")}
    url = settings.SITE_URL + reverse("api-need-amendment", args=[need.reference])
    placed = {"url": url, "borough": need.borough.slug, "reference": need.reference}
    changes = {"changes": changed_fields(content_of(need), said)}
    return dict(AmendmentSerializer(as_json(said) | own | placed | changes).data)
