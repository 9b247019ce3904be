"""Whether somebody chose the lead of a notice, as a column instead of a reading of the audit trail.

Up to here the last edit that named a lead said so; what is on the board was chosen. A process of the version before may
go on while this runs: what it drafts is not chosen, and what it would publish in these minutes the database refuses.
"""

from typing import Any

from django.db import migrations, models


def _say_chosen(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    notices = apps.get_model("procurement", "Notice").objects.using(alias)
    notices.filter(current__isnull=False).update(lead_is_chosen=True)
    drafts = notices.filter(current__isnull=True).values_list("reference", "lead__slug")
    leads = dict(drafts.iterator(chunk_size=500))
    edits = apps.get_model("boroughs", "AuditEvent").objects.using(alias).filter(noun="notice", verb="edit")
    said: dict[str, str] = {}
    for reference, details in edits.order_by("pk").values_list("reference", "details").iterator(chunk_size=500):
        if reference in leads and "lead" in details:
            said[reference] = details["lead"]
    chosen = sorted(reference for reference, slug in said.items() if slug == leads[reference])
    for start in range(0, len(chosen), 500):
        notices.filter(reference__in=chosen[start : start + 500]).update(lead_is_chosen=True)


class Migration(migrations.Migration):
    dependencies = [
        ("boroughs", "0014_report_notifications"),
        ("procurement", "0024_reports_of_all_kinds"),
    ]

    operations = [
        # With a default of the database's own: the rows stay as they are, and older processes go on writing theirs.
        migrations.AddField("notice", "lead_is_chosen", models.BooleanField(db_default=False, default=False)),
        migrations.RunPython(_say_chosen, migrations.RunPython.noop),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                condition=models.Q(("current__isnull", True), ("lead_is_chosen", True), _connector="OR"),
                name="notice_on_board_has_chosen_lead",
            ),
        ),
    ]
