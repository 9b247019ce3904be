from .amendment import Amendment
from .audit_event import AuditEvent
from .borough import Borough
from .category import Category
from .contract import Contract
from .membership import Membership, Role
from .need import Need
from .need_revision import NeedRevision
from .requirement import Requirement
from .user import User
from .work import Work

__all__ = [
    "Amendment",
    "AuditEvent",
    "Borough",
    "Category",
    "Contract",
    "Membership",
    "Need",
    "NeedRevision",
    "Requirement",
    "Role",
    "User",
    "Work",
]
