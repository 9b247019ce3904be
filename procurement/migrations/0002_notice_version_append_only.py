from django.db import migrations

from boroughs.models.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial")]

    operations = [refuse_changes("procurement_noticeversion")]
