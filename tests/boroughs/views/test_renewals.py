from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from boroughs.models import Borough, Contract, Need, RenewalDismissal, Role, User
from tests.conftest import person
from tests.factories.boroughs import (
    CategoryFactory,
    ContractFactory,
    MembershipFactory,
    NeedFactory,
    RenewalDismissalFactory,
)

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def titles(answer: object) -> list[str]:
    return [each.title for each in answer.context["page"].object_list]  # type: ignore[attr-defined]


def test_page_says_by_when_to_decide_and_who_else_has_the_same(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    same = {"system": "Mosaic", "category": CategoryFactory(name="Social care")}
    ContractFactory(
        borough=borough,
        title="Case management",
        end_date=in_days(300),
        extension_options=[12],
        notice_months=3,
        **same,
    )
    ContractFactory(
        borough=other_borough,
        title="CANARY title",
        reference="CANARY reference",
        description="CANARY text",
        supplier="CANARY supplier",
        annual_value=7_313_117,
        total_value=7_919_119,
        notice_days=41,
        end_date=date(in_days(300).year, 12, 31),
        **same,
    )
    client.force_login(editor)
    text = client.get("/renewals/?months=24").content.decode()
    quarter = f"Brent: <bdi>Mosaic</bdi>, ends October to December {in_days(300).year}"
    for words in ("Case management", "Give notice by", "With all options", "(passed)", "Social care", quarter):
        assert words in text
    assert not [word for word in ("CANARY", "7,3", "7313117", "7,9", "31 December") if word in text]


def test_window_is_18_months_unless_the_reader_chooses_another(client: Client, reader: User, borough: Borough) -> None:
    for title, days in (("Half", 150), ("Year", 350), ("Eighteen", 530), ("Two", 710)):
        ContractFactory(borough=borough, title=title, end_date=in_days(days))
    client.force_login(reader)
    for query, expected in (
        ("", ["Half", "Year", "Eighteen"]),
        ("?months=6", ["Half"]),
        ("?months=12", ["Half", "Year"]),
        ("?months=24", ["Half", "Year", "Eighteen", "Two"]),
        ("?months=nonsense", ["Half", "Year", "Eighteen"]),
        ("?months=600", ["Half", "Year", "Eighteen"]),
        ("?q=half&months=24", ["Half"]),
        ("?q=%00" + "x" * 300, ["Half", "Year", "Eighteen"]),
    ):
        answer = client.get(f"/renewals/{query}")
        assert sorted(titles(answer)) == sorted(expected), query
    assert 'value="18" selected' in client.get("/renewals/?months=nonsense").content.decode()


def test_person_with_two_boroughs_may_look_at_one(
    client: Client, reader: User, borough: Borough, other_borough: Borough
) -> None:
    MembershipFactory(user=reader, borough=other_borough, role=Role.BOROUGH_EDITOR)
    mine, theirs = (ContractFactory(borough=place, end_date=in_days(100)) for place in (borough, other_borough))
    client.force_login(reader)
    assert sorted(titles(client.get("/renewals/"))) == sorted([mine.title, theirs.title])
    answer = client.get("/renewals/?borough=brent")
    assert titles(answer) == [theirs.title]
    # A reader in the one borough, an editor in the other.
    text = client.get("/renewals/").content.decode()
    assert f"/renewals/{theirs.pk}/draft/" in text
    assert f"/renewals/{mine.pk}/draft/" not in text
    assert sorted(titles(client.get("/renewals/?borough=nowhere"))) == sorted([mine.title, theirs.title])


@pytest.mark.parametrize("role", ["LOTI_ANALYST", "CDO_READER", "ADMINISTRATOR"])
def test_radar_is_not_for_the_office(client: Client, role: str) -> None:
    client.force_login(person(Role(role)))
    assert client.get("/renewals/").status_code == 403


def test_one_click_makes_a_draft_and_another_finds_it(client: Client, editor: User, borough: Borough) -> None:
    contract = ContractFactory(borough=borough, title="Telecare", end_date=in_days(200))
    client.force_login(editor)
    for _ in range(2):
        answer = client.post(f"/renewals/{contract.pk}/draft/")
        assert answer.headers["Location"] == f"/needs/{Need.objects.get().reference}/edit/"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert titles(client.get("/renewals/")) == []


def test_need_that_is_no_draft_any_more_is_opened(client: Client, editor: User, borough: Borough) -> None:
    contract = ContractFactory(borough=borough, end_date=in_days(200))
    need = NeedFactory(borough=borough, contract=contract)
    client.force_login(editor)
    answer = client.post(f"/renewals/{contract.pk}/draft/", follow=True)
    assert answer.redirect_chain[0][0] == f"/needs/{need.reference}/"
    assert "already" in answer.content.decode()


def test_not_now_and_back(client: Client, editor: User, borough: Borough) -> None:
    contract = ContractFactory(borough=borough, title="Telecare", end_date=in_days(200))
    client.force_login(editor)
    assert "Telecare" in client.get(f"/renewals/{contract.pk}/not-now/").content.decode()
    said = {"reason": "EXTENDING", "note": "Signed by Ade", "until_date": in_days(90).isoformat()}
    text = client.post(f"/renewals/{contract.pk}/not-now/", said, follow=True).content.decode()
    assert "stays quiet until" in text
    assert "Signed by Ade" in text
    assert "We take up an option to extend" in text
    assert titles(client.get("/renewals/")) == []
    for _ in range(2):
        client.post(f"/renewals/{contract.pk}/bring-back/")
        assert titles(client.get("/renewals/")) == ["Telecare"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Choose a reason"),
        ({"reason": "EXTENDING"}, "Enter the day up to which it should stay quiet"),
        ({"reason": "NONSENSE"}, "Choose a reason from the list"),
        ({"reason": "OTHER", "until_date": 10}, "Say what the reason is"),
        ({"reason": "EXTENDING", "until_date": 0}, "Date must be on or after"),
        ({"reason": "EXTENDING", "until_date": 201}, "Date must be on or before"),
        ({"reason": "EXTENDING", "until_date": 10, "note": "word " * 51}, "50 words or fewer"),
    ],
)
def test_not_now_says_what_is_wrong(
    client: Client, editor: User, borough: Borough, said: dict[str, object], words: str
) -> None:
    contract = ContractFactory(borough=borough, end_date=in_days(200))
    client.force_login(editor)
    days = said.get("until_date")
    data = said | ({"until_date": in_days(days).isoformat()} if isinstance(days, int) else {})
    assert words in client.post(f"/renewals/{contract.pk}/not-now/", data).content.decode()
    assert not RenewalDismissal.objects.exists()


def test_proposed_day_is_within_the_contract(client: Client, editor: User, borough: Borough) -> None:
    client.force_login(editor)
    for days, options, proposed in ((20, [], in_days(20)), (0, [], in_days(1))):
        contract = ContractFactory(borough=borough, end_date=in_days(days), extension_options=options)
        answer = client.get(f"/renewals/{contract.pk}/not-now/")
        assert answer.context["form"].initial["until_date"] == proposed


def test_what_was_taken_out_of_the_register_meanwhile_is_said_so(
    client: Client, editor: User, borough: Borough
) -> None:
    contract = ContractFactory(borough=borough, end_date=in_days(200))
    Contract.objects.update(closed_at=timezone.now())
    client.force_login(editor)
    said = {"reason": "EXTENDING", "until_date": in_days(90).isoformat()}
    for address, data in (("draft", {}), ("not-now", said)):
        text = client.post(f"/renewals/{contract.pk}/{address}/", data, follow=True).content.decode()
        assert "was taken out of the register" in text


def test_foreign_missing_and_endless_contracts_are_not_found(
    client: Client, editor: User, borough: Borough, other_borough: Borough
) -> None:
    client.force_login(editor)
    foreign = ContractFactory(borough=other_borough, end_date=in_days(200))
    for pk in (foreign.pk, 99_999_999, 10**30):
        for address in ("draft", "not-now", "bring-back"):
            assert client.post(f"/renewals/{pk}/{address}/").status_code == 404
    endless = ContractFactory(borough=borough)
    assert client.get(f"/renewals/{endless.pk}/not-now/").status_code == 404


def test_reader_sees_no_buttons(client: Client, reader: User, borough: Borough) -> None:
    ContractFactory(borough=borough, end_date=in_days(200))
    RenewalDismissalFactory(contract=ContractFactory(borough=borough, end_date=in_days(200)))
    client.force_login(reader)
    text = client.get("/renewals/").content.decode()
    assert "Kept quiet" in text
    assert "Draft a need" not in text
    assert "Bring back" not in text


def test_pages_ask_few_queries_whatever_the_amount(
    client: Client,
    editor: User,
    borough: Borough,
    other_borough: Borough,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        category = CategoryFactory()
        for place in (borough, other_borough):
            contract = ContractFactory(borough=place, category=category, end_date=in_days(200))
            if number % 3 == 0:
                RenewalDismissalFactory(contract=contract)
    client.force_login(editor)
    with django_assert_max_num_queries(12):
        answer = client.get("/renewals/")
    assert len(titles(answer)) == 20
    with django_assert_max_num_queries(12):
        client.get(f"/renewals/{contract.pk - 1}/not-now/")
