"""The picture's report: made from the bytes of a snapshot alone, with every figure of it and the needs behind them."""

import csv
import hashlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pypdf
import pytest

from boroughs.templatetags.formatting import count
from procurement.pdf import annex, render
from procurement.pdf import picture as picture_pdf
from procurement.pdf.job import Pdf
from procurement.picture import changes, document, facts, reckoning
from procurement.picture.facts import Board, Frozen, Interest, Link, Question, Saving, Stance, ToldFigure
from procurement.picture.numbers import Unit, numbers
from procurement.picture.summary import summary
from procurement.picture.telling import EXACT, TOLD, Telling
from tests.picture import made

ROOT = Path(__file__).resolve().parents[3]
MONEY = {"budget_min": 123_000, "budget_max": 234_500, "budget_basis": "WHOLE_LIFE", "users": 1_234}


def picture() -> Frozen:
    """Two joint demands, one of them confirmed and led, a need that stands alone, contracts, and what came of it."""
    asked = made.MOMENT - timedelta(days=20)
    needs = (
        made.need(1, "camden", contract="camden/CA-1", asked_at=asked, **MONEY),
        made.need(2, "brent", **MONEY),
        made.need(3, "sutton", **MONEY),
        made.need(4, "camden", category="fleet", contract_end_date=date(2027, 3, 31), incumbent="Old System"),
        made.need(5, "merton", category="fleet", contract_end_date=date(2027, 3, 31)),
        made.need(6, "brent"),
    )
    confirmed = made.demand(
        1,
        [1, 2, 3],
        title="Telephony",
        status="CONFIRMED",
        lead="camden",
        quorum=2,
        decision_date=date(2027, 1, 15),
        stances=(
            Stance("brent", "COMMITTED", "TENDER", asked + timedelta(days=7)),
            Stance("camden", "INTENDING", "TENDER"),
        ),
        members=tuple(made.member(place, since=asked) for place in (1, 2, 3)),
    )
    demands = (confirmed, made.demand(2, [4, 5], title="Fleet", category="fleet"))
    board = Board(digest="0123456789abcdef" * 4, versions=7, published_at=made.MOMENT)
    contracts = (
        made.contract("CA-1", end_date=date(2028, 3, 31), options=(12,), notice_months=6),
        made.contract("CA-2", supplier="quill", supplier_name="Quill plc", system="Quill", end_date=date(2026, 1, 31)),
        *(made.contract("C-1", slug) for slug in ("brent", "merton", "sutton")),
    )
    saving = Saving("TENDERS", 72_000, 160_000, made.MOMENT, 91_000, made.MOMENT)
    results = (
        made.result(1, savings=(saving,), needs=("N-00001", "N-00002")),
        made.result(9, title="Fleet of old", outcome="REACHED", decided_at=made.MOMENT, committed=("camden", "brent")),
    )
    questions = (Question(asked, "ANSWERED", asked + timedelta(days=3)), Question(asked, "WAITING"))
    notice = made.notice(1, 1, interest=Interest(suppliers=7, smes=4, others=2), questions=questions)
    held = made.london(*needs, demands=demands, notices=(notice,), board=board, contracts=contracts, results=results)
    return made.frozen(held)


CONTENT = facts.to_json(picture())


def following() -> tuple[bytes, bytes]:
    """A snapshot and the one after it, which has a need more and a joint demand less."""
    now = picture()
    before = facts.to_json(replace(now, facts=replace(now.facts, needs=now.facts.needs[:5])))
    link = Link("DP-2026-0001", hashlib.sha256(before).hexdigest())
    after = replace(now, reference="DP-2026-0002", previous=link)
    return before, facts.to_json(replace(after, facts=replace(now.facts, demands=now.facts.demands[:1])))


@cache
def rendered(content: bytes, telling: Telling) -> Pdf:
    """Laid out once for all tests of this process that read it; that it is the same each time has tests of its own."""
    return picture_pdf.render(content, telling=telling)


@cache
def text_of(content: bytes) -> str:
    """The text of all pages, with every run of blanks as one."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))


def titles_of(content: bytes) -> list[str]:
    """The chapters, as the outline has them."""
    found = pypdf.PdfReader(io.BytesIO(content)).outline
    return [str(entry["/Title"]) for entry in found if not isinstance(entry, list)]


def test_text_has_every_figure_of_the_snapshot() -> None:
    shown = reckoning.figures(picture())
    text = text_of(rendered(CONTENT, EXACT).content)

    packed = text.replace("\u200b", "").replace(" ", "")
    assert hashlib.sha256(CONTENT).hexdigest() in packed
    assert picture().facts.board.digest in packed
    assert "Snapshot DP-2026-0001" in text
    for sentence in (*summary(shown).overlaps, *summary(shown).decisions):
        assert sentence.text in text
    for number in numbers(shown.headlines):
        assert f"{number.words} {count(number.value)}" in text
    for demand in shown.demands:
        row = f"{demand.title} {int(demand.authorities)} {int(demand.needs)} {picture_pdf.users(demand.users)}"
        assert f"{row} {picture_pdf.budget(demand.lowest, demand.highest)}" in text
    for row in shown.authorities:
        assert f"{row.name} {int(row.needs)} {int(row.matched)}" in text
    for row in shown.categories:
        figures = (row.needs, row.boroughs, row.matched, row.demands)
        assert f"{row.name} {row.area} {' '.join(str(int(each)) for each in figures)}" in text
    for need in picture().facts.needs:
        assert need.reference in text
    assert "January 2027 to March 2027 2 2" in text
    assert "Telephony 2 1 of 2 Camden 15 January 2027 NT-0001, version 1" in text


def test_text_has_every_figure_of_the_json() -> None:
    text = text_of(rendered(CONTENT, EXACT).content)

    for figure in document.document(CONTENT, telling=EXACT)["figures"]:
        # The cells of the table of areas are drawn, and written in an attached file.
        if not figure["figure"].startswith("area/") and figure["value"] is not None:
            assert re.search(rf"(?<![\d,]){count(figure['value'])}(?![\d,])", text), figure


def test_outline_and_page_numbers() -> None:
    pdf = rendered(CONTENT, EXACT)

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert titles_of(pdf.content) == [
        "Contents",
        "Summary",
        "Where the needs are",
        "How complete and how fresh this picture is",
        "What is needed",
        "Who supplies London today",
        "When present contracts end",
        "When boroughs could start together",
        "Joint demands",
        "What boroughs have said",
        "From needs to notices, and what came of it",
        "Joint demands, one by one",
        "How to read this report",
        "Annex: the needs behind every figure",
    ]
    assert pdf.pages == len(reader.pages)
    assert f"Page {pdf.pages} of {pdf.pages}" in reader.pages[-1].extract_text()
    assert reader.metadata.title == "London technology demand picture, 30 November 2026"


@pytest.mark.parametrize("telling", [EXACT, TOLD], ids=["exact", "told"])
def test_short_chapters_follow_each_other_and_each_begins_with_what_it_tells(telling: Telling) -> None:
    before, after = following()
    reader = pypdf.PdfReader(io.BytesIO(picture_pdf.render(after, telling=telling, previous=before).content))

    chapters = [entry for entry in reader.outline if not isinstance(entry, list)]
    begins = {str(entry["/Title"]): reader.get_destination_page_number(entry) for entry in chapters}
    pages = list(begins.values())
    assert pages == sorted(pages)
    assert len({*pages}) < len(pages)
    for alone in ("Contents", "Summary"):
        assert pages.count(begins[alone]) == 1
    # No heading at the foot of a page with its table on the next.
    for title, first in (
        ("Joint demands", "Joint demands, by the number of authorities in them"),
        ("What moved since DP-2026-0001", "Figures that are others now"),
        ("How to read this report", "What the figures are"),
    ):
        assert first in reader.pages[begins[title]].extract_text(), title


def test_table_of_areas_stands_under_its_caption_however_many_authorities_have_needs() -> None:
    many = [made.authority(f"place-{at}", is_london=at < 33) for at in range(45)]
    needs = [made.need(at + 1, f"place-{at}") for at in range(45)]
    content = facts.to_json(made.frozen(made.london(*needs, authorities=tuple(many))))

    pages = [
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(picture_pdf.render(content, telling=TOLD).content)).pages
    ]

    (page,) = (text for text in pages if "Open needs by authority and area of work" in text)
    assert not [each.name for each in many if each.name not in page]


def test_attached_files_have_every_figure_and_the_needs_behind_it() -> None:
    shown = reckoning.figures(picture())
    attached = pypdf.PdfReader(io.BytesIO(rendered(CONTENT, EXACT).content)).attachments

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(attached[name][0].decode())))

    demands = rows(picture_pdf.CSV_NAME)
    assert [row["reference"] for row in demands] == [demand.reference for demand in shown.demands]
    assert demands[0]["budget_min_gbp"] == "369000"
    assert demands[0]["need_references"].split("; ") == ["N-00001", "N-00002", "N-00003"]
    assert sum(int(row["open_needs"]) for row in rows(picture_pdf.NEEDS_CSV_NAME)) == 6
    figures = {row["figure"]: row for row in rows(annex.FIGURES_CSV_NAME)}
    assert figures.keys() == {number.key for number in numbers(shown)}
    for number in numbers(shown):
        row = figures[number.key]
        assert row["value"] == ("" if number.value is None else str(number.value))
        assert tuple(filter(None, row["need_references"].split("; "))) == number.needs
        if number.unit is Unit.NEEDS:
            assert row["needs_count"] == row["value"]


def test_every_link_of_the_summary_leads_into_the_annex() -> None:
    before, after = following()
    told = picture_pdf.context(after, before, telling=EXACT)
    parts = told["annex"]
    entries = [*parts.headlines, *parts.since, *parts.authorities, *parts.categories, *parts.demands]
    entries += [entry for _, chapter in parts.chapters for entry in chapter]
    anchors = [entry.anchor for entry in entries]

    links = {
        anchor for each in (*told["overlaps"], *told["changed"], *told["decisions"]) for _, anchor in each if anchor
    }
    assert links
    assert links <= set(anchors)
    assert len(set(anchors)) == len(anchors)


def test_what_moved_since_the_snapshot_before() -> None:
    before, after = following()

    text = text_of(picture_pdf.render(after, telling=EXACT, previous=before).content)

    assert "Since DP-2026-0001, 1 need came, 0 went and 0 were amended." in text
    assert "What moved since DP-2026-0001" in text
    assert "Open needs 5 6" in text
    assert "Fleet: no longer in the picture" in text
    assert changes.between(facts.from_json(before), facts.from_json(after)).earlier in text


def test_summary_is_one_page_with_every_sentence_that_there_is() -> None:
    """Long titles, a stale run, and something to say in each place."""
    many = tuple(made.need(place, slug) for place in range(1, 400) for slug in ("camden", "brent", "sutton"))
    needs = tuple(replace(each, reference=f"N-{place:05}", **MONEY) for place, each in enumerate(many, 1))
    due = {"status": "CONFIRMED", "quorum": 3, "decision_date": date(2027, 1, 15)}
    ends = replace(needs[0], contract_end_date=date(2027, 3, 31), contract="camden/C-1", asked_at=made.MOMENT)
    soon = {"end_date": date(2027, 12, 31), "notice_months": 12}
    contracts = [made.contract("C-1", slug, **soon) for slug in ("camden", "brent", "sutton")]
    saving = Saving("TENDERS", 72_000, 160_000, made.MOMENT, 91_000, made.MOMENT)
    results = [made.result(1, outcome="REACHED", decided_at=made.MOMENT, savings=(saving,))]
    demands = [
        made.demand(place, range(place * 3 - 2, place * 3 + 1), title="Words " * 50, **due) for place in range(1, 300)
    ]
    unsure = made.demand(300, [898, 899], is_sure=False)
    notices = (made.notice(1, 1), made.notice(2, 2, version=0, status="PROPOSED"))
    more = {"contracts": tuple(contracts), "results": tuple(results)}
    held = made.london(ends, *needs[1:], demands=(*demands, unsure), notices=notices, **more)
    assert held.run is not None
    held = replace(held, run=replace(held.run, needs_changed=1))
    before = facts.to_json(made.frozen(made.london(*needs[:300], demands=demands[:50])))
    link = Link("DP-2026-0001", hashlib.sha256(before).hexdigest())
    content = facts.to_json(made.frozen(held, reference="DP-2026-0002", previous=link))
    told = picture_pdf.context(content, before, telling=EXACT)

    assert len([*told["overlaps"], *told["changed"], *told["decisions"]]) == 22
    assert render.render_pdf(template="pdf/picture/summary.html", context=told).pages == 1


def test_another_snapshot_before_it_is_refused() -> None:
    _, after = following()

    with pytest.raises(ValueError, match="not the bytes of the snapshot before DP-2026-0002"):
        picture_pdf.render(after, telling=EXACT, previous=CONTENT)


DAY = date(2026, 11, 28)
PLAINLY = ToldFigure(value=3_690, as_at=DAY)


def told_picture(users: ToldFigure = PLAINLY) -> bytes:
    """The same London, where the users and the budget of the confirmed joint demand were told."""
    now = picture()
    figures = facts.ToldFigures(
        users=users,
        budget_min=ToldFigure(low=350_000, high=400_000, as_at=DAY),
        budget_max=ToldFigure(low=700_000, high=750_000, as_at=DAY),
    )
    demands = (replace(now.facts.demands[0], told=figures), *now.facts.demands[1:])
    return facts.to_json(replace(now, facts=replace(now.facts, demands=demands)))


def test_told_it_has_counts_names_and_told_figures_with_their_day() -> None:
    pdf = rendered(told_picture(), TOLD)

    text = text_of(pdf.content)
    for figure in document.document(told_picture(), telling=TOLD)["figures"]:
        # Cells of the table of areas are drawn, and written in an attached file.
        if not figure["figure"].startswith("area/") and figure["value"] is not None:
            assert re.search(rf"(?<![\d,]){count(figure['value'])}(?![\d,])", text), figure
    for words in (
        "3,690",
        "as at 28 November 2026",
        "£350,000 to £750,000",
        "Not told",
        "Names, counts and told totals",
    ):
        assert words in text
    # The users and the budgets of one need, and the exact sums of the joint demand.
    amounts = ("1,234", "£123,000", "3,702", "£369,000", "£703,500")
    hidden = (*amounts, "31 March 2027", "Mar 2027", "Old System", "Led by Camden")
    for words in hidden:
        assert words not in text
    attached = pypdf.PdfReader(io.BytesIO(pdf.content)).attachments
    rows = list(csv.DictReader(io.StringIO(attached[picture_pdf.CSV_NAME][0].decode())))
    assert (rows[0]["users_low"], rows[0]["users_high"], rows[0]["users_as_at"]) == ("3690", "3690", "2026-11-28")
    assert (rows[0]["budget_min_low_gbp"], rows[0]["budget_max_high_gbp"]) == ("350000", "750000")
    assert (rows[1]["users_low"], rows[1]["budget_max_as_at"]) == ("", "")
    assert "first_contract_end" not in rows[0]
    names = {row["figure"] for row in csv.DictReader(io.StringIO(attached[annex.FIGURES_CSV_NAME][0].decode()))}
    assert names == {each["figure"] for each in document.document(told_picture(), telling=TOLD)["figures"]}


def test_band_of_users_is_told_as_a_band() -> None:
    content = told_picture(ToldFigure(low=1_000, high=5_000, as_at=DAY))

    told = picture_pdf.context(content, telling=TOLD)

    row = told["rows"][0]
    assert (row["users"], row["users_at"]) == ("1,000 to under 5,000", "as at 28 November 2026")
    assert told["sections"][0]["users"] == row["users"]


def test_told_to_a_borough_its_own_needs_are_whole_one_by_one() -> None:
    for own, shown in (("camden", True), ("brent", False)):
        text = text_of(rendered(told_picture(), Telling(own=own)).content)

        assert ("Old System" in text) is shown
        assert f"exact for {own.title()}" in text
        assert "1,234" not in text


RENDER = """
import hashlib, sys
import django
django.setup()
from procurement.pdf import picture
from procurement.picture.telling import EXACT, TOLD, Telling
print(hashlib.sha256(picture.render(sys.stdin.buffer.read(), telling=EXACT).content).hexdigest())
"""


def test_chapters_tell_the_registers_the_starts_and_what_came_of_it() -> None:
    text = text_of(rendered(CONTENT, EXACT).content)

    assert "Camden Not here yet Never 2 1 1" in text
    assert "1 open need waits for its borough to say that it still holds" in text
    assert "The registers hold 4 running contracts with 1 supplier." in text
    assert "Orbit Ltd 4 £4,000 100%" in text
    assert "4: Brent, Camden, Merton and Sutton" in text
    assert "of 7 shows of interest in notices on the board, 4 came from suppliers that say they are small" in text
    assert "JD-0001 Telephony Apr 2028 3 of 3 1 Apr 2027" in text
    assert "Camden, by 30 Sep 2027: Give notice that the contract ends on 31 March 2028" in text
    assert "Joint demands ask 5 answers of boroughs, one of each borough in each. 2 have been given" in text
    assert "Open needs In a joint demand 5" in text
    assert "JD-0009 Fleet of old: quorum reached on 30 November 2026. 2 boroughs committed: Brent and Camden." in text
    assert "tenders that need not be run: £72,000 to £160,000 as estimated, £91,000 in the end" in text
    assert "camden/CA-1" in text


def test_who_reads_what_is_told_is_told_nothing_of_contracts_answers_and_savings() -> None:
    text = text_of(rendered(CONTENT, TOLD).content)

    for hidden in ("Orbit", "camden/CA", "£91,000", "Brent committed", "have been given", "Interested", "1 waiting"):
        assert hidden not in text


def test_told_chapters_are_there_and_those_that_are_not_are_named_with_the_reason() -> None:
    pdf = rendered(CONTENT, TOLD)

    assert titles_of(pdf.content) == [
        "Contents",
        "Summary",
        "Where the needs are",
        "How complete and how fresh this picture is",
        "What is needed",
        "Joint demands",
        "From needs to notices",
        "Joint demands, one by one",
        "How to read this report",
        "Annex: the needs behind every figure",
    ]
    text = text_of(pdf.content)
    left_out = text[text.index("What is left out of this report, and why") :]
    exact = rendered(CONTENT, EXACT).content
    missing = set(titles_of(exact)) - set(titles_of(pdf.content)) - {"From needs to notices, and what came of it"}
    for chapter in (*missing, "What came of joint demands"):
        assert chapter in left_out
    assert "What is left out of this report" not in text_of(exact)


def test_told_it_says_in_what_state_registers_are_and_what_becomes_of_needs() -> None:
    now = picture()
    kept = tuple(
        replace(each, register_kept_at=made.MOMENT) if each.slug == "camden" else each for each in now.facts.authorities
    )
    notices = (replace(now.facts.notices[0], status="CORRECTING"),)
    content = facts.to_json(replace(now, facts=replace(now.facts, authorities=kept, notices=notices)))

    text = text_of(picture_pdf.render(content, telling=TOLD).content)

    assert "4 of 4 London authorities have an open need, and 1 has its contract register here" in text
    assert "Up to date 1 Camden" in text
    assert "Not here yet 3 Brent, Merton and Sutton" in text
    assert "Confirmed by an analyst With a notice on the board 3" in text
    assert "Led by nobody yet" not in text
    assert "Early market engagement, version 1. Published 30 Nov 2026" in text
    assert "in preparation" not in text


def test_two_processes_make_the_same_file() -> None:
    """Each with its own order of sets; and neither knows of a database, so that nothing but the bytes is told."""

    def made_anew(seed: str) -> str:
        environment = {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "loti.settings", "LOTI_ENV": "test"}
        environment |= {"LOTI_NO_BOOTSTRAP": "1", "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
        ran = subprocess.run(
            [sys.executable, "-c", RENDER], input=CONTENT, capture_output=True, check=True, cwd=ROOT, env=environment
        )
        return ran.stdout.decode().strip()

    digests = {made_anew("1"), made_anew("2")}

    assert len(digests) == 1
    assert digests == {hashlib.sha256(rendered(CONTENT, EXACT).content).hexdigest()}


def test_texts_that_are_long_hostile_or_from_right_to_left_do_no_harm() -> None:
    hostile = "<script>alert(1)</script><img src='file:///etc/hostname'>"
    titles = (hostile, "=1+1", "نظام إدارة الإسكان", "x" * 300, "{{ settings.SECRET_KEY }}")
    needs = [made.need(place, title=title, incumbent=title) for place, title in enumerate(titles, 1)]
    demand = made.demand(1, range(1, 6), title="W" * 20_000)

    pdf = picture_pdf.render(facts.to_json(made.frozen(made.london(*needs, demands=[demand]))), telling=EXACT)

    text = text_of(pdf.content)
    assert pdf.blocked == ()
    assert pdf.pages < 20
    assert "<script>alert(1)</script>" in text
    assert "{{ settings.SECRET_KEY }}" in text


def test_files_are_no_formulas() -> None:
    demand = made.demand(1, [1], title="=HYPERLINK(1)")
    shown = reckoning.figures(made.frozen(made.london(made.need(1), demands=[demand])))

    assert ",'=HYPERLINK(1)," in picture_pdf.table_csv(shown, EXACT)


def test_demand_of_many_needs_is_cut_and_says_so() -> None:
    many = range(1, picture_pdf.MEMBERS + 3)
    held = made.london(*map(made.need, many), demands=[made.demand(1, many)])

    context = picture_pdf.context(facts.to_json(made.frozen(held)), telling=EXACT)

    assert len(context["sections"][0]["members"]) == picture_pdf.MEMBERS
    assert context["sections"][0]["members_left_out"] == 2


def test_annex_lists_the_same_needs_once() -> None:
    many = range(1, annex.LISTED_AGAIN + 2)
    held = made.london(*map(made.need, many), demands=[made.demand(1, many)])
    shown = reckoning.figures(made.frozen(held))

    found = annex.annex(shown, None, demands=shown.demands, telling=EXACT)

    needs, matched = (entry.lines[0] for entry in found.headlines[:2])
    assert len(needs.needs) == len(many)
    assert (matched.needs, matched.same_as) == ((), "Open needs")


def test_picture_of_nothing_is_a_report() -> None:
    text = text_of(picture_pdf.render(facts.to_json(made.frozen(made.london(run=None))), telling=EXACT).content)

    assert "No authority has an open need yet" in text
    assert "Not matched yet" in text
