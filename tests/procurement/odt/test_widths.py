"""Columns share a line as their texts ask."""

from procurement.odt.widths import LINE, shares


def test_columns_that_fit_are_as_wide_as_their_longest_text() -> None:
    assert shares(["Need", "Users"], [("N-00001", "7")]) == [90, 70]


def test_where_they_do_not_fit_the_longest_gives_way_and_no_word_breaks() -> None:
    need, title, users = shares(["Need", "What is needed", "Users"], [("N-00001", "wide words " * 40, "12,345")])

    assert need >= 90
    assert users >= 80
    assert title > 5 * need
    assert need + title + users <= 10 * LINE + 1


def test_a_word_without_end_takes_no_more_than_its_part() -> None:
    first, second = shares(["Need", "Title"], [("N-00001", "w" * 20_000)])

    assert second < 8 * first


def test_more_columns_than_a_line_holds_keep_a_width() -> None:
    assert min(shares(["A heading"] * 30, [("extraordinarily long",) * 30])) > 0
