"""Who may do what: one list of permissions, one table of roles.

Actions call `require`, which raises; pages call `has`, which hides a button. Both read the same table, so a page never
offers what an action refuses. Reads of needs go through `visible_needs`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from boroughs.exceptions import PermissionRefused
from boroughs.models import Borough, Contract, Membership, Need, Notification, Role, User
from boroughs.models.contract import ContractQuerySet
from boroughs.models.membership import BOROUGH_ROLES, OFFICE_ROLES
from boroughs.models.need import NeedQuerySet
from boroughs.models.notification import NotificationQuerySet
from boroughs.prepared import prepared


class Permission(StrEnum):
    """In a borough: only for boroughs where the person has the role. The others hold for all of London."""

    # In a borough.
    VIEW_NEEDS = "see the borough's needs and contracts"
    EDIT_NEEDS = "log and change the borough's needs"
    EDIT_CONTRACTS = "keep the borough's contract register"
    APPROVE_NEEDS = "approve the borough's needs"
    TAKE_PART = "say where the borough stands on joint demands"
    COMMIT = "commit the borough to a joint demand"
    MANAGE_COLLEAGUES = "say who works for the borough here"
    MANAGE_API_TOKENS = "make and revoke the borough's API tokens"
    BUILD_OWN_REPORTS = "ask for the borough's own reports"
    # For all of London.
    VIEW_DEMANDS = "see joint demands"
    VIEW_SUBMITTED_NEEDS = "see the needs that boroughs have submitted"
    IMPORT_NEEDS = "import needs for any authority"
    REVIEW_DEMANDS = "settle joint demands"
    RUN_MATCHER = "ask for a match run"
    DRAFT_NOTICES = "draft and change notices"
    PUBLISH_NOTICES = "approve a notice for publication"
    VIEW_EXACT_FIGURES = "see exact totals of the demand picture"
    VIEW_PARTICIPATION = "see who acts on joint demands, why boroughs declined and what was saved"
    BUILD_REPORTS = "ask for reports"
    FOLD_SUPPLIERS = "say which names are one supplier"
    SEND_REMINDERS = "remind boroughs of what is missing"
    MANAGE_PEOPLE = "admit people and guest authorities"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.BOROUGH_READER: frozenset({Permission.VIEW_NEEDS, Permission.VIEW_DEMANDS, Permission.BUILD_OWN_REPORTS}),
    Role.BOROUGH_EDITOR: frozenset(
        {
            Permission.VIEW_NEEDS,
            Permission.VIEW_DEMANDS,
            Permission.EDIT_NEEDS,
            Permission.EDIT_CONTRACTS,
            Permission.TAKE_PART,
            Permission.BUILD_OWN_REPORTS,
        }
    ),
    Role.BOROUGH_APPROVER: frozenset(
        {
            Permission.VIEW_NEEDS,
            Permission.VIEW_DEMANDS,
            Permission.EDIT_NEEDS,
            Permission.EDIT_CONTRACTS,
            Permission.APPROVE_NEEDS,
            Permission.TAKE_PART,
            Permission.COMMIT,
            Permission.MANAGE_COLLEAGUES,
            Permission.MANAGE_API_TOKENS,
            Permission.BUILD_OWN_REPORTS,
        }
    ),
    Role.LOTI_ANALYST: frozenset(
        {
            Permission.VIEW_DEMANDS,
            Permission.VIEW_SUBMITTED_NEEDS,
            Permission.IMPORT_NEEDS,
            Permission.REVIEW_DEMANDS,
            Permission.RUN_MATCHER,
            Permission.DRAFT_NOTICES,
            Permission.PUBLISH_NOTICES,
            Permission.VIEW_EXACT_FIGURES,
            Permission.VIEW_PARTICIPATION,
            Permission.BUILD_REPORTS,
            Permission.FOLD_SUPPLIERS,
            Permission.SEND_REMINDERS,
        }
    ),
    # Names, counts and told figures; no borough's own.
    Role.CDO_READER: frozenset({Permission.VIEW_DEMANDS, Permission.VIEW_PARTICIPATION, Permission.BUILD_REPORTS}),
    # Keeps the platform running; sees no borough's figures (separation of duties).
    Role.ADMINISTRATOR: frozenset({Permission.VIEW_DEMANDS, Permission.RUN_MATCHER, Permission.MANAGE_PEOPLE}),
}


@dataclass(frozen=True)
class System:
    """The platform itself as an actor: a scheduled task, or an operator at the command line."""

    name: str


SCHEDULER = System("scheduler")
COMMAND_LINE = System("command line")
MATCHER = System("matcher")


@dataclass(frozen=True)
class Client:
    """A borough's own program, let in by an API token: an actor in that borough, and nowhere else."""

    borough: Borough
    # For the audit trail: what the borough calls it, and the beginning of its token.
    name: str
    # As for a person who is signed in: the token has been checked.
    is_authenticated: ClassVar[bool] = True


# A program keeps the register, writes needs and hands them over; saying yes for the borough stays with people.
CLIENT_PERMISSIONS = frozenset({Permission.VIEW_NEEDS, Permission.EDIT_NEEDS, Permission.EDIT_CONTRACTS})

# Whoever reads for a borough.
Reader = User | Client
Actor = Reader | System


def memberships(user: User) -> list[Membership]:
    """The person's memberships: one query for each loaded person."""
    if not user.is_authenticated or not user.is_active:
        return []
    if not hasattr(user, "_memberships"):
        read_memberships([user])
    found: list[Membership] = user._memberships  # type: ignore[attr-defined]
    return found


def read_memberships(people: Collection[User]) -> None:
    """Read those of all these people at once, before each of them is asked for what they may do. One query."""
    held: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for row in _memberships(users=[each.pk for each in people]):
        held[row[_HOLDER]].append(row)
    for user in people:
        rows = held[user.pk]
        user._memberships = [_membership(row) for row in rows]  # type: ignore[attr-defined]
        user._unread_of_london = rows[0][-1] or 0 if rows else 0  # type: ignore[attr-defined]


# Every page asks for them, so this is `select_related("borough")` with its SQL at hand; and what office people have not
# read comes with it, because their pages ask for that as well.
_MEMBERSHIP = [field.attname for field in Membership._meta.concrete_fields]
_HOLDER = _MEMBERSHIP.index("user_id")
_BOROUGH = [field.attname for field in Borough._meta.concrete_fields]


@prepared
def _memberships(*, users: list[int]) -> QuerySet[Membership, Any]:
    unread = Notification.objects.told_of_london(OuterRef("user")).unread().order_by()
    held = Membership.objects.filter(user__in=users).annotate(
        unread=Subquery(unread.values("user").annotate(count=Count("pk")).values("count"))
    )
    return held.values_list(*_MEMBERSHIP, *(f"borough__{name}" for name in _BOROUGH), "unread")


def _membership(row: Sequence[Any]) -> Membership:
    membership = Membership.from_db(DEFAULT_DB_ALIAS, _MEMBERSHIP, row[: len(_MEMBERSHIP)])
    if membership.borough_id is not None:
        membership.borough = Borough.from_db(DEFAULT_DB_ALIAS, _BOROUGH, row[len(_MEMBERSHIP) : -1])
    return membership


def has(actor: Actor, permission: Permission, borough: Borough | None = None) -> bool:
    """Whether the actor has the permission: in `borough` where one is given, else anywhere."""
    if isinstance(actor, System):
        return True
    if isinstance(actor, Client):
        return permission in CLIENT_PERMISSIONS and (borough is None or borough.pk == actor.borough.pk)
    return any(
        permission in ROLE_PERMISSIONS[Role(membership.role)]
        and (borough is None or membership.borough_id in (None, borough.pk))
        for membership in memberships(actor)
    )


def require(actor: Actor, permission: Permission, borough: Borough | None = None) -> None:
    """Raise PermissionRefused unless the actor has the permission."""
    if not has(actor, permission, borough):
        place = f" for {borough.name}" if borough else ""
        raise PermissionRefused(f"You need permission to {permission.value}{place}.")


def borough_ids(reader: Reader, permission: Permission) -> list[int]:
    """Boroughs in which the person's own role, or the program's token, carries the permission."""
    if isinstance(reader, Client):
        return [reader.borough.pk] if permission in CLIENT_PERMISSIONS else []
    return [
        membership.borough_id
        for membership in memberships(reader)
        if membership.borough_id is not None and permission in ROLE_PERMISSIONS[Role(membership.role)]
    ]


def boroughs_of(reader: Reader, permission: Permission) -> Iterable[Borough]:
    """The same, as boroughs, by name."""
    return Borough.objects.filter(pk__in=borough_ids(reader, permission)).by_name()


def holders(permission: Permission, boroughs: Iterable[int]) -> dict[int, list[User]]:
    """By borough's primary key, the people whose role there carries the permission and who can sign in. One query."""
    roles = [role for role in BOROUGH_ROLES if permission in ROLE_PERMISSIONS[role]]
    found: dict[int, list[User]] = {}
    given = Membership.objects.filter(borough__in=set(boroughs), role__in=roles, user__is_active=True)
    for membership in given.select_related("user").order_by("pk"):
        if membership.borough_id is not None:
            found.setdefault(membership.borough_id, []).append(membership.user)
    return found


def office_holders(permission: Permission) -> list[User]:
    """The people whose role in LOTI's office carries the permission and who can sign in. One query."""
    roles = [role for role in OFFICE_ROLES if permission in ROLE_PERMISSIONS[role]]
    return list(User.objects.filter(is_active=True, memberships__role__in=roles).distinct().order_by("pk"))


def visible_needs(reader: Reader) -> NeedQuerySet:
    """Whole needs that this person or program may read: the own boroughs', and submitted ones for who may see these.

    A draft stays the borough's own when it is withdrawn: it was never submitted, or was taken back.
    """
    visible = Q(borough_id__in=borough_ids(reader, Permission.VIEW_NEEDS))
    if has(reader, Permission.VIEW_SUBMITTED_NEEDS):
        handed_over = Q(submitted_at__isnull=False) | Q(opened_at__isnull=False)
        visible |= (
            Q(status__in=[Need.Status.SUBMITTED, Need.Status.OPEN, Need.Status.FULFILLED, Need.Status.EXPIRED])
            | Q(status=Need.Status.WITHDRAWN) & handed_over
        )
    return Need.objects.filter(visible)


def sees_open_need(reader: Reader, need: Need) -> bool:
    """Whether an open need that is at hand is among those that `visible_needs` finds."""
    return need.borough_id in borough_ids(reader, Permission.VIEW_NEEDS) or has(reader, Permission.VIEW_SUBMITTED_NEEDS)


def visible_contracts(reader: Reader) -> ContractQuerySet:
    """Contracts of the boroughs in which this person has a role, or to which this program belongs."""
    return Contract.objects.filter(borough_id__in=borough_ids(reader, Permission.VIEW_NEEDS))


def supplied_contracts(user: User) -> ContractQuerySet:
    """Contracts in force whose supplier's name this person may read: the own boroughs'; all, for who folds suppliers.

    What else stands in a contract is for `visible_contracts`.
    """
    listed = Contract.objects.listed()
    if has(user, Permission.FOLD_SUPPLIERS):
        return listed
    return listed.filter(borough_id__in=borough_ids(user, Permission.VIEW_NEEDS))


def is_told(user: User) -> bool:
    """Whether this person is told things at all."""
    return has(user, Permission.VIEW_NEEDS) or has(user, Permission.BUILD_REPORTS)


def visible_notifications(user: User) -> NotificationQuerySet:
    """What this person was told of boroughs in which they still have a role.

    Of London's reports as well, while they may ask for these.
    """
    told = Notification.objects.told_to(user.pk, of=borough_ids(user, Permission.VIEW_NEEDS))
    return told | Notification.objects.told_of_london(user.pk) if has(user, Permission.BUILD_REPORTS) else told


def unread_notifications(user: User) -> int:
    """How many of these the person has not read. One query, for those who are told things of boroughs."""
    boroughs = borough_ids(user, Permission.VIEW_NEEDS)
    unread = sum(count for (count,) in _unread(user=user.pk, boroughs=boroughs)) if boroughs else 0
    if has(user, Permission.BUILD_REPORTS):
        unread += user._unread_of_london  # type: ignore[attr-defined]
    return unread


@prepared
def _unread(*, user: int, boroughs: list[int]) -> QuerySet[Notification, tuple[int]]:
    told = Notification.objects.told_to(user, of=boroughs).unread()
    return told.values("user").annotate(count=Count("pk")).values_list("count")
