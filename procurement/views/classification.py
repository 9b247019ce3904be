"""Suggestions of category and kind: a panel of the need's form, and a page of its own where no scripts run."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from boroughs import permissions
from boroughs.actions import drafting
from boroughs.permissions import Permission
from boroughs.views.signed_in import need_or_404, person
from procurement.actions import matching
from procurement.queries.classification import Suggested, classification_hints


@dataclass(frozen=True)
class Choice:
    """One suggestion with the address of the form on which it is chosen, to be confirmed there."""

    href: str
    name: str
    reason: str


@require_GET
def need_classification_hints(request: HttpRequest, reference: str) -> HttpResponse:
    """`?panel` gives the list alone."""
    user = person(request)
    need = need_or_404(user, reference)
    permissions.require(user, Permission.EDIT_NEEDS, need.borough)
    content = drafting.draft_of(need).content
    hints = classification_hints(content, config=matching.config(), embedder=matching.embedder())
    section = reverse("need-section", args=[reference, "classification"])
    context = {
        "need": need,
        "section": section,
        "categories": [_choice(section, "category", hint) for hint in hints.categories],
        "kinds": [_choice(section, "kind", hint) for hint in hints.kinds],
        "cpv": hints.cpv,
        "both": _both(section, hints.categories[:1], hints.kinds[:1]),
    }
    name = "_hints" if "panel" in request.GET else "page"
    return render(request, f"procurement/classification/{name}.html", context)


def _choice(section: str, field: str, hint: Suggested) -> Choice:
    return Choice(f"{section}?{urlencode({field: hint.code})}", hint.name, hint.reason)


def _both(section: str, categories: tuple[Suggested, ...], kinds: tuple[Suggested, ...]) -> Choice | None:
    """The first of each at once: a link that fills in one leaves the other as it is stored."""
    if not categories or not kinds:
        return None
    (category,), (kind,) = categories, kinds
    chosen = urlencode({"category": category.code, "kind": kind.code})
    return Choice(f"{section}?{chosen}", f"{category.name}, {kind.name.lower()}", "")
