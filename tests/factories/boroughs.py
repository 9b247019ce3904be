"""Factories of the boroughs app's models. Rows made here skip the actions: they set a scene, no more."""

from datetime import timedelta

import factory
from django.utils import timezone

from boroughs.models import (
    Amendment,
    Borough,
    Category,
    Contract,
    Membership,
    Need,
    Notification,
    RenewalDismissal,
    Requirement,
    Role,
    Supplier,
    SupplierName,
    User,
)

CLOSED = (Need.Status.WITHDRAWN, Need.Status.FULFILLED, Need.Status.EXPIRED)


class BoroughFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Borough
        django_get_or_create = ("slug",)

    kind = Borough.Kind.LONDON
    ons_code = factory.Sequence(lambda n: f"E0900{n:04d}")
    name = factory.Sequence(lambda n: f"Borough {n}")
    official_name = factory.LazyAttribute(lambda borough: f"London Borough of {borough.name}")
    slug = factory.Sequence(lambda n: f"borough-{n}")
    org_id = factory.Sequence(lambda n: f"GB-LAE-X{n}")
    abbreviation = factory.LazyAttribute(lambda borough: borough.name[:4])
    tile_row = factory.Sequence(lambda n: n // 8 + 1)
    tile_column = factory.Sequence(lambda n: n % 8 + 1)


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")
    area = "Corporate"
    cpv = ["48000000"]
    synonyms: list[str] = []


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    borough = factory.SubFactory(BoroughFactory)
    role = Role.BOROUGH_EDITOR


class ContractFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contract

    borough = factory.SubFactory(BoroughFactory)
    reference = factory.Sequence(lambda n: f"C-{n}")
    title = factory.Sequence(lambda n: f"Contract {n}")


class RenewalDismissalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RenewalDismissal

    contract = factory.SubFactory(ContractFactory)
    reason = RenewalDismissal.Reason.TOO_EARLY
    until_date = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    at = factory.LazyFunction(timezone.now)
    actor = "somebody@example.org"


class NeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Need

    borough = factory.SubFactory(BoroughFactory)
    reference = factory.Sequence(lambda n: f"N-{90000 + n}")
    title = factory.Sequence(lambda n: f"Need {n}")
    problem = "The present system goes out of support."
    description = "A system that does the same and can be supported."
    category = factory.SubFactory(CategoryFactory)
    kind = Need.Kind.SOFTWARE
    status = Need.Status.OPEN
    updated_at = factory.LazyFunction(timezone.now)
    opened_at = factory.LazyAttribute(lambda need: timezone.now() if need.status == Need.Status.OPEN else None)
    submitted_at = factory.LazyAttribute(lambda need: None if need.status == Need.Status.DRAFT else timezone.now())
    confirmed_at = factory.LazyAttribute(lambda need: need.opened_at)
    closed_at = factory.LazyAttribute(lambda need: timezone.now() if need.status in CLOSED else None)


class RequirementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Requirement

    need = factory.SubFactory(NeedFactory)
    position = factory.Sequence(lambda n: n + 1)
    text = "Staff can sign in with their existing account."


class AmendmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Amendment

    need = factory.SubFactory(NeedFactory)
    begun_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    borough = factory.SubFactory(BoroughFactory)
    kind = Notification.Kind.SUBMITTED
    subject = factory.Sequence(lambda n: f"N-{80000 + n}")
    headline = factory.LazyAttribute(lambda told: f"{told.subject} waits for your approval")
    path = factory.LazyAttribute(lambda told: f"/needs/{told.subject}/")
    key = factory.Sequence(lambda n: f"event {n}")
    at = factory.LazyFunction(timezone.now)
    mail_wanted = True


def supplier_name(text: str, supplier: Supplier | None = None) -> SupplierName:
    """A name that boroughs write, of this supplier or of a new one."""
    if supplier is None:
        supplier = Supplier.objects.create(name=text)
    made: SupplierName = SupplierName.objects.create(
        text=text, key=text.casefold(), supplier=supplier, folded_at=timezone.now()
    )
    return made
