"""How a notice's page shows long texts."""

import re
from typing import NamedTuple

from django import template

register = template.Library()

# So many words of the problem and of the users fit on the first screen of a phone together.
OPENING_WORDS = 20
# Fewer are not worth a click.
REST_WORDS = 12
SENTENCE_END = re.compile(r"[.?!][)’”\"']*$")


class Opening(NamedTuple):
    first: str
    rest: str


@register.filter
def opening(text: str) -> Opening:
    """The first sentences of a text, and the rest; its first words and "…" where the first sentence is too long."""
    words = list(re.finditer(r"\S+", text))
    if len(words) < OPENING_WORDS + REST_WORDS:
        return Opening(text, "")
    ends = [word.end() for word in words[:OPENING_WORDS] if SENTENCE_END.search(word[0])]
    end = ends[-1] if ends else words[OPENING_WORDS - 1].end()
    return Opening(text[:end] + ("" if ends else " …"), text[end:].strip())
