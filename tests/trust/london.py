"""A small London in which one borough's own facts are canaries: words and figures that stand nowhere else."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from boroughs import audit
from boroughs.actions import suppliers
from boroughs.actions.contract_content import ContractContent
from boroughs.actions.contract_content import as_json as contract_as_json
from boroughs.actions.need_content import as_json, content_of
from boroughs.models import (
    Amendment,
    ApiToken,
    Borough,
    Contract,
    DataImport,
    ImportFile,
    ImportRow,
    Membership,
    Need,
    NeedRevision,
    Notification,
    Role,
    Supplier,
    User,
)
from boroughs.permissions import COMMAND_LINE
from procurement.actions import demands, snapshots
from procurement.models import (
    CommonRequirement,
    EngagementEntry,
    Experience,
    JointDemand,
    MatchRun,
    Notice,
    Overlap,
    Participation,
    Question,
    Report,
    ReportSchedule,
    RequirementStance,
    RequirementWording,
    SavingsEstimate,
    Snapshot,
    SpecificationVersion,
)
from procurement.queries import chain, specification_content
from tests.factories import api, interests
from tests.factories import notices as scene
from tests.factories import questions as asked
from tests.factories.boroughs import (
    AmendmentFactory,
    CategoryFactory,
    ContractFactory,
    MembershipFactory,
    NeedFactory,
    NotificationFactory,
    RenewalDismissalFactory,
    RequirementFactory,
    UserFactory,
)
from tests.factories.procurement import DemandMemberFactory, JointDemandFactory, MatchRunFactory, SavingsEstimateFactory

OWN, FOREIGN = "Camden", "Brent"
MISSING = "N-99999999"
# Of a wording that the foreign borough proposed.
WORDING = 727_272

# Nobody outside the foreign borough reads these; an analyst neither.
DRAFTS = ("Zanzibar", "zanzibar")
# What a need says at length, and what people said about it: for an analyst as well.
TEXTS = ("Quixotic", "quixotic")
# Product, dates, and figures, in every form in which a face could write them: for an analyst as well.
FACTS = ("Vexillum", "2031", "7,313", "7313117", "7,919", "7919119", "41,413", "41413")
# The entry of a borough's register that stands behind a figure: its reference, for an analyst as well.
ENTRIES = ("Xanadu",)
# Of the office's own work before publication.
OFFICE = ("Ypsilanti",)


def _facts(**more: Any) -> dict[str, Any]:
    return {
        "problem": "Quixotic problem of ours. We must leave Vexillum Housing by 17 March 2031.",
        "description": "Quixotic outcome. It costs 7,313,117 pounds today.",
        "users_description": "41,413 quixotic tenants",
        "users_count": 41_413,
        "budget_min": 7_313_117,
        "budget_max": 7_919_119,
        "budget_basis": Need.BudgetBasis.WHOLE_LIFE,
        "contract_end_date": date(2031, 3, 17),
        "start_date": date(2031, 5, 19),
        "incumbent": "Vexillum Housing",
        "external_id": "",
    } | more


@dataclass
class London:
    own: Borough
    foreign: Borough
    # Status → need of the borough.
    own_needs: dict[str, Need]
    foreign_needs: dict[str, Need]
    # An open need whose amendment waits for an approver; the foreign open one has such an amendment as well.
    amended: Need
    suggested: JointDemand
    retired: JointDemand
    removed: Need
    notices: dict[str, Notice]
    # What all who ask for all reports may have, and what only they may who see exact figures.
    report: Report
    exact_report: Report
    schedule: ReportSchedule
    snapshot: Snapshot
    someone: User
    # Of the own register, the second taken out of it; and of the foreign one.
    contract: Contract
    taken_out: Contract
    foreign_contract: Contract
    # A reader of the own borough, and one of the foreign one.
    colleague: Membership
    foreign_colleague: Membership
    # Of a program of either borough.
    token: ApiToken
    foreign_token: ApiToken
    # Checked files, which lie before their borough's editors.
    data_import: DataImport
    foreign_import: DataImport
    # In the renewal radar, one of them kept quiet; the foreign borough has the like.
    ending: Contract
    quiet: Contract
    foreign_ending: Contract
    # What somebody of the foreign borough was told.
    told: Notification
    analyst: User
    # Of a contract of either borough.
    own_supplier: Supplier
    # Of what is suggested, made by an analyst, and exact.
    estimate: SavingsEstimate
    # What the own borough has learned.
    experience: Experience
    foreign_supplier: Supplier
    # On the published notice, which names both; whose address it is nobody reads.
    question: Question
    # On the same notice, not published yet.
    entry: EngagementEntry


def london() -> London:
    """Every kind of object in every state, on both sides of the fence."""
    own, foreign = scene.borough(OWN), scene.borough(FOREIGN)
    category = CategoryFactory(slug="housing-repairs", name="Housing repairs", area="Housing", cpv=["48000000"])
    analyst = scene.analyst()
    own_needs = {
        status.value: NeedFactory(borough=own, category=category, status=status, title=f"Own {status.label}")
        for status in Need.Status
    }
    foreign_needs = {status.value: _foreign_need(foreign, category, status) for status in Need.Status}
    for pk, key in ((646_464, "housingsystems"), (656_565, "vexillum")):
        Supplier.objects.create(pk=pk, name="Own or foreign", made_for=key)
    names = suppliers.names_for(written=[("Housing Systems Ltd", ""), ("Vexillum plc", "")])
    own_name, foreign_name = names["Housing Systems Ltd", ""], names["Vexillum plc", ""]
    ContractFactory(borough=own, title="Own register", supplier=own_name.text, supplier_name=own_name)
    foreign_contract = ContractFactory(
        # Under a number that stands nowhere else.
        pk=646_464,
        borough=foreign,
        reference="Xanadu 1",
        title="Quixotic register Zanzibar",
        system="Vexillum Housing",
        supplier=foreign_name.text,
        supplier_name=foreign_name,
        end_date=date(2031, 3, 17),
        annual_value=7_313_117,
    )
    ending, quiet, foreign_ending = _renewals(own, foreign)
    _history(foreign_needs["OPEN"])
    amended = NeedFactory(borough=own, category=category, title="Own amended")
    for need, words in ((amended, "Own amendment"), (foreign_needs["OPEN"], "Zanzibar amendment")):
        content = as_json(replace(content_of(need), title=words, problem=words))
        AmendmentFactory(need=need, content=content, status=Amendment.Status.SUBMITTED)
        NeedRevision.objects.create(need=need, number=1, content=content, at=timezone.now(), actor="x@example.org")
    suggested = _suggested(own_needs["OPEN"], foreign_needs["OPEN"], category)
    removed = _remove(suggested, foreign, category, analyst)
    _overlap(own_needs["OPEN"], foreign_needs["OPEN"])
    retired = JointDemandFactory(title="Retired demand", status=JointDemand.Status.RETIRED, retired_at=timezone.now())
    DemandMemberFactory(demand=retired, need=foreign_needs["SUBMITTED"], reasons=_reasons())
    MatchRunFactory()
    MatchRunFactory(status=MatchRun.Status.FAILED, error="ValueError: Vexillum 2031 Quixotic 7,313,117")
    published = _notices()
    interests.show(published["PUBLISHED"], "zanzibar@zanzibar.example", organisation="Own interest")
    return London(
        own=own,
        foreign=foreign,
        own_needs=own_needs,
        foreign_needs=foreign_needs,
        amended=amended,
        suggested=suggested,
        retired=retired,
        removed=removed,
        notices=published,
        report=_report(535_353, Report.Telling.TOLD, b"%PDF told"),
        exact_report=_report(545_454, Report.Telling.EXACT, b"%PDF Quixotic Vexillum 2031"),
        schedule=_schedule(analyst),
        # After all that it keeps.
        snapshot=snapshots.take(by=COMMAND_LINE),
        someone=UserFactory(pk=424_242),
        contract=ContractFactory(borough=own, title="Own contract"),
        taken_out=ContractFactory(borough=own, title="Own, taken out", closed_at=timezone.now()),
        foreign_contract=foreign_contract,
        colleague=MembershipFactory(borough=own, role=Role.BOROUGH_READER),
        foreign_colleague=MembershipFactory(borough=foreign, role=Role.BOROUGH_READER),
        token=_token(own, "Own register", 616_161),
        foreign_token=_token(foreign, "Zanzibar register", 626_262),
        data_import=_import(own, "Own register", 616_161),
        foreign_import=_import(foreign, "Zanzibar register, Vexillum 7,313,117", 626_262, annual_value=7_313_117),
        ending=ending,
        quiet=quiet,
        foreign_ending=foreign_ending,
        told=NotificationFactory(
            pk=636_363, borough=foreign, headline="Zanzibar was sent back", comment="Quixotic comment"
        ),
        analyst=analyst,
        own_supplier=own_name.supplier,
        experience=_experience(own),
        estimate=SavingsEstimateFactory(
            demand=suggested, low=7_313_117, high=7_919_119, note="From Vexillum", estimated_by=analyst
        ),
        foreign_supplier=foreign_name.supplier,
        question=asked.ask(published["PUBLISHED"], email="zanzibar@zanzibar.example"),
        entry=asked.write(published["PUBLISHED"]),
    )


def _foreign_need(foreign: Borough, category: Any, status: Need.Status) -> Need:
    title = "Foreign open need" if status == Need.Status.OPEN else f"Quixotic {status.label}"
    if status in (Need.Status.DRAFT, Need.Status.WITHDRAWN):
        # This one was withdrawn before anybody had submitted it.
        title = f"Zanzibar {status.label}"
    own_words = {"closed_reason": "Zanzibar reason", "submitted_at": None} if status == Need.Status.WITHDRAWN else {}
    need: Need = NeedFactory(borough=foreign, category=category, status=status, title=title, **_facts(**own_words))
    RequirementFactory(need=need, position=1, text="Quixotic requirement: works with Vexillum Housing until 2031.")
    return need


def _renewals(own: Borough, foreign: Borough) -> tuple[Contract, Contract, Contract]:
    """Two of the own borough, the second kept quiet; one of the foreign borough with the system of the first."""
    end = timezone.localdate() + timedelta(days=300)
    secret = {
        "title": "Zanzibar system",
        "reference": "Quixotic 1",
        "description": "Zanzibar",
        "supplier": "Vexillum plc",
    }
    figures = {"annual_value": 7_313_117, "total_value": 7_919_119, "closed_reason": "Quixotic"}
    return (
        ContractFactory(borough=own, title="Own ending", system="Shared System", end_date=end),
        _kept_quiet(ContractFactory(borough=own, title="Own quiet", end_date=end), "For later"),
        _kept_quiet(
            ContractFactory(borough=foreign, pk=676_767, system="shared-system", end_date=end, **secret, **figures),
            "Zanzibar note",
        ),
    )


def _kept_quiet(contract: Contract, note: str) -> Contract:
    RenewalDismissalFactory(contract=contract, note=note)
    return contract


def _token(borough: Borough, name: str, pk: int) -> ApiToken:
    """Under a number that stands nowhere else."""
    made, _ = api.token(borough, name=name)
    ApiToken.objects.filter(pk=made.pk).update(id=pk)
    return ApiToken.objects.get(pk=pk)


def _import(borough: Borough, title: str, pk: int, **said: Any) -> DataImport:
    """A register of one contract that was checked, under a number that stands nowhere else."""
    made = DataImport.objects.create(
        pk=pk,
        borough=borough,
        noun=DataImport.Noun.CONTRACTS,
        status=DataImport.Status.CHECKED,
        file_name=f"{title}.csv",
        size=1,
        digest="0",
        format="CSV",
        columns=["Ref", "Title"],
        mapping={"Ref": "reference", "Title": "title"},
        created_by="somebody@example.org",
        new=1,
    )
    ImportFile.objects.create(data_import=made, content=f'Ref,Title\nC-1,"{title}"\n'.encode())
    content = contract_as_json(ContractContent(title=title, **said))
    ImportRow.objects.create(
        data_import=made, line=2, verdict=ImportRow.Verdict.NEW, reference="C-1", title=title, content=content
    )
    return made


def _history(need: Need) -> None:
    actor = MembershipFactory(borough=need.borough, role=Role.BOROUGH_APPROVER).user
    for verb in ("log", "submit", "return_to_draft", "approve"):
        audit.record(
            by=actor,
            verb=verb,
            noun="need",
            reference=need.reference,
            borough=need.borough,
            details={"reason": "Quixotic: Vexillum ends in 2031"},
        )


def _reasons() -> list[dict[str, Any]]:
    """Every kind that tells what one borough has, pays, or wrote, beside one that does not."""
    said = {
        "category": "Both are filed under housing repairs",
        "words": "Shared words: quixotic",
        "incumbent": "Both say the product in use today is Vexillum Housing",
        "product": "Both name Vexillum",
        "ends-together": "Contracts end in 2031",
        "ends-apart": "Contracts end apart, in 2031",
        "budgets": "Budgets differ: 7,313,117",
    }
    return [
        {"code": code, "words": words, "weight": -0.1 if code in ("budgets", "ends-apart") else 0.3}
        for code, words in said.items()
    ]


def _suggested(mine: Need, theirs: Need, category: Any) -> JointDemand:
    """Own, foreign and two more boroughs, near enough in size that totals may be shown."""
    demand: JointDemand = JointDemandFactory(
        title="Suggested demand", category=category, terms=["repairs", "vexillum", "quixotic"]
    )
    figures = {"users_count": 40_000, "budget_min": 7_000_000, "budget_max": 8_000_000, "budget_basis": "WHOLE_LIFE"}
    Need.objects.filter(pk=mine.pk).update(**figures)
    others = [NeedFactory(borough=scene.borough(name), category=category, **figures) for name in ("Hackney", "Sutton")]
    for need in (mine, theirs, *others):
        DemandMemberFactory(demand=demand, need=need, reasons=_reasons())
        # Nobody has answered yet.
        Participation.objects.get_or_create(demand=demand, borough=need.borough)
    _specification(demand, theirs)
    return demand


def _specification(demand: JointDemand, theirs: Need) -> None:
    """What the foreign borough, which takes part, agreed with others: of it the own one reads what is agreed."""
    now = timezone.now()
    Participation.objects.filter(demand=demand, borough=theirs.borough).update(stage="WATCHING", accepted_at=now)
    said = {"demand": demand, "drafted_at": now, "updated_at": now, "drafted_by": "x@example.org"}
    secret = {
        "sources": [
            {
                "need": theirs.reference,
                "revision": 1,
                "borough": theirs.borough.slug,
                "text": "Quixotic requirement: works with Vexillum Housing until 2031.",
                "priority": "MUST",
                "opposes": False,
            }
        ],
        "clashes": ["Quixotic reading: until 2031 (Brent)"],
    }
    settled = {"status": "AGREED", "agreed_at": now, "clash_settled_by": "Quixotic reason", "clashes_settled": 1}
    agreed = CommonRequirement.objects.create(number=1, position=1, text="Agreed", **said, **secret, **settled)
    CommonRequirement.objects.create(number=2, position=2, text="Quixotic requirement", **said, **secret)
    person = UserFactory()
    RequirementStance.objects.create(
        requirement=agreed,
        borough=theirs.borough,
        kind="DIFFERS",
        text="Quixotic remark on Vexillum",
        wording=1,
        given_at=now,
        given_by=person,
    )
    RequirementWording.objects.create(
        pk=WORDING,
        demand=demand,
        requirement=agreed,
        borough=theirs.borough,
        text="Quixotic rewording",
        priority="MUST",
        reason="Quixotic reason",
        proposed_at=now,
        proposed_by=person,
    )
    content = specification_content.build(demand, number=1)
    SpecificationVersion.objects.create(
        demand=demand, number=1, content=content, digest=chain.fingerprint(content), frozen_at=now, frozen_by="x"
    )


def _experience(own: Borough) -> Experience:
    now = timezone.now()
    return Experience.objects.create(
        pk=717_171,
        borough=own,
        category=CategoryFactory(slug="experienced"),
        bought="Handsets for wardens",
        worked="A pilot first",
        contact_role="Head of telephony",
        written_at=now,
        written_by=UserFactory(),
        updated_at=now,
    )


def _remove(demand: JointDemand, foreign: Borough, category: Any, analyst: User) -> Need:
    """A need that an analyst ruled out, and that its borough has since taken back and rewritten."""
    need: Need = NeedFactory(borough=foreign, category=category, title="Ruled out")
    DemandMemberFactory(demand=demand, need=need)
    demands.remove_member(demand=demand, need=need, by=analyst, reason="Quixotic: they keep Vexillum until 2031")
    Need.objects.filter(pk=need.pk).update(status=Need.Status.DRAFT, title="Zanzibar anew", opened_at=None)
    return need


def _overlap(mine: Need, theirs: Need) -> None:
    first, second = sorted((mine, theirs), key=lambda need: need.pk)
    Overlap.objects.create(first=first, second=second, score=0.8, probability=0.9, reasons=_reasons())


def _notices() -> dict[str, Notice]:
    """A notice in each state; the published ones are made of needs that hold the canaries."""
    secret = {"title": "Ypsilanti", "summary": "Ypsilanti summary", "problem": "Ypsilanti problem"}
    made = {
        "DRAFT": scene.draft(_confirmed("Need one"), **secret),
        "PROPOSED": scene.proposed(_confirmed("Need two"), **secret),
        "PUBLISHED": scene.publish(_confirmed("Need three")).notice,
        "WITHDRAWN": scene.publish(_confirmed("Need four")).notice,
    }
    scene.withdraw(made["WITHDRAWN"], "No longer wanted.")
    # The working copy of what is published runs ahead of it.
    Notice.objects.filter(pk=made["PUBLISHED"].pk).update(title="Ypsilanti again", problem="Ypsilanti again")
    return made


def _confirmed(title: str) -> JointDemand:
    demand = scene.confirmed_demand(OWN, FOREIGN, "Hackney", "Sutton", title=title)
    wanted = Need.objects.filter(demand_member__demand=demand)
    wanted.update(users_count=40_000, budget_min=7_000_000, budget_max=8_000_000, start_date=date(2029, 4, 1))
    # A draft may take over what any borough could say, so here every sentence has something of one borough alone.
    facts = _facts(
        problem="We must leave Vexillum Housing by 17 March 2031.",
        description="It costs 7,313,117 pounds today.",
        users_description="41,413 tenants of Vexillum",
    )
    facts.pop("external_id")
    theirs = wanted.get(borough__name=FOREIGN)
    Need.objects.filter(pk=theirs.pk).update(**facts)
    RequirementFactory(need=theirs, position=3, text="Keeps the Vexillum Housing contract going until March 2031.")
    demand.members.update(reasons=_reasons())
    return demand


def _report(pk: int, telling: Report.Telling, content: bytes) -> Report:
    folder = Path(settings.MEDIA_ROOT) / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{pk}.pdf").write_bytes(content)
    now = timezone.now()
    report: Report = Report.objects.create(
        pk=pk,
        telling=telling,
        status=Report.Status.READY,
        asked_at=now - timedelta(minutes=1),
        asked_by="somebody@example.org",
        built_at=now,
        path=f"reports/{pk}.pdf",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )
    return report


def _schedule(analyst: User) -> ReportSchedule:
    schedule: ReportSchedule = ReportSchedule.objects.create(
        pk=555_454,
        kind=Report.Kind.PICTURE,
        frequency=ReportSchedule.Frequency.MONTHLY,
        next_date=date(2032, 1, 1),
        made_by=analyst,
        made_at=timezone.now(),
    )
    schedule.recipients.add(analyst)
    return schedule


def register_of(borough: Borough) -> list[Contract]:
    return list(Contract.objects.filter(borough=borough))


def whole(answer: Any) -> bytes:
    """The body of an answer, also a file's. The file is closed; the database's connection, which tests need, is not."""
    if not answer.streaming:
        return bytes(answer.content)
    if not hasattr(answer, "kept"):
        answer.kept = b"".join(answer.streaming_content)
        for close in answer._resource_closers:
            close()
    return bytes(answer.kept)
