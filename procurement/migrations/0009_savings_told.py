from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0008_confirmed_revisions'),
    ]

    operations = [
        migrations.AddField(
            model_name='savingsestimate',
            name='may_tell',
            field=models.BooleanField(default=False),
        ),
    ]
