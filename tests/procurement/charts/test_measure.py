from hypothesis import given
from hypothesis import strategies as st

from procurement.charts import measure


def test_width_grows_with_letters_and_weight() -> None:
    assert measure.width("i", 100) < measure.width("m", 100) < measure.width("m", 100, bold=True)
    assert measure.width("Camden", 10) == measure.width("Camden", 20) / 2


def test_wrap_breaks_between_words_and_ends_in_an_ellipsis() -> None:
    assert measure.wrap("Adult social care", 10, 1000) == ["Adult social care"]
    assert measure.wrap("Adult social care", 10, measure.width("Adult social", 10)) == ["Adult social", "care"]
    assert measure.wrap("Adult social care case management", 10, 62)[-1].endswith("…")


@given(st.text(max_size=80), st.integers(20, 300), st.integers(1, 3))
def test_wrap_never_exceeds_its_room(text: str, room: int, lines: int) -> None:
    found = measure.wrap(text, 15, room, lines=lines)
    assert 1 <= len(found) <= lines
    assert all(measure.width(line, 15) <= room for line in found)


@given(st.text(max_size=80), st.integers(0, 300), st.booleans())
def test_shorten_keeps_as_much_as_fits_with_its_ellipsis(text: str, room: int, bold: bool) -> None:
    found = measure.shorten(text, 15, room, bold=bold)
    if measure.width(text, 15, bold=bold) <= room:
        assert found == text
        return
    fitting = [cut for cut in range(len(text)) if measure.width(f"{text[:cut]}…", 15, bold=bold) <= room]
    assert found == f"{text[: max(fitting, default=0)].rstrip()}…"
