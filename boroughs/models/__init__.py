from .amendment import Amendment
from .api_token import ApiToken
from .audit_event import AuditEvent
from .borough import Borough
from .category import Category
from .contract import Contract
from .kept_answer import KeptAnswer
from .membership import Membership, Role
from .need import Need
from .need_revision import NeedRevision
from .notification import Notification
from .requirement import Requirement
from .user import User
from .work import Work

__all__ = [
    "Amendment",
    "ApiToken",
    "AuditEvent",
    "Borough",
    "Category",
    "Contract",
    "KeptAnswer",
    "Membership",
    "Need",
    "NeedRevision",
    "Notification",
    "Requirement",
    "Role",
    "User",
    "Work",
]
