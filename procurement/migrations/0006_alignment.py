import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0005_suggestions_at_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("content", models.JSONField()),
                ("computed_at", models.DateTimeField()),
                (
                    "demand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignment",
                        to="procurement.jointdemand",
                    ),
                ),
            ],
        ),
    ]
