"""Vectors of notices: asked for by each publication, computed once."""

import pytest

from boroughs.background import Task
from boroughs.models import Work
from procurement.actions import notice_vectors
from procurement.models import TextVector
from procurement.queries import board_documents
from procurement.tasks import embed_nightly, embed_notices
from tests.factories import notices as scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub_embedder")]


def test_publication_asks_for_the_vectors_of_what_it_published() -> None:
    version = scene.publish()
    assert not TextVector.objects.exists()
    embed_notices(key=notice_vectors.SCOPE)
    (document,) = board_documents.documents()
    assert document.id == version.pk
    assert TextVector.objects.count() == len(document.passages)
    work = Work.objects.get(task=Task.EMBED_NOTICES)
    assert work.requested == work.done


def test_same_again_computes_nothing() -> None:
    scene.publish()
    notice_vectors.run()
    kept = list(TextVector.objects.order_by("pk").values_list("pk", flat=True))
    embed_nightly()
    notice_vectors.run()
    assert list(TextVector.objects.order_by("pk").values_list("pk", flat=True)) == kept


def test_without_a_model_the_work_is_done_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procurement.actions.matching.embedder", lambda: None)
    scene.publish()
    notice_vectors.run()
    assert not TextVector.objects.exists()
    assert not Work.objects.pending().filter(task=Task.EMBED_NOTICES).exists()


def test_failure_is_kept_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("no room")

    scene.publish()
    monkeypatch.setattr(board_documents, "documents", fails)
    notice_vectors.run()
    work = Work.objects.get(task=Task.EMBED_NOTICES)
    assert "no room" in work.last_error
    assert work.requested > work.done
