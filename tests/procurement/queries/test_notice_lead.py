"""A notice names nobody as its lead whom nobody chose."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from boroughs import audit
from boroughs.exceptions import NotAcceptable
from boroughs.models import Borough, User
from procurement.actions import corrections, notices
from procurement.models import Notice
from procurement.queries import notice_draft, notice_lead, notice_problems, public_content
from tests.factories import notices as scene
from tests.factories.procurement import CoalitionFactory

pytestmark = pytest.mark.django_db


def test_nothing_names_a_lead_that_nobody_chose(analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    scene.agree(notice.demand)
    assert notice_lead.chosen(notice) is None
    assert public_content.draft(notice).content["lead"]["official_name"] == "Nobody yet"
    with pytest.raises(NotAcceptable) as refusal:
        notices.propose(notice=notice, by=analyst)
    assert refusal.value.problems == [notice_problems.NOBODY_LEADS]
    # Saving the rest of the draft chooses nobody either.
    left_open = replace(notice_draft.content_of(notice), lead=None, title="Repairs")
    notices.edit(notice=notice, content=left_open, revision=1, by=analyst)
    assert notice_lead.chosen(notice) is None
    chosen = Borough.objects.get(slug="camden")
    notices.edit(notice=notice, content=replace(left_open, lead=chosen), revision=2, by=analyst)
    assert notice_lead.chosen(notice) == chosen
    assert public_content.draft(notice).content["lead"]["slug"] == "camden"
    notices.edit(notice=notice, content=left_open, revision=3, by=analyst)
    assert notice_lead.chosen(notice) is None, "taken back"


def test_agreed_lead_is_chosen_without_anybodys_edit(analyst: User, second_analyst: User) -> None:
    demand = scene.confirmed_demand()
    CoalitionFactory(demand=demand, lead=Borough.objects.get(slug="camden"))
    notice = notices.draft_from(demand=demand, by=analyst)
    scene.agree(demand)
    version = notices.publish(notice=notices.propose(notice=notice, by=analyst), by=second_analyst)
    assert version.content["lead"]["slug"] == "camden"


def test_boroughs_that_agree_on_a_lead_later_are_followed(analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    scene.agree(notice.demand)
    CoalitionFactory(demand=notice.demand, lead=Borough.objects.get(slug="hackney"))
    said = ["The boroughs agreed that Hackney leads. Choose it as the lead."]
    assert notice_problems.of_content(notice) == notice_problems.of_publication(notice) == said


def test_what_is_on_the_board_keeps_its_lead(analyst: User) -> None:
    notice = scene.publish().notice
    corrections.begin(notice=notice, by=analyst)
    content = replace(notice_draft.content_of(notice), lead=None, title="Repairs")
    notices.edit(notice=notice, content=content, revision=notice.revision, by=analyst)
    assert notice_lead.chosen(notice) == notice.lead
    assert notice.lead.name == "Hackney"


def test_leads_of_many_are_read_in_one_query(analyst: User) -> None:
    chosen, published = scene.draft(scene.confirmed_demand(title="One")), scene.publish().notice
    unled = notices.draft_from(demand=scene.confirmed_demand(title="Two"), by=analyst)
    rows = list(Notice.objects.select_related("lead"))
    with CaptureQueriesContext(connection) as asked:
        leads = notice_lead.chosen_of(rows)
    assert leads == {chosen.pk: chosen.lead, published.pk: published.lead, unled.pk: None}
    assert len(asked) == 1


def test_choice_is_a_column_and_no_word_of_the_audit_trail(analyst: User) -> None:
    notice = notices.draft_from(demand=scene.confirmed_demand(), by=analyst)
    said = {"lead": notice.lead.slug}
    audit.record(by=analyst, verb="edit", noun="notice", reference=notice.reference, details=said)
    assert notice_lead.chosen(notice) is None
    content = replace(notice_draft.content_of(notice), title="Repairs")
    notices.edit(notice=notice, content=content, revision=1, by=analyst)
    assert Notice.objects.get(lead_is_chosen=True) == notice


def test_nothing_on_the_board_is_without_a_chosen_lead() -> None:
    notice = scene.publish().notice
    with pytest.raises(IntegrityError, match="notice_on_board_has_chosen_lead"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(lead_is_chosen=False)


def test_agreed_lead_is_fixed_by_the_publication(analyst: User, second_analyst: User) -> None:
    """Where the boroughs agree on another one later, the board goes on naming the one that was published."""
    demand = scene.confirmed_demand()
    coalition = CoalitionFactory(demand=demand, lead=Borough.objects.get(slug="camden"))
    notice = notices.draft_from(demand=demand, by=analyst)
    assert not notice.lead_is_chosen
    scene.agree(demand)
    notice = notices.publish(notice=notices.propose(notice=notice, by=analyst), by=second_analyst).notice
    coalition.lead = Borough.objects.get(slug="brent")
    coalition.save(update_fields=["lead"])
    notice.refresh_from_db()
    assert notice_lead.chosen(notice) == Borough.objects.get(slug="camden")
