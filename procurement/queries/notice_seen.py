"""What a person had read of a notice when they proposed or approved it, as a token that the form carries.

It names the whole by one digest, so that nothing else goes out than was read, and each part by a short one, so that a
refusal can say which parts are others now. Nothing has to be kept for it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from boroughs.templatetags.formatting import listed
from procurement import canonical_json
from procurement.queries import chain

# In the order of the page. A part that is not named here counts for the whole alone.
PARTS = {
    "kind": "the kind of notice",
    "title": "the title",
    "problem": "the problem",
    "users": "the users",
    "summary": "the summary",
    "work_done": "the work done so far",
    "market_engagement": "the market engagement",
    "setup": "setup and locations",
    "must": "what the solution must do",
    "should": "what the solution should do",
    "differences": "what single authorities ask for",
    "boroughs": "the authorities taking part",
    "lead": "the lead",
    "users_total": "the total of users",
    "budget_min_total": "the lowest budget",
    "budget_max_total": "the highest budget",
    "questions_close_date": "the last day for questions",
    "closes_date": "the closing date",
    "tender_date": "the planned tender notice",
    "start_date": "the earliest start",
    "months": "the contract length",
    "stage": "how far the authorities are",
    "depth": "how far they would buy together",
    "category": "the category",
    "buying_together": "how they would buy together",
    "how_to_respond": "how to respond",
    "contact": "the contact",
    # Not in every content.
    "questions": "the questions and answers",
    "engagement": "what suppliers were told",
    "reason": "the reason",
}
_SHORT = 12


def token(content: Mapping[str, Any], *, reason: str = "") -> str:
    """Of what the next version would say; `reason` where one stands beside it already."""
    whole = {**content, "reason": reason}
    return chain.fingerprint(whole) + "".join(_short(whole.get(name)) for name in PARTS)


def changed(seen: str, content: Mapping[str, Any], *, reason: str = "") -> str:
    """What is no longer what `seen` names, in words; "" where all of it is."""
    now = token(content, reason=reason)
    if seen == now:
        return ""
    if len(seen) != len(now):
        return "it"
    at = len(now) - _SHORT * len(PARTS)
    places = range(at, len(now), _SHORT)
    others = [
        words
        for place, words in zip(places, PARTS.values(), strict=True)
        if seen[place : place + _SHORT] != now[place : place + _SHORT]
    ]
    return listed(others) if others else "it"


def _short(part: object) -> str:
    return hashlib.sha256(canonical_json.dump(part)).hexdigest()[:_SHORT]
