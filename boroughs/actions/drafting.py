"""Writing a need one section at a time, be it a draft or the amendment of an open need.

Each section is saved on its own, so two people may work on different sections of one need at once. What decides whether
a save is over somebody else's is not the need's revision but whether the section still says what the person had read.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from boroughs.actions import amendments, needs
from boroughs.actions.need_content import NeedContent, as_json, content_of, same_in
from boroughs.exceptions import ChangedMeanwhile, IllegalMove
from boroughs.models import Amendment, Need
from boroughs.permissions import Actor

# Another section of the same need saved in the same moment makes a save begin anew; so often, and it says so.
ATTEMPTS = 5


@dataclass(frozen=True)
class Draft:
    """What is being written: a need that is a draft, or the amendment of an open one, begun or not yet."""

    need: Need
    content: NeedContent
    amendment: Amendment | None = None

    def token(self, names: Iterable[str]) -> str:
        """What these fields say, and in which amendment: the token against two people saving over each other."""
        return f"{self.amendment.pk if self.amendment else 0}-{digest(self.content, names)}"

    def still_says(self, seen: str, names: Iterable[str]) -> bool:
        """Whether the fields say what the person had read when the page carried `seen`.

        An amendment that began since is no matter; one that was read and is gone, approved or discarded, took with it
        what the person saw round these fields.
        """
        amendment, _, said = seen.partition("-")
        here = str(self.amendment.pk) if self.amendment else "0"
        return amendment in ("0", here) and said == digest(self.content, names)

    @property
    def is_amendment(self) -> bool:
        return self.need.status == Need.Status.OPEN

    @property
    def can_be_changed(self) -> bool:
        if self.amendment is not None:
            return self.amendment.status == Amendment.Status.DRAFT
        return self.need.status in (Need.Status.DRAFT, Need.Status.OPEN)


def draft_of(need: Need) -> Draft:
    """What is being written of this need now. Three queries at the most."""
    amendment = amendments.current(need) if need.status == Need.Status.OPEN else None
    if amendment is None:
        return Draft(need, content_of(need))
    return Draft(need, amendments.content_in(amendment), amendment)


def digest(content: NeedContent, names: Iterable[str]) -> str:
    """What these fields say, in short."""
    values = as_json(content)
    said = json.dumps([values[name] for name in sorted(names)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def write_section(*, need: Need, changes: Mapping[str, Any], seen: str, by: Actor) -> Draft:
    """Write the fields of one section; on an open need, into its amendment, which begins with the first change.

    `seen` is the token of the same fields as the person had read them. Raises ChangedMeanwhile where they say
    something else by now, IllegalMove where the need cannot be changed, PermissionRefused.
    """
    for _ in range(ATTEMPTS):
        fresh = Need.objects.select_related("borough", "category", "contract").get(pk=need.pk)
        draft = draft_of(fresh)
        if not draft.can_be_changed:
            state = draft.amendment.get_status_display() if draft.amendment else fresh.get_status_display()
            raise IllegalMove(f"{fresh.reference} is {state.lower()}; it cannot be changed now.")
        said = replace(draft.content, **changes)
        if same_in(changes, said, draft.content):
            return draft
        if not draft.still_says(seen, changes):
            break
        try:
            return _written(draft, said, by)
        except ChangedMeanwhile:
            # Perhaps in another section only: look again.
            continue
    raise ChangedMeanwhile(f"{need.reference} was changed by somebody else while you were editing it.")


def _written(draft: Draft, said: NeedContent, by: Actor) -> Draft:
    if not draft.is_amendment:
        changed = needs.edit(need=draft.need, content=said, revision=draft.need.revision, by=by)
        return Draft(changed, said)
    if draft.amendment is None:
        return Draft(draft.need, said, amendments.begin(need=draft.need, content=said, by=by))
    amendment = draft.amendment
    return Draft(
        draft.need, said, amendments.edit(amendment=amendment, content=said, revision=amendment.revision, by=by)
    )
