"""Open needs count as confirmed when they were opened: the clock of those that nobody touches begins there."""

from typing import Any

from django.db import migrations
from django.db.models import F


def confirm(apps: Any, editor: Any) -> None:
    apps.get_model("boroughs", "Need").objects.filter(status="OPEN").update(confirmed_at=F("opened_at"))


class Migration(migrations.Migration):
    dependencies = [("boroughs", "0003_complete_needs")]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
