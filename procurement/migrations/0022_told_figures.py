"""Releases of figures that no notice published: those told of a joint demand to who is signed in.

Every release gets the joint demand whose needs it adds up, when it was told and its number in the order of telling; the
needs behind the releases are found by joint demand instead of by notice.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from boroughs.models.append_only import refuse_changes

_RELEASES = refuse_changes("procurement_figurerelease")
_NEEDS = refuse_changes("procurement_toldneed")


def _say_of_which(apps: Any, editor: Any) -> None:
    """In the order of publication: some were written down later."""
    alias = editor.connection.alias
    releases = apps.get_model("procurement", "FigureRelease").objects.using(alias)
    rows = releases.select_related("version__notice").defer("contributions").order_by("version_id", "pk")
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        releases.filter(pk=row.pk).update(
            number=number, demand_id=row.version.notice.demand_id, told_at=row.version.published_at
        )
    _settle(editor)


def _forget_of_demands(apps: Any, editor: Any) -> None:
    apps.get_model("procurement", "FigureRelease").objects.using(editor.connection.alias).filter(
        version__isnull=True
    ).delete()
    _settle(editor)


def _settle(editor: Any) -> None:
    """PostgreSQL changes no table while the check of a row's foreign keys is put off."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


def _write_told_needs(apps: Any, editor: Any) -> None:
    _write(apps, editor, of="demand_id", column="demand_id")


def _write_told_needs_by_notice(apps: Any, editor: Any) -> None:
    _write(apps, editor, of="version__notice_id", column="notice_id")


def _write(apps: Any, editor: Any, *, of: str, column: str) -> None:
    alias = editor.connection.alias
    told = apps.get_model("procurement", "ToldNeed")
    releases = apps.get_model("procurement", "FigureRelease").objects.using(alias).filter(**{f"{of}__isnull": False})
    pairs = {
        (key, need)
        for key, contributions in releases.values_list(of, "contributions").iterator(chunk_size=500)
        for needs in contributions.values()
        for need in needs
    }
    rows = (told(**{column: key, "need": need}) for key, need in sorted(pairs))
    told.objects.using(alias).bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0021_letter_of_event"),
    ]

    operations = [
        # SQLite rebuilds a table to change it and loses its triggers on the way.
        migrations.RunPython(_RELEASES.reverse_code, _RELEASES.code),
        migrations.RunPython(_NEEDS.reverse_code, _NEEDS.code),
        migrations.AddField("figurerelease", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("figurerelease", "told_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "figurerelease",
            "demand",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="procurement.jointdemand",
            ),
        ),
        migrations.AlterField(
            "figurerelease",
            "version",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="procurement.noticeversion",
            ),
        ),
        migrations.RunPython(_say_of_which, _forget_of_demands),
        migrations.AlterField("figurerelease", "number", models.PositiveBigIntegerField(unique=True)),
        migrations.AlterField("figurerelease", "told_at", models.DateTimeField()),
        migrations.AlterField(
            "figurerelease",
            "demand",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="procurement.jointdemand"
            ),
        ),
        migrations.AddIndex(
            "figurerelease",
            models.Index(
                condition=models.Q(("version__isnull", True)),
                fields=["demand", "quantity", "number"],
                name="figure_release_of_demand",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, _write_told_needs_by_notice),
        migrations.DeleteModel("ToldNeed"),
        migrations.CreateModel(
            name="ToldNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("need", models.TextField()),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procurement.jointdemand"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("need", "demand"), name="told_need_once_a_demand"),
                ],
            },
        ),
        migrations.RunPython(_write_told_needs, migrations.RunPython.noop),
        refuse_changes("procurement_figurerelease"),
        refuse_changes("procurement_toldneed"),
    ]
