"""A notice's whole life: page, difference, PDF, API and open data of every version agree, value by value."""

import html
import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pypdf
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from boroughs.models import Borough, Need
from boroughs.templatetags.formatting import count, day, listed, pounds_range
from procurement.models import DemandStage, Notice, NoticeVersion, Participation
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

LONG = " ".join(f"Sentence number {n} of a long text about repairs." for n in range(20))
DIFF = re.compile(r'<h3[^>]*>([^<]*)</h3>\s*<p class="govuk-body">\s*<span class="loti-diff">(.*?)</span>\s*</p>', re.S)
SPOKEN = re.compile(r'<span class="govuk-visually-hidden">.*?</span>')


@dataclass(frozen=True)
class Life:
    versions: list[NoticeVersion]
    # By version: what the API said of it while it was the current one.
    api: dict[int, dict[str, Any]]


@pytest.fixture
def life(client: Client) -> Life:
    """Proposed, approved, published, corrected twice, left by a member and withdrawn."""
    cache.clear()
    demand = scene.confirmed_demand("Camden", "Brent", "Hackney", "Harrow")
    first = scene.publish(
        demand,
        problem=LONG,
        users_description="420 advisers & <their> tenants.\n\nThey call from home.",
        work_done="We asked tenants.",
        market_engagement="A first talk with suppliers.",
        setup="Offices in four boroughs.",
        buying_together="One framework, a call-off each.",
        must_requirements=[f"Must line number {n}." for n in range(1, 8)],
        should_requirements=["Should be in many languages."],
        differences=["One borough asks for a depot link."],
        start_date=date(2027, 9, 1),
        tender_date=date(2027, 3, 1),
    )
    notice = first.notice
    address = f"/api/v1/notices/{notice.reference}/"
    versions, api = [first], {1: client.get(address).json()}

    def then(version: NoticeVersion) -> None:
        versions.append(version)
        api[version.number] = client.get(address).json()

    then(
        scene.correct(
            notice,
            "The first title & dates were <wrong>.",
            title="Repairs of council homes",
            problem=LONG.replace("number 3", "number three"),
            tender_date=None,
            kind=Notice.Kind.PLANNED,
        )
    )
    then(
        scene.correct(
            notice,
            "We ask for less.",
            must_requirements=("Must line number 2.", "Must line number 8."),
            differences=(),
            months=24,
            contact=("Ann O’Neill", "ann@camden.example"),
        )
    )
    Participation.objects.create(
        demand=demand,
        borough=scene.borough("Harrow"),
        stage=Participation.Stage.DECLINED,
        reason=Participation.DeclineReason.TIMING,
    )
    then(scene.correct(notice, "Harrow left.", lead=Borough.objects.get(slug="camden")))
    then(scene.withdraw(notice, "The boroughs chose another way."))
    return Life(versions, api)


def read(markup: str) -> str:
    """As a reader sees it: without tags and what unfolds the rest, every run of blanks as one."""
    markup = re.sub(r"<summary.*?</summary>", " ", markup, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def said(content: dict[str, Any]) -> dict[str, str]:
    """What a face made for people has to say of a version, by the key of its content, from the frozen bytes alone."""
    values = {
        key: " ".join(content[key].split())
        for key in (
            *("title", "summary", "problem", "users", "work_done", "market_engagement", "setup"),
            *("buying_together", "reference", "demand"),
        )
    }
    for key in ("must", "should", "differences"):
        values |= {f"{key} {place}": line for place, line in enumerate(content[key])}
    for key in ("questions_close_date", "closes_date", "start_date", "tender_date"):
        values[key] = day(date.fromisoformat(content[key])) if content[key] else ""
    users, low, high = (content[key] for key in ("users_total", "budget_min_total", "budget_max_total"))
    values |= {
        "kind": Notice.Kind(content["kind"]).label,
        "stage": DemandStage(content["stage"]).label,
        "months": count(content["months"], "month"),
        "category": content["category"]["name"],
        "cpv": ", ".join(content["cpv"]),
        "lead": content["lead"]["official_name"],
        "boroughs": f"Taking part {listed(borough['name'] for borough in content['boroughs'])}",
        "authorities": f"Authorities {len(content['boroughs'])}",
        "users_total": f"Users in all {count(users['value'])}{_as_at(users)}"
        if users
        else "Users in all Not published",
        "budget": f"Budget in all {pounds_range(low['low'], high['high'])}{_as_at(high)}"
        if low and high
        else "Budget in all Not published",
    }
    if content["is_withdrawn"]:
        values["is_withdrawn"] = "The authorities withdrew this notice"
    else:
        values["how_to_respond"] = content["how_to_respond"]
    return values


def _as_at(figure: dict[str, int]) -> str:
    return f" as at version {figure['as_at']}" if "as_at" in figure else ""


def test_every_face_of_every_version_says_the_same(client: Client, life: Life) -> None:
    reference = life.versions[0].notice.reference
    assert [version.number for version in life.versions] == [1, 2, 3, 4, 5]
    ocid = f"ocds-213czf-{life.versions[0].notice.demand.reference.lower()}"
    package = client.get(f"/api/1.0/ocdsReleasePackages/{ocid}").json()
    releases = {release["id"]: release for release in package["releases"]}
    spoken = [said(version.content) for version in life.versions]
    for version, values in zip(life.versions, spoken, strict=True):
        address = f"/notices/{reference}/versions/{version.number}/"
        shown = read(page(client, address))
        file = pypdf.PdfReader(io.BytesIO(client.get(f"{address}notice.pdf").content))
        printed = re.sub(r"[\s\u200b]", "", "".join(each.extract_text() for each in file.pages))
        for key, value in values.items():
            assert value in shown, (version.number, key)
            assert re.sub(r"\s", "", value) in printed, (version.number, key)
        # What only other versions say stands on no face of this one; its own reasons are those of the list below.
        told = shown.partition("Versions A published version never changes.")[0]
        strange = {value for other in spoken for value in other.values()} - set(values.values())
        for value in filter(lambda value: not any(value in mine for mine in values.values()), strange):
            assert value not in told, version.number
            assert re.sub(r"\s", "", value) not in printed, version.number
        assert version.digest in shown
        assert version.digest in printed
        assert re.sub(r"\s", "", version.reason) in printed
        agree_with_programs(version, life.api[version.number], releases[f"{ocid}-{reference.lower()}-{version.number}"])
    assert len(releases) == len(life.versions)
    withdrawn = read(page(client, f"/notices/{reference}/"))
    assert "The boroughs chose another way." in withdrawn


def agree_with_programs(version: NoticeVersion, api: dict[str, Any], release: dict[str, Any]) -> None:
    """The API and the open data, against the frozen bytes."""
    content = version.content
    for key in (
        *("reference", "kind", "title", "summary", "problem", "users", "work_done", "market_engagement", "setup"),
        *("buying_together", "how_to_respond", "must", "should", "differences", "questions_close_date", "closes_date"),
        *("start_date", "tender_date", "months", "stage", "depth", "category", "cpv"),
    ):
        assert api[key] == content[key], (version.number, key)
    assert [borough["slug"] for borough in api["boroughs"]] == [borough["slug"] for borough in content["boroughs"]]
    for key in ("users_total", "budget_min_total", "budget_max_total"):
        assert {name: amount for name, amount in (api[key] or {}).items() if amount is not None} == (content[key] or {})
    assert (api["version"], api["digest"], api["reason"]) == (version.number, version.digest, version.reason)
    assert (api["joint_demand"], api["lead"]["slug"]) == (content["demand"], content["lead"]["slug"])
    assert (api["contact"] is None) == (content["contact"] is None)
    assert (api["state"] == "WITHDRAWN") == content["is_withdrawn"]

    tender, planning = release["tender"], release["planning"]
    assert release["title"] == tender["title"] == content["title"]
    assert content["summary"] in release["description"]
    assert version.reason in release["description"]
    rationale = (content[key] for key in ("problem", "users", "work_done", "market_engagement"))
    assert planning["rationale"] == "\n\n".join(rationale)
    asked = [f"Must: {line}" for line in content["must"]] + [f"Should: {line}" for line in content["should"]]
    asked += [f"Beside that: {line}" for line in content["differences"]]
    assert tender["description"].startswith(
        "\n\n".join(["\n".join(asked), content["setup"], content["buying_together"]])
    )
    assert release["buyer"]["name"] == content["lead"]["official_name"]
    buyers = {party["name"] for party in release["parties"] if "buyer" in party["roles"]}
    assert buyers == {borough["official_name"] for borough in content["boroughs"]}
    for name, key, end in (("minValue", "budget_min_total", "low"), ("value", "budget_max_total", "high")):
        assert tender.get(name, {}).get("amount") == (content[key] or {}).get(end), (version.number, key)
    assert (tender["status"] == "withdrawn") == content["is_withdrawn"]
    # A date that was dropped is taken back by a null.
    due = {each["id"]: each["dueDate"][:10] for each in planning["milestones"] if each.get("dueDate")}
    assert due["engagement"] == content["closes_date"]
    assert due["questions"] == content["questions_close_date"]
    assert tender["contractPeriod"]["startDate"][:10] in (content["start_date"], "2027-08-31")


TEXTS = {
    "Title": "title",
    "Problem to be solved": "problem",
    "Who the users are and what they need": "users",
    "Overview": "summary",
    "Work done so far": "work_done",
    "Market engagement so far": "market_engagement",
    "Setup and locations": "setup",
    "How the authorities would buy together": "buying_together",
    "How to respond": "how_to_respond",
}


def test_every_difference_leads_from_one_version_to_the_other(client: Client, life: Life) -> None:
    reference = life.versions[0].notice.reference
    for earlier in life.versions:
        for later in life.versions[earlier.number :]:
            markup = page(client, f"/notices/{reference}/compare/?from={earlier.number}&to={later.number}")
            pair = (earlier.number, later.number)
            found = {html.unescape(label): SPOKEN.sub("", diff) for label, diff in DIFF.findall(markup)}
            changed = {label for label, key in TEXTS.items() if earlier.content[key] != later.content[key]}
            assert set(found) == changed, pair
            for label, diff in found.items():
                before = read(re.sub(r"<ins>.*?</ins>", "", diff, flags=re.S))
                after = read(re.sub(r"<del>.*?</del>", "", diff, flags=re.S))
                assert (before, after) == tuple(
                    " ".join(version.content[TEXTS[label]].split()) for version in (earlier, later)
                ), pair
            words = read(markup)
            for key in ("must", "should", "differences"):
                gone, new = (set(one.content[key]) for one in (earlier, later))
                assert all(f"Removed: {line}" in words for line in gone - new), pair
                assert all(f"Added: {line}" in words for line in new - gone), pair
            assert ("Left: Harrow" in words) == (earlier.number < 4 <= later.number), pair
            assert ("On the board Before: Yes Now: Withdrawn" in words) == (later.number == 5), pair
            for step in life.versions[earlier.number : later.number]:
                assert step.reason in words, pair


def test_each_version_stood_on_the_day_it_was_published(client: Client, life: Life) -> None:
    last = life.versions[-1]
    shown = read(page(client, f"/notices/{last.notice.reference}/?at={timezone.localdate().isoformat()}"))
    assert "This is version 5 of 5" in shown


def test_own_figures_of_a_borough_are_on_no_face(client: Client, life: Life) -> None:
    reference = life.versions[0].notice.reference
    faces = [
        f"/notices/{reference}/compare/?from=1&to=5",
        f"/notices/{reference}/?at={timezone.localdate().isoformat()}",
    ]
    for need in Need.objects.all():
        for face in faces:
            shown = page(client, face)
            assert f"{need.budget_max:,}" not in shown
            assert str(need.budget_min) not in shown
