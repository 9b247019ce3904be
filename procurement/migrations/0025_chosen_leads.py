"""Whether somebody chose the lead of a notice, as a column instead of a reading of the audit trail.

In three steps, since PostgreSQL keeps a table locked until its migration ends and the public board reads this one: here
the column, next what the audit trail says, and last the constraint.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("boroughs", "0014_report_notifications"),
        ("procurement", "0024_reports_of_all_kinds"),
    ]

    operations = [
        # With a default of the database's own: the rows stay as they are, and older processes go on writing theirs.
        migrations.AddField("notice", "lead_is_chosen", models.BooleanField(db_default=False, default=False)),
    ]
