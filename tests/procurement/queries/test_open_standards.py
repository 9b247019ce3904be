"""The register of open standards."""

import pytest

from procurement.queries import open_standards


def test_the_register_is_whole_and_each_standard_is_known_by_its_own_name() -> None:
    register = open_standards.register()
    assert 15 <= len(register) <= 30
    spellings = [word for each in register.values() for word in each.also]
    assert len(spellings) == len(set(spellings))
    for each in register.values():
        assert each.name
        assert each.purpose
        assert each.owner
        assert each.code in open_standards.suggested([each.name])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Addresses carry a UPRN and a USRN.", ("uprn", "usrn")),
        ("hl7 FHIR interfaces", ("fhir-uk-core",)),
        ("Single sign-on by SAML2 or OpenID Connect", ("openid-connect", "saml-2")),
        ("Titles of the csvs; tlsx; scimitar", ()),
        ("Exports PDF/A and PDF/UA", ("pdf-a", "pdf-ua")),
    ],
)
def test_standards_are_found_as_whole_words(text: str, codes: tuple[str, ...]) -> None:
    assert open_standards.suggested([text]) == codes


def test_codes_that_the_register_lacks_are_left_out() -> None:
    assert [each.code for each in open_standards.named(["wcag-2-2", "fax", "uprn"])] == ["uprn", "wcag-2-2"]
