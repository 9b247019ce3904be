"""What boroughs have learned: written, changed and withdrawn by the own borough, read by boroughs and the office."""

import html

import pytest
from django.test import Client

from boroughs import audit
from boroughs.models import Borough, Category, Role, User
from procurement.actions import experiences
from procurement.actions.experiences import ExperienceContent
from procurement.models import Experience
from tests.factories.boroughs import CategoryFactory, ContractFactory, MembershipFactory
from tests.factories.picture import joint_demand

pytestmark = pytest.mark.django_db

NEW = {"bought": "Telecare alarms", "worked": "A pilot first.", "contact_role": "Head of telecare"}


@pytest.fixture
def category() -> Category:
    return CategoryFactory(slug="telecare", name="Telecare")


@pytest.fixture
def written(category: Category, borough: Borough, editor: User) -> Experience:
    content = ExperienceContent(category=category, avoid="Bells at night.", **NEW)
    return experiences.write(borough=borough, content=content, by=editor)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, address: str, **data: object) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_borough_writes_down_what_others_then_read(category: Category, editor: User, stranger: User) -> None:
    page = post(as_(editor), "/experiences/new/", category="telecare", bought_year="2023", **NEW)
    assert "Other boroughs can read it now." in page
    page = get(as_(stranger), "/experiences/?category=telecare")
    assert "A pilot first." in page
    assert "Ask: Head of telecare, Camden" in html.unescape(page).replace("<bdi>", "").replace("</bdi>", "")
    assert "Withdraw" not in page
    assert audit.history(noun="experience", reference=str(Experience.objects.get().pk))[0].verb == "write"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bought": ""}, "Say what was bought"),
        ({"contact_role": ""}, "Say whom to ask, as a role"),
        ({"worked": ""}, "Say what worked, or what to avoid"),
        ({"contact_role": "ann@camden.gov.uk"}, "Leave e-mail addresses and telephone numbers out of whom to ask"),
        ({"worked": "Ring 020 7974 4444."}, "Leave e-mail addresses and telephone numbers out of what worked"),
        ({"bought_year": "2999"}, "The year must be between 1980 and"),
        ({"bought_year": "soon"}, "Enter a year, like 2023"),
        ({"category": "nowhere"}, "Choose a category from the list"),
        ({"worked": "word " * 201}, "200 words or fewer"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    change: dict[str, str], message: str, category: Category, editor: User
) -> None:
    page = post(as_(editor), "/experiences/new/", **({"category": "telecare", "avoid": ""} | NEW | change))
    assert message in page
    for kept in (value for name, value in (NEW | change).items() if name != "category"):
        assert kept.strip() in page
    assert not Experience.objects.exists()


def test_figures_in_a_text_are_no_telephone_number(category: Category, borough: Borough, editor: User) -> None:
    content = ExperienceContent(category=category, **NEW | {"worked": "4,000 homes, 2023 to 2025, saved £120,000."})
    assert experiences.write(borough=borough, content=content, by=editor).pk


def test_two_colleagues_do_not_overwrite_each_other(written: Experience, editor: User) -> None:
    client, address = as_(editor), f"/experiences/{written.pk}/edit/"
    assert 'name="revision" value="1"' in get(client, address)
    assert "Saved." in post(client, address, category="telecare", revision="1", **NEW)
    page = post(client, address, category="telecare", revision="1", **NEW | {"worked": "Something else."})
    assert "A colleague has changed this experience" in page
    assert "Something else." in page
    written.refresh_from_db()
    assert (written.worked, written.revision) == ("A pilot first.", 2)


def test_what_is_withdrawn_is_seen_no_more_and_kept(written: Experience, editor: User) -> None:
    client = as_(editor)
    page = post(client, f"/experiences/{written.pk}/withdraw/")
    assert "Withdrawn." in page
    assert "Bells at night." not in page
    assert client.get(f"/experiences/{written.pk}/edit/").status_code == 404
    assert Experience.objects.get().withdrawn_at is not None


def test_who_is_not_of_the_borough_changes_nothing(written: Experience, stranger: User, reader: User) -> None:
    for user, status in ((stranger, 404), (reader, 403)):
        for verb in ("edit", "withdraw"):
            assert as_(user).post(f"/experiences/{written.pk}/{verb}/").status_code == status
    assert as_(reader).get("/experiences/new/").status_code == 403


def test_a_joint_demand_shows_its_category_and_how_many_have_bought(written: Experience, stranger: User) -> None:
    demand = joint_demand("camden", "brent", category=written.category)
    ContractFactory(category=written.category, title="Secret alarms")
    page = get(as_(stranger), f"/demands/{demand.reference}/experience/")
    assert "1 borough with a contract of this category" in page
    assert "Bells at night." in page
    assert "Secret alarms" not in page
    other = joint_demand("camden", "brent", title="Parking")
    assert "Bells at night." not in get(as_(stranger), f"/demands/{other.reference}/experience/")


def test_the_public_and_who_has_no_role_read_nothing(written: Experience) -> None:
    demand = joint_demand("camden", "brent", category=written.category)
    for address in ("/experiences/", f"/demands/{demand.reference}/experience/"):
        assert "/accounts/login/" in Client().get(address).headers["Location"]
    for address in ("/board/", "/board/feed.atom", "/api/v1/notices/", "/api/1.0/ocdsReleasePackages"):
        assert "Bells at night." not in get(Client(), address)


def test_a_person_of_two_boroughs_says_for_which(category: Category, editor: User, other_borough: Borough) -> None:
    MembershipFactory(user=editor, borough=other_borough, role=Role.BOROUGH_EDITOR)
    client = as_(editor)
    assert "Brent" in get(client, "/experiences/new/")
    post(client, "/experiences/new/", borough="brent", category="telecare", **NEW)
    assert Experience.objects.get().borough == other_borough
    page = post(client, "/experiences/new/", borough="barnet", category="telecare", **NEW)
    assert "Choose one of your boroughs" in page
