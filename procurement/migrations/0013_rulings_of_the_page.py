from django.db import migrations, models
from django.db.models import F


def suggest(apps, schema_editor):
    """A title that no person gave is the matcher's."""
    apps.get_model("procurement", "JointDemand").objects.filter(titled_by=None).update(suggested_title=F("title"))


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0012_savings_revision'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reviewanswer',
            name='review_answer_kind_known',
        ),
        migrations.AddField(
            model_name='jointdemand',
            name='suggested_title',
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(suggest, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='reviewanswer',
            name='kind',
            field=models.TextField(choices=[('BELONGS', 'Belongs'), ('REMOVED', 'Does not belong'), ('ACCEPTED', 'Accepted from outside'), ('CONFIRMED', 'All of them belong'), ('NOT_SURE', 'Not sure'), ('SPLIT', 'Split'), ('MERGED', 'Merged'), ('REOPENED', 'Confirmation taken back'), ('RESTORED', 'Removal taken back'), ('RENAMED', 'Renamed'), ('UNNAMED', 'Suggested title used'), ('PINNED', 'Pinned'), ('UNPINNED', 'Unpinned')]),
        ),
        migrations.AddConstraint(
            model_name='reviewanswer',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['BELONGS', 'REMOVED', 'ACCEPTED', 'CONFIRMED', 'NOT_SURE', 'SPLIT', 'MERGED', 'REOPENED', 'RESTORED', 'RENAMED', 'UNNAMED', 'PINNED', 'UNPINNED'])), name='review_answer_kind_known'),
        ),
    ]
