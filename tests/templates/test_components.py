"""Component templates against the examples of govuk-frontend, the base page, and what the build ships."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from tests.markup import fixture, needs_fixtures, tree

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "static" / "build"
needs_build = pytest.mark.skipif(not (BUILD / "loti.css").is_file(), reason="static/build is absent: run npm run build")


def render(source: str, **values: Any) -> str:
    return Template(source).render(Context(values))


def tag_source(options: dict[str, Any]) -> str:
    colour = re.sub(r"govuk-tag--", "", options.get("classes", ""))
    return f'{{% tag "{options["text"]}" "{colour}" %}}'


CASES = [
    ("tag", "default", tag_source),
    ("tag", "grey", tag_source),
    ("back-link", "with custom text and link", lambda o: f'{{% back_link "{o["href"]}" "{o["text"]}" %}}'),
    ("inset-text", "default", lambda o: "{% inset %}" + o["text"] + "{% endinset %}"),
    ("warning-text", "default", lambda o: "{% warning %}" + o["text"] + "{% endwarning %}"),
    ("details", "default", lambda o: f'{{% details "{o["summaryText"]}" %}}{o["text"]}{{% enddetails %}}'),
    ("panel", "default", lambda o: f'{{% panel "{o["titleHtml"]}" %}}{o["html"]}{{% endpanel %}}'),
    (
        "notification-banner",
        "default",
        lambda o: (
            '{% notification %}<p class="govuk-notification-banner__heading">' + o["text"] + "</p>{% endnotification %}"
        ),
    ),
    (
        "notification-banner",
        "with type as success",
        lambda o: (
            '{% notification kind="success" %}<p class="govuk-notification-banner__heading">'
            + o["text"]
            + "</p>{% endnotification %}"
        ),
    ),
    ("button", "link", lambda o: f'{{% button "{o["text"]}" href="{o["href"]}" %}}'),
    ("button", "start link", lambda o: f'{{% button "{o["text"]}" href="{o["href"]}" kind="start" %}}'),
    ("button", "prevent double click", lambda o: f'{{% button "{o["text"]}" %}}'),
    (
        "summary-list",
        "as a summary card with a text header",
        lambda o: (
            f'{{% summary_list card="{o["card"]["title"]["text"]}" %}}'
            + "".join(f'{{% summary_row "{r["key"]["text"]}" "{r["value"]["text"]}" %}}' for r in o["rows"])
            + "{% endsummary_list %}"
        ),
    ),
    (
        "breadcrumbs",
        "with collapse on mobile",
        lambda o: "{% breadcrumbs " + " ".join(f'"{i["text"]}" "{i.get("href", "")}"' for i in o["items"]) + " %}",
    ),
]


@needs_fixtures
@pytest.mark.parametrize(("component", "name", "source"), CASES, ids=[f"{c}-{n}" for c, n, _ in CASES])
def test_component_gives_published_markup(component: str, name: str, source: Any) -> None:
    published = fixture(component, name)
    assert tree(render(source(published["options"]))) == tree(published["html"])


@needs_fixtures
def test_error_summary_gives_published_markup() -> None:
    published = fixture("error-summary", "mixed with and without links")
    problems = [
        {"target": each.get("href", "").removeprefix("#"), "message": each["text"]}
        for each in published["options"]["errorList"]
    ]
    assert tree(render_to_string("_components/error_summary.html", {"problems": problems})) == tree(published["html"])


@needs_fixtures
def test_pagination_gives_published_markup() -> None:
    published = fixture("pagination", "default")["html"]
    expected = published.replace("/previous", "?page=1").replace("/next", "?page=3").replace("/page/", "?page=")
    ours = render("{% pagination page %}", page=Paginator(range(30), 10).page(2))
    assert tree(ours) == tree(expected)


@needs_fixtures
def test_task_list_gives_published_markup() -> None:
    published = fixture("task-list", "with hint text and additional states")
    source, expected = "{% task_list %}", published["html"]
    for number, item in enumerate(published["options"]["items"], start=1):
        status = item["status"]
        words = status.get("text") or status["tag"]["text"]
        colour = status.get("tag", {}).get("classes", "").removeprefix("govuk-tag--")
        hint = item.get("hint", {}).get("text", "")
        title = item["title"]["text"]
        source += (
            f'{{% task "{title}" href="{item.get("href", "")}" status="{words}" colour="{colour}" hint="{hint}" %}}'
        )
        # Our ids are made of the titles, so that two lists on a page do not share them.
        expected = re.sub(rf"task-list-{number}\b", "task-" + title.lower().replace(" ", "-"), expected)
    assert tree(render(source + "{% endtask_list %}")) == tree(expected)


@needs_fixtures
def test_service_navigation_gives_published_markup() -> None:
    published = fixture("service-navigation", "default")
    links = [{"text": item["text"], "href": item["href"]} for item in published["options"]["navigation"]]
    ours = render_to_string("_components/service_navigation.html", {"loti": {"navigation": links}})
    assert tree(ours) == tree(published["html"])


# --- the base page ------------------------------------------------------------------------------------------------


def test_page_inline_line_matches_the_content_security_policy() -> None:
    html = render_to_string("500.html")
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"]


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_render_without_a_context(name: str) -> None:
    html = render_to_string(name)
    assert len(tree(html.removeprefix("<!DOCTYPE html>"))) == 1
    assert html.count("<h1") == 1
    assert '<main class="loti-main" id="main-content">' in html


def test_no_template_holds_inline_style_or_handlers() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        if "pdf" in path.parts or "emails" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son(click|change|load|submit)=|javascript:", text), path


def test_messages_are_grouped_by_their_kind() -> None:
    storage = [Message(messages.SUCCESS, "Need saved"), Message(messages.ERROR, "<b>Refused</b>")]
    html = render_to_string("_components/messages.html", {"messages": storage}, RequestFactory().get("/"))
    assert html.count('data-module="govuk-notification-banner"') == 2
    assert "govuk-notification-banner--success" in html
    assert "&lt;b&gt;Refused&lt;/b&gt;" in html


# --- what is shipped ----------------------------------------------------------------------------------------------


@needs_build
def test_build_holds_nothing_that_belongs_to_gov_uk() -> None:
    for path in BUILD.rglob("*"):
        assert not re.search("crest|crown|govuk-icon|opengraph", path.name, re.IGNORECASE)
    shipped = "".join((BUILD / name).read_text(encoding="utf-8") for name in ("loti.css", "loti.js", "autocomplete.js"))
    assert not re.search("GDS Transport|govuk-crest|crown", shipped, re.IGNORECASE)
    assert "sourceMappingURL" not in shipped


@needs_build
def test_build_has_every_file_that_the_style_sheet_names() -> None:
    css = (BUILD / "loti.css").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"url\(\"?([^)\"]+)\"?\)", css) if not name.startswith("data:")]
    assert named
    assert [name for name in named if not (BUILD / name).is_file()] == []


@needs_build
def test_build_has_the_pinned_version_and_the_licences() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    css = (BUILD / "loti.css").read_text(encoding="utf-8")
    assert f'--govuk-frontend-version:"{wanted["govuk-frontend"]}"' in css.replace(" ", "")
    licences = (BUILD / "LICENSES").read_text(encoding="utf-8")
    for name in ("govuk-frontend", "accessible-autocomplete", "@fontsource/inter"):
        assert f"{name} {wanted[name]}" in licences
    assert "SIL OPEN FONT LICENSE" in (BUILD / "fonts" / "OFL.txt").read_text(encoding="utf-8").upper()


def test_lock_file_names_no_download_address() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
