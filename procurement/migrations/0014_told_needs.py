"""Which needs stand behind the totals of which notice, so that an audit need not read what has nothing to do with it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from boroughs.models.append_only import refuse_changes


def _write_told_needs(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    told = apps.get_model("procurement", "ToldNeed")
    releases = apps.get_model("procurement", "FigureRelease").objects.using(alias)
    pairs = {
        (notice, need)
        for notice, contributions in releases.values_list("version__notice_id", "contributions").iterator(chunk_size=500)
        for needs in contributions.values()
        for need in needs
    }
    rows = (told(notice_id=notice, need=need) for notice, need in sorted(pairs))
    told.objects.using(alias).bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0013_rulings_of_the_page")]

    operations = [
        migrations.CreateModel(
            name="ToldNeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("need", models.TextField()),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procurement.notice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("need", "notice"), name="told_need_once_a_notice"),
                ],
            },
        ),
        migrations.RunPython(_write_told_needs, migrations.RunPython.noop),
        refuse_changes("procurement_toldneed"),
        migrations.AddIndex(
            model_name="noticecontact",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", False)), fields=["erased_at"], name="notice_contact_erased"
            ),
        ),
    ]
