"""Members that were confirmed before the revision was kept with it: the one that stood at that moment."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_revisions(apps, schema_editor):
    member = apps.get_model("procurement", "DemandMember")
    revision = apps.get_model("boroughs", "NeedRevision")
    read = revision.objects.filter(need=OuterRef("need"), at__lte=OuterRef("confirmed_at")).order_by("-number")
    unnamed = member.objects.filter(confirmed_at__isnull=False, confirmed_revision__isnull=True)
    unnamed.update(confirmed_revision=Subquery(read.values("number")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0007_coalitions_and_common_specification"),
        ("boroughs", "0011_coalition_notifications"),
    ]

    operations = [migrations.RunPython(name_revisions, migrations.RunPython.noop)]
