"""Adding people, giving and taking roles, closing accounts."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from boroughs import audit, notifications, permissions
from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import Borough, Membership, Role, User
from boroughs.models.membership import BOROUGH_ROLES, OFFICE_ROLES
from boroughs.permissions import Actor, Permission

TAKEN = "There is already a person with this e-mail address."
HERE_ALREADY = "This person has a role in the borough already. Change it on the list of colleagues."
NO_LINK = "This person has set a password already, or their account is closed: no link was sent."
NOT_HERE = "This address cannot be given a role in the borough. Ask an administrator."


@dataclass(frozen=True)
class Invited:
    """Who has a role now, and whether the mail server took the e-mail that tells them. It is sent after the commit."""

    user: User
    is_mailed: bool


def invite(*, email: str, name: str, role: Role, borough: Borough | None, by: Actor, is_staff: bool = False) -> Invited:
    """Add a person, who then sets a password by the link in an e-mail. Raises NotAcceptable."""
    with transaction.atomic(durable=True):
        permissions.require(by, Permission.MANAGE_PEOPLE)
        if User.objects.filter(email__iexact=email.strip()).exists():
            raise NotAcceptable([TAKEN])
        user = _added(email, name, role, borough, by, is_staff=is_staff).user
    return Invited(user, is_mailed=_mail_link(user))


def invite_colleague(*, email: str, name: str, role: Role, borough: Borough, by: Actor) -> Invited:
    """Give somebody a role in one's own borough; who is not here yet is added and sets a password by e-mail.

    Who works for two boroughs has one account: it is found by its address, and keeps its own name.

    Raises NotAcceptable.
    """
    with transaction.atomic(durable=True):
        permissions.require(by, Permission.MANAGE_COLLEAGUES, borough)
        _require_borough_role(role)
        known = User.objects.filter(email__iexact=email.strip()).first()
        membership = _joined(known, role, borough, by) if known else _added(email, name, role, borough, by)
    user = membership.user
    if known:
        return Invited(user, is_mailed=notifications.role_given(user=user, role=place_of(membership)))
    return Invited(user, is_mailed=_mail_link(user))


def send_link(*, user: User, by: Actor) -> bool:
    """Send somebody the link to set a password once more; whether the mail server took it.

    Raises IllegalMove for who has a password, or may not sign in.
    """
    permissions.require(by, Permission.MANAGE_PEOPLE)
    if not awaits_password(user):
        raise IllegalMove(NO_LINK)
    is_mailed = _mail_link(user)
    if is_mailed:
        audit.record(by=by, verb="send_link", noun="person", reference=user.email)
    return is_mailed


def awaits_password(user: User) -> bool:
    """Whether the person was added and never set a password, so that the link is their only way in."""
    return user.is_active and not user.has_usable_password()


@transaction.atomic
def change_colleague(*, membership: Membership, role: Role, by: Actor) -> Membership:
    """Give a colleague another role in one's own borough. Raises IllegalMove for one's own."""
    borough = _require_over_colleague(membership, by)
    _require_borough_role(role)
    if role != Role.BOROUGH_APPROVER:
        _keep_an_approver(borough, besides=membership.user, by=by)
    return _grant(membership.user, role, borough, by)


@transaction.atomic
def remove_colleague(*, membership: Membership, by: Actor) -> None:
    """Take a colleague's role in one's own borough away; the account stays. Raises IllegalMove for one's own."""
    _keep_an_approver(_require_over_colleague(membership, by), besides=membership.user, by=by)
    if Membership.objects.filter(pk=membership.pk).delete()[0]:
        _record("revoke", membership, by)


@transaction.atomic
def grant(*, user: User, role: Role, borough: Borough | None, by: Actor) -> Membership:
    """Give a role; where the person has another in the same borough, the new one takes its place."""
    _require_over(user, by)
    return _grant(user, role, borough, by)


@transaction.atomic
def revoke(*, membership: Membership, by: Actor) -> None:
    """Take a role away. Raises IllegalMove for the last administrator's."""
    _require_over(membership.user, by)
    if membership.role == Role.ADMINISTRATOR:
        _keep_an_administrator(besides=membership.user)
    if Membership.objects.filter(pk=membership.pk).delete()[0]:
        _record("revoke", membership, by)


@transaction.atomic
def deactivate(*, user: User, by: Actor) -> None:
    """Close an account: its sessions end at their next request. Raises IllegalMove for the last administrator's."""
    _require_over(user, by)
    _keep_an_administrator(besides=user)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        audit.record(by=by, verb="deactivate", noun="person", reference=user.email)


@transaction.atomic
def reactivate(*, user: User, by: Actor) -> None:
    """Open a closed account again."""
    _require_over(user, by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        audit.record(by=by, verb="reactivate", noun="person", reference=user.email)


def place_of(membership: Membership) -> str:
    """A membership in words: "Borough editor, Camden"."""
    role = membership.get_role_display()
    return f"{role}, {membership.borough.name}" if membership.borough else role


def _added(
    email: str, name: str, role: Role, borough: Borough | None, by: Actor, *, is_staff: bool = False
) -> Membership:
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=email, name=name, is_staff=is_staff)
    except IntegrityError as error:
        # Two people added the same person in the same moment.
        raise NotAcceptable([TAKEN]) from error
    audit.record(by=by, verb="create", noun="person", reference=user.email, borough=borough)
    return _grant(user, role, borough, by)


def _joined(user: User, role: Role, borough: Borough, by: Actor) -> Membership:
    if Membership.objects.filter(user=user, borough=borough, user__is_active=True).exists():
        raise NotAcceptable([HERE_ALREADY])
    if not user.is_active or Membership.objects.filter(user=user, borough__isnull=True).exists():
        # One answer for all that an approver is not to learn of an account.
        raise NotAcceptable([NOT_HERE])
    return _grant(user, role, borough, by)


def _mail_link(user: User) -> bool:
    memberships = Membership.objects.filter(user=user).select_related("borough").order_by("borough__name", "pk")
    return notifications.invitation(user=user, roles=[place_of(membership) for membership in memberships])


def _grant(user: User, role: Role, borough: Borough | None, by: Actor) -> Membership:
    _check_fit(user, role, borough)
    membership, _ = Membership.objects.update_or_create(user=user, borough=borough, defaults={"role": role})
    _record("grant", membership, by)
    return membership


def _check_fit(user: User, role: Role, borough: Borough | None) -> None:
    """One person is either of boroughs or of the office, and there has one role: nobody checks their own work."""
    if (role in OFFICE_ROLES) != (borough is None):
        raise NotAcceptable(["Choose a borough for a borough role, and none for an office role."])
    # The row of the person is the lock: of two grants at once, the second sees the first.
    User.objects.select_for_update().get(pk=user.pk)
    others = list(Membership.objects.filter(user=user))
    if any((other.borough_id is None) != (borough is None) for other in others):
        raise NotAcceptable(["A person has roles in boroughs or one office role, not both. Remove the other first."])
    if borough is None and any(other.role != role for other in others):
        raise NotAcceptable(["A person has one office role. Remove the other first."])


def _require_borough_role(role: Role) -> None:
    if role not in BOROUGH_ROLES:
        raise NotAcceptable(["Choose a role in the borough."])


def _require_over_colleague(membership: Membership, by: Actor) -> Borough:
    if membership.borough is None:
        raise PermissionRefused("Roles for all of London are given by an administrator.")
    permissions.require(by, Permission.MANAGE_COLLEAGUES, membership.borough)
    if isinstance(by, User) and by.pk == membership.user_id:
        raise IllegalMove("You cannot change your own role. Ask another approver or an administrator.")
    return membership.borough


def _require_over(user: User, by: Actor) -> None:
    permissions.require(by, Permission.MANAGE_PEOPLE)
    if isinstance(by, User) and by.pk == user.pk:
        raise IllegalMove("You cannot change your own roles or account. Ask another administrator.")


def _keep_an_approver(borough: Borough, *, besides: User, by: Actor) -> None:
    """Raise IllegalMove unless another active approver of the borough stays, and whoever acts is one still.

    The rows are locked: two approvers who take each other's role in the same moment would leave none.
    """
    approvers = Membership.objects.select_for_update(of=("self",)).filter(
        borough=borough, role=Role.BOROUGH_APPROVER, user__is_active=True
    )
    # In one order, so that two who lock them wait for each other and do not block each other.
    ids = {membership.user_id for membership in approvers.order_by("pk")}
    if isinstance(by, User) and by.pk not in ids:
        raise IllegalMove(f"You are no longer an approver of {borough.name}.")
    if not ids - {besides.pk}:
        raise IllegalMove(f"This is the last approver of {borough.name}. Make somebody else approver first.")


def _keep_an_administrator(*, besides: User) -> None:
    """Raise IllegalMove unless another active administrator stays.

    The rows are locked: two administrators who remove each other in the same moment would leave none.
    """
    administrators = Membership.objects.select_for_update(of=("self",)).filter(
        role=Role.ADMINISTRATOR, user__is_active=True
    )
    # In one order, so that two who lock them wait for each other and do not block each other.
    ids = {membership.user_id for membership in administrators.order_by("pk")}
    if ids == {besides.pk}:
        raise IllegalMove("This is the last administrator. Make somebody else administrator first.")


def _record(verb: str, membership: Membership, by: Actor) -> None:
    audit.record(
        by=by,
        verb=verb,
        noun="membership",
        reference=membership.user.email,
        borough=membership.borough,
        details={"role": membership.role},
    )
