from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0007_coalitions_and_common_specification'),
    ]

    operations = [
        migrations.AddField(
            model_name='savingsestimate',
            name='may_tell',
            field=models.BooleanField(default=False),
        ),
    ]
