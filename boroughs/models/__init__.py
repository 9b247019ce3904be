from .audit_event import AuditEvent
from .borough import Borough
from .category import Category
from .contract import Contract
from .membership import Membership, Role
from .need import Need
from .requirement import Requirement
from .user import User
from .work import Work

__all__ = ["AuditEvent", "Borough", "Category", "Contract", "Membership", "Need", "Requirement", "Role", "User", "Work"]
