"""Whatever suppliers do, in whatever order: the public page tells the band of how many they are, and nothing else.

Its bytes, and what caches ask about it, change when the band changes and at no other time.
"""

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from boroughs.exceptions import NotAcceptable
from procurement.actions import interests, subscribers
from procurement.disclosure.counts import band_of
from procurement.models import Interest, Notice, Subscriber
from tests.factories import interests as scene
from tests.factories import notices

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine, pytest.mark.timeout(300)]

# Bands 2 to 3, 4 to 7, 8 or more: a few suppliers walk through all of them.
MINIMUM = 2
MAILBOXES = [f"{number}@supplier.example" for number in range(12)]
ORGANISATIONS = [f"Supplier {number}" for number in range(10)]
mailboxes, organisations = st.sampled_from(MAILBOXES), st.sampled_from(ORGANISATIONS)


class Suppliers(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()
        self.notice = Notice.objects.get()
        # What stands, by mailbox, as this test knows it; and what is still to be confirmed.
        self.standing: dict[str, str] = {}
        self.pending: list[tuple[str, str, Interest]] = []
        self.before: tuple[str, str, bytes] | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    @rule(email=mailboxes, organisation=organisations, written=st.booleans())
    def show(self, email: str, organisation: str, written: bool) -> None:
        name = f"{organisation.upper()} Limited" if written else organisation
        try:
            said = scene.content(self.notice, organisation=name)
            interest = interests.show(notice=self.notice, email=email, content=said)
        except NotAcceptable:
            # It was asked five times today.
            return
        self.pending.append((email, organisation, interest))

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        if self.pending:
            email, organisation, interest = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
            interests.confirm(interest=interest)
            self.standing[email] = organisation

    @rule(number=st.integers(1, 8))
    def many_come(self, number: int) -> None:
        for place in range(number):
            self.show(MAILBOXES[place], ORGANISATIONS[place], written=False)
            self.confirm_last()

    def confirm_last(self) -> None:
        if self.pending:
            email, organisation, interest = self.pending.pop()
            interests.confirm(interest=interest)
            self.standing[email] = organisation

    @rule(email=mailboxes, organisation=organisations)
    def change(self, email: str, organisation: str) -> None:
        if email in self.standing:
            interest = Interest.objects.standing().get(subscriber__email=email)
            said = scene.content(self.notice, organisation=organisation)
            interests.change(interest=interest, content=said, revision=interest.revision)
            self.standing[email] = organisation

    @rule(email=mailboxes)
    def withdraw(self, email: str) -> None:
        if self.standing.pop(email, None):
            interests.withdraw(interest=Interest.objects.standing().get(subscriber__email=email))

    @rule(email=mailboxes)
    def forget(self, email: str) -> None:
        for subscriber in Subscriber.objects.filter(email=email):
            subscribers.forget(subscriber=subscriber)
            self.standing.pop(email, None)
            self.pending = [each for each in self.pending if each[0] != email]

    @invariant()
    def page_tells_the_band_and_changes_with_it_alone(self) -> None:
        count = len(set(self.standing.values()))
        band = str(band_of(count, minimum=MINIMUM) or "")
        answer = Client().get(reverse("notice-detail", args=[self.notice.reference]))
        words = f"{band} suppliers have shown interest."
        assert (words in answer.content.decode()) == bool(band)
        assert answer.content.decode().count("suppliers have shown interest") == bool(band)
        if self.before is not None:
            last_band, etag, body = self.before
            assert (answer.content == body) == (band == last_band)
            assert (answer["ETag"] == etag) if band == last_band else (answer["ETag"] != etag)
        self.before = band, answer["ETag"], answer.content


@override_settings(INTEREST_MINIMUM=MINIMUM)
def test_public_page_tells_the_band_and_nothing_else() -> None:
    notices.publish()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Suppliers,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
