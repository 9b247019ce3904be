"""Where London stands at this moment: key figures, sentences, what needs a decision. The first screen of the demand
picture, and of the home of who comes for it."""

from collections.abc import Iterable
from typing import Any

from boroughs import permissions
from boroughs.models import User
from boroughs.permissions import Permission
from boroughs.templatetags.formatting import count
from procurement.pdf import live_figures
from procurement.pdf.picture import budget
from procurement.picture import document
from procurement.picture.sentences import Sentence
from procurement.picture.summary import summary
from procurement.queries.live_picture import LivePicture, live_picture


def live_for(user: User) -> LivePicture:
    """The picture of this moment as this person may read it."""
    permissions.require(user, Permission.VIEW_DEMANDS)
    live = live_picture()
    return live if permissions.has(user, Permission.VIEW_EXACT_FIGURES) else live.told


def standing(live: LivePicture) -> dict[str, Any]:
    """What `procurement/picture/_as_of.html` and `_standing.html` want, and what has moved."""
    heads = live.figures.headlines
    said = document.said(summary(live.figures, live.changes), live.telling)
    return {
        "live": live,
        "run": live.facts.run,
        "exact": live.telling.exact,
        "heads": heads,
        "links": {
            "needs": live_figures.behind(heads.needs),
            "matched": live_figures.behind(heads.matched),
            "budget": live_figures.behind(heads.highest),
            "widest": live_figures.behind(heads.widest),
        },
        "logged_words": f"{count(int(heads.logged))} of {heads.london}",
        "confirmed_words": f"{count(int(heads.confirmed))} confirmed by an analyst",
        "budget": budget(heads.lowest, heads.highest),
        "budgeted_words": f"stated by {count(int(heads.budgeted))} of {count(int(heads.matched), 'need')}",
        "share": int(heads.matched) / int(heads.needs) if int(heads.needs) else 0,
        "overlaps": _linked(said.overlaps),
        "changed": _linked(said.changed),
        "decisions": _linked(said.decisions),
    }


def _linked(sentences: Iterable[Sentence]) -> list[list[tuple[str, str]]]:
    """The parts of each sentence, each with the page that tells what is behind it; "" for mere words."""
    return [
        [
            (part, "") if isinstance(part, str) else (part.words, live_figures.behind(part.number))
            for part in sentence.parts
        ]
        for sentence in sentences
    ]
