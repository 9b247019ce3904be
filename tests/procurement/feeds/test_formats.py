"""Whatever a version says, each format can be read back and says it."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
from django.conf import settings
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from boroughs.forms.text import clean_block, clean_line
from procurement.feeds import atom, calendar, entries, json_feed, json_ld
from procurement.feeds.entries import Feed
from procurement.ocds.publisher import Publisher
from procurement.queries.published_notice import PublicFigure, PublishedNotice
from tests.procurement.ocds.test_release import NOTICE

PUBLISHER = Publisher.of(settings)
SPACES = {"a": "http://www.w3.org/2005/Atom"}
# Control characters, directions, joiners, emoji, markup, what iCalendar escapes, and long texts.
ODD = st.text(
    st.sampled_from("aé\u202e\u2066\u200d\x00\x07\x0b\x1f\x7f\x85\u2028\ufffe\U0001f469\U0001f680<>&\"';,:\\\r\n\t ]")
    | st.characters(),
    max_size=60,
)
LONG = "Ünïcode 🚀, ; \\ ]]> </script> <!-- " * 90


def notice(title: str, summary: str) -> PublishedNotice:
    return replace(NOTICE, title=title, summary=summary)


def feed(*notices: PublishedNotice) -> Feed:
    return Feed(
        title="Board",
        subtitle="All",
        url=f"{PUBLISHER.site}/board/",
        feed_url=f"{PUBLISHER.site}/board/feed.atom",
        entries=tuple(entries.of(each, before=None, publisher=PUBLISHER) for each in notices),
        changed_at=NOTICE.published_at,  # type: ignore[arg-type]
        publisher=PUBLISHER.name,
    )


def paragraphs(html: str) -> str:
    """The text of some HTML; an element in it that is no paragraph fails."""
    found: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            assert tag == "p"

        def handle_data(self, data: str) -> None:
            found.append(data)

    parser = Parser()
    parser.feed(html)
    parser.close()
    return "".join(found)


@given(ODD, ODD)
@example(LONG, LONG)
@example("\u202eevil\u202c", "\x00\x08\r\nBEGIN:VEVENT")
def test_odd_texts_can_be_read_back_from_both_feeds(title: str, summary: str) -> None:
    made = feed(notice(title, summary))
    written = atom.build(made)
    read = feedparser.parse(written)
    assert not read.bozo, read.get("bozo_exception")
    assert len(read.entries) == 1
    # Word for word by a plain parser: feedparser mends what looks like a wrong encoding to it.
    entry = ET.fromstring(written).find("a:entry", SPACES)  # noqa: S314 (our own)
    assert entry is not None
    [item] = json.loads(json_feed.build(made))["items"]
    assert item["title"] == clean_line(title)
    assert entry.findtext("a:title", namespaces=SPACES) == clean_line(title)
    assert clean_block(summary) in paragraphs(item["content_html"])
    assert entry.findtext("a:summary", namespaces=SPACES) == item["content_html"]


@given(ODD, ODD)
@example(LONG, LONG)
@example("\u202eevil\u202c", "\x00\x08\r\nBEGIN:VEVENT\r\nSUMMARY:no")
def test_odd_texts_can_be_read_back_from_the_calendar(title: str, summary: str) -> None:
    version = notice(title, summary)
    url = f"{PUBLISHER.site}/board/"
    written = calendar.build(calendar.of_list([version]), title=title, url=url, own_url=url, publisher=PUBLISHER)
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line or b"\x00" in line for line in lines)
    events = Calendar.from_ical(written).walk("VEVENT")
    assert len(events) == len({event["UID"] for event in events}) == 3
    assert {str(event["SUMMARY"]).partition(": ")[2] for event in events} == {clean_line(title)}
    assert all(clean_block(summary) in str(event["DESCRIPTION"]) for event in events)


@given(ODD, ODD)
@example("</script><script>alert(1)</script>", "<!--<script>")
def test_odd_texts_stay_in_the_data_of_a_page(title: str, summary: str) -> None:
    written = json_ld.text(notice(title, summary), PUBLISHER)
    assert not set("<>&\u2028\u2029") & set(written)
    read = json.loads(written)
    assert read.get("name", "") == title
    assert read["description"].startswith(summary)


def test_demand_of_schema_org_holds_what_the_version_says() -> None:
    version = replace(
        NOTICE, budget_min_total=PublicFigure(low=0, high=250_000), budget_max_total=PublicFigure(value=9)
    )
    read = json_ld.build(version, PUBLISHER)
    assert read.keys() == {
        "@context",
        "@type",
        "name",
        "description",
        "identifier",
        "url",
        "itemOffered",
        "areaServed",
        "validFrom",
        "availabilityEnds",
        "priceSpecification",
        "@reverse",
    }
    assert read["@type"] == "Demand"
    assert read["identifier"] == PUBLISHER.ocid(version.demand)
    assert read["availabilityEnds"] == version.closes_date.isoformat()
    assert (read["priceSpecification"]["minPrice"], read["priceSpecification"]["maxPrice"]) == (0, 9)
    assert [each["name"] for each in read["@reverse"]["seeks"]] == [each.official_name for each in version.boroughs]
    assert {each["@type"] for each in read["@reverse"]["seeks"]} == {"GovernmentOrganization"}


def test_demand_of_schema_org_names_no_price_that_is_not_published() -> None:
    version = replace(NOTICE, budget_min_total=None, budget_max_total=PublicFigure(value=9))
    assert "priceSpecification" not in json_ld.build(version, PUBLISHER)


def test_page_is_where_the_addresses_say() -> None:
    assert entries.page_url("NT-1", PUBLISHER) == PUBLISHER.site + reverse("notice-detail", args=["NT-1"])
