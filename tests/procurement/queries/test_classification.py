import pytest
from pytest_django import DjangoAssertNumQueries

from boroughs.actions.need_content import NeedContent, RequirementLine
from boroughs.models import Need
from procurement.actions import matching
from procurement.models import TextVector
from procurement.queries.classification import ClassificationHints, classification_hints
from tests.factories.boroughs import CategoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def categories() -> None:
    CategoryFactory(slug="parking", name="Parking", cpv=["48100000", "63712400"], synonyms=["PCN", "permits"])
    CategoryFactory(slug="learning", name="Learning", cpv=["48931000"], synonyms=["e-learning"])


def hints(content: NeedContent) -> ClassificationHints:
    return classification_hints(content, config=matching.config(), embedder=None)


def test_speaks_the_words_of_the_platform() -> None:
    found = hints(NeedContent(title="Parking permits", problem="A system for resident permits."))
    assert (found.categories[0].code, found.categories[0].name) == ("parking", "Parking")
    assert "“Parking permits”" in found.categories[0].reason
    assert (found.kinds[0].code, found.kinds[0].name) == (Need.Kind.SOFTWARE, "Software")
    assert found.cpv[:2] == ("48100000", "63712400")


def test_kinds_are_those_of_the_form() -> None:
    found = hints(NeedContent(title="Parking enforcement", problem="A managed service by an outsourced provider."))
    assert found.kinds[0].code == Need.Kind.MANAGED_SERVICE


@pytest.mark.parametrize(
    "content",
    [
        NeedContent(title="New", problem="Residents queue for parking permits."),
        NeedContent(title="New", users_description="People with parking permits."),
        NeedContent(title="New", description="Parking permits at home."),
        NeedContent(title="New", requirements=(RequirementLine("Parking permits online"),)),
        NeedContent(title="New", incumbent="RingGo"),
    ],
)
def test_every_part_of_the_text_is_read(content: NeedContent) -> None:
    assert hints(content).categories[0].code == "parking"


def test_what_was_chosen_before_does_not_lead_it() -> None:
    plain = NeedContent(title="Parking permits system")
    chosen = NeedContent(title=plain.title, category=CategoryFactory(slug="waste"), kind=Need.Kind.WORKS)
    assert hints(chosen) == hints(plain)


def test_a_new_category_is_known_at_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    content = NeedContent(title="An apiary register")
    assert "beekeeping" not in [each.code for each in hints(content).categories]
    CategoryFactory(slug="beekeeping", name="Beekeeping", synonyms=["apiary register"])
    assert hints(content).categories[0].code == "beekeeping"
    config = matching.config()
    with django_assert_num_queries(1):
        classification_hints(content, config=config, embedder=None)


def test_the_model_is_asked_where_there_is_one(stub_embedder: None) -> None:
    content = NeedContent(title="Parking permits")
    found = classification_hints(content, config=matching.config(), embedder=matching.embedder())
    assert found.categories[0].code == "parking"
    assert TextVector.objects.exists()


def test_nothing_is_suggested_for_nothing() -> None:
    assert hints(NeedContent(title="Help")) == ClassificationHints((), (), ())
