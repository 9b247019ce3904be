"""The sheet for Find a Tender: what each form takes from a notice, and what it leaves to the person."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from procurement.queries import find_a_tender, public_content, published
from procurement.queries.find_a_tender import Entry, Form
from procurement.queries.published_notice import NamedBorough, PublicFigure, PublishedNotice
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

ADDRESS = "https://board.example/notices/NT-0001/"


@pytest.fixture
def notice() -> PublishedNotice:
    draft = scene.draft(
        kind="ENGAGEMENT",
        title="Repairs booking",
        tender_date=date(2027, 11, 15),
        start_date=date(2028, 4, 1),
        months=36,
        market_engagement="We spoke to nobody so far.",
    )
    return published.preview(draft, at=timezone.now())


def entries(notice: PublishedNotice, form: Form) -> dict[str, Entry]:
    sheet = find_a_tender.sheet(notice, form, address=ADDRESS)
    return {entry.label: entry for section in sheet for entry in section.entries}


@pytest.mark.parametrize(
    ("kind", "form"), [("PIPELINE", Form.UK1), ("ENGAGEMENT", Form.UK2), ("PLANNED", Form.UK3), ("LATER", Form.UK2)]
)
def test_form_answers_to_the_kind(notice: PublishedNotice, kind: str, form: Form) -> None:
    assert find_a_tender.form_of(replace(notice, kind=kind)) == form


@pytest.mark.parametrize("form", list(Form))
def test_every_form_begins_with_who_buys_and_what(notice: PublishedNotice, form: Form) -> None:
    titles = [section.title for section in find_a_tender.sheet(notice, form, address=ADDRESS)]
    assert titles[:3] == ["Who is buying", "The procurement", "What is to be bought"]
    told = entries(notice, form)
    assert told["Lead authority"].text == notice.lead.official_name
    assert notice.lead.official_name not in told["Other authorities"].text.split("\n")
    assert len(told["Other authorities"].text.split("\n")) == len(notice.boroughs) - 1
    assert told["Title"].text == "Repairs booking"
    assert told["Your own reference"].text == notice.demand
    assert told["Contract begins, estimated"].text == "1 April 2028"
    assert told["Contract ends, estimated"].text == "31 March 2031"
    assert told["Link to the demand board"].text == ADDRESS
    assert told["Requirements"].text.startswith("The solution must\n- ")


@pytest.mark.parametrize("form", list(Form))
def test_nobody_buys_while_nobody_leads(notice: PublishedNotice, form: Form) -> None:
    told = entries(replace(notice, lead=NamedBorough(**public_content.NOBODY_YET), budget_min_total=None), form)
    assert told["Lead authority"] == Entry("Lead authority", "", find_a_tender.NOBODY_LEADS)
    assert "Other authorities" not in told, "other than whom?"
    names = [borough.official_name for borough in notice.boroughs]
    assert told["Authorities"].text.split("\n") == names
    assert len(told["Identifiers"].text.split("\n")) == len(names)
    assert "the lead’s own" not in told["Estimated value, without VAT"].hint


def test_nobody_buys_who_has_refused_to_be_named(notice: PublishedNotice) -> None:
    told = entries(replace(notice, lead=NamedBorough(**public_content.NOBODY), boroughs=()), Form.UK2)
    assert told["Lead authority"].text == told["Identifiers"].text == ""


def test_forms_differ_in_what_they_add(notice: PublishedNotice) -> None:
    engagement = entries(notice, Form.UK2)
    assert "We spoke to nobody so far." in engagement["How suppliers are engaged"].text
    assert f"{notice.closes_date.day} {notice.closes_date:%B %Y}" == engagement["Engagement closes"].text
    assert "Tender notice, estimated" not in engagement
    for form in (Form.UK1, Form.UK3):
        assert entries(notice, form)["Tender notice, estimated"].text == "15 November 2027"
    assert "Lots" in entries(notice, Form.UK3)


def test_what_the_notice_does_not_say_tells_what_to_do(notice: PublishedNotice) -> None:
    bare = replace(notice, tender_date=None, start_date=None, contact=None, cpv=(), budget_min_total=None)
    bare = replace(bare, must=(), should=(), work_done="", buying_together="")
    told = entries(bare, Form.UK3)
    for label in (
        "Tender notice, estimated",
        "Contract begins, estimated",
        "Contract ends, estimated",
        "Contact for enquiries",
        "CPV codes",
        "Estimated value, without VAT",
        "Procurement identifier",
        "Goods, services or works",
        "Requirements",
        "Work done so far",
        "How the authorities would buy together",
    ):
        assert told[label].text == "", label
        assert told[label].hint, label


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (PublicFigure(low=250_000, high=500_000), PublicFigure(low=500_000, high=1_000_000), "£250,000 to £1,000,000"),
        (PublicFigure(low=250_000, high=500_000), PublicFigure(low=5_000_000), "£250,000 to more"),
        (PublicFigure(value=300_000), PublicFigure(value=300_000), "£300,000"),
        (None, PublicFigure(value=300_000), ""),
    ],
)
def test_value_is_as_published(
    notice: PublishedNotice, low: PublicFigure | None, high: PublicFigure | None, text: str
) -> None:
    told = entries(replace(notice, budget_min_total=low, budget_max_total=high), Form.UK1)
    assert told["Estimated value, without VAT"].text == text


@pytest.mark.parametrize(
    ("start", "months", "ends"),
    [
        (date(2027, 4, 1), 12, "31 March 2028"),
        (date(2027, 1, 31), 1, "28 February 2027"),
        (date(2028, 1, 31), 1, "29 February 2028"),
        (date(2027, 12, 1), 1, "31 December 2027"),
        (date(2027, 3, 15), 24, "14 March 2029"),
        (date(2027, 3, 15), None, ""),
    ],
)
def test_contract_ends_the_day_before_the_same_day(
    notice: PublishedNotice, start: date, months: int | None, ends: str
) -> None:
    told = entries(replace(notice, start_date=start, months=months), Form.UK1)
    assert told["Contract ends, estimated"].text == ends
