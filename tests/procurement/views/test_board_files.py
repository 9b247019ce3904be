"""The board's list as CSV and as a workbook: exactly what the page lists, and no cell that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from boroughs.forms.spreadsheet_cells import unguarded
from boroughs.forms.tables import read_table
from boroughs.models import User
from procurement.views import board_files
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

CSV, XLSX = "/board/notices.csv", "/board/notices.xlsx"
Rows = list[dict[str, str]]


def content(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert response["Access-Control-Allow-Origin"] == "*"
    found: bytes = response.getvalue()
    return found


def lines(client: Client, query: str = "") -> Rows:
    return list(csv.DictReader(io.StringIO(content(client, CSV + query).decode("utf-8-sig"), newline="")))


def sheet(client: Client, name: str, query: str = "") -> Rows:
    """As the importer reads it, which leaves out columns in which nothing stands."""
    found = read_table(io.BytesIO(content(client, XLSX + query)), "list.xlsx", sheet=name)
    return [
        {heading: "" if cell is None else str(cell) for heading, cell in zip(found.columns, row.cells, strict=True)}
        for row in found.rows
    ]


def listed(client: Client, query: str = "") -> list[str]:
    return [notice["reference"] for notice in client.get(f"/api/v1/notices/{query}").json()["results"]]


def test_both_files_say_what_the_version_says(client: Client) -> None:
    start = timezone.localdate() + timedelta(days=200)
    version = scene.publish(start_date=start)
    (row,) = lines(client)
    content = version.content
    for name in ("reference", "title", "summary", "questions_close_date", "closes_date"):
        assert row[name] == content[name], name
    assert (row["start_date"], row["months"], row["tender_date"]) == (start.isoformat(), "36", "")
    assert row["boroughs"] == "Brent; Camden; Hackney"
    assert (row["lead"], row["cpv"], row["status"]) == ("Hackney", "48000000", "Open")
    assert (row["users_low"], row["users_high"]) == ("1203", "1203")
    assert (row["budget_max_low"], row["budget_max_high"]) == ("700000", "750000")
    assert row["url"].endswith(f"/notices/{version.notice.reference}/")
    assert date.fromisoformat(row["this_version_published"])
    (there,) = sheet(client, "Notices")
    for name, value in row.items():
        assert there.get(name, "") == value, name
    boroughs = sheet(client, "Boroughs")
    assert [(each["borough"], each["leads"]) for each in boroughs] == [
        ("Brent", "no"),
        ("Camden", "no"),
        ("Hackney", "yes"),
    ]


@pytest.mark.parametrize(
    "query", ["", "?borough=camden", "?q=two", "?sort=closing", "?state=WITHDRAWN", "?kind=PLANNED"]
)
def test_files_list_what_the_page_lists_in_its_order(query: str, client: Client, analyst: User) -> None:
    today = timezone.localdate()
    for place, title in enumerate(("One", "Two", "Three")):
        days = scene.dates(today + timedelta(days=20 - place), today + timedelta(days=60 - place))
        scene.publish(scene.confirmed_demand("Camden" if place else "Barnet", "Brent", title=title), **days)
    gone = scene.publish(scene.confirmed_demand("Camden", "Brent", title="Two again"))
    scene.withdraw(gone.notice)
    scene.proposed(scene.confirmed_demand("Camden", "Brent", title="Two in secret"))
    there = listed(client, query)
    assert bool(there) == (query != "?kind=PLANNED")
    assert [row["reference"] for row in lines(client, query)] == there
    if there:
        assert [row["reference"] for row in sheet(client, "Notices", query)] == there


def test_page_leads_to_the_files_under_its_filters(client: Client) -> None:
    scene.publish()
    text = client.get("/board/?borough=camden&page=1&utm=x").content.decode()
    assert 'href="/board/notices.csv?borough=camden"' in text
    assert 'href="/board/notices.xlsx?borough=camden"' in text
    assert "notices.csv" not in client.get("/board/?q=nothinglikeit").content.decode()


@pytest.mark.parametrize("evil", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "'=1"])
def test_no_cell_is_taken_for_a_formula(evil: str, client: Client) -> None:
    version = scene.publish(title="Plain", summary=evil)
    (row,) = lines(client)
    assert row["summary"][0] not in "=+-@\t"
    assert unguarded(row["summary"]) == version.content["summary"]
    with zipfile.ZipFile(io.BytesIO(content(client, XLSX))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
        assert not [name for name in parts.namelist() if "externalLink" in name]
    assert len(sheets) == 2
    assert not [text for text in sheets if "<f>" in text or "hyperlink" in text]


def test_text_that_is_too_long_for_a_cell_is_cut_in_the_workbook(client: Client) -> None:
    scene.publish(summary="a" * 40_000)
    assert len(lines(client)[0]["summary"]) == 40_000
    (row,) = sheet(client, "Notices")
    assert row["title"] == "Housing repairs"
    assert len(row["summary"]) == board_files.CELL_CHARACTERS


@pytest.mark.parametrize("address", [CSV, XLSX])
def test_file_is_a_304_until_something_is_published(address: str, client: Client) -> None:
    scene.publish(scene.confirmed_demand(title="One"))
    first: Any = client.get(address)
    assert first.getvalue() == content(client, address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.head(address)["ETag"] == first["ETag"]
    scene.publish(scene.confirmed_demand(title="Two"))
    again: Any = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again.getvalue()


def test_list_is_read_in_chunks(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    scene.publish_many(5)
    monkeypatch.setattr(board_files, "CHUNK", 2)
    there = listed(client)
    content(client, CSV)
    with django_assert_max_num_queries(4):
        assert [row["reference"] for row in lines(client)] == there
    with django_assert_max_num_queries(7):
        content(client, XLSX)
