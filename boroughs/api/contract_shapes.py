"""What an entry of a contract register looks like as JSON: the same shape out as in."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from boroughs.actions.contract_content import as_json, content_of
from boroughs.api.need_shapes import SET
from boroughs.forms.contracts import MAX_NOTICE_DAYS, MAX_NOTICE_MONTHS, MAX_OPTION_MONTHS, MAX_OPTIONS, MAX_POUNDS
from boroughs.models import Contract


class NoticePeriodSerializer(serializers.Serializer[Any]):
    months = serializers.IntegerField(min_value=0, max_value=MAX_NOTICE_MONTHS)
    days = serializers.IntegerField(min_value=0, max_value=MAX_NOTICE_DAYS)


def _text(words: str) -> serializers.CharField:
    return serializers.CharField(allow_blank=True, required=False, help_text=words)


def _date(words: str) -> serializers.DateField:
    return serializers.DateField(allow_null=True, required=False, help_text=words)


def _pounds(words: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=MAX_POUNDS, allow_null=True, required=False, help_text=f"{words}, in whole pounds"
    )


class ContractContentSerializer(serializers.Serializer[Any]):
    """What an entry says. Describes and shows; boroughs/forms/contract_json.py checks."""

    title = serializers.CharField(help_text="At most 300 characters")
    description = _text("What it provides: at most 500 words")
    system = _text("System or product, as people call it: at most 300 characters")
    supplier = _text("As the contract names it: at most 300 characters")
    company_number = _text("The supplier's, where it is known: at most 20 characters")
    department = _text("Department responsible: at most 200 characters")
    category = _text("Slug of a category, or empty")
    start_date = _date("First day")
    end_date = _date("Last day of the present term, before any option to extend is used")
    review_date = _date("When the borough wants to look at it again")
    extension_options = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_OPTION_MONTHS),
        max_length=MAX_OPTIONS,
        required=False,
        help_text="Months of each option to extend that is left, in the order in which they are used",
    )
    notice = NoticePeriodSerializer(
        required=False, help_text="How long before the end notice is given. Text such as “3 months” is read as well"
    )
    annual_value = _pounds("Value a year")
    total_value = _pounds("Value over the whole term")
    ocid = _text("Open contracting identifier, or empty")


class NewContractSerializer(ContractContentSerializer):
    reference = serializers.CharField(
        help_text="The register's own: any text of at most 100 characters. It never changes"
    )
    borough = serializers.CharField(
        required=False, help_text="Slug. Wanted of a person with several boroughs; a token has one"
    )


class ContractSerializer(ContractContentSerializer):
    """An entry of a contract register."""

    id = serializers.IntegerField(help_text=SET)
    url = serializers.URLField(help_text=SET)
    borough = serializers.CharField(help_text=SET)
    reference = serializers.CharField(help_text="The register's own; it never changes")
    revision = serializers.IntegerField(help_text="Raised with every change of what it says")
    created_at = serializers.DateTimeField(help_text=SET)
    updated_at = serializers.DateTimeField(help_text="Changes with what it says, and as it goes out and comes back")
    closed_at = serializers.DateTimeField(
        allow_null=True, help_text="Taken out of the register; null while it is in it"
    )
    closed_reason = serializers.CharField(allow_blank=True, help_text=SET)


class ContractPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = ContractSerializer(many=True)


def contract_body(contract: Contract) -> dict[str, Any]:
    moments = ("created_at", "updated_at", "closed_at")
    own = {name: getattr(contract, name) for name in ("id", "reference", "revision", "closed_reason", *moments)}
    url = settings.SITE_URL + reverse("api-contract-detail", args=[contract.pk])
    said = as_json(content_of(contract))
    notice = {"months": said.pop("notice_months"), "days": said.pop("notice_days")}
    return dict(ContractSerializer(said | own | {"notice": notice, "url": url, "borough": contract.borough.slug}).data)


# --- examples of the description ------------------------------------------------------------------------------------

SAID = {
    "title": "Parking permits",
    "description": "Permits for residents, carers and businesses.",
    "system": "Permitter",
    "supplier": "Permit Ltd",
    "company_number": "01234567",
    "department": "Streets",
    "category": "parking",
    "start_date": "2024-04-01",
    "end_date": "2027-03-31",
    "review_date": None,
    "extension_options": [12, 12],
    "notice": {"months": 6, "days": 0},
    "annual_value": 64000,
    "total_value": 192000,
    "ocid": "",
}
SHOWN = {
    **SAID,
    "id": 4711,
    "url": "https://board.example/api/v1/contracts/4711/",
    "borough": "camden",
    "reference": "LBC 2021/17",
    "revision": 1,
    "created_at": "2027-01-18T09:00:00Z",
    "updated_at": "2027-01-18T09:00:00Z",
    "closed_at": None,
    "closed_reason": "",
}
