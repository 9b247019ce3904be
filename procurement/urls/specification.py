"""The common specification of a joint demand, and its requirements one by one."""

from django.urls import URLPattern, path

from procurement.views import common_requirements, specification

urlpatterns: list[URLPattern] = [
    path("", specification.demand_specification, name="demand-specification"),
    path("draft/", specification.demand_specification_draft, name="demand-specification-draft"),
    path("freeze/", specification.demand_specification_freeze, name="demand-specification-freeze"),
    path("versions/", specification.demand_specification_versions, name="demand-specification-versions"),
    path("versions/<int:number>/", specification.demand_specification_version, name="demand-specification-version"),
    path("versions/<int:number>/file/", specification.demand_specification_file, name="demand-specification-file"),
    path("new/", common_requirements.common_requirement_create, name="demand-requirement-create"),
    path("new/of/<slug:slug>/", common_requirements.common_requirement_propose, name="demand-requirement-propose"),
    path("wordings/<int:pk>/answer/", common_requirements.requirement_wording_answer, name="demand-wording-answer"),
    path("<int:number>/", common_requirements.common_requirement, name="demand-requirement"),
    path("<int:number>/edit/", common_requirements.common_requirement_edit, name="demand-requirement-edit"),
    path("<int:number>/settle/", common_requirements.common_requirement_settle, name="demand-requirement-settle"),
    path("<int:number>/drop/", common_requirements.common_requirement_drop, name="demand-requirement-drop"),
    path("<int:number>/agree/", common_requirements.common_requirement_agree, name="demand-requirement-agree"),
    path("<int:number>/reopen/", common_requirements.common_requirement_reopen, name="demand-requirement-reopen"),
    path("<int:number>/order/", common_requirements.common_requirement_order, name="demand-requirement-order"),
    path(
        "<int:number>/of/<slug:slug>/", common_requirements.common_requirement_answer, name="demand-requirement-answer"
    ),
    path(
        "<int:number>/of/<slug:slug>/wording/",
        common_requirements.common_requirement_propose,
        name="demand-wording-propose",
    ),
]
