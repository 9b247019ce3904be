"""People for the demonstration: one of each role and a few more, with a password that is written on the wall."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from boroughs import audit
from boroughs.actions import needs
from boroughs.actions.need_content import NeedContent, RequirementLine, Volume
from boroughs.exceptions import PermissionRefused
from boroughs.models import Borough, Category, Membership, Need, Role, User
from boroughs.permissions import COMMAND_LINE

PASSWORD = "joint-demand-33"  # noqa: S105 - public on purpose; production refuses these accounts


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    role: Role
    borough: str = ""


PEOPLE = (
    Person("editor@camden.example", "Cam Editor", Role.BOROUGH_EDITOR, "camden"),
    Person("approver@camden.example", "Ada Approver", Role.BOROUGH_APPROVER, "camden"),
    Person("reader@camden.example", "Rea Reader", Role.BOROUGH_READER, "camden"),
    Person("approver@brent.example", "Bren Approver", Role.BOROUGH_APPROVER, "brent"),
    Person("analyst@loti.example", "Ana Analyst", Role.LOTI_ANALYST),
    Person("analyst2@loti.example", "Ben Analyst", Role.LOTI_ANALYST),
    Person("cdo@london.example", "Cleo Chief", Role.CDO_READER),
    Person("admin@loti.example", "Ad Ministrator", Role.ADMINISTRATOR),
)


@transaction.atomic
def load_people() -> int:
    """Create those of PEOPLE who are missing; their number. Raises PermissionRefused in production."""
    if settings.PRODUCTION:
        raise PermissionRefused("Demonstration accounts have a public password; production refuses them.")
    created = 0
    for person in PEOPLE:
        if User.objects.filter(email=person.email).exists():
            continue
        _create(person, Borough.objects.get(slug=person.borough) if person.borough else None)
        created += 1
    return created


@transaction.atomic
def approver_of(borough: Borough) -> User:
    """An approver of the borough with the demonstration's password, made where it has none. They are not listed with
    the sign-ins, which are one of each role. Raises PermissionRefused in production."""
    if settings.PRODUCTION:
        raise PermissionRefused("Demonstration accounts have a public password; production refuses them.")
    email = f"approver@{borough.slug}.example"
    found: User | None = User.objects.filter(email=email, is_demo=True).first()
    if found is not None:
        return found
    made = _create(Person(email, f"{borough.name} Approver", Role.BOROUGH_APPROVER), borough, password=None)
    # To hash a password takes as long as it is meant to, and this one is hashed already.
    made.password = User.objects.get(email=PEOPLE[0].email).password
    made.save(update_fields=["password"])
    return made


def _create(person: Person, borough: Borough | None, *, password: str | None = PASSWORD) -> User:
    user: User = User.objects.create_user(
        email=person.email,
        name=person.name,
        password=password,
        is_demo=True,
        is_staff=person.role == Role.ADMINISTRATOR,
    )
    Membership.objects.create(user=user, role=person.role, borough=borough)
    audit.record(by=COMMAND_LINE, verb="create", noun="person", reference=person.email, borough=borough)
    return user


DRAFTS = (
    NeedContent(
        title="Booking system for community halls and libraries",
        problem="Halls are booked by e-mail and a shared calendar, so double bookings happen most weeks.",
        users_description="Residents and local groups need to see what is free, and pay. Three officers approve.",
        kind=Need.Kind.SOFTWARE,
        users_count=900,
    ),
    NeedContent(title="Noise sensors for licensed premises"),
)
WAITING = (
    NeedContent(
        title="Translation of letters and web pages",
        problem="Letters about rent and benefits go out in English only, and interpreters are booked by telephone.",
        description="Machine translation with a human check, in the twelve languages most spoken in the borough.",
        kind=Need.Kind.SOFTWARE,
        users_count=1400,
        budget_min=40_000,
        budget_max=90_000,
        budget_basis=Need.BudgetBasis.PER_YEAR,
        months=36,
        volumes=(Volume("letters a year", 18_000, 20), Volume("web pages", 2_400)),
        hosting=Need.Hosting.SUPPLIER_UK,
        personal_data=Need.PersonalData.SPECIAL,
        depth=Need.Depth.SPECIFICATION,
        could_lead=True,
        supplier_disclosure=Need.Disclosure.COUNTED,
        requirements=(
            RequirementLine("A person can correct a translation before it is sent."),
            RequirementLine("Terms of housing and benefits law keep the wording that the council has agreed."),
        ),
    ),
)


@transaction.atomic
def load_drafts() -> int:
    """A few needs that are still on their way, so that each role finds something to do."""
    camden = Borough.objects.get(slug="camden")
    editor = User.objects.get(email="editor@camden.example")
    for content in DRAFTS:
        needs.log(borough=camden, content=content, by=editor)
    for content in WAITING:
        category = Category.objects.get(slug="translation")
        draft = needs.log(borough=camden, content=replace(content, category=category), by=editor)
        needs.submit(need=draft, by=editor)
    return len(DRAFTS) + len(WAITING)
