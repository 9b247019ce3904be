import pytest
from django.db import DatabaseError, connection, transaction

from boroughs import audit
from boroughs.models import AuditEvent, Borough, User
from boroughs.permissions import COMMAND_LINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(editor: User, borough: Borough) -> AuditEvent:
    audit.record(by=editor, verb="log", noun="need", reference="N-00001", borough=borough, details={"a": 1})
    return AuditEvent.objects.get()


def test_event_says_who_did_what_where(event: AuditEvent, editor: User) -> None:
    assert (event.actor, event.verb, event.noun, event.reference) == (editor.email, "log", "need", "N-00001")
    assert (event.borough_slug, event.details) == ("camden", {"a": 1})


def test_system_is_named(borough: Borough) -> None:
    audit.record(by=COMMAND_LINE, verb="import", noun="need", reference="N-00001", borough=borough)
    assert AuditEvent.objects.get().actor == "command line"


def test_history_is_of_one_thing_newest_first(borough: Borough) -> None:
    for verb, reference in (("log", "N-1"), ("edit", "N-1"), ("log", "N-2")):
        audit.record(by=COMMAND_LINE, verb=verb, noun="need", reference=reference, borough=borough)
    assert [each.verb for each in audit.history(noun="need", reference="N-1")] == ["edit", "log"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE boroughs_auditevent SET actor = 'somebody else'",
        "DELETE FROM boroughs_auditevent",
        "UPDATE boroughs_auditevent SET details = details WHERE 1 = 1",
    ],
)
def test_database_itself_refuses_to_change_what_was_recorded(event: AuditEvent, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    event.refresh_from_db()
    assert event.actor != "somebody else"


def test_change_and_deletion_through_the_models_are_refused_too(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(verb="nothing")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
    assert AuditEvent.objects.get().verb == "log"


def test_history_is_of_one_borough_where_each_has_its_own_references(borough: Borough, other_borough: Borough) -> None:
    for place, verb in ((borough, "add"), (other_borough, "close")):
        audit.record(by=COMMAND_LINE, verb=verb, noun="contract", reference="C-1", borough=place)
    assert [each.verb for each in audit.history(noun="contract", reference="C-1", borough=borough)] == ["add"]


def test_people_among_the_actors_are_named(editor: User) -> None:
    assert audit.people([editor.email, "command line", editor.email]) == {editor.email: editor.name}
