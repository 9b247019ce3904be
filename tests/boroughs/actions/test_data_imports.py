import hashlib

import pytest

from boroughs.actions import data_imports
from boroughs.actions.data_imports import Shape
from boroughs.exceptions import IllegalMove, NotAcceptable, PermissionRefused
from boroughs.models import AuditEvent, Borough, ColumnMapping, DataImport, ImportFile, ImportRow, Role, User, Work
from tests.boroughs.actions.importing import SHAPE, received
from tests.conftest import person

pytestmark = pytest.mark.django_db


def test_file_is_kept_as_it_came(borough: Borough, editor: User) -> None:
    data_import = data_imports.receive(
        borough=borough, noun="CONTRACTS", file_name="register.csv", content=b"Ref\n1\n", shape=SHAPE, by=editor
    )
    assert bytes(data_import.file.content) == b"Ref\n1\n"
    assert data_import.digest == hashlib.sha256(b"Ref\n1\n").hexdigest()
    assert (data_import.size, data_import.status, data_import.created_by) == (6, "RECEIVED", editor.email)
    assert AuditEvent.objects.get(noun="import").details["file"] == "register.csv"


@pytest.mark.parametrize("noun", ["NEEDS", "CONTRACTS"])
@pytest.mark.parametrize(("role", "own"), [(Role.BOROUGH_READER, True), (Role.BOROUGH_EDITOR, False)])
def test_only_editors_of_the_borough_import(
    borough: Borough, other_borough: Borough, noun: str, role: Role, own: bool
) -> None:
    somebody = person(role, borough if own else other_borough)
    with pytest.raises(PermissionRefused):
        data_imports.receive(borough=borough, noun=noun, file_name="f", content=b"", shape=SHAPE, by=somebody)
    data_import = received(borough, noun=noun)
    for move in (data_imports.apply, data_imports.undo, data_imports.discard):
        with pytest.raises(PermissionRefused):
            move(data_import=data_import, by=somebody)
    with pytest.raises(PermissionRefused):
        data_imports.check(data_import=data_import, mapping={}, remembered={}, by=somebody)
    with pytest.raises(PermissionRefused):
        data_imports.reshape(data_import=data_import, shape=SHAPE, by=somebody)


def test_confirmed_columns_are_remembered_beside_those_of_before(borough: Borough, editor: User) -> None:
    ColumnMapping.objects.create(borough=borough, noun="CONTRACTS", targets={"ends": "end_date", "what": "system"})
    data_import = received(borough)
    data_imports.check(
        data_import=data_import, mapping={"What": "title"}, remembered={"what": "title", "vat": ""}, by=editor
    )
    assert data_import.mapping == {"What": "title"}
    assert ColumnMapping.objects.get().targets == {"ends": "end_date", "what": "title", "vat": ""}
    assert Work.objects.pending().get().key == str(data_import.pk)


def test_nothing_is_applied_before_it_is_checked(borough: Borough, editor: User) -> None:
    data_import = received(borough)
    with pytest.raises(IllegalMove, match="columns to confirm"):
        data_imports.apply(data_import=data_import, by=editor)
    with pytest.raises(IllegalMove):
        data_imports.undo(data_import=data_import, by=editor)


def test_file_without_news_is_not_applied(borough: Borough, editor: User) -> None:
    data_import = received(borough)
    DataImport.objects.update(status="CHECKED", unchanged=3)
    data_import.refresh_from_db()
    with pytest.raises(NotAcceptable, match="nothing new and nothing changed"):
        data_imports.apply(data_import=data_import, by=editor)


def test_discarded_file_is_forgotten(borough: Borough, editor: User) -> None:
    data_import = received(borough)
    data_imports.discard(data_import=data_import, by=editor)
    assert not ImportFile.objects.exists()
    assert data_import.status == "DISCARDED"
    with pytest.raises(IllegalMove):
        data_imports.check(data_import=data_import, mapping={}, remembered={}, by=editor)


def test_another_sheet_is_looked_at_until_the_file_is_applied(borough: Borough, editor: User) -> None:
    data_import = received(borough)
    other = Shape(format="XLSX", sheet="2027", columns=("Ref",), mapping={"Ref": "reference"})
    data_imports.reshape(data_import=data_import, shape=other, by=editor)
    assert (data_import.sheet, data_import.columns) == ("2027", ["Ref"])
    DataImport.objects.update(status="CHECKED", new=1)
    ImportRow.objects.create(data_import=data_import, line=2, verdict="NEW", content={})
    data_imports.reshape(data_import=data_import, shape=other, by=editor)
    assert (data_import.status, data_import.new, data_import.rows.count()) == ("RECEIVED", 0, 0)
    DataImport.objects.update(status="APPLIED", applied_at="2026-11-29T10:00:00Z")
    with pytest.raises(IllegalMove):
        data_imports.reshape(data_import=data_import, shape=SHAPE, by=editor)
