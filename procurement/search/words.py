"""Cuts texts and queries into words, in the form in which they are compared."""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import Final

from Stemmer import Stemmer

# Letters and digits of any script. Both patterns are read once from left to right: no text makes them slow.
_WORD: Final = re.compile(r"[^\W_]+")
_COMPOUND: Final = re.compile(r"[^\W_]+(?:[-./&'+][^\W_]+)+")
_JOINT: Final = re.compile(r"[-./&'+]")
_LONGEST: Final = 40
_STOP: Final = """
    a about after all also an and any are as at be been before being between both but by can could do does during each
    for from further get had has have having how if in into is it its may more most must no nor not of off on once only
    or other our out over own per same shall should so some such than that the their them then there these they this
    those through to too under until up us use used using very via was we were what when where which while who whose
    will with within without would you your
"""
STOP: Final = frozenset(_STOP.split())
# PyStemmer's objects are not to be shared by threads.
_own = threading.local()


def fold(text: str) -> str:
    """Text in the form in which it is compared: compatibility form, no accents, no case."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‑", "-").replace("‐", "-"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()


def words(folded: str) -> list[str]:
    """The words of a folded text, in order; the parts of a compound are words of their own."""
    return [word[:_LONGEST] for word in _WORD.findall(folded)]


def compounds(folded: str) -> list[tuple[str, list[str]]]:
    """Words with a hyphen or the like inside: written together, and their parts."""
    return [(_JOINT.sub("", found)[:_LONGEST], _JOINT.split(found)) for found in _COMPOUND.findall(folded)]


def stem(word: str) -> str:
    """Snowball's English stem, which leaves words of other languages nearly alone."""
    stemmer = getattr(_own, "stemmer", None)
    if stemmer is None:
        stemmer = _own.stemmer = Stemmer("english")
    found: str = stemmer.stemWord(word)
    return found
