"""Look-up pages for administrators under /admin/: nothing can be changed here, because actions are the only writers.

What a borough keeps to itself (money, supplier, end of contract) is left out: who runs the platform does not read it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import allauth.account.admin  # noqa: F401 - registered first, taken away below
import django.contrib.auth.admin  # noqa: F401
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from boroughs import permissions
from boroughs.models import AuditEvent, Borough, Category, Membership, Need, User, Work
from boroughs.permissions import Permission

# One door only: the sign-in page, with its limits on attempts and its refusal of demonstration accounts.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Libraries bring pages that can write: an address added to an account would be sent the link to its password.
admin.site.unregister([EmailAddress, Group])


if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    # Django's own class takes no type parameter when it runs.
    ModelAdmin = admin.ModelAdmin


class LookUp(ModelAdmin):
    """Rows to read."""

    actions = None
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return isinstance(request.user, User) and permissions.has(request.user, Permission.MANAGE_PEOPLE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the filters beside the list ask for. Django takes any column in the address, shown or not, and the
        number of rows then answers yes or no to each guess at a figure or at a password's digest.
        """
        return any(lookup in (name, f"{name}__exact", f"{name}__isnull") for name in self.list_filter)


# What the trail keeps beside an act, as its own pages tell it to everybody who sees joint demands. Nothing else is
# shown: amounts that were saved, reasons, suppliers and answers are for those whom the pages of the thing tell.
TOLD: Final[Mapping[str, frozenset[str]]] = {
    "person": frozenset({"role", "e-mails"}),
    "borough": frozenset({"name", "of"}),
    "joint demand": frozenset({"need", "needs", "other", "from", "to"}),
    "snapshot": frozenset({"digest"}),
}


@admin.register(AuditEvent)
class AuditEventLookUp(LookUp):
    list_display = ("at", "actor", "verb", "noun", "reference", "borough_slug")
    fields = (*list_display, "told")
    readonly_fields = ("told",)
    list_filter = ("noun", "verb")
    search_fields = ("reference", "actor")
    ordering = ("-at", "-pk")

    @admin.display(description="Details")
    def told(self, event: AuditEvent) -> str:
        keys = TOLD.get(event.noun, frozenset())
        told = {key: value for key, value in event.details.items() if key in keys}
        lists = {key: ", ".join(value) for key, value in told.items() if isinstance(value, list)}
        return "; ".join(f"{key}: {value}" for key, value in (told | lists).items()) or "–"


@admin.register(Borough)
class BoroughLookUp(LookUp):
    list_display = ("name", "kind", "ons_code", "org_id", "sub_region")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Category)
class CategoryLookUp(LookUp):
    list_display = ("name", "area", "cpv")
    ordering = ("area", "name")


@admin.register(User)
class UserLookUp(LookUp):
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    fields = ("email", "name", "is_active", "is_staff", "is_demo", "joined_at", "last_login")
    search_fields = ("email", "name")
    ordering = ("email",)


@admin.register(Membership)
class MembershipLookUp(LookUp):
    list_display = ("user", "role", "borough", "granted_at")
    list_filter = ("role",)
    list_select_related = ("user", "borough")
    ordering = ("user__email",)


@admin.register(Need)
class NeedLookUp(LookUp):
    list_display = ("reference", "borough", "status", "updated_at")
    fields = ("reference", "borough", "status", "revision", "created_at", "updated_at")
    list_filter = ("status",)
    search_fields = ("reference",)
    list_select_related = ("borough",)
    ordering = ("-updated_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Need]:
        """Drafts are the borough's own."""
        return super().get_queryset(request).exclude(status=Need.Status.DRAFT)


@admin.register(Work)
class WorkLookUp(LookUp):
    list_display = ("task", "key", "requested", "done", "attempts", "lease_until", "failed_at")
    ordering = ("task", "key")
