import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boroughs", "0002_audit_append_only"),
        ("procurement", "0004_bands_pins_review"),
    ]

    operations = [
        migrations.CreateModel(
            name="TextReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(unique=True)),
                ("reading", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="ProvisionalPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("strength", models.FloatField()),
                ("found_at", models.DateTimeField()),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provisional_places",
                        to="procurement.jointdemand",
                    ),
                ),
                (
                    "need",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provisional_place",
                        to="boroughs.need",
                    ),
                ),
            ],
        ),
    ]
