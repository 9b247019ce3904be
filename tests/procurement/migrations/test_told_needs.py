"""What migration 0014 writes down about the totals that were told before it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from procurement.models import ToldNeed
from tests.factories import notices as scene

pytestmark = pytest.mark.django_db

MIGRATION = import_module("procurement.migrations.0014_told_needs")


def emptied(table: str) -> None:
    """As before the migration: somebody with the database's own password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the tests' own names


def test_needs_behind_each_notice_are_those_that_publication_writes() -> None:
    one, _ = scene.publish_many(2)
    scene.correct(one.notice, title="Another title")
    rows = ToldNeed.objects.order_by("notice_id", "need").values_list("notice_id", "need")
    written = list(rows)
    assert len(written) == 6
    emptied("procurement_toldneed")
    MIGRATION._write_told_needs(apps, connection.schema_editor())
    assert list(rows) == written
