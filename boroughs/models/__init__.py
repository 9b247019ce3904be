from .amendment import Amendment
from .api_token import ApiToken
from .audit_event import AuditEvent
from .borough import Borough
from .category import Category
from .column_mapping import ColumnMapping
from .contract import Contract
from .contract_revision import ContractRevision
from .data_import import DataImport
from .import_file import ImportFile
from .import_row import ImportRow
from .kept_answer import KeptAnswer
from .membership import Membership, Role
from .need import Need
from .need_revision import NeedRevision
from .notification import Notification
from .reminder import Reminder
from .renewal_dismissal import RenewalDismissal
from .requirement import Requirement
from .supplier import Supplier
from .supplier_name import SupplierName
from .user import User
from .work import Work

__all__ = [
    "Amendment",
    "ApiToken",
    "AuditEvent",
    "Borough",
    "Category",
    "ColumnMapping",
    "Contract",
    "ContractRevision",
    "DataImport",
    "ImportFile",
    "ImportRow",
    "KeptAnswer",
    "Membership",
    "Need",
    "NeedRevision",
    "Notification",
    "Reminder",
    "RenewalDismissal",
    "Requirement",
    "Role",
    "Supplier",
    "SupplierName",
    "User",
    "Work",
]
