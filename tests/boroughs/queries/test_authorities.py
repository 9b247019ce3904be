import pytest

from boroughs.actions import reference
from boroughs.models import Borough
from boroughs.queries.authorities import AuthorityNames, authority_names

pytestmark = pytest.mark.django_db


@pytest.fixture
def names() -> AuthorityNames:
    reference.load()
    Borough.objects.create(kind=Borough.Kind.GUEST, name="Hull City Council", official_name="Hull", slug="hull")
    return authority_names()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("camden", "camden"),
        ("London Borough of Camden", "camden"),
        ("CAMDEN COUNCIL", "camden"),
        ("LB Camden", "camden"),
        ("Camden London Borough Council", "camden"),
        ("The Mayor and Burgesses of the London Borough of Camden", "camden"),
        ("The Royal Borough of Kingston upon Thames", "kingston-upon-thames"),
        ("Royal Borough of Kingston", "kingston-upon-thames"),
        ("London Borough of Richmond", "richmond-upon-thames"),
        ("London Borough of Barking & Dagenham", "barking-and-dagenham"),
        ("Westminster City Council", "westminster"),
        ("City of Westminster", "westminster"),
        ("City of London Corporation", "city-of-london"),
        ("Corporation of London", "city-of-london"),
        ("E09000007", "camden"),
        ("GB-LAE-CMD", "camden"),
        ("HULL  CITY COUNCIL", "hull"),
    ],
)
def test_authority_is_found_by_its_names(names: AuthorityNames, name: str, slug: str) -> None:
    found = names.find(name)
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize(
    "name", ["Tower Hamlets Community Housing Ltd", "Kingston upon Hull", "London", "Sutton Coldfield Town Council", ""]
)
def test_other_bodies_are_not_taken_for_a_borough(names: AuthorityNames, name: str) -> None:
    assert names.find(name) is None
