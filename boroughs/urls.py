"""Addresses of the boroughs app: needs, contracts, suppliers, imports, people, and the APIs."""

from django.urls import URLPattern, path, register_converter

from boroughs.api.amendments import AmendmentSubmit, NeedAmendment
from boroughs.api.contracts import ContractClose, ContractDetail, ContractList, ContractReopen
from boroughs.api.imports import (
    ImportApply,
    ImportCheck,
    ImportDetail,
    ImportDiscard,
    ImportList,
    ImportRows,
    ImportUndo,
)
from boroughs.api.needs import NeedDetail, NeedList, NeedSubmit, NeedWithdraw
from boroughs.views import (
    amendments,
    api_tokens,
    colleagues,
    contract_edits,
    contracts,
    imports,
    need_drafts,
    needs,
    notifications,
    people,
    renewals,
    suppliers,
)


class Reference:
    """N-00012, JD-0003, NT-0001. What does not look like a reference, bytes of any kind, is not looked up."""

    regex = r"[A-Z]{1,3}-[0-9]{1,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "reference")

urlpatterns: list[URLPattern] = [
    path("needs/", needs.need_list, name="need-list"),
    path("needs/new/", need_drafts.need_create, name="need-create"),
    path("needs/<reference:reference>/", needs.need_detail, name="need-detail"),
    path("needs/<reference:reference>/edit/", need_drafts.need_edit, name="need-edit"),
    path("needs/<reference:reference>/edit/<slug:section>/", need_drafts.need_section, name="need-section"),
    path("needs/<reference:reference>/submit/", need_drafts.need_submit, name="need-submit"),
    path("needs/<reference:reference>/approve/", needs.need_approve, name="need-approve"),
    path("needs/<reference:reference>/return/", needs.need_return, name="need-return"),
    path("needs/<reference:reference>/withdraw/", needs.need_withdraw, name="need-withdraw"),
    path("needs/<reference:reference>/fulfil/", needs.need_fulfil, name="need-fulfil"),
    path("needs/<reference:reference>/confirm/", needs.need_confirm, name="need-confirm"),
    path("needs/<reference:reference>/reopen/", needs.need_reopen, name="need-reopen"),
    path("needs/<reference:reference>/history/", needs.need_history, name="need-history"),
    path("needs/<reference:reference>/amendment/", amendments.amendment_detail, name="need-amendment"),
    path("needs/<reference:reference>/amendment/approve/", amendments.amendment_approve, name="need-amendment-approve"),
    path("needs/<reference:reference>/amendment/return/", amendments.amendment_return, name="need-amendment-return"),
    path("needs/<reference:reference>/amendment/discard/", amendments.amendment_discard, name="need-amendment-discard"),
    path("contracts/", contracts.contract_list, name="contract-list"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_create, name="import-create"),
    path("imports/<int:pk>/", imports.import_detail, name="import-detail"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:pk>/status/", imports.import_status, name="import-status"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import-apply"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import-undo"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path("contracts/export/", contracts.contract_export, name="contract-export"),
    path("contracts/new/", contract_edits.contract_create, name="contract-create"),
    path("contracts/<int:pk>/", contracts.contract_detail, name="contract-detail"),
    path("contracts/<int:pk>/edit/", contract_edits.contract_edit, name="contract-edit"),
    path("contracts/<int:pk>/close/", contract_edits.contract_close, name="contract-close"),
    path("contracts/<int:pk>/reopen/", contract_edits.contract_reopen, name="contract-reopen"),
    path("contracts/<int:pk>/history/", contracts.contract_history, name="contract-history"),
    path("suppliers/", suppliers.supplier_list, name="supplier-list"),
    path("suppliers/<int:pk>/", suppliers.supplier_detail, name="supplier-detail"),
    path("suppliers/<int:pk>/fold/", suppliers.supplier_fold, name="supplier-fold"),
    path("suppliers/<int:pk>/unfold/", suppliers.supplier_unfold, name="supplier-unfold"),
    path("suppliers/<int:pk>/rename/", suppliers.supplier_rename, name="supplier-rename"),
    path("renewals/", renewals.renewal_list, name="renewal-list"),
    path("renewals/<int:contract_pk>/draft/", renewals.renewal_draft, name="renewal-draft"),
    path("renewals/<int:contract_pk>/not-now/", renewals.renewal_dismiss, name="renewal-dismiss"),
    path("renewals/<int:contract_pk>/bring-back/", renewals.renewal_wake, name="renewal-wake"),
    path("colleagues/", colleagues.colleague_list, name="colleague-list"),
    path("colleagues/invite/", colleagues.colleague_invite, name="colleague-invite"),
    path("colleagues/<int:membership_pk>/change/", colleagues.colleague_change, name="colleague-change"),
    path("colleagues/<int:membership_pk>/remove/", colleagues.colleague_remove, name="colleague-remove"),
    path("api/v1/needs/", NeedList.as_view(), name="api-need-list"),
    path("api/v1/needs/<str:reference>/", NeedDetail.as_view(), name="api-need-detail"),
    path("api/v1/needs/<str:reference>/submit/", NeedSubmit.as_view(), name="api-need-submit"),
    path("api/v1/needs/<str:reference>/withdraw/", NeedWithdraw.as_view(), name="api-need-withdraw"),
    path("api/v1/needs/<str:reference>/amendment/", NeedAmendment.as_view(), name="api-need-amendment"),
    path("api/v1/needs/<str:reference>/amendment/submit/", AmendmentSubmit.as_view(), name="api-need-amendment-submit"),
    path("api/v1/contracts/", ContractList.as_view(), name="api-contract-list"),
    path("api/v1/contracts/<int:pk>/", ContractDetail.as_view(), name="api-contract-detail"),
    path("api/v1/contracts/<int:pk>/close/", ContractClose.as_view(), name="api-contract-close"),
    path("api/v1/contracts/<int:pk>/reopen/", ContractReopen.as_view(), name="api-contract-reopen"),
    path("api/v1/imports/", ImportList.as_view(), name="api-import-list"),
    path("api/v1/imports/<int:pk>/", ImportDetail.as_view(), name="api-import-detail"),
    path("api/v1/imports/<int:pk>/rows/", ImportRows.as_view(), name="api-import-rows"),
    path("api/v1/imports/<int:pk>/check/", ImportCheck.as_view(), name="api-import-check"),
    path("api/v1/imports/<int:pk>/apply/", ImportApply.as_view(), name="api-import-apply"),
    path("api/v1/imports/<int:pk>/undo/", ImportUndo.as_view(), name="api-import-undo"),
    path("api/v1/imports/<int:pk>/discard/", ImportDiscard.as_view(), name="api-import-discard"),
    path("api-tokens/", api_tokens.api_token_list, name="api-token-list"),
    path("api-tokens/new/", api_tokens.api_token_create, name="api-token-create"),
    path("api-tokens/<int:pk>/revoke/", api_tokens.api_token_revoke, name="api-token-revoke"),
    path("notifications/", notifications.notification_list, name="notification-list"),
    path("notifications/read/", notifications.notification_read_all, name="notification-read-all"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification-open"),
    path("settings/notifications/", notifications.notification_settings, name="notification-settings"),
    path("people/", people.person_list, name="person-list"),
    path("people/new/", people.person_create, name="person-create"),
    path("people/authorities/", people.authority_list, name="authority-list"),
    path("people/<int:pk>/", people.person_detail, name="person-detail"),
    path("people/<int:pk>/grant/", people.person_grant, name="person-grant"),
    path("people/<int:pk>/roles/<int:membership_pk>/revoke/", people.person_revoke, name="person-revoke"),
    path("people/<int:pk>/link/", people.person_send_link, name="person-send-link"),
    path("people/<int:pk>/deactivate/", people.person_deactivate, name="person-deactivate"),
    path("people/<int:pk>/reactivate/", people.person_reactivate, name="person-reactivate"),
]
