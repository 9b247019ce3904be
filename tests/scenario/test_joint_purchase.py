"""Seven boroughs buy together: from overlapping needs to an agreed specification, each step by whom it is for.

Through the web, with real needs and the real matcher. Each step is tried by the wrong people first, and what was done
still stands after three more match runs, an amended need and a withdrawn one.
"""

import html
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from boroughs.actions import amendments
from boroughs.actions.need_content import content_of
from boroughs.models import AuditEvent, Borough, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from procurement.actions import alignments, matching
from procurement.models import (
    Coalition,
    CommonRequirement,
    Decision,
    DemandMember,
    JointDemand,
    LineageEvent,
    MatchRun,
    Participation,
    ParticipationStep,
    SpecificationVersion,
)
from tests.conftest import person

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

TELEPHONY = "corporate-telephony-replacement"
# Beside the seven: needs about something else that speak of telephones too.
NEAR = ("voicebot-phone-automation", "single-ooh-call-handling", "contact-centre-platform")
OTHERS = 10

SEVEN = {"bexley", "camden", "city-of-london", "havering", "islington", "redbridge", "richmond-upon-thames"}
JOINING = SEVEN - {"havering"}
COMMITTED = {"bexley", "camden", "city-of-london", "islington"}
LEAD = "city-of-london"


class Person:
    """Somebody at a browser. What they see is read as text; what they send follows redirects."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def reads(self, address: str) -> str:
        answer = self.client.get(address, follow=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return html.unescape(answer.content.decode())

    def sends(self, address: str, **data: Any) -> str:
        answer = self.client.post(address, data, follow=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        page = html.unescape(answer.content.decode())
        assert "There is a problem" not in page, page[page.index("There is a problem") :][:600]
        return page

    def is_refused(self, address: str, **data: Any) -> bool:
        """Turned away, with nothing written."""
        before = (AuditEvent.objects.count(), ParticipationStep.objects.count())
        status = self.client.post(address, data).status_code
        assert (AuditEvent.objects.count(), ParticipationStep.objects.count()) == before
        return status in (403, 404)


class London:
    """The people of the scenario."""

    def __init__(self) -> None:
        self.analyst = Person(person(Role.LOTI_ANALYST))
        self.cdo = Person(person(Role.CDO_READER))
        self.people: dict[tuple[str, Role], Person] = {}

    def of(self, slug: str, role: Role = Role.BOROUGH_APPROVER) -> Person:
        if (slug, role) not in self.people:
            self.people[slug, role] = Person(person(role, Borough.objects.get(slug=slug)))
        return self.people[slug, role]


def logged(shared_data: Path, folder: Path) -> None:
    """Seven needs of telephony and some of their neighbourhood, as the boroughs typed them."""
    rows = [json.loads(line) for line in (shared_data / "needs_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    seven = [row for row in rows if row["cluster"] == TELEPHONY]
    spoken = [row for row in rows if "phone" in f"{row['title']}{row['problem']}".lower() or row["cluster"] in NEAR]
    chosen = [*seven, *[row for row in spoken if row not in seven][:OTHERS]]
    path = folder / "needs.jsonl"
    path.write_text("\n".join(map(json.dumps, chosen)), encoding="utf-8")
    call_command("load_reference")
    call_command("import_needs", str(path))


def run() -> MatchRun:
    matching.request(by=COMMAND_LINE)
    found = matching.run()
    assert found is not None
    assert found.status == MatchRun.Status.FINISHED, found.error
    alignments.run()
    return found


def slugs(demand: JointDemand) -> set[str]:
    return set(DemandMember.objects.filter(demand=demand).values_list("need__borough__slug", flat=True))


def stand(who: Person, page: str, slug: str, stage: str, depth: str = "", **said: str) -> str:
    row = Participation.objects.filter(borough__slug=slug).first()
    data = {"stage": stage, "depth": depth, "revision": row.revision if row else 0, **said}
    return who.sends(f"{page}participation/of/{slug}/", **data)


def regrouped(city: London) -> tuple[JointDemand, JointDemand, Need]:
    """The run suggests one demand; an analyst merges a stray into it and takes an intruder out."""
    demand = JointDemand.objects.get(members__need__borough__slug="islington")
    assert slugs(demand) == {"bexley", "redbridge", "islington", "richmond-upon-thames", "havering", "city-of-london"}
    stray = JointDemand.objects.get(members__need__borough__slug="camden")
    intruder = Need.objects.get(borough__slug="barking-and-dagenham", demand_member__demand=stray)
    page = f"/demands/{demand.reference}/"
    for wrong in (city.of("camden"), city.cdo):
        assert wrong.is_refused(f"{page}merge/", other=stray.reference)
        assert wrong.is_refused(f"/demands/{stray.reference}/needs/{intruder.reference}/remove/")
    city.analyst.sends(f"{page}merge/", other=stray.reference, reason="Telephony, whatever it is called")
    city.analyst.sends(f"{page}needs/{intruder.reference}/remove/", reason="A contact centre")
    stray.refresh_from_db()
    assert (stray.status, stray.merged_into) == ("RETIRED", demand)
    answer = city.analyst.client.get(f"/demands/{stray.reference}/")
    assert answer.headers["Location"] == page, "the old address leads to the one that goes on"
    assert slugs(demand) == SEVEN
    assert city.of("camden").is_refused(f"{page}confirm/")
    city.analyst.sends(f"{page}confirm/")
    assert alignments.run() > 0, "the worker compares what the members ask for now"
    return demand, stray, intruder


def accepted(city: London, page: str) -> None:
    """Six boroughs accept, one declines."""
    secret = Need.objects.get(borough__slug="city-of-london").description[:40]
    assert secret not in city.of("camden").reads(f"{page}requirements/")
    for slug in sorted(SEVEN - {"havering"}):
        other = city.of(next(iter(sorted(SEVEN - {slug}))))
        form = {"stage": "INTERESTED", "depth": "TENDER", "revision": 0}
        assert other.is_refused(f"{page}participation/of/{slug}/", **form)
        assert city.of(slug, Role.BOROUGH_READER).is_refused(f"{page}participation/of/{slug}/", **form)
        said = stand(city.of(slug, Role.BOROUGH_EDITOR), page, slug, "INTERESTED", "TENDER")
        assert "is now interested" in said
    stand(city.of("havering"), page, "havering", "DECLINED", reason="CONTRACTED", comment="Renewed in May.")
    standing = city.cdo.reads(f"{page}participation/")
    assert "Already under contract" in standing
    assert "Renewed in May." not in standing
    assert "Renewed in May." in city.analyst.reads(f"{page}participation/")


def led(city: London, demand: JointDemand, page: str) -> None:
    """A lead is agreed."""
    assert city.of(LEAD, Role.BOROUGH_EDITOR).is_refused(f"{page}participation/of/{LEAD}/lead/", note="")
    city.of(LEAD).sends(f"{page}participation/of/{LEAD}/lead/", note="Ours ends last, so we have the time.")
    for slug in sorted(JOINING - {LEAD}):
        vote = f"{page}participation/of/{slug}/lead/{LEAD}/"
        assert city.of(slug, Role.BOROUGH_EDITOR).is_refused(vote, agrees="yes", note="")
        city.of(slug).sends(vote, agrees="yes", note="")
    assert Coalition.objects.get(demand=demand).lead == Borough.objects.get(slug=LEAD)


def planned(city: London, page: str) -> None:
    """The planner gives a joint start, and the lead sets the terms."""
    timeline = city.of(LEAD).reads(f"{page}timeline/")
    assert "could start together" in timeline or "could start most easily" in timeline
    today = timezone.localdate()
    decided, starts = today + timedelta(days=90), today.replace(year=today.year + 2, month=1, day=1)
    terms = {
        "quorum": 4,
        "depth": "TENDER",
        "if_missed": "GO_ON",
        "revision": 0,
        **{f"decision_date_{part}": getattr(decided, part) for part in ("day", "month", "year")},
        **{f"start_date_{part}": getattr(starts, part) for part in ("day", "month", "year")},
    }
    for wrong in (city.analyst, city.of("camden"), city.of(LEAD, Role.BOROUGH_EDITOR)):
        assert wrong.is_refused(f"{page}participation/terms/", **terms)
    city.of(LEAD).sends(f"{page}participation/terms/", **terms)


def specified(city: London, demand: JointDemand, page: str) -> SpecificationVersion:
    """Nine common requirements are agreed, with one difference that is kept."""
    specification = f"{page}specification/"
    assert city.of("camden").is_refused(f"{specification}draft/")
    city.of(LEAD).sends(f"{specification}draft/")
    number = CommonRequirement.objects.filter(demand=demand).count()
    for place in range(number, 8):
        text = f"Staff can be reached on their own number by way {place + 1}."
        assert city.of("camden").is_refused(f"{specification}new/", text=text, priority="MUST", revision=0)
        city.of(LEAD).sends(f"{specification}new/", text=text, priority="MUST", revision=0)
    proposal = {"text": "Calls to 999 carry the address of the caller.", "priority": "MUST", "reason": "It is the law."}
    city.of("islington", Role.BOROUGH_EDITOR).sends(f"{specification}new/of/islington/", **proposal)
    wording = demand.wordings.get()
    assert city.of("islington").is_refused(f"{specification}wordings/{wording.pk}/answer/", answer="yes")
    city.of(LEAD).sends(f"{specification}wordings/{wording.pk}/answer/", answer="yes")
    nine = list(CommonRequirement.objects.filter(demand=demand).by_position())
    assert len(nine) == 9
    for row in nine:
        own = f"{specification}{row.number}/"
        if row.clashes:
            city.of(LEAD).sends(f"{own}settle/", how="The longer time holds.", revision=row.revision)
        for slug in sorted(JOINING):
            kept = row == nine[-1] and slug == "camden"
            said = {"kind": "DIFFERS", "text": "Also for tenant halls."} if kept else {"kind": "ACCEPTS", "text": ""}
            city.of(slug, Role.BOROUGH_EDITOR).sends(f"{own}of/{slug}/", wording=row.wording, **said)
        row.refresh_from_db()
        assert city.of("camden").is_refused(f"{own}agree/", revision=row.revision)
        city.of(LEAD).sends(f"{own}agree/", revision=row.revision)
    city.of(LEAD).sends(f"{specification}freeze/", reason="The first")
    return SpecificationVersion.objects.get(demand=demand)


def committed(city: London, page: str) -> None:
    """Four commit, and the quorum is reached."""
    for slug in sorted(COMMITTED):
        row = Participation.objects.get(borough__slug=slug)
        form = {"stage": "COMMITTED", "depth": "TENDER", "revision": row.revision}
        editor = city.of(slug, Role.BOROUGH_EDITOR)
        assert "Choose a stage from the list" in html.unescape(
            editor.client.post(f"{page}participation/of/{slug}/", form).content.decode()
        )
        stand(city.of(slug), page, slug, "COMMITTED", "TENDER")
    assert "4 of 4" in city.cdo.reads(f"{page}participation/")
    assert city.analyst.is_refused(f"{page}participation/close/")
    city.of(LEAD).sends(f"{page}participation/close/")


def changed(city: London, demand: JointDemand) -> None:
    """Three more runs, an amended need and a withdrawn one: no decision is lost but what the withdrawn need took."""
    held = set(Decision.objects.standing().values_list("first_id", "second_id", "verdict"))
    run()
    need = Need.objects.get(borough__slug="bexley")
    approver = city.of("bexley").user
    content = replace(
        content_of(need), description=f"{need.description}\n\nAlso for two new libraries.", kind="MANAGED_SERVICE"
    )
    amendment = amendments.begin(need=need, content=content, by=approver)
    amendments.submit(amendment=amendment, by=approver)
    amendments.approve(amendment=amendment, revision=amendment.revision, need_revision=need.revision, by=approver)
    run()
    leaving = Need.objects.get(borough__slug="redbridge", demand_member__demand=demand)
    city.of("redbridge").sends(f"/needs/{leaving.reference}/withdraw/", reason="We stay where we are.")
    run()
    lost = held - set(Decision.objects.standing().values_list("first_id", "second_id", "verdict"))
    assert all(leaving.pk in pair[:2] for pair in lost)


def test_seven_boroughs_buy_together(shared_data: Path, tmp_path: Path) -> None:
    logged(shared_data, tmp_path)
    run()
    city = London()
    demand, stray, intruder = regrouped(city)
    page = f"/demands/{demand.reference}/"
    accepted(city, page)
    led(city, demand, page)
    planned(city, page)
    frozen = specified(city, demand, page)
    committed(city, page)
    reference = demand.reference
    changed(city, demand)

    demand.refresh_from_db()
    assert (demand.reference, demand.status) == (reference, "CONFIRMED")
    assert slugs(demand) == SEVEN - {"redbridge"}
    coalition = Coalition.objects.get(demand=demand)
    assert (coalition.outcome, coalition.lead) == ("REACHED", Borough.objects.get(slug=LEAD))
    bound = Participation.objects.committed().filter(demand=demand).values_list("borough__slug", flat=True)
    assert set(bound) == COMMITTED
    assert CommonRequirement.objects.agreed().filter(demand=demand).count() == 9
    assert SpecificationVersion.objects.get(demand=demand) == frozen
    assert not DemandMember.objects.filter(demand=demand, need=intruder).exists()
    assert "4 of 4" in city.cdo.reads(f"{page}participation/")
    assert LineageEvent.objects.filter(demand=stray, kind="MERGED", other_reference=reference).exists()

    trail = set(AuditEvent.objects.filter(reference=reference).values_list("verb", flat=True))
    assert {
        "take in",
        "remove member",
        "confirm",
        "moved",
        "offered",
        "agreed",
        "leads",
        "set terms",
        "decide",
    } <= trail
    assert stray.reference in city.cdo.reads(f"{page}history/")
    record = city.cdo.reads(f"{page}record/")
    for told in ("Camden", "already under contract", "City of London", frozen.digest[:12]):
        assert told in record, told
    assert "Renewed in May." not in record, "a borough's own words are for the analysts, the lead and itself"
