"""A notice in lists and for programs, after each of its versions: CSV, workbook, Atom, JSON Feed, calendar, API and the
merged record say what the frozen version says, with answers, a correction of one, and a withdrawal.

Its page, PDF, differences and releases are held together in test_faces_of_a_notice.py.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from boroughs.forms.tables import read_table
from boroughs.models import Borough
from procurement.actions import answers
from procurement.models import DemandStage, Notice, NoticeVersion, Participation, PublicState
from tests.factories import notices as scene
from tests.factories import questions as asking

pytestmark = pytest.mark.django_db

EVERY = "?" + "&".join(f"state={state}" for state in PublicState.values)
DATES = ("questions_close_date", "closes_date", "tender_date", "start_date")
CALENDAR = dict(zip(("questions", "closes", "tender", "start"), DATES, strict=True))
TOTALS = ("users_total", "budget_min_total", "budget_max_total")


@dataclass(frozen=True)
class Faces:
    """What each face said while this was the current version."""

    version: NoticeVersion
    row: dict[str, str]
    sheet: dict[str, Any]
    borough_rows: list[dict[str, Any]]
    atom: Any
    json_feed: dict[str, Any]
    events: dict[str, Any]
    listed: dict[str, Any]
    api: dict[str, Any]
    numbered: dict[str, Any]
    release: dict[str, Any]
    compiled: dict[str, Any]


def body(client: Client, address: str) -> bytes:
    answer: Any = client.get(address)
    assert answer.status_code == 200, address
    found: bytes = answer.getvalue()
    return found


def sheet(workbook: bytes, name: str) -> list[dict[str, Any]]:
    found = read_table(io.BytesIO(workbook), "notices.xlsx", sheet=name)
    return [dict(zip(found.columns, row.cells, strict=True)) for row in found.rows]


def faces(client: Client, version: NoticeVersion) -> Faces:
    reference, demand = version.notice.reference, version.notice.demand.reference
    workbook = body(client, f"/board/notices.xlsx{EVERY}")
    (row,) = csv.DictReader(io.StringIO(body(client, f"/board/notices.csv{EVERY}").decode("utf-8-sig"), newline=""))
    (in_workbook,) = sheet(workbook, "Notices")
    (listed,) = json.loads(body(client, f"/api/v1/notices/{EVERY}"))["results"]
    ocid = f"ocds-213czf-{demand.lower()}"
    (record,) = json.loads(body(client, f"/api/1.0/ocdsRecordPackages/{ocid}"))["records"]
    calendar: Any = Calendar.from_ical(body(client, f"/notices/{reference}/calendar.ics"))
    return Faces(
        version=version,
        row=row,
        sheet=in_workbook,
        borough_rows=sheet(workbook, "Boroughs"),
        atom=feedparser.parse(body(client, f"/notices/{reference}/feed.atom")).entries[0],
        json_feed=json.loads(body(client, f"/notices/{reference}/feed.json"))["items"][0],
        events={str(event["UID"]).split("@")[0]: event for event in calendar.walk("VEVENT")},
        listed=listed,
        api=json.loads(body(client, f"/api/v1/notices/{reference}/")),
        numbered=json.loads(body(client, f"/api/v1/notices/{reference}/versions/{version.number}/")),
        release=record["releases"][-1],
        compiled=record["compiledRelease"],
    )


@pytest.fixture
def life(client: Client) -> list[Faces]:
    """Published, corrected, answered, the answer corrected, told what a meeting was told, left by one, withdrawn."""
    demand = scene.confirmed_demand("Camden", "Brent", "Hackney", "Harrow")
    begins = timezone.localdate() + timedelta(days=300)
    first = scene.publish(demand, start_date=begins, tender_date=begins - timedelta(days=90))
    notice = first.notice
    met = [faces(client, first)]

    def then(version: NoticeVersion) -> None:
        met.append(faces(client, version))

    then(
        scene.correct(
            notice, "Other dates.", title="=Repairs & <rents>", summary="+44 lines, “quoted”.", tender_date=None
        )
    )
    asked = asking.ask(notice, "May we visit?")
    then(asking.publish(asked, "Yes, on Mondays."))
    drafted = asking.draft(asked, "Yes, on Tuesdays.", reason="The day was wrong.")
    then(answers.publish(question=drafted, revision=drafted.revision, by=scene.analyst()))
    then(asking.tell(asking.write(notice, "It may start in parts.")))
    Participation.objects.create(
        demand=demand,
        borough=scene.borough("Harrow"),
        stage=Participation.Stage.DECLINED,
        reason=Participation.DeclineReason.TIMING,
    )
    then(scene.correct(notice, "Harrow left.", lead=Borough.objects.get(slug="camden"), months=24))
    then(scene.withdraw(notice, "The boroughs chose another way."))
    return met


def ends(figure: dict[str, int] | None) -> tuple[str, str]:
    """The two columns of a total."""
    if figure is None:
        return "", ""
    return str(figure.get("low", figure.get("value"))), str(figure.get("high", figure.get("value")))


def plain(cell: Any) -> str:
    return "" if cell is None else str(cell)


def test_every_version_is_the_same_in_lists_feeds_and_records(life: list[Faces]) -> None:
    assert [each.version.number for each in life] == list(range(1, 8))
    for each in life:
        content = each.version.content
        _table(each, content)
        _feeds(each, content)
        _dates(each, content)
        _api(each, content)
        _record(each, content)
    contents = [each.version.content for each in life]
    assert [len(content.get("questions", ())) for content in contents] == [0, 0, 1, 1, 1, 1, 1]
    assert [len(content.get("engagement", ())) for content in contents] == [0, 0, 0, 0, 1, 1, 1]
    assert [len(content["boroughs"]) for content in contents] == [4, 4, 4, 4, 4, 3, 3]


def _table(each: Faces, content: dict[str, Any]) -> None:
    """The CSV and both sheets of the workbook."""
    row = each.row
    assert row["version"] == str(each.version.number)
    for name in ("reference", "months", *DATES):
        assert row[name] == plain(content[name]), (each.version.number, name)
    # What a spreadsheet would take for a formula begins with an apostrophe in the CSV, and is a text in the workbook.
    for name in ("title", "summary"):
        assert row[name].removeprefix("'") == content[name]
        assert row[name][0] not in "=+-@"
        assert each.sheet[name] == content[name]
    for name in TOTALS:
        column = name.removesuffix("_total")
        assert (row[f"{column}_low"], row[f"{column}_high"]) == ends(content[name]), (each.version.number, name)
    assert row["boroughs"] == "; ".join(borough["name"] for borough in content["boroughs"])
    assert (row["lead"], row["cpv"]) == (content["lead"]["name"], "; ".join(content["cpv"]))
    assert (row["kind"], row["stage"]) == (
        Notice.Kind(content["kind"]).label,
        DemandStage(content["stage"]).label,
    )
    assert (row["status"] == PublicState.WITHDRAWN.label) == content["is_withdrawn"]
    for name in set(row) - {"title", "summary"}:
        assert plain(each.sheet.get(name)) == row[name], (each.version.number, name)
    assert [(line["official_name"], line["leads"]) for line in each.borough_rows] == [
        (borough["official_name"], "yes" if borough["slug"] == content["lead"]["slug"] else "no")
        for borough in content["boroughs"]
    ]


def _feeds(each: Faces, content: dict[str, Any]) -> None:
    """Atom, as a reader reads it, and JSON Feed."""
    number, reference = each.version.number, content["reference"]
    which = " (withdrawn)" if content["is_withdrawn"] else f" (version {number})" if number > 1 else ""
    atom, item = each.atom, each.json_feed
    assert item["title"] == content["title"] + which
    assert html_free(atom.title) == item["title"]
    assert atom.id == item["id"]
    assert item["id"].endswith(f":{reference}/{number}")
    assert item["summary"] == content["summary"]
    assert [author["name"] for author in item["authors"]] == [content["lead"]["official_name"]] == [atom.author]
    tags = [*content["cpv"], *(borough["slug"] for borough in content["boroughs"])]
    assert item["tags"] == [tag.term for tag in atom.tags] == tags
    assert {name: item["_loti"][name] for name in DATES} == {name: content[name] for name in DATES}
    assert (item["_loti"]["version"], item["_loti"]["is_withdrawn"]) == (number, content["is_withdrawn"])
    assert item["_loti"]["version_url"].endswith(f"/notices/{reference}/versions/{number}/")
    assert datetime.fromisoformat(atom.updated) == each.version.published_at
    assert datetime.fromisoformat(item["date_modified"]) == each.version.published_at.replace(microsecond=0)
    for text in (item["content_html"], atom.summary):
        assert ", ".join(borough["name"] for borough in content["boroughs"]) in text
        assert each.version.reason in text


def html_free(title: str) -> str:
    """feedparser hands out titles as HTML."""
    return title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _dates(each: Faces, content: dict[str, Any]) -> None:
    """Each date of the version, and those that were given up, cancelled."""
    for kind, name in CALENDAR.items():
        event = each.events.get(f"{kind}.{content['reference'].lower()}")
        stands = event is not None and event["STATUS"] != "CANCELLED"
        assert stands == (content[name] is not None and not content["is_withdrawn"]), (each.version.number, kind)
        if event is not None and stands:
            assert event["DTSTART"].dt.isoformat() == content[name], (each.version.number, kind)
            assert event["SUMMARY"].endswith(content["title"])
    assert {int(event["SEQUENCE"]) for event in each.events.values()} == {each.version.number}


def _api(each: Faces, content: dict[str, Any]) -> None:
    for answer in (each.api, each.numbered):
        assert answer["version"] == each.version.number
        for name in ("title", "summary", "cpv", "category", "stage", "months", *DATES):
            assert answer[name] == content[name], (each.version.number, name)
        assert answer["questions"] == content.get("questions", [])
        assert answer["engagement"] == content.get("engagement", [])
        for name in TOTALS:
            said = {key: value for key, value in (answer[name] or {}).items() if value is not None}
            assert said == (content[name] or {})
    for name, value in each.listed.items():
        assert each.api[name] == value, name
    assert (each.api["state"] == "WITHDRAWN") == content["is_withdrawn"]


def _record(each: Faces, content: dict[str, Any]) -> None:
    """What a reader has who merges all releases up to this one."""
    compiled, tender = each.compiled, each.compiled["tender"]
    assert compiled["title"] == tender["title"] == content["title"]
    assert compiled["description"] == each.release["description"]
    assert content["summary"] in compiled["description"]
    assert compiled["buyer"]["name"] == content["lead"]["official_name"]
    buyers = [party["name"] for party in compiled["parties"] if "buyer" in party["roles"]]
    assert sorted(buyers) == sorted(borough["official_name"] for borough in content["boroughs"])
    due = {each["id"]: each.get("dueDate", "")[:10] for each in compiled["planning"]["milestones"]}
    assert (due["questions"], due["engagement"]) == (content["questions_close_date"], content["closes_date"])
    assert due.get("tender-notice", "") == plain(content["tender_date"])
    assert (tender["status"] == "withdrawn") == content["is_withdrawn"]
    assert [code["id"] for code in tender["items"][0]["additionalClassifications"]] == content["cpv"]
    began = datetime.fromisoformat(tender["contractPeriod"]["startDate"]).astimezone(timezone.get_current_timezone())
    assert began.date() == date.fromisoformat(content["start_date"])
    asked = [(each["description"], each["answer"]) for each in tender.get("enquiries", [])]
    assert asked == [(each["question"], each["answer"]) for each in content.get("questions", ())]
    for name, key, end in (("minValue", "budget_min_total", 0), ("value", "budget_max_total", 1)):
        assert plain(tender.get(name, {}).get("amount")) == ends(content[key])[end], (each.version.number, name)


def differing(life: list[Faces]) -> Iterator[str]:
    for earlier, later in pairwise(life):
        if earlier.row == later.row or earlier.compiled == later.compiled or earlier.atom.id == later.atom.id:
            yield f"{earlier.version.number} and {later.version.number}"


def test_faces_are_of_their_version_and_of_no_other(life: list[Faces]) -> None:
    """The negative control: what a face said of one version would not pass for the next."""
    assert not list(differing(life))
    later = life[1]
    with pytest.raises(AssertionError):
        _table(later, life[0].version.content)
    with pytest.raises(AssertionError):
        _record(later, life[0].version.content)
