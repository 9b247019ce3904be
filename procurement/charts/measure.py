"""How wide a text will be, so that labels are wrapped instead of clipped.

The numbers are the advance widths of Inter in thousandths of the type size, for the characters from space to tilde,
read from the regular and bold latin faces of the npm package @fontsource/inter 5.3.0.
"""

from collections.abc import Iterator
from itertools import accumulate, takewhile

# fmt: off
_REGULAR = (
    281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610, 618, 646, 593,
    620, 566, 619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746, 743, 269, 571, 672,
    565, 903, 753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365, 360, 365, 471, 456, 323, 562,
    612, 571, 612, 583, 370, 613, 591, 242, 242, 549, 242, 876, 591, 600, 612, 612, 376, 528, 327, 591, 562, 818,
    546, 562, 552, 426, 333, 426, 662,
)
_BOLD = (
    237, 338, 552, 649, 655, 1016, 672, 339, 377, 377, 559, 679, 334, 468, 334, 388, 674, 431, 630, 646, 676, 622,
    649, 582, 651, 649, 334, 343, 679, 679, 679, 560, 1016, 747, 662, 740, 722, 607, 587, 750, 747, 281, 584, 719,
    565, 932, 762, 771, 648, 777, 657, 655, 667, 732, 747, 1038, 738, 731, 664, 377, 388, 377, 487, 476, 365, 581,
    630, 588, 630, 596, 398, 632, 623, 271, 271, 580, 271, 913, 623, 613, 630, 630, 407, 560, 366, 623, 600, 850,
    580, 602, 573, 469, 372, 469, 679,
)
# fmt: on
# A capital with an accent, a dash or a sign of another script: wide enough for nearly all.
_OTHER = 760


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in the units of `size`."""
    return sum(_advances(text, bold=bold)) * size / 1000


def _advances(text: str, *, bold: bool) -> Iterator[int]:
    table = _BOLD if bold else _REGULAR
    return (table[ord(char) - 32] if 32 <= ord(char) < 127 else _OTHER for char in text)


def wrap(text: str, size: float, room: float, *, lines: int = 2, bold: bool = False) -> list[str]:
    """The text in at most `lines` lines of at most `room`; what does not fit ends in an ellipsis."""
    found: list[str] = []
    for word in text.split() or [""]:
        if found and width(f"{found[-1]} {word}", size, bold=bold) <= room:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [shorten(line, size, room, bold=bold) for line in found]


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `room`."""
    if width(text, size, bold=bold) <= room:
        return text
    # Added up from the front: measured anew for each character that is cut off, twenty thousand took a dozen seconds.
    reaches = accumulate(_advances(f"…{text}", bold=bold))
    kept = sum(1 for _ in takewhile(lambda reach: reach * size / 1000 <= room, reaches))
    return f"{text[: max(kept - 1, 0)].rstrip()}…"
