"""Texts of people made fit for paper: what steers and is not seen is left out, and little pictures are told in words.

The forms take such characters away; a snapshot may be older. The fonts of reports have no little pictures, and a
machine that has some would make another file than a machine that has none.
"""

import re
import unicodedata

# Control characters, embeddings, overrides and isolates of a direction, and what is no character at all.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")

_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_PICTURE = "[\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
# What changes the picture before it: its style, the colour of skin, the region of a flag.
_CHANGE = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
PICTURES = re.compile(f"{_FLAG}|{_PICTURE}{_CHANGE}*(?:\u200d{_PICTURE}{_CHANGE}*)*")
_REGION_A = 0x1F1E6


def printable(html: str) -> str:
    """The HTML without unseen characters, and with each little picture as its name: "[school]", "[flag GB]"."""
    return PICTURES.sub(_in_words, UNSEEN.sub("", html))


def _in_words(found: re.Match[str]) -> str:
    picture = found[0]
    if re.fullmatch(_FLAG, picture):
        return f"[flag {''.join(chr(ord(letter) - _REGION_A + ord('A')) for letter in picture)}]"
    shown = re.findall(_PICTURE, re.sub(_CHANGE, "", picture)) or [picture[0]]
    return f"[{', '.join(unicodedata.name(each, 'picture').lower() for each in shown)}]"
