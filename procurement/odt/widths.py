"""How wide the columns of a table are: as their texts ask, and no word breaks while another column has room."""

from collections.abc import Sequence

# So many signs fit beside each other on a line of a table.
LINE = 92
# A column asks for no more than this; a longer word breaks.
WIDEST, LONGEST_WORD = 60, 20
# Between the text of a column and that of the next.
GAP = 2


def shares(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """The part of each column, in tenths of a sign."""
    texts = [(heading, *(row[place] for row in rows)) for place, heading in enumerate(headings)]
    least = [GAP + min(LONGEST_WORD, max(map(_longest_word, column))) for column in texts]
    wanted = [max(low, GAP + min(WIDEST, max(map(len, column)))) for low, column in zip(least, texts, strict=True)]
    spare, asked = LINE - sum(least), sum(wanted) - sum(least)
    if asked <= spare:
        return [10 * each for each in wanted]
    given = max(0, spare) / asked
    return [round(10 * (low + (high - low) * given)) for low, high in zip(least, wanted, strict=True)]


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
