"""One of everything, for a walk through every page. Run by `manage.py shell` in a stage's empty database."""

from dataclasses import asdict, replace
from datetime import timedelta
from itertools import combinations

from django.utils import timezone

from boroughs.actions import amendments, contracts, data_imports, demo, import_jobs, suppliers
from boroughs.actions.contract_content import ContractContent
from boroughs.actions.need_content import content_of
from boroughs.forms import import_reading
from boroughs.models import (
    Borough,
    Contract,
    DataImport,
    Need,
    Notification,
    Reminder,
    RenewalDismissal,
    Role,
    Supplier,
    SupplierName,
    User,
)
from procurement.actions import (
    answers,
    coalitions,
    common_requirements,
    demands,
    experiences,
    lead_choice,
    matching,
    notices,
    participation,
    report_schedules,
    requirement_words,
    savings,
    snapshots,
    specifications,
)
from procurement.actions.experiences import ExperienceContent
from procurement.actions.participation import Stage, Standing
from procurement.matching.align import align
from procurement.models import (
    Alignment,
    CommonRequirement,
    JointDemand,
    Mute,
    Notice,
    Overlap,
    Participation,
    Report,
)
from procurement.models.alignment import key_of
from tests.e2e import mailbox as place
from tests.factories import api
from tests.factories import interests as interested
from tests.factories import questions as asked
from tests.factories.boroughs import (
    CategoryFactory,
    ContractFactory,
    MembershipFactory,
    NeedFactory,
    NotificationFactory,
    RenewalDismissalFactory,
    RequirementFactory,
    UserFactory,
)
from tests.factories.notices import agree, choose
from tests.factories.picture import joint_demand
from tests.factories.procurement import MatchRunFactory
from tests.factories.subscribers import AlertFactory, DeliveryFactory, SubscriberFactory, WebhookFactory

REGISTER = """Contract register of the borough

Contract Ref,Title,Supplier,Category,Start date,End date,Annual cost,Paid by
LBC/1,Parking permits,Permit Ltd,parking,01/04/2023,31/03/2027,"£64,000",Card
LBC/2,Telecare alarms and lines,Bell plc,Magic,1 Apr 2024,tbc,12k,Invoice
LBC/3,Libraries,Page Ltd,,13/25/2027,,about a lot,
LBC/4,Parking permits,Permit Ltd,parking,,31/03/2029,"£70,000",Card
Total,,,,,,"£146,000",
""".encode()
# In a title it runs off a phone's page unless it is broken somewhere.
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"


def _questions(notice: Notice, analyst: User, second: User) -> None:
    """Questions answered (1) with a near-duplicate (2), drafted (3), and near-duplicates that wait (4, 5)."""
    texts = (
        "Do tenants need single sign-on, and with which identity provider?",
        "Is single sign-on needed for tenants? With which identity provider?",
        "Who hosts it today?\n\nAnd may a supplier host it somewhere else?",
        "How many calls are answered by phone each month?",
        "How many calls do officers answer by telephone per month?",
    )
    made = [asked.ask(notice, text, f"supplier-{place}@example.com") for place, text in enumerate(texts)]
    drafted = asked.draft(made[0], "Yes, with the provider that each authority has.", by=analyst, also=[made[1].pk])
    answers.publish(question=drafted, revision=drafted.revision, by=second)
    told = "The authorities would take a start in two parts: officers first, contact centres half a year later."
    asked.tell(asked.write(notice, told, by=second))
    asked.write(notice, "Numbers are ported by the supplier.", by=second)
    asked.draft(
        made[2], "Each authority hosts it itself today. A supplier may host it in the United Kingdom.", by=second
    )


def imports(camden: Borough, editor: User) -> None:
    """Files that are to be confirmed (1), checked (2), applied (3) and at work (4)."""
    for steps in ("", "c", "ca", "c"):
        described = import_reading.describe(REGISTER, "register-2026.csv", noun="CONTRACTS")
        data_import = data_imports.receive(
            borough=camden,
            noun="CONTRACTS",
            file_name="register-2026.csv",
            content=REGISTER,
            shape=described.shape,
            by=editor,
        )
        for step in steps:
            if step == "c":
                mapping = described.shape.mapping
                data_imports.check(data_import=data_import, mapping=mapping, remembered={}, by=editor)
            else:
                data_imports.apply(data_import=data_import, by=editor)
            import_jobs.run(key=str(data_import.pk), read=import_reading.read)
            data_import.refresh_from_db()
    DataImport.objects.filter(pk=data_import.pk).update(
        status=DataImport.Status.APPLYING, progress_done=1250, progress_total=4000
    )


def build() -> None:
    demo.load_people()
    camden = Borough.objects.get(slug="camden")
    analyst, second = (User.objects.get(email=f"{name}@loti.example") for name in ("analyst", "analyst2"))
    for status, reference in (("DRAFT", "N-10001"), ("SUBMITTED", "N-10002"), ("OPEN", "N-10003")):
        title = f"{LONG_WORD}: {status.lower()}"
        NeedFactory(borough=camden, status=Need.Status[status], reference=reference, title=title)
    editor = User.objects.get(email="editor@camden.example")
    amended = NeedFactory(borough=camden, reference="N-10004", title="A need: amended")
    content = replace(content_of(amended), title="A need: amended since", months=24)
    amendments.submit(amendment=amendments.begin(need=amended, content=content, by=editor), by=editor)
    api.token(camden, name="Contract register")
    approver = User.objects.get(email="approver@camden.example")
    told = {"user": approver, "borough": camden, "kind": Notification.Kind.OVERLAP_FOUND, "read_at": timezone.now()}
    for number in range(30):
        NotificationFactory(
            **told, headline=f"N-10003 “A need: open” could be bought together with {number + 2} others"
        )
    new = {"user": approver, "borough": camden, "kind": Notification.Kind.RETURNED, "comment": "Whose users?"}
    NotificationFactory(**new, headline="N-10001 “A need: draft” was sent back to you")
    imports(camden, editor)
    _register(camden, editor)
    _suppliers(camden, analyst)
    _contracts(camden)
    _registers(camden, analyst)
    MatchRunFactory(engine_version="1.0.0", needs_count=3)
    suggested, removed, drafted, proposed, published = (
        joint_demand("camden", "brent", "barnet", reference=reference)
        for reference in ("JD-0001", "JD-0002", "JD-0003", "JD-0004", "JD-0005")
    )
    for each in (drafted, proposed, published):
        RequirementFactory(need=each.members.first().need, position=1)
    assert suggested.status == JointDemand.Status.SUGGESTED
    _ends(published)
    demands.remove_member(demand=removed, need=removed.members.first().need, by=analyst, reason="Hardware only")
    made = [
        notices.draft_from(demand=demands.confirm(demand=each, by=analyst), by=analyst)
        for each in (drafted, proposed, published)
    ]
    for notice in made[1:]:
        choose(notice)
        notices.propose(notice=notice, by=analyst)
    Notice.objects.filter(pk=made[0].pk).update(title=f"{LONG_WORD} of telephony")
    agree(made[2].demand)
    notices.publish(notice=made[2], by=second)
    _questions(made[2], analyst, second)
    snapshots.take(by=analyst)
    _coalition(drafted, analyst)
    learned = ExperienceContent(
        category=drafted.category,
        bought="Telephony for 1,200 staff",
        bought_year=2023,
        supplier="Bell plc",
        worked="A pilot in two teams, with the users who complain most.",
        avoid="Porting numbers in the week of an election.",
        contact_role="Head of end user services",
    )
    experiences.write(borough=camden, content=learned, by=approver)
    _evidence(suggested)
    demands.pin(demand=proposed, by=analyst, reason="Being tendered")
    Report.objects.create(
        snapshot=snapshots.take(by=analyst),
        asked_at=timezone.now(),
        asked_by=analyst.email,
        telling=Report.Telling.TOLD,
        status=Report.Status.FAILED,
        error="No room.",
    )
    report_schedules.create(kind=Report.Kind.PICTURE, subject="", frequency="MONTHLY", recipients=[analyst], by=analyst)
    _subscribers()


def _coalition(demand: JointDemand, analyst: User) -> None:
    """Terms, a commitment, an offer to lead, and a borough that has declined."""
    today = timezone.localdate()
    for member, users in zip(demand.members.order_by("pk"), (1_240, 860, 410), strict=True):
        lines = [{"what": "Headsets", "quantity": users // 2, "tolerance": None}]
        Need.objects.filter(pk=member.need_id).update(users_count=users, users_tolerance=10, volumes=lines)
    terms = coalitions.Terms(2, "TENDER", today + timedelta(days=60), "EXTEND", start_date=today + timedelta(days=400))
    coalitions.set_terms(demand=demand, terms=terms, revision=0, by=analyst)
    approvers = {slug: User.objects.get(email=f"approver@{slug}.example") for slug in ("camden", "brent")}
    barnet = Borough.objects.get(slug="barnet")
    approvers["barnet"] = UserFactory()
    MembershipFactory(user=approvers["barnet"], borough=barnet, role=Role.BOROUGH_APPROVER)
    for slug, to in (
        ("camden", Standing(Stage.INTENDING, "TENDER", comment="Subject to cabinet in May.")),
        ("brent", Standing(Stage.COMMITTED, "CONTRACT")),
        ("barnet", Standing(Stage.DECLINED, reason="TIMING", comment="We signed for four years.")),
    ):
        borough = Borough.objects.get(slug=slug)
        participation.move(demand=demand, borough=borough, to=to, revision=0, by=approvers[slug])
    tenders = {"tenders": 2, "low": 18_000, "high": 45_000}
    savings.estimate(demand=demand, method="TENDERS", typed=tenders, note="The tenders of 2024 and 2025.", by=analyst)
    volume = {"spend": 4_200_000, "low": 3, "high": 8}
    savings.estimate(demand=demand, method="VOLUME", typed=volume, by=analyst)
    brent = Borough.objects.get(slug="brent")
    _specification(demand, {"camden": approvers["camden"], "brent": approvers["brent"]}, analyst)
    lead_choice.offer(demand=demand, borough=brent, note="We have bought this twice.", by=approvers["brent"])


def _ends(demand: JointDemand) -> None:
    """Contracts that the needs of a joint demand would replace: one with options, one with notice, one long."""
    terms = ({"extension_options": [12, 12]}, {"notice_months": 6}, {})
    for member, years, more in zip(demand.members.select_related("need").order_by("pk"), (1, 2, 6), terms, strict=True):
        end_date = timezone.localdate() + timedelta(days=365 * years)
        contract = ContractFactory(borough_id=member.need.borough_id, end_date=end_date, **more)
        Need.objects.filter(pk=member.need_id).update(contract=contract)


def _specification(demand: JointDemand, approvers: dict[str, User], analyst: User) -> None:
    """Two versions; a requirement with a proposed wording, one with a clash, one that is dropped."""

    def add(text: str, *standards: str, **columns: object) -> CommonRequirement:
        content = common_requirements.RequirementContent(text, "MUST", standards)
        row = common_requirements.add(demand=demand, content=content, by=analyst)
        CommonRequirement.objects.filter(pk=row.pk).update(**columns)
        return row

    def say(row: CommonRequirement, slug: str, kind: str = "ACCEPTS", text: str = "") -> None:
        borough, by = Borough.objects.get(slug=slug), approvers[slug]
        requirement_words.answer(requirement=row, borough=borough, kind=kind, text=text, wording=row.wording, by=by)

    def settle(row: CommonRequirement) -> None:
        row.refresh_from_db()
        common_requirements.agree(requirement=row, revision=row.revision, by=analyst)

    calls = add("Record calls to the contact centre and keep each for 30 days.")
    say(calls, "camden")
    say(calls, "brent", "DIFFERS", "Calls to the noise team are kept for 90 days.")
    settle(calls)
    specifications.freeze(demand=demand, reason="What a first talk with suppliers needs.", by=analyst)
    calls.refresh_from_db()
    calls = common_requirements.reopen(requirement=calls, revision=calls.revision, by=analyst)
    content = common_requirements.RequirementContent("Record every call and keep each for 60 days.")
    calls = common_requirements.edit(requirement=calls, content=content, revision=calls.revision, by=analyst)
    pages = add("Staff can answer calls in a browser, by keyboard alone.", "wcag-2-2", "openid-connect")
    for slug in approvers:
        say(calls, slug)
        say(pages, slug)
    settle(calls)
    settle(pages)
    specifications.freeze(demand=demand, by=analyst)
    worded = add("Residents can ask to be called back.")
    say(worded, "brent", "OBJECTS", "We have too few staff to call back within the hour.")
    content = common_requirements.RequirementContent("Residents can ask to be called back on a day of their choice.")
    requirement_words.propose(
        demand=demand,
        borough=Borough.objects.get(slug="brent"),
        content=content,
        reason="So that nobody waits for a call that does not come.",
        requirement=worded,
        by=approvers["brent"],
    )
    sources = [
        {"need": need.reference, "revision": 1, "borough": need.borough.slug, "text": f"Voicemail is kept {days} days."}
        | {"priority": priority, "opposes": False}
        for need, days, priority in zip(
            Need.objects.filter(demand_member__demand=demand).select_related("borough").order_by("pk"),
            (30, 90, 90),
            ("MUST", "SHOULD", "MUST"),
            strict=True,
        )
    ]
    add("Voicemail is kept.", sources=sources, clashes=["Days: 30 days (Camden) / 90 days (Brent)"])
    dropped = add("Fax machines are kept.")
    common_requirements.drop(requirement=dropped, reason="Nobody uses them any more.", revision=1, by=analyst)


def _evidence(demand: JointDemand) -> None:
    """What the needs ask for, the same and not, and how the matcher saw the pairs; two of three boroughs accepted."""
    asked = {
        "camden": ("Calls are recorded and kept for 30 days.", "Staff answer from any device."),
        "brent": ("Calls are recorded and kept for 90 days.", "Staff answer from any device."),
        "barnet": ("Calls must not be recorded.", "Lifts and alarms keep working."),
    }
    needs = list(Need.objects.filter(demand_member__demand=demand).select_related("borough").order_by("pk"))
    for need in needs:
        for position, text in enumerate(asked[need.borough.slug], start=1):
            RequirementFactory(need=need, position=position, text=text)
    told = [
        {"code": "category", "words": "Both are about telephony", "weight": 0.4},
        {"code": "other-kind", "words": "One wants software, the other hardware", "weight": -0.1},
    ]
    for first, second in combinations(needs, 2):
        Overlap.objects.create(first=first, second=second, score=0.62, probability=0.9, reasons=told)
    items = [matching.item(need) for need in matching.open_needs().filter(demand_member__demand=demand)]
    Alignment.objects.create(
        demand=demand,
        key=key_of((need.reference, need.revision) for need in needs),
        content=asdict(align(items, None)),
        computed_at=timezone.now(),
    )
    for slug in ("camden", "brent"):
        borough, at = Borough.objects.get(slug=slug), timezone.now()
        Participation.objects.create(demand=demand, borough=borough, stage=Stage.WATCHING, accepted_at=at, moved_at=at)


def _register(camden: Borough, editor: User) -> None:
    """An entry with a history and a need that replaces it, one that ends, one that has ended."""
    today = timezone.localdate()
    ContractFactory(borough=camden, end_date=today + timedelta(days=200), supplier="A supplier")
    ContractFactory(borough=camden, end_date=today - timedelta(days=20), title="Print, ended")
    said = ContractContent(title="Parking permits", system="Permitter", supplier="Permit Ltd", annual_value=64_000)
    parking = contracts.add(borough=camden, reference="LBC 2021/17", content=said, by=editor)
    anew = replace(said, end_date=today + timedelta(days=400), extension_options=(12, 12))
    contracts.edit(contract=parking, content=anew, revision=1, by=editor)
    NeedFactory(borough=camden, contract=parking, reference="N-10005", title="Parking permits anew")


def _suppliers(camden: Borough, analyst: User) -> None:
    """One supplier under several names, one of them folded by a person."""
    end_date = timezone.localdate() + timedelta(days=200)
    for supplier in ("Civica UK Ltd", "CIVICA", "Civica UK Limited (t/a Civica Digital)", "A supplier"):
        ContractFactory(borough=camden, end_date=end_date, supplier=supplier)
    brent = Borough.objects.get(slug="brent")
    for supplier in ("Civica UK Limited", "Civica Election Services Ltd", "Civca UK Ltd", "Civica Software Services"):
        ContractFactory(borough=brent, supplier=supplier)
    suppliers.adopt()
    names = SupplierName.objects.filter(text="Civica Software Services")
    suppliers.fold(names=list(names), into=Supplier.objects.get(made_for="civica"), by=analyst)


def _contracts(camden: Borough) -> None:
    """Of a register: one to decide on soon that others have as well, one that nobody else has, one kept quiet."""
    today, category = timezone.localdate(), CategoryFactory(slug="housing-repairs", name="Housing repairs")
    repairs = {"system": "Northgate Repairs", "supplier": "A supplier", "category": category}
    terms = {"start_date": today - timedelta(days=900), "extension_options": [12, 12], "notice_months": 3}
    title = "Repairs scheduling and mobile working for the housing repairs service"
    ContractFactory(
        borough=camden, reference="C-2027", title=title, end_date=today + timedelta(days=200), **repairs, **terms
    )
    ContractFactory(borough=camden, title="Telecare", end_date=today + timedelta(days=500))
    for slug, same in (("brent", repairs), ("barnet", {"supplier": "A Supplier"}), ("hackney", {"category": category})):
        end = today + timedelta(days=400)
        ContractFactory(borough=Borough.objects.get(slug=slug), title="Theirs", end_date=end, **same)
    RenewalDismissalFactory(
        contract=ContractFactory(borough=camden, title="Penetration testing", end_date=today + timedelta(days=300)),
        reason=RenewalDismissal.Reason.EXTENDING,
        note="The first option is signed.",
    )


def _registers(camden: Borough, analyst: User) -> None:
    """Registers of every age, one with an end that has passed, one of which its borough was reminded."""
    today, now = timezone.localdate(), timezone.now()
    ContractFactory(borough=camden, end_date=today - timedelta(days=20))
    for slug, days in (("barnet", 3), ("brent", 250), ("city-of-london", 500)):
        for _ in range(40):
            ContractFactory(borough=Borough.objects.get(slug=slug))
        Contract.objects.filter(borough__slug=slug).update(updated_at=now - timedelta(days=days))
    Reminder.objects.create(borough=camden, kind=Reminder.Kind.REGISTER_OLD, sent_at=now, sent_by=analyst.email)


def _subscribers() -> None:
    """One who follows a search and a notice and hears no more of another; one who has not confirmed yet."""
    notice = Notice.objects.get(reference="NT-0003")
    mailbox = SubscriberFactory(pk=place.MAILBOX.pk, secret=place.MAILBOX.secret, email="ann@supplier.example")
    AlertFactory(pk=place.FOLLOWED, subscriber=mailbox, search="q=telephony", name="Search: telephony")
    AlertFactory(subscriber=mailbox, notice=notice, name=notice.title, frequency="WEEKLY")
    Mute.objects.create(subscriber=mailbox, notice=notice, at=timezone.now())
    version = notice.current
    works = WebhookFactory(pk=place.WEBHOOK, subscriber=mailbox, search="q=telephony", name="Search: telephony")
    DeliveryFactory(webhook=works, version=None, event="webhook.test", status=200, answer="ok", done_at=timezone.now())
    DeliveryFactory(webhook=works, version=version, status=503, answer="<h1>Busy</h1>", problem="It answered 503.")
    paused = WebhookFactory(pk=place.PAUSED_WEBHOOK, subscriber=mailbox, paused_at=timezone.now(), failures=8)
    over = {"attempts": 8, "problem": "It did not answer within 5 seconds.", "done_at": timezone.now()}
    DeliveryFactory(webhook=paused, version=version, **over)
    asking = SubscriberFactory(email="ben@supplier.example", confirmed_at=None)
    AlertFactory(pk=place.ASKED.pk, subscriber=asking, confirmed_at=None, name="all notices")
    interested.show_some(notice, first=mailbox.email)
