import json
from datetime import date
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from boroughs.models.append_only import refuse_changes

_TRIGGERS = refuse_changes("procurement_noticeversion")


def _write_canonical(apps: Any, editor: Any) -> None:
    """The bytes that the digests were made of, written down; and the new columns, from what was published."""
    versions = apps.get_model("procurement", "NoticeVersion").objects.using(editor.connection.alias)
    for version in versions.iterator(chunk_size=500):
        content = version.content
        value = content["budget_max_total"] or {}
        low = value.get("low", value.get("value"))
        versions.filter(pk=version.pk).update(
            canonical=json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False),
            title=content["title"],
            start_date=date.fromisoformat(content["start_date"]) if content["start_date"] else None,
            value_low=low,
            value_high=None if low is None else value.get("high", low + 1),
        )


def _read_canonical(apps: Any, editor: Any) -> None:
    versions = apps.get_model("procurement", "NoticeVersion").objects.using(editor.connection.alias)
    for version in versions.iterator(chunk_size=500):
        versions.filter(pk=version.pk).update(content=json.loads(version.canonical))


# What can be settled by people, and how; the statuses of before do not know them.
_TO_SETTLE = {
    "CORRECTING": "give the next version up, or publish it",
    "CORRECTION_PROPOSED": "approve the next version, or send it back and give it up",
    "WITHDRAWAL_PROPOSED": "approve the withdrawal, or keep the notice on the board",
}


def _require_settled(apps: Any, editor: Any) -> None:
    """Taken back: refuse while a notice is on its way to another version, before anything is lost.

    Discarded drafts go: nobody outside has seen them, the audit trail keeps what was done, and no status of before
    says that a joint demand may have another notice.
    """
    notices = apps.get_model("procurement", "Notice").objects.using(editor.connection.alias)
    waiting = notices.filter(status__in=_TO_SETTLE).order_by("pk")
    if found := [f"{notice.reference}: {_TO_SETTLE[notice.status]}" for notice in waiting]:
        raise RuntimeError(
            "Not taken back, because the statuses of these notices did not exist before. Settle them first. "
            + "; ".join(found)
        )
    notices.filter(status="DISCARDED").delete()
    if editor.connection.vendor == "postgresql":
        # Check the rows that pointed there now: PostgreSQL alters no table with checks outstanding.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("boroughs", "0011_coalition_notifications"),
        ("procurement", "0010_common_specification_answers"),
    ]

    operations = [
        # SQLite rebuilds the table to change it and loses its triggers on the way.
        migrations.RunPython(_TRIGGERS.reverse_code, _TRIGGERS.code),
        migrations.CreateModel(
            name="FigureRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "quantity",
                    models.TextField(
                        choices=[("USERS", "Users"), ("BUDGET_MIN", "Least budget"), ("BUDGET_MAX", "Most budget")]
                    ),
                ),
                ("contributions", models.JSONField()),
                ("waived", models.JSONField(default=list)),
                ("low", models.PositiveBigIntegerField()),
                ("high", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Naming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agrees", models.BooleanField()),
                ("opens_figures", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField()),
                ("answered_by", models.TextField()),
                ("revision", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="NoticeContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.TextField(unique=True)),
                ("salt", models.TextField(blank=True)),
                ("name", models.TextField(blank=True)),
                ("email", models.TextField(blank=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_status_known",
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_published_has_time",
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_one_standing_a_demand",
        ),
        migrations.AddField(
            model_name="notice",
            name="change_reason",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="differences",
            field=models.JSONField(default=list, verbose_name="beside that"),
        ),
        migrations.AddField(
            model_name="notice",
            name="setup",
            field=models.TextField(blank=True, verbose_name="setup and locations"),
        ),
        migrations.AddField(
            model_name="notice",
            name="tender_date",
            field=models.DateField(blank=True, null=True, verbose_name="planned tender notice"),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="canonical",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="title",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="stage",
            field=models.TextField(
                choices=[
                    ("GATHERING", "Boroughs may still join"),
                    ("TERMS", "Terms of joining are set"),
                    ("COMMITTED", "Boroughs have committed"),
                ],
                default="GATHERING",
            ),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="start_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="value_high",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="value_low",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="notice",
            name="status",
            field=models.TextField(
                choices=[
                    ("DRAFT", "Draft"),
                    ("PROPOSED", "Waiting for a second person"),
                    ("PUBLISHED", "Published"),
                    ("CORRECTING", "Published, next version in preparation"),
                    ("CORRECTION_PROPOSED", "Published, next version waiting for a second person"),
                    ("WITHDRAWAL_PROPOSED", "Published, withdrawal waiting for a second person"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("DISCARDED", "Discarded"),
                ],
                default="DRAFT",
            ),
        ),
        migrations.AddField(
            model_name="figurerelease",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="procurement.noticeversion"
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="borough",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="namings", to="boroughs.borough"
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="demand",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="namings", to="procurement.jointdemand"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticecontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True), models.Q(("email", ""), ("name", ""), ("salt", "")), _connector="OR"
                ),
                name="notice_contact_erased_whole",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.noticecontact",
            ),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.noticecontact",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "DRAFT",
                            "PROPOSED",
                            "PUBLISHED",
                            "CORRECTING",
                            "CORRECTION_PROPOSED",
                            "WITHDRAWAL_PROPOSED",
                            "WITHDRAWN",
                            "DISCARDED",
                        ],
                    )
                ),
                name="notice_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["DRAFT", "PROPOSED", "DISCARDED"]), ("published_at__isnull", False), _connector="OR"
                ),
                name="notice_published_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["WITHDRAWN", "DISCARDED"]), _negated=True),
                fields=("demand",),
                name="notice_one_standing_a_demand",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurerelease",
            constraint=models.UniqueConstraint(fields=("version", "quantity"), name="figure_release_one_a_quantity"),
        ),
        migrations.AddConstraint(
            model_name="figurerelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__in", ["USERS", "BUDGET_MIN", "BUDGET_MAX"])),
                name="figure_release_quantity_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="figurerelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("high__gt", models.F("low"))), name="figure_release_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.UniqueConstraint(fields=("demand", "borough"), name="naming_one_a_borough"),
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.CheckConstraint(
                condition=models.Q(("agrees", True), ("opens_figures", False), _connector="OR"),
                name="naming_refusal_opens_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="naming",
            constraint=models.CheckConstraint(
                condition=models.Q(("revision__gte", 1)), name="naming_revision_from_one"
            ),
        ),
        migrations.AlterField("noticeversion", "content", models.JSONField(default=dict)),
        migrations.RunPython(_write_canonical, _read_canonical),
        migrations.RemoveField("noticeversion", "content"),
        refuse_changes("procurement_noticeversion"),
        refuse_changes("procurement_figurerelease"),
        # Last, so that it comes first when this is taken back.
        migrations.RunPython(migrations.RunPython.noop, _require_settled),
    ]
