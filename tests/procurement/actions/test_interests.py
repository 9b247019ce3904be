"""A supplier shows interest: what is taken, what counts, what it replaces, and what nobody learns of it."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from boroughs.exceptions import ChangedMeanwhile, IllegalMove, NotAcceptable
from boroughs.models import AuditEvent, Notification, Role, User
from procurement.actions import confirming, interest_bands, interests, subscribers
from procurement.disclosure.counts import band_of
from procurement.models import Interest, InterestBand, Letter, LinkNotOurs, Notice, Subscriber
from procurement.queries import interested, published
from tests.conftest import person
from tests.factories import interests as scene
from tests.factories import notices, questions
from tests.threads import at_once

ANN = "ann@supplier.example"


@pytest.fixture
def notice(db: None) -> Notice:
    return notices.publish().notice


def editor(notice: Notice) -> User:
    return person(Role.BOROUGH_EDITOR, notice.lead)


def token() -> str:
    return published.stamp(at=timezone.now()).token


def band(notice: Notice) -> str:
    return str(interested.public_band(notice.reference) or "nothing")


def test_interest_counts_only_once_its_mailbox_has_confirmed_it(notice: Notice) -> None:
    lead, reader = editor(notice), person(Role.BOROUGH_READER, notice.lead)
    interest = interests.show(notice=notice, email=" Ann@Supplier.example ", content=scene.content(notice))
    assert not Notification.objects.exists()
    assert interested.of(notice).rows == ()
    assert Letter.objects.get().subscriber.email == ANN
    confirming.confirm(confirming.thing_of(interest.confirmation_token))
    confirming.confirm(confirming.thing_of(interest.confirmation_token))
    told = Notification.objects.get()
    assert (told.user, told.kind, told.path) == (lead, "INTEREST", f"/notices/{notice.reference}/interest/list/")
    assert reader != told.user
    (row,) = interested.of(notice).rows
    assert (row.organisation, row.boroughs) == ("Quill Ltd", ("Brent", "Camden", "Hackney"))
    trail = AuditEvent.objects.filter(noun="interest").values_list("actor", "verb", "reference", "details")
    assert list(trail) == [("a supplier", "show", f"{notice.reference}/{interest.pk}", {})]
    assert "Quill" not in f"{told.headline}{told.comment}{told.key}"


def test_lead_is_told_once_a_day_however_many_come(notice: Notice) -> None:
    editor(notice)
    scene.show_many(notice, 3)
    assert Notification.objects.count() == 1


def test_letter_that_asks_to_confirm_carries_no_words_of_a_stranger(notice: Notice) -> None:
    said = scene.content(notice, organisation="Gold Ltd", statement="Buy gold at https://gold.example")
    interests.show(notice=notice, email=ANN, content=said)
    letter = Letter.objects.get()
    assert "gold" not in letter.body.lower()
    own = re.search(r"/following/([^/\s]+)/", letter.body)
    assert own is not None
    assert Subscriber.objects.by_token(own[1]) == letter.subscriber, "no other e-mail says where it is withdrawn"


def test_shown_again_it_replaces_the_first_once_it_is_confirmed(notice: Notice) -> None:
    scene.show(notice, "bob@supplier.example", organisation="Bob Ltd")
    first = scene.show(notice)
    scene.show(notice, "cid@supplier.example", organisation="Cid Ltd")
    again = interests.show(notice=notice, email=ANN, content=scene.content(notice, organisation="Somebody else"))
    letter = Letter.objects.order_by("-pk")[0]
    assert letter.subject.startswith("Confirm the change")
    names = ["Bob Ltd", "Quill Ltd", "Cid Ltd"]
    assert [row.organisation for row in interested.of(notice).rows] == names, "who knows an address changes nothing"
    interests.confirm(interest=again)
    again.refresh_from_db()
    names[1] = "Somebody else"
    assert [row.organisation for row in interested.of(notice).rows] == names, "it stays in its place"
    assert (again.since, again.revision) == (first.since, 2)
    interests.confirm(interest=first)
    assert interested.of(notice).rows[1].organisation == "Somebody else", "an old link changes nothing"
    assert AuditEvent.objects.filter(noun="interest", verb="amend").count() == 1


def test_mailbox_changes_it_at_once_and_never_over_what_it_has_not_read(notice: Notice) -> None:
    interest = scene.show(notice)
    said = scene.content(notice, boroughs=("camden",), statement="From May.")
    interests.change(interest=interest, content=said, revision=1)
    with pytest.raises(ChangedMeanwhile):
        interests.change(interest=interest, content=scene.content(notice), revision=1)
    (row,) = interested.of(notice).rows
    assert (row.boroughs, row.statement) == (("Camden",), "From May.")
    assert row.changed_at is not None


def test_withdrawn_it_is_read_by_nobody_and_can_be_shown_again(notice: Notice) -> None:
    interest = scene.show(notice)
    interests.withdraw(interest=interest)
    interests.withdraw(interest=interest)
    assert interested.of(notice).rows == ()
    with pytest.raises(ChangedMeanwhile):
        interests.change(interest=interest, content=scene.content(notice), revision=1)
    verbs = AuditEvent.objects.filter(noun="interest").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["show", "withdraw"]
    interests.confirm(interest=interest)
    assert interested.of(notice).rows == (), "its old link does not bring it back"
    assert scene.show(notice).revision == 1


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (notices.dates(date(2020, 1, 1), date(2099, 1, 1)), ""),
        (notices.dates(date(2020, 1, 1), date(2020, 1, 2)), "This notice closed on 2 January 2020"),
    ],
)
def test_interest_is_taken_until_the_notice_closes(notice: Notice, columns: dict[str, date], words: str) -> None:
    interest = scene.show(notice)
    notices.correct(notice, **columns)
    notice.refresh_from_db()
    if not words:
        scene.show(notice, "bob@supplier.example")
        return
    with pytest.raises(IllegalMove, match=words):
        interests.show(notice=notice, email="bob@supplier.example", content=scene.content(notice))
    with pytest.raises(IllegalMove, match=words):
        interests.change(interest=interest, content=scene.content(notice), revision=1)
    interests.withdraw(interest=interest)
    assert Subscriber.objects.count() == 1


def test_nobody_shows_interest_in_a_withdrawn_notice_or_a_draft(notice: Notice) -> None:
    said = scene.content(notice)
    notices.withdraw(notice)
    draft = notices.draft(notices.confirmed_demand(title="Other"))
    for each, words in ((notice, "withdrawn"), (draft, "not published")):
        with pytest.raises(IllegalMove, match=words):
            interests.show(notice=each, email=ANN, content=said)


def test_only_authorities_of_the_notice_can_be_chosen(notice: Notice) -> None:
    notices.borough("Sutton")
    for slugs, words in ((("camden", "sutton"), "Not in this notice: Sutton"), ((), "Choose"), (("x",), "Choose")):
        with pytest.raises(NotAcceptable, match=words):
            interests.show(notice=notice, email=ANN, content=scene.content(notice, boroughs=slugs))
    assert not Interest.objects.exists()


def test_a_mailbox_is_asked_five_times_a_day_and_no_more(notice: Notice) -> None:
    for _ in range(5):
        interests.show(notice=notice, email=ANN, content=scene.content(notice))
    with pytest.raises(NotAcceptable, match="Follow the links in them first"):
        interests.show(notice=notice, email=ANN, content=scene.content(notice))
    assert (Interest.objects.count(), Letter.objects.count()) == (5, 5)


def test_public_is_told_a_band_from_the_fifth_organisation_on(notice: Notice) -> None:
    scene.show_many(notice, 4)
    before = token()
    scene.show(notice, "4b@supplier.example", organisation="SUPPLIER 4 Limited")
    assert (band(notice), token()) == ("nothing", before), "two mailboxes of one organisation are one supplier"
    scene.show_many(notice, 1, first=5)
    fifth = token()
    assert band(notice) == "5 to 9"
    scene.show_many(notice, 4, first=6)
    assert (band(notice), token()) == ("5 to 9", fifth)
    scene.show_many(notice, 1, first=10)
    assert band(notice) == "10 to 19"
    assert len({before, fifth, token()}) == 3


def test_who_deletes_their_address_takes_their_interest_along(notice: Notice) -> None:
    shown = scene.show_many(notice, 5)
    other = notices.publish(notices.confirmed_demand(title="Other")).notice
    pending = interests.show(notice=other, email="5@supplier.example", content=scene.content(other))
    before = token()
    subscribers.forget(subscriber=shown[-1].subscriber)
    assert (Interest.objects.count(), band(notice)) == (4, "nothing")
    assert token() != before
    with pytest.raises(LinkNotOurs):
        confirming.thing_of(pending.confirmation_token)


def test_what_nobody_confirmed_and_what_was_withdrawn_is_deleted_after_its_link(notice: Notice) -> None:
    standing, withdrawn = scene.show_many(notice, 2)
    interests.withdraw(interest=withdrawn)
    pending = interests.show(notice=notice, email="late@supplier.example", content=scene.content(notice))
    subscribers.drop_unconfirmed()
    assert Interest.objects.count() == 3
    long_ago = timezone.now() - timedelta(days=8)
    Interest.objects.filter(pk=withdrawn.pk).update(withdrawn_at=long_ago)
    Interest.objects.filter(pk=pending.pk).update(asked_at=long_ago)
    Subscriber.objects.filter(pk=pending.subscriber_id).update(created_at=long_ago)
    assert subscribers.drop_unconfirmed() == 1
    assert list(Interest.objects.all()) == [standing]


def test_another_minimum_tells_nothing_until_all_are_counted_anew(notice: Notice, settings: Settings) -> None:
    scene.show_many(notice, 6)
    before = token()
    settings.INTEREST_MINIMUM = 6
    assert band(notice) == "nothing"
    assert token() != before
    interest_bands.settle_all()
    assert band(notice) == "6 to 11"


def test_reader_of_the_band_knows_of_no_other_notice(notice: Notice) -> None:
    other = notices.publish(notices.confirmed_demand(title="Other")).notice
    scene.show_many(notice, 5)
    assert (band(notice), band(other)) == ("5 to 9", "nothing")


def test_whom_the_boroughs_made_their_lead_is_told(notice: Notice) -> None:
    assert notice.current is not None
    brent = notice.current.boroughs.exclude(pk=notice.lead_id).first()
    questions.lead(notice, brent)
    user = person(Role.BOROUGH_APPROVER, brent)
    editor(notice)
    scene.show(notice)
    assert Notification.objects.get().user == user


@pytest.mark.django_db(transaction=True)
def test_who_confirm_at_once_are_all_counted() -> None:
    notice = notices.publish().notice
    scene.show_many(notice, 3)
    shown = [
        interests.show(
            notice=notice, email=f"{number}@late.example", content=scene.content(notice, organisation=f"Late {number}")
        )
        for number in range(4)
    ]
    outcomes = at_once(*(lambda each=each: interests.confirm(interest=each) for each in shown))
    assert outcomes == [None] * 4
    assert band(notice) == str(band_of(7, minimum=5))
    assert InterestBand.objects.get().changes == 1


@pytest.mark.django_db(transaction=True)
def test_two_links_of_one_mailbox_at_once_leave_one_standing() -> None:
    notice = notices.publish().notice
    shown = [interests.show(notice=notice, email=ANN, content=scene.content(notice)) for _ in range(3)]
    assert at_once(*(lambda each=each: interests.confirm(interest=each) for each in shown)) == [None] * 3
    assert Interest.objects.standing().count() == 1
    assert Interest.objects.standing().get().revision == 3


@pytest.mark.django_db(transaction=True)
def test_confirming_while_others_delete_their_addresses_keeps_the_count() -> None:
    notice = notices.publish().notice
    there = scene.show_many(notice, 6)
    late = interests.show(notice=notice, email=ANN, content=scene.content(notice, organisation="Late"))
    leave = [lambda each=each: subscribers.forget(subscriber=each.subscriber) for each in there[:2]]
    outcomes = at_once(lambda: interests.confirm(interest=late), *leave)
    assert outcomes == [None] * 3
    assert interested.suppliers(notice.pk) == 5
    assert band(notice) == "5 to 9"
