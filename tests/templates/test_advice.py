"""The advice of the quality coach beside a section of the form."""

from django.template.loader import render_to_string

from boroughs.forms.coaching import Advice
from procurement.forms import notice_coach
from tests.markup import tree

VAGUE = Advice("vague", "users", "description", "modern", "Nobody can check this.", "Say what it must do.")


def rendered(*advice: Advice) -> str:
    return render_to_string("boroughs/needs/_advice.html", {"advice": advice})


def test_nothing_is_shown_where_there_is_nothing_to_say() -> None:
    assert rendered().strip() == ""


def test_each_piece_shows_the_text_that_it_is_about() -> None:
    (section,) = tree(rendered(VAGUE))
    heading, items = section[2]
    assert (section[0], section[1]["aria-labelledby"]) == ("section", heading[1]["id"])
    assert heading[::2] == ["h2", ["Advice: it never stops you"]]
    (item,) = items[2]
    assert item[2][0][0] == "q"
    assert item[2][0][2] == [["bdi", {}, ["modern"]]]
    assert "Nobody can check this." in item[2]
    assert "Say what it must do." in item[2]


def test_what_is_absent_is_not_quoted() -> None:
    assert "<q" not in rendered(Advice("problem_missing", "need", "problem", "", "No problem is stated.", "Say it."))


def test_typed_text_is_shown_as_text_and_a_long_one_cut_where_it_shows() -> None:
    html = rendered(Advice("reading_age", "need", "problem", "<b>" + "long " * 100, "It is long.", "Cut it."))
    assert "&lt;b&gt;long" in html
    assert "…" in html
    assert len(html) < 1000


def test_what_suppliers_would_miss_says_the_same_of_several_words_once() -> None:
    found = [
        notice_coach.Advice("acronym", notice_coach.Topic.WORDS, "Not spelled out.", "Write it in full.", quote)
        for quote in ("EV", "CPMS")
    ]
    html = render_to_string("procurement/notices/_coach.html", {"advice": found})
    assert "“EV”, “CPMS”<br>Not spelled out. Write it in full." in html
    assert html.count("Not spelled out.") == 1
