"""Whatever is sent to the pages of a joint demand, the answer is below 500 and costs under two seconds of work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from boroughs.models import Contract, Need
from procurement.models import Coalition, Participation
from tests.trust.london import London, london
from tests.trust.test_hostile_input import ODD, TEXTS, Watch, _encoded, clients

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

QUERIES = [
    "start=%00", "start=9999-12", "start=0001-01", "start=" + "9" * 5_000, "borough=%00&end_day=1", "borough=camden",
    "borough=camden&end_day=31&end_month=12&end_year=9999", "borough=camden&end_day=1&end_month=1&end_year=1",
    "borough=camden&end_day=99&end_month=99&end_year=" + "9" * 5_000, "start=2028-13&borough=x&end_day=%D9%A1",
    "group=all&measure=users&start_1=" + "9" * 5_000, "group=all&measure=%00&start_1=1&price_1=1e400",
    "group=all&measure=users&start_1=0&price_1=NaN", "group=all&measure=users&start_1=1&discount_1=1e-400",
    "group=all&measure=users&start_1=1&discount_1=sNaN&start_2=-1&price_2=Infinity",
    "group=x&start_3=1&price_3=" + "9" * 5_000,
    "with=%00", "with=" + "J" * 15_000, "with=JD-0001", "q=%00", "q=" + "wort+" * 2_000, "q=%25_", "q=" + "a" * 15_000,
    "from=" + "9" * 5_000 + "&to=%D9%A1", "from=-1&to=0", "demand=%00", "after=%00", "after=JD-9999", "category=%00",
    "borough=%ED%A0%80", "%00=1", "page=%00",
]  # fmt: skip


@pytest.fixture
def city(settings: Settings, tmp_path: Path) -> London:
    settings.MEDIA_ROOT = tmp_path
    made = london()
    # The own borough joins and leads, so that every form can be sent.
    Participation.objects.filter(demand=made.suggested, borough=made.own).delete()
    now = made.experience.written_at
    Participation.objects.create(
        demand=made.suggested, borough=made.own, stage="INTERESTED", depth="TENDER", accepted_at=now
    )
    Coalition.objects.update_or_create(
        demand=made.suggested, defaults={"lead": made.own, "lead_agreed_at": now, "updated_at": now}
    )
    return made


def pages(city: London) -> Iterator[tuple[str, str]]:
    root = f"/demands/{city.suggested.reference}/"
    for who in ("approver", "analyst"):
        for page in ("", "timeline/", "volumes/", "savings/", "requirements/", "history/", "suggestions/", "record/"):
            yield who, root + page
        for page in ("participation/", "specification/", "specification/versions/", "experience/"):
            yield who, root + page
        yield who, f"{root}needs/{city.own_needs['OPEN'].reference}/"
        yield who, "/experiences/"
        yield who, "/demands/"
    for page in ("split/", "merge/"):
        yield "analyst", root + page
    yield "analyst", "/demands/review/"


def forms(city: London) -> Iterator[tuple[str, str, dict[str, str]]]:
    root, own = f"/demands/{city.suggested.reference}/", city.own.slug
    days = {
        f"{name}_{part}": value
        for name in ("decision_date", "joining_closes_date", "start_date")
        for part, value in (("day", "1"), ("month", "5"), ("year", "2028"))
    }
    need = city.own_needs["OPEN"].reference
    yield "approver", f"{root}participation/of/{own}/", {
        "stage": "DECLINED", "depth": "TENDER", "reason": "TIMING", "comment": "Words", "revision": "0",
    }  # fmt: skip
    yield "approver", f"{root}participation/of/{own}/lead/", {"note": "Words"}
    yield "approver", f"{root}participation/of/{own}/lead/{city.foreign.slug}/", {"agrees": "yes", "note": "Words"}
    yield "approver", f"{root}participation/of/{city.foreign.slug}/answer/", {"answer": "yes", "revision": "1"}
    yield "approver", f"{root}participation/terms/", days | {
        "quorum": "2", "depth": "TENDER", "if_missed": "END", "revision": "1",
    }  # fmt: skip
    worded = {"text": "Words", "priority": "MUST", "standards": "uprn", "revision": "1", "reason": "Words"}
    yield "approver", f"{root}specification/new/", worded
    yield "approver", f"{root}specification/2/edit/", worded
    yield "approver", f"{root}specification/new/of/{own}/", worded
    yield "approver", f"{root}specification/2/of/{own}/wording/", worded
    yield "approver", f"{root}specification/2/of/{own}/", {"kind": "DIFFERS", "text": "Words", "wording": "1"}
    yield "approver", f"{root}specification/2/settle/", {"how": "Words", "revision": "1"}
    yield "approver", f"{root}specification/2/drop/", {"reason": "Words", "revision": "1"}
    yield "approver", f"{root}specification/2/agree/", {"revision": "1"}
    yield "approver", f"{root}specification/2/order/", {"move": "up", "position": "2"}
    yield "approver", f"{root}specification/freeze/", {"reason": "Words", "seen": "Words"}
    estimate = {"spend": "1000", "low": "1", "high": "2", "tenders": "3", "years": "3", "closed": "50", "note": "Words"}
    for method in ("volume", "tenders", "prices"):
        yield "analyst", f"{root}savings/by/{method}/", estimate
    yield "analyst", f"{root}savings/{city.estimate.pk}/realised/", {"amount": "1000", "note": "Words", "revision": "1"}
    learned = {"category": "experienced", "bought": "Words", "bought_year": "2020", "supplier": "Words"}
    learned |= {"worked": "Words", "avoid": "Words", "contact_role": "Head of repairs", "revision": "0"}
    yield "approver", "/experiences/new/", learned
    yield "approver", f"/experiences/{city.experience.pk}/edit/", learned
    yield "analyst", f"{root}split/", {"needs": need, "title": "Words", "reason": "Words"}
    yield "analyst", f"{root}split/", {"needs": need, "title": "Words", "reason": "Words", "sure": "1"}
    yield "analyst", f"{root}merge/", {"other": "JD-0001", "reason": "Words"}
    for kind in ("BELONGS", "REMOVED", "CONFIRMED", "NOT_SURE"):
        yield "analyst", f"{root}answer/", {"kind": kind, "need": need, "reason": "Words", "sure_of": need}


# Fields whose value is one of a few.
CHOSEN = {
    "stage",
    "depth",
    "reason",
    "agrees",
    "answer",
    "if_missed",
    "priority",
    "standards",
    "kind",
    "move",
    "category",
}


def test_no_query_breaks_a_page_of_a_joint_demand(city: London) -> None:
    watch = Watch()
    everybody = clients(city)
    for who, address in pages(city):
        for query in QUERIES:
            watch(f"{who} {query[:40]}", everybody[who], "GET", address, QUERY_STRING=query)
    assert not watch.wrong


def test_no_text_breaks_a_form_of_a_joint_demand(city: London) -> None:
    watch = Watch()
    everybody = clients(city)
    for name, text in TEXTS.items():
        hostile = text.encode("utf-8", "surrogatepass")
        for who, address, form in forms(city):
            free = {field: hostile for field, value in form.items() if value == "Words"}
            kept = {field: value.encode() for field, value in form.items()}
            watch(f"texts={name}", everybody[who], "POST", address, **_encoded(kept | free))
            if name in ODD:
                watch(f"all={name}", everybody[who], "POST", address, **_encoded(dict.fromkeys(form, hostile)))
                for field in form:
                    watch(f"{field}={name}", everybody[who], "POST", address, **_encoded(kept | {field: hostile}))
    assert not watch.wrong


def test_every_form_is_let_in(city: London) -> None:
    everybody: dict[str, Client] = clients(city)
    watch, answered = Watch(), {}
    for who, address, form in forms(city):
        fields = {name: value.encode() for name, value in form.items()}
        answered[address] = watch("", everybody[who], "POST", address, **_encoded(fields)).status_code
    assert not {address: status for address, status in answered.items() if status not in (200, 302)}


@pytest.mark.parametrize("year", [1980, 2100])
def test_no_date_that_can_be_entered_breaks_a_page(city: London, year: int) -> None:
    own = city.own_needs["OPEN"]
    contract = Contract.objects.filter(borough=city.own).first()
    assert contract is not None
    ends = f"{year:04}-12-31"
    Contract.objects.filter(pk=contract.pk).update(
        start_date=None, end_date=ends, extension_options=[120, 120], notice_months=60, notice_days=300
    )
    Need.objects.filter(pk=own.pk).update(
        contract=contract, contract_end_date=ends, start_date=ends, earliest_start_date=ends
    )
    watch = Watch()
    everybody = clients(city)
    for who, address in pages(city):
        watch(who, everybody[who], "GET", address)
    assert not watch.wrong
