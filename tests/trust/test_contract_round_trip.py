"""Any contract that the form accepts survives form → database → page → API → file → import unchanged."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from boroughs.actions.contract_content import ContractContent, content_of
from boroughs.forms import contract_sheet
from boroughs.forms.contract_rows import ContractReader
from boroughs.forms.contracts import EARLIEST, LATEST, ContractForm
from boroughs.forms.rows import RawRow
from boroughs.forms.spreadsheet_cells import FORMULA, guarded, unguarded
from boroughs.models import Borough, Category, Contract, User
from boroughs.queries.authorities import authority_names
from tests.factories.api import CONTRACTS, Program
from tests.factories.boroughs import CategoryFactory
from tests.trust.test_round_trip import HARD, PIECES, TEXTS, Seen, typed

pytestmark = pytest.mark.django_db

NAMES = ("reference", "title", "description", "system", "supplier", "company_number", "department", "ocid")
DAYS = st.none() | st.dates(EARLIEST, LATEST)
POUNDS = st.none() | st.integers(0, 10**11)


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


@pytest.fixture
def category() -> Category:
    made: Category = CategoryFactory(slug="parking", name="Parking, permits")
    return made


@given(text=st.text(max_size=6) | st.lists(st.sampled_from([*PIECES, "=", "a"]), max_size=4).map("".join))
@example(text="'=1")
@example(text="''")
@example(text="'=")
def test_marked_cell_is_no_formula_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text
    assert guarded(text) == text or FORMULA.match(text)


@given(
    texts=st.fixed_dictionaries(dict.fromkeys(NAMES, TEXTS)),
    days=st.tuples(DAYS, DAYS, DAYS),
    options=st.lists(st.integers(1, 240), max_size=4),
    notice=st.tuples(st.integers(0, 60), st.integers(0, 1000)),
    values=st.tuples(POUNDS, POUNDS),
    has_category=st.booleans(),
)
@example(
    texts=dict.fromkeys(NAMES, HARD),
    days=(date(2024, 2, 29), date(2027, 3, 31), None),
    options=[12, 12],
    notice=(3, 10),
    values=(0, 10**11),
    has_category=True,
)
@example(
    texts=dict.fromkeys(NAMES, "'=1+1"),
    days=(None, None, None),
    options=[],
    notice=(0, 0),
    values=(None, None),
    has_category=False,
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_contract_that_the_form_accepts_stays_as_it_is(
    texts: dict[str, str],
    days: tuple[date | None, ...],
    options: list[int],
    notice: tuple[int, int],
    values: tuple[int | None, ...],
    has_category: bool,
    editor: User,
    program: Program,
    category: Category,
    tmp_path: Path,
) -> None:
    sent = dict(_boxes(texts, days, options, notice, values, category.slug if has_category else ""))
    form = ContractForm(sent, categories=[category])
    assume(form.is_valid())
    said, reference = form.content(), form.cleaned_data["reference"]
    assert (said.notice_months, said.notice_days) == notice
    with transaction.atomic():
        try:
            client = Client()
            client.force_login(editor)
            contract = _through_the_database(client, sent, reference, said)
            _through_the_page(client, contract, said)
            _through_the_api(program, contract, said)
            _through_the_file(contract, said, category, tmp_path / "register.csv")
        finally:
            transaction.set_rollback(True)


def _boxes(
    texts: dict[str, str],
    days: tuple[date | None, ...],
    options: list[int],
    notice: tuple[int, int],
    values: tuple[int | None, ...],
    category: str,
) -> Iterator[tuple[str, str]]:
    """The boxes of the form as a browser sends them."""
    yield from texts.items()
    for name, day in zip(("start_date", "end_date", "review_date"), days, strict=True):
        for part in ("day", "month", "year"):
            yield f"{name}_{part}", str(getattr(day, part)) if day else ""
    yield "extension_options", " + ".join(map(str, options))
    yield "notice", "{} months and {} days".format(*notice)
    for name, value in zip(("annual_value", "total_value"), values, strict=True):
        yield name, "" if value is None else f"{value:,}"
    yield "category", category


def _through_the_database(client: Client, sent: dict[str, str], reference: str, said: ContractContent) -> Contract:
    added = typed(client, "/contracts/new/", sent)
    assert added.status_code == 302, added.content
    contract = Contract.objects.get()
    assert (contract.reference, content_of(contract)) == (reference, said)
    return contract


def _through_the_page(client: Client, contract: Contract, said: ContractContent) -> None:
    shown = Seen(client.get(f"/contracts/{contract.pk}/").content.decode()).bdi
    for text in (said.title, said.description, said.system, said.supplier, said.department, said.ocid):
        assert text == "" or text in shown
    assert contract.reference in shown
    address = f"/contracts/{contract.pk}/edit/"
    seen = Seen(client.get(address).content.decode()).values
    # Sent back as it was shown, it says the same: no new revision.
    fields = {name: value for name, value in seen.items() if name != "csrfmiddlewaretoken"}
    fields["category"] = said.category.slug if said.category else ""
    assert typed(client, address, fields).status_code == 302
    assert content_of(Contract.objects.get()) == said
    assert Contract.objects.get().revision == 1


def _through_the_api(program: Program, contract: Contract, said: ContractContent) -> None:
    address = f"{CONTRACTS}{contract.pk}/"
    answer = program.get(address)
    body: dict[str, Any] = json.loads(answer.content)
    assert (body["reference"], body["title"], body["description"]) == (contract.reference, said.title, said.description)
    again = program.send("PUT", address, body, if_match=answer.headers["ETag"])
    assert (again.status_code, again.json()) == (200, body)
    # Sent as a new entry under another reference, it says the same.
    new = {name: body[name] for name in ContractForm.base_fields} | {"reference": "A copy"}
    assume(contract.reference != "A copy")
    copied = program.post(CONTRACTS, new)
    assert copied.status_code == 201, copied.content
    assert content_of(Contract.objects.get(pk=copied.json()["id"])) == said


def _through_the_file(contract: Contract, said: ContractContent, category: Category, path: Path) -> None:
    written = contract_sheet.written(Contract.objects.filter(pk=contract.pk).select_related("borough", "category"))
    # As it is downloaded: no line end of the platform's.
    path.write_bytes(written.encode())
    reader = ContractReader(authority_names(), [category])
    with path.open(newline="", encoding="utf-8-sig") as file:
        (values,) = csv.DictReader(file)
    row = reader.check(RawRow(2, {name: unguarded(value) or None for name, value in values.items()}))
    assert not reader.unknown_columns
    assert (row.borough, row.reference, row.content) == (contract.borough, contract.reference, said)  # type: ignore[union-attr]
