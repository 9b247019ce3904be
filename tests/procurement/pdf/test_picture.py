"""The picture's report: its figures are the picture's, whatever the texts are."""

import csv
import io
import re
from datetime import date

import pypdf
import pytest

from boroughs.models import Need
from boroughs.templatetags.formatting import count
from procurement.models import JointDemand
from procurement.pdf import picture as picture_pdf
from procurement.pdf import words
from procurement.queries.chain import Head
from procurement.queries.demand_picture import DemandPicture, demand_picture
from tests.factories.boroughs import NeedFactory
from tests.factories.picture import joint_demand
from tests.factories.procurement import DemandMemberFactory, MatchRunFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NEEDS = {
    "budget_min": 123_000,
    "budget_max": 234_500,
    "budget_basis": Need.BudgetBasis.WHOLE_LIFE,
    "users_count": 1_234,
}


@pytest.fixture
def picture() -> DemandPicture:
    MatchRunFactory()
    joint_demand("camden", "brent", "sutton", needs=NEEDS, status=JointDemand.Status.CONFIRMED)
    joint_demand("camden", "merton", title="Fleet", needs={"contract_end_date": date(2027, 3, 31), "incumbent": "Old"})
    NeedFactory()
    return demand_picture(exact=True)


def text_of(content: bytes) -> str:
    """The text of all pages, with every run of blanks as one."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def test_text_has_every_figure_of_the_picture(picture: DemandPicture) -> None:
    head = Head(digest="0123456789abcdef" * 4, versions=7, published_at=picture.at)
    text = text_of(picture_pdf.render(picture, head=head).content)

    assert f"{picture.needs_count} open needs" in text
    assert head.digest in text.replace("\u200b", "").replace(" ", "")
    assert "after 7 versions" in text
    assert f"{picture.matched_count} of {picture.needs_count} needs that overlap" in text
    for sentence in words.summary(picture):
        assert sentence in text
    for demand in picture.demands:
        budget = words.budget(demand.budget_min, demand.budget_max)
        row = f"{demand.title} {len(demand.boroughs)} {demand.needs_count} {words.users(demand.users)} {budget}"
        assert row in text
        for member in demand.members:
            assert text.count(member.need_reference) == 2
            assert member.title in text
    for borough in picture.boroughs:
        assert f"{borough.name} {borough.needs} {borough.matched}" in text
    for row in picture.categories:
        assert f"{row.name} {row.area} {row.needs} {row.boroughs} {row.matched} {row.demands}" in text
    assert count(picture.users.value) in text


def test_outline_and_page_numbers(picture: DemandPicture) -> None:
    pdf = picture_pdf.render(picture)

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    titles = [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)]
    assert titles == [
        "Contents",
        "Summary",
        "Where the needs are",
        "What is needed",
        "Joint demands",
        "Joint demands, one by one",
        "How to read this report",
        "Annex: the needs behind every figure",
    ]
    assert pdf.pages == len(reader.pages)
    assert f"Page {pdf.pages} of {pdf.pages}" in reader.pages[-1].extract_text()
    assert reader.metadata.title.startswith("London technology demand picture")


def test_attached_files_have_the_same_rows(picture: DemandPicture) -> None:
    attached = pypdf.PdfReader(io.BytesIO(picture_pdf.render(picture).content)).attachments

    demands = list(csv.DictReader(io.StringIO(attached[picture_pdf.CSV_NAME][0].decode())))
    assert [row["reference"] for row in demands] == [demand.reference for demand in picture.demands]
    assert demands[0]["budget_min_gbp"] == "369000"
    assert demands[0]["need_references"].split("; ") == [m.need_reference for m in picture.demands[0].members]
    needs = list(csv.DictReader(io.StringIO(attached[picture_pdf.NEEDS_CSV_NAME][0].decode())))
    assert sum(int(row["open_needs"]) for row in needs) == picture.needs_count


def test_bytes_same_for_the_same_picture(picture: DemandPicture) -> None:
    assert picture_pdf.render(picture).content == picture_pdf.render(picture).content


def test_texts_that_are_long_hostile_or_from_right_to_left_do_no_harm() -> None:
    hostile = "<script>alert(1)</script><img src='file:///etc/hostname'>"
    demand = joint_demand("camden", "brent", title="W" * 20_000)
    for title in (hostile, "=1+1", "نظام إدارة الإسكان", "x" * 300, "{{ settings.SECRET_KEY }}"):
        DemandMemberFactory(demand=demand, need=NeedFactory(title=title, category=demand.category, incumbent=title))

    pdf = picture_pdf.render(demand_picture(exact=True))

    text = text_of(pdf.content)
    assert pdf.blocked == ()
    assert pdf.pages < 20
    assert "<script>alert(1)</script>" in text
    assert "{{ settings.SECRET_KEY }}" in text


def test_table_csv_is_no_formula() -> None:
    joint_demand("camden", "brent", title="=HYPERLINK(1)")

    assert ",'=HYPERLINK(1)," in picture_pdf.table_csv(demand_picture(exact=True))


def test_demand_of_many_needs_is_cut_and_says_so() -> None:
    demand = joint_demand("camden", "brent")
    borough = Need.objects.order_by("pk")[0].borough
    for _ in range(picture_pdf.MEMBERS):
        DemandMemberFactory(demand=demand, need=NeedFactory(borough=borough, category=demand.category))

    context = picture_pdf.context(demand_picture(exact=True))

    assert len(context["sections"][0]["members"]) == picture_pdf.MEMBERS
    assert context["sections"][0]["members_left_out"] == 2


def test_picture_of_nothing_is_a_report() -> None:
    text = text_of(picture_pdf.render(demand_picture(exact=True)).content)

    assert "No authority has an open need yet" in text
    assert "Not matched yet" in text
