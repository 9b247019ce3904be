"""Addresses of the boroughs app: needs, contracts, people."""

from django.urls import URLPattern, path, register_converter

from boroughs.views import contracts, needs, people


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
    path("needs/new/", needs.need_create, name="need-create"),
    path("needs/<reference:reference>/", needs.need_detail, name="need-detail"),
    path("needs/<reference:reference>/edit/", needs.need_edit, name="need-edit"),
    path("needs/<reference:reference>/submit/", needs.need_submit, name="need-submit"),
    path("needs/<reference:reference>/approve/", needs.need_approve, name="need-approve"),
    path("needs/<reference:reference>/return/", needs.need_return, name="need-return"),
    path("needs/<reference:reference>/withdraw/", needs.need_withdraw, name="need-withdraw"),
    path("contracts/", contracts.contract_list, name="contract-list"),
    path("people/", people.person_list, name="person-list"),
    path("people/new/", people.person_create, name="person-create"),
    path("people/authorities/", people.authority_list, name="authority-list"),
    path("people/<int:pk>/", people.person_detail, name="person-detail"),
    path("people/<int:pk>/grant/", people.person_grant, name="person-grant"),
    path("people/<int:pk>/roles/<int:membership_pk>/revoke/", people.person_revoke, name="person-revoke"),
    path("people/<int:pk>/deactivate/", people.person_deactivate, name="person-deactivate"),
    path("people/<int:pk>/reactivate/", people.person_reactivate, name="person-reactivate"),
]
