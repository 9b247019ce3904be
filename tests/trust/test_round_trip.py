"""Any text that the form accepts survives form → database → page → API → export unchanged."""

import csv
import io
import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from boroughs.actions.need_content import RequirementLine, content_of
from boroughs.forms.need_lines import RequirementForm
from boroughs.forms.needs import NeedForm
from boroughs.forms.spreadsheet_cells import unguarded
from boroughs.models import Borough, Need, User
from procurement.models import JointDemand
from procurement.pdf import picture as picture_pdf
from procurement.picture import facts, reckoning
from procurement.picture.telling import EXACT
from tests.factories.api import NEEDS, Program
from tests.factories.picture import joint_demand
from tests.factories.snapshots import content_now

pytestmark = pytest.mark.django_db

PIECES = [
    "\r\n", "\n\n\n", "\n ", "\t", "\u2028", "\u00a0", "\u200b", "\u202e", "\u200d", "\ufeff", "\0", "\x85",
    "e\u0301", "\u212b", "&amp;", "&lt;b&gt;", "<b>", "</textarea>", '"', "'", "{{ x }}", "{% x %}", "\\u0041", "%00",
    "+", "=1+1", "-", "@", ",", ";", "👩\u200d👩\u200d👧", "١٢٣", "س\u200cل", "&", "&#65;", "]]>", "&not",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(PIECES)), min_size=1, max_size=8).map("".join)
HARD = "\n a\r\n\r\n\r\nb &amp; <b>\u202e</textarea>\u200d\t e\u0301'\"\x85=1 "


class Seen(HTMLParser):
    """What a browser shows: values of inputs, texts of text areas, and what stands in <bdi>, by its line breaks."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, str] = {}
        self.bdi: list[str] = []
        self.inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("name"):
            self.values[str(found["name"])] = found.get("value") or ""
        elif tag == "textarea":
            self.inside = str(found["name"])
            self.values[self.inside] = ""
        elif tag == "bdi":
            self.inside = "bdi"
            self.bdi.append("")
        elif tag == "br" and self.inside == "bdi":
            self.bdi[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # The first line break of a text area belongs to the markup.
            self.values[self.inside] = self.values[self.inside].removeprefix("\n")
        if tag in ("textarea", "bdi"):
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "bdi":
            self.bdi[-1] += data
        elif self.inside:
            self.values[self.inside] += data


def typed(client: Client, address: str, fields: dict[str, str]) -> Any:
    """As a browser sends a form: line ends of text areas are CR and LF."""
    body = urlencode({name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in fields.items()})
    return client.post(address, body, content_type="application/x-www-form-urlencoded")


@pytest.fixture
def demand() -> JointDemand:
    return joint_demand("camden", "brent", "hackney")


@pytest.fixture
def program(borough: Borough) -> Program:
    return Program(borough)


@given(title=TEXTS, prose=TEXTS, line=TEXTS)
@example(title=HARD, prose=HARD, line=HARD)
@example(title="=1+1", prose="+", line="@")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_text_that_the_form_accepts_stays_as_it_is(
    title: str, prose: str, line: str, editor: User, program: Program, demand: JointDemand
) -> None:
    form = NeedForm({"title": title, "problem": prose}, categories=(), only=("title", "problem"))
    row = RequirementForm({"text": line})
    assume(form.is_valid() and row.is_valid() and row.said() is not None)
    # Several lines are a list, and become a requirement each (tests/boroughs/forms/test_need_lines.py).
    assume("\n" not in row.cleaned_data["text"])
    said = form.cleaned_data | {"line": row.cleaned_data["text"]}
    with transaction.atomic():
        try:
            client = Client()
            client.force_login(editor)
            need = _through_the_database(client, title, prose, line, said)
            _through_the_page(client, need, said)
            _through_the_api(program, need, said)
            _through_the_export(demand, said)
        finally:
            transaction.set_rollback(True)


def _through_the_database(client: Client, title: str, prose: str, line: str, said: dict[str, str]) -> Need:
    begun = typed(client, "/needs/new/", {"title": title, "problem": prose})
    assert begun.status_code == 302, begun.content
    reference = begun.headers["Location"].split("/")[2]
    section = f"/needs/{reference}/edit/requirements/"
    seen = Seen(client.get(section).content.decode()).values
    counts = {name: value for name, value in seen.items() if name.endswith("_FORMS")}
    rows = {"requirements-0-text": line, "requirements-0-priority": "SHOULD", "seen": seen["seen"]}
    assert typed(client, section, counts | rows).status_code == 302
    content = content_of(Need.objects.get(reference=reference))
    assert (content.title, content.problem) == (said["title"], said["problem"])
    assert content.requirements == (RequirementLine(said["line"], "SHOULD"),)
    return Need.objects.get(reference=reference)


def _through_the_page(client: Client, need: Need, said: dict[str, str]) -> None:
    address = f"/needs/{need.reference}/edit/need/"
    seen = Seen(client.get(address).content.decode())
    assert (seen.values["title"], seen.values["problem"]) == (said["title"], said["problem"])
    shown = Seen(client.get(f"/needs/{need.reference}/").content.decode()).bdi
    assert said["title"] in shown
    assert said["problem"] == "" or said["problem"] in shown
    assert f"Should: {said['line']}" in shown
    # Sent back as it was shown, it says the same: no new revision.
    fields = {name: seen.values[name] for name in ("title", "problem", "seen")}
    assert typed(client, address, fields).status_code == 302
    assert Need.objects.get(pk=need.pk).revision == need.revision


def _through_the_api(program: Program, need: Need, said: dict[str, str]) -> None:
    address = f"{NEEDS}{need.reference}/"
    answer = program.get(address)
    body = json.loads(answer.content)
    assert (body["title"], body["problem"]) == (said["title"], said["problem"])
    assert body["requirements"] == [{"text": said["line"], "priority": "SHOULD", "standard": ""}]
    again = program.send("PUT", address, body, if_match=answer.headers["ETag"])
    assert again.status_code == 200, again.content
    assert again.json() == body
    assert Need.objects.get(pk=need.pk).revision == need.revision
    copied = program.post(NEEDS, {name: body[name] for name in ("title", "problem", "requirements")})
    assert {name: copied.json()[name] for name in ("title", "problem", "requirements")} == {
        name: body[name] for name in ("title", "problem", "requirements")
    }


def _through_the_export(demand: JointDemand, said: dict[str, str]) -> None:
    """The picture's table, as a reader of CSV reads it. A sign that spreadsheets take for a formula gets a mark."""
    JointDemand.objects.filter(pk=demand.pk).update(title=said["title"])
    figures = reckoning.figures(facts.from_json(content_now()))
    rows = list(csv.DictReader(io.StringIO(picture_pdf.table_csv(figures, EXACT), newline="")))
    (cell,) = (row["title"] for row in rows if row["reference"] == demand.reference)
    assert not cell.startswith(("=", "+", "-", "@"))
    assert unguarded(cell) == said["title"]
