"""Vague words, jargon, acronyms and reading age."""

import pytest

from tests.boroughs.forms.coached import quotes, said


@pytest.mark.parametrize(
    "phrase",
    ["user-friendly", "user friendly", "State of the art", "seamlessly", "best-of-breed", "flexible", "intuitive"],
)
def test_vague_word(phrase: str) -> None:
    assert quotes("vague", description=f"{phrase} for all 40 officers in 3 places.") == [phrase]


@pytest.mark.parametrize(
    "text",
    [
        "Report on modern slavery each year.",
        "Officers with flexible working hours.",
        "Minutes go to Modern.Gov at night.",
        "The Modern Matters club meets here.",
        "A robust service: 99.9% of office hours.",
        "A resilient line with 4 hours to mend it.",
        "Inflexible rules and premodern files.",
    ],
)
def test_word_that_is_not_vague_here(text: str) -> None:
    assert not said("vague", problem=text)


def test_jargon_with_the_plain_word() -> None:
    (found,) = said("jargon", problem="Officers utilise five sheets.")
    assert found.quote == "utilise"
    assert "“use”" in found.fix
    assert not said("jargon", title="Synergy renewal", incumbent="Access Synergy")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("The SOR is out of date.", ["SOR"]),
        ("The schedule of rates (SOR) is out of date. The SOR is old.", []),
        ("The SOR (schedule of rates) is out of date.", []),
        ("Staff of the ALMO (arm's length management organisation) key it twice.", []),
        ("ICT and HR send PDF files by the NHS API about GDPR.", []),
        ("We must NOT lose data.", []),
        ("THE SOR IS OUT OF DATE AND NOBODY KNOWS IT.", []),
        ("The DoLS requests and the BIAs wait.", ["DoLS"]),
        ("Chapter II says 40 MB.", []),
    ],
)
def test_acronym_that_is_not_spelled_out(problem: str, expected: list[str]) -> None:
    assert quotes("acronym", problem=problem) == expected


def test_acronyms_are_told_once_and_all_in_one() -> None:
    (found,) = said("acronym", problem="The SOR, the RTO and the ESB differ.", description="12 SOR lines that fit.")
    assert found.quote == "SOR"
    assert "RTO and ESB" in found.words


def test_acronym_of_the_title_may_be_spelled_out_below() -> None:
    assert not said("acronym", title="SOR book", problem="The schedule of rates (SOR) is out of date.")
    assert quotes("acronym", title="SOR book") == ["SOR"]


def test_acronym_that_is_the_name_of_a_product() -> None:
    assert quotes("acronym", problem="CMIS is slow.") == ["CMIS"]
    assert not said("acronym", problem="CMIS is slow.", incumbent="CMIS")
    assert not said("acronym", problem="CMIS is slow.", products=("CMIS",))


HARD = (
    "Notwithstanding considerable organisational investment in interoperability, practitioners consistently experience "
    "disproportionate administrative duplication whenever multidisciplinary assessments necessitate "
)
SHORT = "Nobody likes it. We have asked the teams and they all say the same thing each time."


def test_reading_age_names_the_longest_sentence() -> None:
    long = f"{HARD} reconciliation of what was recorded before."
    (found,) = said("reading_age", problem=f"{SHORT} {long} {SHORT}")
    assert found.quote == long
    assert "22 words in its longest sentence" in found.words


def test_reading_age_that_comes_from_long_words() -> None:
    long = f"{HARD} reconciliation."
    (found,) = said("reading_age", problem=f"{SHORT} {long} {SHORT}")
    assert found.quote == long
    assert "long words" in found.words


def test_reading_age_of_short_and_of_plain_texts() -> None:
    assert not said("reading_age", problem="Interoperability necessitates organisational reconciliation.")
    assert not said("reading_age", problem="The cat sat on the mat and the dog sat on the rug. " * 10)
