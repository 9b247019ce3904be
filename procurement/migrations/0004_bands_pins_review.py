import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

BANDS = [("STRONG", "Strong overlap"), ("LIKELY", "Likely overlap"), ("POSSIBLE", "Possible overlap")]
# What the two tiers of before come nearest to; the next run writes each member's band from its strength.
BAND_OF_TIER = {"CORE": "STRONG", "SUGGESTED": "POSSIBLE"}


def tiers_to_bands(apps, editor):
    members = apps.get_model("procurement", "DemandMember").objects
    for tier, band in BAND_OF_TIER.items():
        members.filter(band=tier).update(band=band)


def guess_probabilities(apps, editor):
    """So that pages show overlaps until the next run writes what they are worth."""
    apps.get_model("procurement", "Overlap").objects.update(probability=F("score"))


def bands_to_tiers(apps, editor):
    members = apps.get_model("procurement", "DemandMember").objects
    members.filter(band="STRONG").update(band="CORE")
    members.exclude(band="CORE").update(band="SUGGESTED")


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("procurement", "0003_notice_version_filters"),
    ]

    operations = [
        migrations.RenameField("demandmember", "tier", "band"),
        migrations.AlterField("demandmember", "band", models.TextField(choices=BANDS)),
        migrations.RunPython(tiers_to_bands, bands_to_tiers),
        migrations.AddField("overlap", "probability", models.FloatField(default=0)),
        migrations.RunPython(guess_probabilities, migrations.RunPython.noop),
        migrations.AddField(
            "jointdemand",
            "certainty",
            models.TextField(choices=[("SURE", "Sure enough to show"), ("NOT_SURE", "Not sure")], default="SURE"),
        ),
        migrations.AddConstraint(
            "jointdemand",
            models.CheckConstraint(condition=Q(certainty__in=["SURE", "NOT_SURE"]), name="demand_certainty_known"),
        ),
        migrations.AddField("jointdemand", "pinned_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "jointdemand",
            "pinned_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="demands_pinned",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("jointdemand", "pin_reason", models.TextField(blank=True)),
        migrations.AddField("decision", "score", models.FloatField(blank=True, null=True)),
        migrations.AddField("decision", "band", models.TextField(blank=True, choices=BANDS, null=True)),
        migrations.AddField("decision", "engine_version", models.TextField(blank=True, null=True)),
        migrations.CreateModel(
            name="CalibrationFit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slope", models.FloatField()),
                ("offset", models.FloatField()),
                ("fitted_at", models.DateTimeField()),
                ("fitted_by", models.TextField()),
                ("answers", models.PositiveIntegerField(verbose_name="answers that it was fitted to")),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("BELONGS", "Belongs"),
                            ("REMOVED", "Does not belong"),
                            ("ACCEPTED", "Accepted from outside"),
                            ("CONFIRMED", "All of them belong"),
                        ]
                    ),
                ),
                ("answered_at", models.DateTimeField()),
                ("before", models.JSONField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_answers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_answers",
                        to="procurement.jointdemand",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boroughs.need",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["BELONGS", "REMOVED", "ACCEPTED", "CONFIRMED"]),
                        name="review_answer_kind_known",
                    )
                ],
            },
        ),
    ]
