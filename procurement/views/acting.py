"""Doing what a form or a button asks, and saying on the page what came of it."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, QueryDict

from boroughs.exceptions import ChangedMeanwhile, LotiError, NotAcceptable, PermissionRefused


def done(
    request: HttpRequest, form: Form, act: Callable[[], str], latest: Callable[[], dict[str, int]] | None = None
) -> bool:
    """Whether it was done; if not, the form says why, with everything that was typed.

    Where somebody else was first, the hidden tokens of the form become the `latest`: sent again, it is meant.
    """
    try:
        said = act()
    except PermissionRefused:
        # A page of its own says so.
        raise
    except NotAcceptable as refusal:
        for name, words in (refusal.fields or {"": refusal.problems}).items():
            form.add_error(name if name in form.fields else None, words)
        return False
    except ChangedMeanwhile as refusal:
        form.add_error(None, f"{refusal} Read what stands there now; send the form again if you mean it.")
        if latest is not None:
            form.data = cast(QueryDict, form.data).copy()
            for name, value in latest().items():
                form.data[name] = str(value)
        return False
    except LotiError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, said)
    return True


def tried(request: HttpRequest, act: Callable[[], str]) -> None:
    """For what is sent by a button alone: the answer is told on the page that follows."""
    try:
        said = act()
    except PermissionRefused:
        raise
    except LotiError as refusal:
        for problem in refusal.problems if isinstance(refusal, NotAcceptable) else [str(refusal)]:
            messages.error(request, problem)
    else:
        messages.success(request, said)


def number_in(request: HttpRequest, name: str) -> int:
    """A whole number that a button carries; 0 for anything else, which is no revision, wording or position."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
