"""The common specification of a joint demand: its page, drafting it, and its frozen versions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.permissions import Permission
from boroughs.templatetags import formatting
from procurement.actions import specifications
from procurement.forms.specification import FreezeForm
from procurement.models import JointDemand, SpecificationVersion
from procurement.odt import specification as odt
from procurement.odt.document import MIMETYPE
from procurement.queries import chain, open_standards, specification_content
from procurement.queries.forwarding import leads_to
from procurement.queries.merged_in import MergedIn, merged_in
from procurement.queries.specification import reads_all, specification
from procurement.queries.specification_frozen import is_frozen
from procurement.views.acting import done, tried
from procurement.views.specification_reading import reader, require_lead


@require_GET
def demand_specification(request: HttpRequest, reference: str) -> HttpResponse:
    user, demand = reader(request, reference)
    found = specification(demand, user)
    context = {
        "demand": demand,
        "found": found,
        "elsewhere": _versions_elsewhere(demand),
        "is_frozen": found.may_lead and bool(found.agreed_count) and is_frozen(demand, found),
    }
    return render(request, "procurement/specification/page.html", context)


@require_POST
def demand_specification_draft(request: HttpRequest, reference: str) -> HttpResponse:
    user, demand = reader(request, reference)
    if not permissions.has(user, Permission.REVIEW_DEMANDS):
        require_lead(user, demand)
    tried(request, lambda: specifications.draft(demand=demand, by=user).words)
    return redirect("demand-specification", reference)


def demand_specification_freeze(request: HttpRequest, reference: str) -> HttpResponse:
    """What would be frozen, and what is new in it; sent, it is the next version."""
    user, demand = reader(request, reference)
    require_lead(user, demand)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason, seen = form.cleaned_data["reason"], request.POST.get("seen", "")

        def act() -> str:
            version = specifications.freeze(demand=demand, reason=reason, seen=seen, by=user)
            return f"Version {version.number} is frozen, and the boroughs that take part are told."

        if done(request, form, act):
            return redirect("demand-specification-versions", reference)
    before = specification_content.newest(demand)
    content = specification_content.build(demand, number=before.number + 1 if before else 1)
    changes = specification_content.changes(before.content if before else None, content)
    context = {
        "demand": demand,
        "form": form,
        "seen": chain.fingerprint(content),
        "number": content["number"],
        "before": before,
        "changes": changes,
        "count": len(content["requirements"]),
        "shows_boroughs": True,
    }
    return render(request, "procurement/specification/freeze.html", context)


@require_GET
def demand_specification_versions(request: HttpRequest, reference: str) -> HttpResponse:
    """All versions, and what changed between any two of them."""
    user, demand = reader(request, reference)
    versions = list(SpecificationVersion.objects.filter(demand=demand).order_by("-number"))
    by_number = {version.number: version for version in versions}
    newest = versions[0].number if versions else 0
    later = by_number.get(_number(request, "to", newest))
    earlier = by_number.get(_number(request, "from", newest - 1))
    if earlier and later and earlier.number > later.number:
        earlier, later = later, earlier
    context = {
        "demand": demand,
        "versions": [_listed(version, by_number.get(version.number - 1)) for version in versions],
        "earlier": earlier,
        "later": later,
        "changes": specification_content.changes(earlier.content, later.content) if earlier and later else (),
        "shows_boroughs": reads_all(demand, user),
        "elsewhere": _versions_elsewhere(demand),
        "into": leads_to(reference),
    }
    return render(request, "procurement/specification/versions.html", context)


@require_GET
def demand_specification_version(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    user, demand = reader(request, reference)
    version = get_object_or_404(SpecificationVersion, demand=demand, number=number)
    context = {
        "demand": demand,
        "version": version,
        "requirements": [_requirement(each) for each in version.content["requirements"]],
        "is_whole": version.digest == chain.fingerprint(version.content),
        "shows_boroughs": reads_all(demand, user),
    }
    return render(request, "procurement/specification/version.html", context)


@require_GET
def demand_specification_file(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The version as an OpenDocument text, as much of it as the page shows."""
    user, demand = reader(request, reference)
    version = get_object_or_404(SpecificationVersion, demand=demand, number=number)
    content = odt.render(
        version.content,
        title=demand.title,
        digest=version.digest,
        frozen_at=version.frozen_at,
        frozen_words=formatting.day(version.frozen_at),
        shows_boroughs=reads_all(demand, user),
    )
    name = f"specification-{reference}-version-{number}.odt"
    return HttpResponse(
        content, content_type=MIMETYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _versions_elsewhere(demand: JointDemand) -> list[MergedIn]:
    """Joint demands that went into this one with versions of their own. They are read as everybody reads versions."""
    return [each for each in merged_in(demand) if each.versions]


def _listed(version: SpecificationVersion, before: SpecificationVersion | None) -> dict[str, Any]:
    changes = specification_content.changes(before.content, version.content) if before else ()
    return {
        "version": version,
        "count": len(version.content["requirements"]),
        "summary": specification_content.summary(changes),
    }


def _requirement(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "standards": open_standards.named(content["standards"])}


def _number(request: HttpRequest, name: str, default: int) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else default
