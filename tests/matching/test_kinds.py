from __future__ import annotations

from procurement.matching.kinds import spoken


def test_words_are_quoted_as_they_are_written():
    found = spoken("Hosting and a Data Centre exit; Licences from a reseller")
    assert found["hosting"] == ("Hosting", "Data Centre")
    assert found["licences"] == ("Licences", "reseller")
    assert "works" not in found


def test_a_text_that_grows_in_lower_case_does_not_shift_the_words():
    assert spoken("İİ laptops")["hardware"] == ("laptops",)
