from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from boroughs.models.append_only import refuse_changes

_TRIGGERS = refuse_changes("procurement_noticeversion")
# Of these the working copy is what the board shows.
_AS_SHOWN = ("PUBLISHED", "WITHDRAWAL_PROPOSED", "WITHDRAWN")


def _name_specifications(apps: Any, editor: Any) -> None:
    """From which specification the shown version took its requirements: known where nobody is changing the notice."""
    alias = editor.connection.alias
    notices = apps.get_model("procurement", "Notice").objects.using(alias)
    versions = apps.get_model("procurement", "NoticeVersion").objects.using(alias)
    for notice in notices.filter(status__in=_AS_SHOWN, current__isnull=False, specification__isnull=False):
        versions.filter(pk=notice.current_id).update(specification=notice.specification_id)


def _name_what_was_agreed_to(apps: Any, editor: Any) -> None:
    """A borough that a published notice names agreed to that. Of drafts it is not known what it saw: it is asked."""
    alias = editor.connection.alias
    versions = apps.get_model("procurement", "NoticeVersion").objects.using(alias)
    namings = apps.get_model("procurement", "Naming").objects.using(alias)
    # A later notice about the same joint demand comes later.
    for version in versions.filter(current_of__isnull=False).select_related("notice").order_by("pk"):
        named = {borough.pk: borough.name for borough in version.boroughs.all()}
        for row in namings.filter(demand=version.notice.demand_id, borough__in=list(named), agrees=True):
            row.title, row.kind = version.title, version.kind
            row.beside = sorted(name for pk, name in named.items() if pk != row.borough_id)
            row.save(update_fields=["title", "kind", "beside"])


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0014_told_needs"),
    ]

    operations = [
        # SQLite rebuilds the table to take the column away again, and loses its triggers on the way.
        migrations.RunPython(_TRIGGERS.reverse_code, _TRIGGERS.code),
        migrations.AddField(
            model_name="noticeversion",
            name="specification",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.specificationversion",
            ),
        ),
        migrations.AddField(
            model_name="naming",
            name="title",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="naming",
            name="kind",
            field=models.TextField(
                blank=True,
                choices=[
                    ("ENGAGEMENT", "Early market engagement"),
                    ("PLANNED", "Planned procurement"),
                    ("PIPELINE", "Pipeline entry"),
                ],
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="naming",
            name="beside",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(_name_specifications, migrations.RunPython.noop),
        migrations.RunPython(_name_what_was_agreed_to, migrations.RunPython.noop),
        refuse_changes("procurement_noticeversion"),
    ]
