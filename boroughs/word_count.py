"""How the words of a text are counted against a limit, on every page and in every check.

As the Digital Marketplace counted them: whatever stands between spaces is one word, "half-hourly" and "and/or" too. The
counter below a text box follows this (static/src/js/loti.js).
"""


def count_words(text: str) -> int:
    return len(text.split())
