import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boroughs.queries.supplier_folding import company_number_of, fittest, is_one_supplier, likeness, read

CIVICA = (
    "Civica UK Ltd",
    "CIVICA",
    "  civica   u.k.  limited ",
    "Civica (UK) Limited (t/a Civica Digital)",
    "Civica UK Ltd trading as Civica",
    "Civica Digital (a trading name of Civica UK Ltd)",
    "The Civica Company Ltd",
    "Civica UK Ltd (formerly Sanderson Computers Ltd)",
    "Civica UK Limited (Company No. 01628868)",
    "Civica UK Ltd 01628868",
    "Cívica plc",
    "Ｃｉｖｉｃａ",
)
WORDS = st.sampled_from(["orchard", "phoenix", "vehicle", "education", "system", "c", "unit4", "group"])
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@pytest.mark.parametrize("name", CIVICA)
def test_what_tells_no_companies_apart_is_left_out(name: str) -> None:
    assert read(name).key == "civica"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Phoenix Software Ltd", "Phoenix Education Ltd"),
        ("Northgate Public Services (UK) Ltd", "Northgate Vehicle Hire Ltd"),
        ("Capita Business Services Ltd", "Capita Property and Infrastructure Ltd"),
        ("Serco Ltd", "Serco Group plc"),
        ("Ricoh UK Ltd", "Ricoh Europe plc"),
        ("Aareon UK Ltd", "Aareon AG"),
        ("Oracle Corporation UK Ltd", "Oracle Corporation"),
        ("UK Power Networks", "Power Networks"),
        ("Unit4", "Unit5"),
        ("Act Now Ltd", "Act Ltd"),
        # One letter is never too little: likeness does not fold.
        ("XMA Ltd", "XML Ltd"),
        ("Agilisys Ltd", "Agilysys Ltd"),
    ],
)
def test_what_tells_companies_apart_stays(name: str, other: str) -> None:
    assert not is_one_supplier(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Marks & Spencer plc", "Marks and Spencer"),
        ("Liquid Logic Ltd", "Liquidlogic"),
        ("N.E.C. Software-Solutions", "NEC Software Solutions"),
        ("Allen Lane & Co. Ltd", "Allen Lane and Company Limited"),
        ("Oracle Corporation UK Ltd", "Oracle"),
        ("Sainsbury's Ltd", "Sainsburys"),
    ],
)
def test_ways_of_writing_one_name_are_one_supplier(name: str, other: str) -> None:
    assert is_one_supplier(name, other)


@pytest.mark.parametrize("text", ["", " ", "-", "n/a", "N.A.", "TBC", "In-house", "Various", "123", "***", "."])
def test_what_names_no_supplier_has_no_key(text: str) -> None:
    assert read(text).key == ""
    assert not is_one_supplier(text, text)


@pytest.mark.parametrize("text", ["Limited", "UK", "The", "The Company Ltd", "UK plc", "Company 12345678 Ltd"])
def test_name_of_nothing_but_endings_keeps_one(text: str) -> None:
    assert read(text).key


def test_fullest_name_that_says_nothing_beside_is_shown() -> None:
    names = ["CIVICA", "Civica", "Civica UK Ltd", "Civica UK Ltd (t/a Civica Digital)", "Civica UK Limited (01628868)"]
    assert fittest(names) == "Civica UK Ltd"
    assert fittest(["SOFTCAT PLC", "Softcat PLC", "Softcat plc"]) == "Softcat plc"
    assert fittest(["CIVICA"]) == "CIVICA"


def test_company_number_decides_where_both_names_say_it() -> None:
    assert is_one_supplier("NEC Software (00968498)", "Northgate Public Services, company number 968498")
    assert not is_one_supplier("Civica UK Ltd (01628868)", "Civica UK Ltd (05389234)")
    assert is_one_supplier("Civica UK Ltd (01628868)", "Civica UK Ltd")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1628868", "01628868"),
        (" 01628868 ", "01628868"),
        ("sc 123456", "SC123456"),
        ("R0000123", "R0000123"),
        ("", ""),
        ("0", ""),
        ("123456789", ""),
        ("n/a", ""),
    ],
)
def test_company_number_is_written_as_in_the_register(text: str, number: str) -> None:
    assert company_number_of(text) == number


@pytest.mark.parametrize(
    ("name", "other", "reason"),
    [
        ("Phoenix Software", "Pheonix Software", "They differ by one letter."),
        ("Vodafone", "Vodaphone", "They differ by 2 letters."),
        ("BT", "British Telecommunications plc", "One is the initials of the other."),
        ("Tunstall", "Tunstall Healthcare (UK) Ltd", "One begins with the whole of the other."),
        ("Insight Direct", "Direct Insight", "The words are the same, in another order."),
        ("Access UK Ltd t/a The Access Group", "Access Group", "One names the other"),
        ("NEC Software (formerly Northgate Public Services)", "Northgate Public Services", "One names the other"),
        ("Civica UK Ltd (01628868)", "Civica UK Ltd", "written alike"),
        ("EasyPark UK (RingGo Ltd)", "RingGo Limited", "One names the other"),
        ("Evosys UK (Mastek (UK) Ltd)", "Mastek UK", "One names the other"),
        ("Insight Direct (UK)", "Mastek (UK)", ""),
        ("Unit4 Business", "Unit5 Business", ""),
        ("XMA", "XML", ""),
        ("Civica", "Softcat", ""),
        ("n/a", "n/a", ""),
        ("Civica UK Ltd (01628868)", "Civica UK Ltd (05389234)", ""),
    ],
)
def test_reason_to_look_is_said_in_words(name: str, other: str, reason: str) -> None:
    said = likeness(read(name), read(other))
    assert reason in said
    assert bool(said) == bool(reason)


@given(NAMES, st.sampled_from(["ltd", "Limited", "PLC", "UK Ltd", "(UK) Limited", "L.L.P.", "& Co. Ltd"]))
def test_case_spaces_and_form_never_part_a_name(name: str, form: str) -> None:
    for written in (f"{name} {form}", f"The {name.upper()}", name.replace(" ", "-"), name.replace(" ", ""), f"{name},"):
        assert is_one_supplier(name, written)


@given(NAMES, WORDS)
def test_another_word_always_parts_a_name(name: str, word: str) -> None:
    assert not is_one_supplier(name, f"{name} {word}")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_texts_are_read_and_compared_both_ways_alike(first: str, second: str) -> None:
    assert is_one_supplier(first, second) == is_one_supplier(second, first)
    assert likeness(read(first), read(second)) == likeness(read(second), read(first))


@pytest.mark.parametrize("text", ["(" * 2000, "company " * 250, "a." * 1000, "t/a " * 500, "x an trading " * 150])
def test_long_nonsense_is_read_at_once(text: str) -> None:
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 2
