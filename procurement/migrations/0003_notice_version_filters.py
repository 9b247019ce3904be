import datetime

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from boroughs.models.append_only import refuse_changes

_TRIGGERS = refuse_changes("procurement_noticeversion")

KINDS = [
    ("ENGAGEMENT", "Early market engagement"),
    ("PLANNED", "Planned procurement"),
    ("PIPELINE", "Pipeline entry"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("boroughs", "0002_audit_append_only"),
        ("procurement", "0002_notice_version_append_only"),
    ]

    operations = [
        # SQLite rebuilds the table to add columns and loses its triggers on the way: they are taken off and put on again.
        migrations.RunPython(_TRIGGERS.reverse_code, _TRIGGERS.code),
        migrations.AddField("noticeversion", "is_withdrawal", models.BooleanField(default=False)),
        migrations.AddField(
            "noticeversion", "kind", models.TextField(choices=KINDS, default="ENGAGEMENT"), preserve_default=False
        ),
        migrations.AddField("noticeversion", "category_slug", models.TextField(blank=True), preserve_default=True),
        migrations.AddField(
            "noticeversion",
            "questions_close_date",
            models.DateField(default=datetime.date(2000, 1, 1)),
            preserve_default=False,
        ),
        migrations.AddField(
            "noticeversion",
            "closes_date",
            models.DateField(default=datetime.date(2000, 1, 1)),
            preserve_default=False,
        ),
        migrations.AddField(
            "noticeversion", "boroughs", models.ManyToManyField(related_name="+", to="boroughs.borough")
        ),
        migrations.AddField(
            "notice",
            "current",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="current_of",
                to="procurement.noticeversion",
            ),
        ),
        migrations.AddField("notice", "search_text", models.TextField(blank=True)),
        migrations.AddConstraint(
            "notice",
            models.UniqueConstraint(
                condition=~Q(status="WITHDRAWN"), fields=("demand",), name="notice_one_standing_a_demand"
            ),
        ),
        refuse_changes("procurement_noticeversion"),
    ]
