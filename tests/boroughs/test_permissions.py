import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs import permissions
from boroughs.models import Borough, Membership, Need, Role, User
from boroughs.models.membership import BOROUGH_ROLES
from boroughs.permissions import COMMAND_LINE, Client, Permission
from tests.conftest import person
from tests.factories.boroughs import ContractFactory, MembershipFactory, NeedFactory, UserFactory

pytestmark = pytest.mark.django_db

ROLES = ("BOROUGH_READER", "BOROUGH_EDITOR", "BOROUGH_APPROVER", "LOTI_ANALYST", "CDO_READER", "ADMINISTRATOR")
# One line a permission, one letter a role in the order above: y may, - may not. "own" holds in the own borough only.
TABLE = {
    Permission.VIEW_NEEDS: "yyy---",
    Permission.EDIT_NEEDS: "-yy---",
    Permission.APPROVE_NEEDS: "--y---",
    Permission.TAKE_PART: "-yy---",
    Permission.COMMIT: "--y---",
    Permission.MANAGE_COLLEAGUES: "--y---",
    Permission.MANAGE_API_TOKENS: "--y---",
    Permission.EDIT_CONTRACTS: "-yy---",
    Permission.BUILD_OWN_REPORTS: "yyy---",
    Permission.VIEW_DEMANDS: "yyyyyy",
    Permission.VIEW_SUBMITTED_NEEDS: "---y--",
    Permission.IMPORT_NEEDS: "---y--",
    Permission.REVIEW_DEMANDS: "---y--",
    Permission.RUN_MATCHER: "---y-y",
    Permission.DRAFT_NOTICES: "---y--",
    Permission.PUBLISH_NOTICES: "---y--",
    Permission.VIEW_EXACT_FIGURES: "---y--",
    Permission.VIEW_PARTICIPATION: "---yy-",
    Permission.BUILD_REPORTS: "---yy-",
    Permission.FOLD_SUPPLIERS: "---y--",
    Permission.SEND_REMINDERS: "---y--",
    Permission.MANAGE_PEOPLE: "-----y",
}
IN_A_BOROUGH = {
    Permission.VIEW_NEEDS,
    Permission.EDIT_NEEDS,
    Permission.EDIT_CONTRACTS,
    Permission.APPROVE_NEEDS,
    Permission.TAKE_PART,
    Permission.COMMIT,
    Permission.MANAGE_COLLEAGUES,
    Permission.MANAGE_API_TOKENS,
    Permission.BUILD_OWN_REPORTS,
}
CASES = [
    (role, permission, TABLE[permission][column] == "y") for column, role in enumerate(ROLES) for permission in TABLE
]


def of(role: str, borough: Borough) -> User:
    return person(Role(role), borough if role in BOROUGH_ROLES else None)


def test_table_names_every_permission_and_role() -> None:
    assert set(TABLE) == set(Permission)
    assert set(ROLES) == set(Role)


def test_memberships_are_those_of_the_person_with_their_boroughs(
    borough: Borough, other_borough: Borough, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = of("BOROUGH_EDITOR", borough)
    for role, place in ((Role.BOROUGH_READER, other_borough), (Role.LOTI_ANALYST, None)):
        MembershipFactory(user=user, role=role, borough=place)
    of("BOROUGH_APPROVER", borough)
    expected = list(Membership.objects.filter(user=user).select_related("borough"))
    with django_assert_num_queries(1):
        found = permissions.memberships(user)
        assert {fields_of(each) for each in found} == {fields_of(each) for each in expected}
        assert {fields_of(each.borough) for each in found} == {fields_of(each.borough) for each in expected}


def fields_of(row: Membership | Borough | None) -> tuple[tuple[str, object], ...] | None:
    return row and tuple((field.attname, getattr(row, field.attname)) for field in row._meta.concrete_fields)


@pytest.mark.parametrize(("role", "permission", "may"), CASES)
def test_role_has_its_permissions_and_no_other(
    role: str, permission: Permission, may: bool, borough: Borough, other_borough: Borough
) -> None:
    user = of(role, borough)
    assert permissions.has(user, permission) == may
    if permission in IN_A_BOROUGH:
        assert permissions.has(user, permission, borough) == may
        assert not permissions.has(user, permission, other_borough)
        assert permissions.borough_ids(user, permission) == ([borough.pk] if may else [])


@pytest.mark.parametrize("permission", list(Permission))
def test_nobody_and_the_closed_account_may_nothing(permission: Permission, borough: Borough) -> None:
    closed = of("BOROUGH_APPROVER", borough)
    closed.is_active = False
    assert not permissions.has(UserFactory(), permission)
    assert not permissions.has(closed, permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_the_platform_itself_may(permission: Permission) -> None:
    assert permissions.has(COMMAND_LINE, permission)


@pytest.mark.parametrize("permission", list(Permission))
def test_program_reads_and_writes_for_its_own_borough_and_does_nothing_else(
    permission: Permission, borough: Borough, other_borough: Borough
) -> None:
    program = Client(borough=borough, name="Register (loti_1)")
    may = permission in (Permission.VIEW_NEEDS, Permission.EDIT_NEEDS, Permission.EDIT_CONTRACTS)
    assert permissions.has(program, permission) == may
    assert permissions.has(program, permission, borough) == may
    assert not permissions.has(program, permission, other_borough)
    assert permissions.borough_ids(program, permission) == ([borough.pk] if may else [])


def test_program_reads_the_needs_of_its_own_borough_alone(borough: Borough, other_borough: Borough) -> None:
    own = [NeedFactory(borough=borough, status=status) for status in Need.Status]
    for status in Need.Status:
        NeedFactory(borough=other_borough, status=status)
    assert set(permissions.visible_needs(Client(borough=borough, name="Register"))) == set(own)


def test_role_in_two_boroughs_holds_in_these_and_no_third(borough: Borough, other_borough: Borough) -> None:
    user = of("BOROUGH_EDITOR", borough)
    Membership.objects.create(user=user, borough=other_borough, role=Role.BOROUGH_READER)
    assert permissions.has(user, Permission.EDIT_NEEDS, borough)
    assert not permissions.has(user, Permission.EDIT_NEEDS, other_borough)
    assert permissions.has(user, Permission.VIEW_NEEDS, other_borough)


@pytest.mark.parametrize(
    ("role", "own", "foreign"),
    [
        ("BOROUGH_READER", set(Need.Status), set()),
        ("BOROUGH_APPROVER", set(Need.Status), set()),
        ("LOTI_ANALYST", set(Need.Status) - {"DRAFT"}, set(Need.Status) - {"DRAFT"}),
        ("CDO_READER", set(), set()),
        ("ADMINISTRATOR", set(), set()),
    ],
)
def test_needs_are_read_by_whom_they_are_for(
    role: str, own: set[str], foreign: set[str], borough: Borough, other_borough: Borough
) -> None:
    for place in (borough, other_borough):
        for status in Need.Status:
            NeedFactory(borough=place, status=status)
    seen = permissions.visible_needs(of(role, borough))
    assert {need.status for need in seen if need.borough_id == borough.pk} == own
    assert {need.status for need in seen if need.borough_id == other_borough.pk} == foreign


def test_withdrawn_need_is_read_by_the_office_only_where_it_had_been_submitted(borough: Borough) -> None:
    NeedFactory(borough=borough, status=Need.Status.WITHDRAWN, submitted_at=None)
    known = NeedFactory(borough=borough, status=Need.Status.WITHDRAWN, submitted_at=timezone.now())
    assert list(permissions.visible_needs(of("LOTI_ANALYST", borough))) == [known]


@pytest.mark.parametrize("role", ROLES)
def test_contracts_are_the_boroughs_own(role: str, borough: Borough, other_borough: Borough) -> None:
    mine, _ = ContractFactory(borough=borough), ContractFactory(borough=other_borough)
    seen = list(permissions.visible_contracts(of(role, borough)))
    assert seen == ([mine] if role in BOROUGH_ROLES else [])
