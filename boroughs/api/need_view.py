"""What all views of needs share: the need, or its amendment, that a request is about."""

import re

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter

from boroughs import permissions
from boroughs.actions import amendments
from boroughs.api.program_view import ProgramView
from boroughs.models import Amendment, Need
from boroughs.permissions import Permission

# Bytes of any kind arrive in an address; only what may be a reference is looked up.
LOOKS_LIKE_A_NEED = re.compile(r"N-\d{1,12}", re.ASCII)
REFERENCE = OpenApiParameter("reference", str, OpenApiParameter.PATH, description="Reference of the need: N-00012")


class NeedView(ProgramView):
    def need(self, reference: str, *, write: bool = False) -> Need:
        """The need, with the right to write it where that is meant. Foreign and missing ones answer alike: 404."""
        looked_up = permissions.visible_needs(self.reader).whole().filter(reference=reference)
        found = looked_up.first() if LOOKS_LIKE_A_NEED.fullmatch(reference) else None
        if found is None:
            raise Http404
        if write:
            permissions.require(self.reader, Permission.EDIT_NEEDS, found.borough)
        return found

    def amendment(self, reference: str, *, write: bool = False) -> Amendment:
        """The amendment that is being written or waits, for its own borough; 404 where there is none."""
        need = self.need(reference)
        own = permissions.has(self.reader, Permission.VIEW_NEEDS, need.borough)
        found = amendments.current(need) if own else None
        if found is None:
            raise Http404
        if write:
            permissions.require(self.reader, Permission.EDIT_NEEDS, need.borough)
        return found
