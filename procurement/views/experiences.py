"""What boroughs have learned, for other boroughs: the list, a joint demand's part of it, and what a borough writes."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from boroughs import permissions
from boroughs.models import Category, Contract, User
from boroughs.permissions import Permission
from boroughs.views.signed_in import person
from procurement.actions import experiences
from procurement.forms.experiences import ExperienceFilterForm, ExperienceForm
from procurement.models import Experience, JointDemand
from procurement.views.acting import done, tried

PAGE = 20


@require_GET
def experience_list(request: HttpRequest) -> HttpResponse:
    user = _reader(request)
    form = ExperienceFilterForm(request.GET)
    form.is_valid()
    found = Experience.objects.standing().select_related("borough", "category").newest_first()
    if category := form.cleaned_data.get("category"):
        found = found.filter(category=category)
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(category),
        "writable": set(permissions.borough_ids(user, Permission.TAKE_PART)),
    }
    return render(request, "procurement/experiences/list.html", context)


@require_GET
def demand_experience(request: HttpRequest, reference: str) -> HttpResponse:
    """Those of the joint demand's category, and how many boroughs have bought in it before."""
    user = _reader(request)
    demand = get_object_or_404(JointDemand.objects.select_related("category"), reference=reference)
    found = Experience.objects.standing().filter(category=demand.category_id).select_related("borough", "category")
    context = {
        "demand": demand,
        "page": Paginator(found.newest_first(), PAGE).get_page(request.GET.get("page")),
        "buyers": _buyers(demand.category),
        "writable": set(permissions.borough_ids(user, Permission.TAKE_PART)),
    }
    return render(request, "procurement/experiences/demand.html", context)


def experience_create(request: HttpRequest) -> HttpResponse:
    """`?category=` is filled in where it is one."""
    user = _writer(request)
    form = ExperienceForm(
        request.POST if request.method == "POST" else None,
        boroughs=permissions.boroughs_of(user, Permission.TAKE_PART),
        initial={"category": Category.objects.filter(slug=request.GET.get("category", "")[:100]).first()},
    )
    if request.method == "POST" and form.is_valid():
        borough, content = form.chosen_borough(), form.content()

        def act() -> str:
            experiences.write(borough=borough, content=content, by=user)
            return "Thank you. Other boroughs can read it now."

        if done(request, form, act):
            return redirect(_list(content.category))
    return render(request, "procurement/experiences/edit.html", {"form": form, "experience": None})


def experience_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, experience = _own(request, pk)
    form = ExperienceForm(
        request.POST if request.method == "POST" else None,
        boroughs=[experience.borough],
        initial={name: getattr(experience, name) for name in (*ExperienceForm.base_fields, "revision")},
    )
    if request.method == "POST" and form.is_valid():
        content, revision = form.content(), form.cleaned_data["revision"] or 0

        def act() -> str:
            experiences.edit(experience=experience, content=content, revision=revision, by=user)
            return "Saved."

        def latest() -> dict[str, int]:
            experience.refresh_from_db(fields=["revision"])
            return {"revision": experience.revision}

        if done(request, form, act, latest):
            return redirect(_list(content.category))
    return render(request, "procurement/experiences/edit.html", {"form": form, "experience": experience})


@require_POST
def experience_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user, experience = _own(request, pk)

    def act() -> str:
        experiences.withdraw(experience=experience, by=user)
        return "Withdrawn. Other boroughs do not see it any more."

    tried(request, act)
    return redirect(_list(experience.category))


def _reader(request: HttpRequest) -> User:
    user = person(request)
    permissions.require(user, Permission.VIEW_DEMANDS)
    return user


def _writer(request: HttpRequest) -> User:
    user = _reader(request)
    permissions.require(user, Permission.TAKE_PART)
    return user


def _own(request: HttpRequest, pk: int) -> tuple[User, Experience]:
    """One of the person's own boroughs that stands. Foreign, withdrawn and missing ones answer alike: 404."""
    user = _reader(request)
    own = permissions.borough_ids(user, Permission.VIEW_NEEDS)
    found = Experience.objects.standing().filter(borough__in=own).select_related("borough", "category")
    experience = get_object_or_404(found, pk=pk)
    permissions.require(user, Permission.TAKE_PART, experience.borough)
    return user, experience


def _buyers(category: Category | None) -> int:
    """Boroughs that have, or had, a contract of this category in their register: how many, and no more."""
    if category is None:
        return 0
    counted = Contract.objects.filter(category=category).aggregate(boroughs=Count("borough", distinct=True))
    return int(counted["boroughs"])


def _list(category: Category) -> str:
    return f"{reverse('experience-list')}?{urlencode({'category': category.slug})}"
