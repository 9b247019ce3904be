from django.db import migrations

from boroughs.models.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("boroughs", "0001_initial")]

    operations = [refuse_changes("boroughs_auditevent")]
