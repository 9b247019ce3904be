"""Nothing is on the board whose lead nobody has chosen.

What a process of the version before has published since the last step is on the board, and so was chosen.
"""

from typing import Any

from django.db import migrations, models


def _say_published(apps: Any, editor: Any) -> None:
    """Few rows, if any: the lock that the constraint takes next is held no longer for it."""
    notices = apps.get_model("procurement", "Notice").objects.using(editor.connection.alias)
    notices.filter(current__isnull=False, lead_is_chosen=False).update(lead_is_chosen=True)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0026_leads_said")]

    operations = [
        migrations.RunPython(_say_published, migrations.RunPython.noop),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                condition=models.Q(("current__isnull", True), ("lead_is_chosen", True), _connector="OR"),
                name="notice_on_board_has_chosen_lead",
            ),
        ),
    ]
