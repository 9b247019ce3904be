"""How many requirement lines a notice may have, and how long each may be."""

from collections.abc import Sequence

from boroughs.word_count import count_words

LINES_LIMIT = 20
LINE_WORDS = 30
LINE_LIMIT = 300


def line_problems(lines: Sequence[str], *, name: str) -> list[str]:
    """What is wrong with a list of requirement lines; `name` is "must" or "should"."""
    found = []
    if len(lines) > LINES_LIMIT:
        found.append(f"List at most {LINES_LIMIT} “{name}” requirements; there are {len(lines)}.")
    found += [
        f"Shorten line {place} of the “{name}” requirements to {LINE_WORDS} words and {LINE_LIMIT} characters."
        for place, line in enumerate(lines, start=1)
        if count_words(line) > LINE_WORDS or len(line) > LINE_LIMIT
    ]
    return found
