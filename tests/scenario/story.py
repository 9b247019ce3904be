"""Seven boroughs buy together: from overlapping needs to an agreed specification, each step by whom it is for.

Through the web, with real needs and the real matcher. Each step is tried by the wrong people first, and what was done
still stands after three more match runs, an amended need and a withdrawn one. How people get to a page and send its
forms is left to whoever tells the story.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from boroughs.actions import amendments
from boroughs.actions.need_content import content_of
from boroughs.models import AuditEvent, Borough, Need, Role, User
from boroughs.permissions import COMMAND_LINE
from boroughs.templatetags.formatting import day, month
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
from tests.scenario.people import Person

TELEPHONY = "corporate-telephony-replacement"
# Beside the seven: needs about something else that speak of telephones too.
NEAR = ("voicebot-phone-automation", "single-ooh-call-handling", "contact-centre-platform")
OTHERS = 9
# Not these: the matcher would take the one need of a "phone system" to them.
ELSEWHERE = "mobile phone"

SEVEN = {"bexley", "camden", "city-of-london", "havering", "islington", "redbridge", "richmond-upon-thames"}
JOINING = SEVEN - {"havering"}
COMMITTED = {"bexley", "camden", "city-of-london", "islington"}
LEAD = "city-of-london"


class London:
    """The people of the scenario; `arrives` says how they get to the pages."""

    def __init__(self, arrives: Callable[[User], Person]) -> None:
        self.arrives = arrives
        self.analyst = arrives(person(Role.LOTI_ANALYST))
        self.cdo = arrives(person(Role.CDO_READER))
        self.people: dict[tuple[str, Role], Person] = {}

    def of(self, slug: str, role: Role = Role.BOROUGH_APPROVER) -> Person:
        if (slug, role) not in self.people:
            self.people[slug, role] = self.arrives(person(role, Borough.objects.get(slug=slug)))
        return self.people[slug, role]


def logged(shared_data: Path, folder: Path) -> None:
    """Seven needs of telephony and some of their neighbourhood, as the boroughs typed them."""
    rows = [json.loads(line) for line in (shared_data / "needs_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    seven = [row for row in rows if row["cluster"] == TELEPHONY]
    near = [row for row in rows if ELSEWHERE not in row["title"].lower()]
    spoken = [row for row in near if "phone" in f"{row['title']}{row['problem']}".lower() or row["cluster"] in NEAR]
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


def stand(who: Person, page: str, slug: str, stage: str, **said: str) -> str:
    return who.sends(f"{page}participation/of/{slug}/", at=f"{page}participation/", stage=stage, **said)


def regrouped(city: London) -> tuple[JointDemand, JointDemand, list[Need]]:
    """The run suggests one demand. An analyst takes in the one whom no word of telephony told, merges another demand
    into it, and takes its needs out again, since they want something else.
    """
    demand = JointDemand.objects.get(members__need__borough__slug="islington")
    assert slugs(demand) == SEVEN - {"camden"}
    stray = JointDemand.objects.get(members__need__borough__slug="ealing")
    intruders = list(Need.objects.filter(demand_member__demand=stray).order_by("reference"))
    left_out = Need.objects.get(borough__slug="camden")
    page, old = f"/demands/{demand.reference}/", f"/demands/{stray.reference}/"
    merge, answer = f"{page}merge/", f"{page}answer/"
    asked = f"/demands/review/?demand={demand.reference}"
    removals = [f"{page}needs/{intruder.reference}/remove/" for intruder in intruders]
    for wrong in (city.of("camden"), city.cdo):
        assert wrong.is_refused(merge, at=page, other=stray.reference)
        assert wrong.is_refused(answer, at=page, kind="ACCEPTED", need=left_out.reference)
        assert wrong.is_refused(f"{old}needs/{intruders[0].reference}/remove/", at=old)
    city.analyst.reads("/demands/review/")
    again = city.analyst.sends(answer, at=asked, kind="ACCEPTED", need=left_out.reference)
    assert f"Are you sure about {left_out.reference}?" in again
    city.analyst.sends(answer, at=city.analyst.here.address, sure_of=left_out.reference)
    city.analyst.sends(merge, at=f"{merge}?with={stray.reference}", reason="Calls, whoever answers them")
    for removal in removals:
        city.analyst.sends(removal, at=page, reason="A voice assistant, not telephones")
    stray.refresh_from_db()
    assert (stray.status, stray.merged_into) == ("RETIRED", demand)
    assert f"{stray.reference} went into this joint demand." in city.analyst.reads(old)
    assert slugs(demand) == SEVEN
    assert city.of("camden").is_refused(f"{page}confirm/", at=page)
    city.analyst.sends(f"{page}confirm/", at=page)
    assert alignments.run() > 0, "the worker compares what the members ask for now"
    return demand, stray, intruders


def accepted(city: London, page: str) -> None:
    """Six boroughs accept, one declines."""
    secret = Need.objects.get(borough__slug="city-of-london").description[:40]
    assert secret not in city.of("camden").reads(f"{page}requirements/")
    standing = f"{page}participation/"
    for slug in sorted(SEVEN - {"havering"}):
        other = city.of(next(iter(sorted(SEVEN - {slug}))))
        for wrong in (other, city.of(slug, Role.BOROUGH_READER)):
            form = {"stage": "INTERESTED", "depth": "TENDER", "revision": 0}
            assert wrong.is_refused(f"{standing}of/{slug}/", at=standing, **form)
        said = stand(city.of(slug, Role.BOROUGH_EDITOR), page, slug, "INTERESTED", depth="TENDER")
        assert "is now interested" in said
    stand(city.of("havering"), page, "havering", "DECLINED", reason="CONTRACTED", comment="Renewed in May.")
    said = city.cdo.reads(standing)
    assert "Already under contract" in said
    assert "Renewed in May." not in said
    assert "Renewed in May." in city.analyst.reads(standing)


def led(city: London, demand: JointDemand, page: str) -> None:
    """A lead is agreed."""
    standing = f"{page}participation/"
    offer = f"{standing}of/{LEAD}/lead/"
    assert city.of(LEAD, Role.BOROUGH_EDITOR).is_refused(offer, at=standing, note="")
    city.of(LEAD).sends(offer, at=standing, note="Ours ends last, so we have the time.")
    for slug in sorted(JOINING - {LEAD}):
        vote = f"{standing}of/{slug}/lead/{LEAD}/"
        assert city.of(slug, Role.BOROUGH_EDITOR).is_refused(vote, at=standing, agrees="yes", note="")
        city.of(slug).sends(vote, at=standing, agrees="yes")
    assert Coalition.objects.get(demand=demand).lead == Borough.objects.get(slug=LEAD)


def planned(city: London, demand: JointDemand, page: str) -> date:
    """The planner gives a joint start, and the lead takes it into the terms."""
    timeline, standing = f"{page}timeline/", f"{page}participation/"
    said = city.of(LEAD).reads(timeline)
    assert "could start together" in said
    named = re.search(r"Start in (\w+ \d{4})", said)
    assert named is not None
    decided = timezone.localdate() + timedelta(days=90)
    terms = {
        "quorum": 4,
        "depth": "TENDER",
        "if_missed": "GO_ON",
        **{f"decision_date_{part}": getattr(decided, part) for part in ("day", "month", "year")},
    }
    for wrong in (city.analyst, city.of("camden"), city.of(LEAD, Role.BOROUGH_EDITOR)):
        assert wrong.is_refused(f"{standing}terms/", at=timeline, revision=0, **terms)
    told = city.of(LEAD).sends(f"{standing}terms/", at=timeline, **terms)
    start = Coalition.objects.get(demand=demand).start_date
    assert start is not None
    assert (start.day, month(start)) == (1, named[1])
    assert day(start) in told
    return start


def specified(city: London, demand: JointDemand, page: str) -> SpecificationVersion:
    """Nine common requirements are agreed, with one difference that is kept."""
    specification = f"{page}specification/"
    lead, other = city.of(LEAD), city.of("camden")
    assert other.is_refused(f"{specification}draft/", at=specification)
    lead.sends(f"{specification}draft/", at=specification)
    number = CommonRequirement.objects.filter(demand=demand).count()
    for place in range(number, 8):
        own = {"text": f"Staff can be reached on their own number by way {place + 1}.", "priority": "MUST"}
        assert other.is_refused(f"{specification}new/", at=specification, revision=0, **own)
        lead.sends(f"{specification}new/", at=specification, **own)
    proposal = {"text": "Calls to 999 carry the address of the caller.", "priority": "MUST", "reason": "It is the law."}
    editor = city.of("islington", Role.BOROUGH_EDITOR)
    editor.sends(f"{specification}new/of/islington/", at=specification, **proposal)
    answer = f"{specification}wordings/{demand.wordings.get().pk}/answer/"
    assert city.of("islington").is_refused(answer, at=specification, answer="yes")
    lead.sends(answer, at=specification, answer="yes")
    nine = list(CommonRequirement.objects.filter(demand=demand).by_position())
    assert len(nine) == 9
    for row in nine:
        own = f"{specification}{row.number}/"
        if row.clashes:
            lead.sends(f"{own}settle/", at=specification, how="The longer time holds.")
        for slug in sorted(JOINING):
            kept = row == nine[-1] and slug == "camden"
            said = {"kind": "DIFFERS", "text": "Also for tenant halls."} if kept else {"kind": "ACCEPTS"}
            city.of(slug, Role.BOROUGH_EDITOR).sends(f"{own}of/{slug}/", at=specification, **said)
        row.refresh_from_db()
        assert other.is_refused(f"{own}agree/", at=specification, revision=row.revision)
        lead.sends(f"{own}agree/", at=specification)
    lead.sends(f"{specification}freeze/", at=specification, reason="The first")
    return SpecificationVersion.objects.get(demand=demand)


def committed(city: London, page: str) -> None:
    """Four commit, and the quorum is reached."""
    standing = f"{page}participation/"
    for slug in sorted(COMMITTED):
        row = Participation.objects.get(borough__slug=slug)
        form = {"stage": "COMMITTED", "depth": "TENDER", "revision": row.revision}
        editor = city.of(slug, Role.BOROUGH_EDITOR)
        because = "Choose a stage from the list"
        assert editor.is_refused(f"{standing}of/{slug}/", at=standing, because=because, **form)
        stand(city.of(slug), page, slug, "COMMITTED")
    assert "4 of 4" in city.cdo.reads(standing)
    assert city.analyst.is_refused(f"{standing}close/", at=standing)
    city.of(LEAD).sends(f"{standing}close/", at=standing)


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
    own = f"/needs/{leaving.reference}/"
    city.of("redbridge").sends(f"{own}withdraw/", at=own, reason="We stay where we are.")
    run()
    lost = held - set(Decision.objects.standing().values_list("first_id", "second_id", "verdict"))
    assert all(leaving.pk in pair[:2] for pair in lost)


def recorded(city: London, demand: JointDemand, page: str, told: tuple[str, ...]) -> None:
    """Who did what, by which right, is kept for whoever asks; so is the decision record, as a page and as a PDF."""
    analyst, lead = city.analyst.user.email, city.of(LEAD).user.email
    done = set(AuditEvent.objects.filter(reference=demand.reference).values_list("verb", "actor"))
    assert {(verb, analyst) for verb in ("take in", "remove member", "confirm")} <= done
    assert {(verb, lead) for verb in ("set terms", "draft", "freeze", "decide")} <= done
    editor, approver = Role.BOROUGH_EDITOR, Role.BOROUGH_APPROVER
    taken = [
        *[(slug, "MOVED", "INTERESTED", editor) for slug in JOINING],
        *[(slug, "MOVED", "COMMITTED", approver) for slug in COMMITTED],
        ("havering", "MOVED", "DECLINED", approver),
        (LEAD, "OFFERED", "", approver),
        *[(slug, "AGREED", "", approver) for slug in JOINING - {LEAD}],
    ]
    steps = ParticipationStep.objects.filter(demand_reference=demand.reference).exclude(verb="LEADS")
    names = dict(Borough.objects.values_list("slug", "name"))
    assert set(steps.values_list("borough_slug", "verb", "to_stage", "by", "role")) == {
        (slug, verb, stage, city.of(slug, role).user.email, f"{role.label}, {names[slug]}")
        for slug, verb, stage, role in taken
    }
    record = city.cdo.reads(f"{page}record/")
    pdf = PdfReader(BytesIO(city.cdo.downloads(f"{page}record.pdf", at=f"{page}record/")))
    # Lines of a PDF break where they are full.
    printed = " ".join(" ".join(leaf.extract_text() for leaf in pdf.pages).split())
    for words in told:
        assert words in record, words
        assert words in printed, words
    # A borough's own words are for the analysts, the lead and itself.
    assert "Renewed in May." not in record + printed


def seven_boroughs_buy_together(
    arrives: Callable[[User], Person], shared_data: Path, folder: Path
) -> tuple[London, str]:
    """The people, and the address of their joint demand."""
    logged(shared_data, folder)
    run()
    city = London(arrives)
    demand, stray, intruders = regrouped(city)
    page = f"/demands/{demand.reference}/"
    accepted(city, page)
    led(city, demand, page)
    start = planned(city, demand, page)
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
    assert not DemandMember.objects.filter(demand=demand, need__in=intruders).exists()
    assert "4 of 4" in city.cdo.reads(f"{page}participation/")
    assert LineageEvent.objects.filter(demand=stray, kind="MERGED", other_reference=reference).exists()
    assert stray.reference in city.cdo.reads(f"{page}history/")
    recorded(city, demand, page, ("Camden", "already under contract", "City of London", frozen.digest[:12], day(start)))
    return city, page
