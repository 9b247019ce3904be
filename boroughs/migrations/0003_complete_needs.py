import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('boroughs', '0002_audit_append_only'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='need', name='need_withdrawn_has_time'),
        migrations.RenameField(model_name='need', old_name='withdrawn_at', new_name='closed_at'),
        migrations.RenameField(model_name='need', old_name='withdrawn_reason', new_name='closed_reason'),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.TextField(choices=[('DRAFT', 'Draft'), ('SUBMITTED', 'Waiting for approval'), ('APPROVED', 'Approved'), ('DISCARDED', 'Discarded')], default='DRAFT')),
                ('content', models.JSONField()),
                ('revision', models.PositiveIntegerField(default=1)),
                ('begun_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NeedRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('at', models.DateTimeField()),
                ('actor', models.TextField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='need',
            name='need_status_known',
        ),
        migrations.AddField(
            model_name='need',
            name='confirmation_asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='need',
            name='confirmed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='need',
            name='constraints',
            field=models.TextField(blank=True, verbose_name='other constraints'),
        ),
        migrations.AddField(
            model_name='need',
            name='contract',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='boroughs.contract', verbose_name='contract that it replaces'),
        ),
        migrations.AddField(
            model_name='need',
            name='could_lead',
            field=models.BooleanField(blank=True, null=True, verbose_name='whether the borough could lead'),
        ),
        migrations.AddField(
            model_name='need',
            name='depth',
            field=models.TextField(blank=True, choices=[('INTELLIGENCE', 'Share intelligence'), ('SPECIFICATION', 'Common specification'), ('MARKET', 'Joint market approach'), ('TENDER', 'Joint tender, contracts of our own'), ('CONTRACT', 'One contract')], verbose_name='how far the borough would go together'),
        ),
        migrations.AddField(
            model_name='need',
            name='earliest_start_date',
            field=models.DateField(blank=True, null=True, verbose_name='earliest start'),
        ),
        migrations.AddField(
            model_name='need',
            name='hosting',
            field=models.TextField(blank=True, choices=[('ANY', 'Any'), ('SUPPLIER_UK', 'By the supplier, data kept in the UK'), ('OWN_CLOUD', 'In our own cloud'), ('OWN_PREMISES', 'On our own premises')], verbose_name='where it may run'),
        ),
        migrations.AddField(
            model_name='need',
            name='integrations',
            field=models.TextField(blank=True, verbose_name='systems that it must work with'),
        ),
        migrations.AddField(
            model_name='need',
            name='joins',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='need',
            name='musts_reason',
            field=models.TextField(blank=True, verbose_name='why so many requirements are musts'),
        ),
        migrations.AddField(
            model_name='need',
            name='personal_data',
            field=models.TextField(blank=True, choices=[('NONE', 'None'), ('PERSONAL', 'Personal data'), ('SPECIAL', 'Special category or criminal offence data')], verbose_name='personal data that it holds'),
        ),
        migrations.AddField(
            model_name='need',
            name='supplier_disclosure',
            field=models.TextField(blank=True, choices=[('NOTHING', 'Nothing'), ('COUNTED', 'The need, without our name'), ('NAMED', 'The need, with our name')], verbose_name='what suppliers may be shown before a notice'),
        ),
        migrations.AddField(
            model_name='need',
            name='users_tolerance',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='tolerance of the number of users'),
        ),
        migrations.AddField(
            model_name='need',
            name='volumes',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='requirement',
            name='standard',
            field=models.TextField(blank=True, verbose_name='open standard'),
        ),
        migrations.AlterField(
            model_name='need',
            name='status',
            field=models.TextField(choices=[('DRAFT', 'Draft'), ('SUBMITTED', 'Waiting for approval'), ('OPEN', 'Open'), ('WITHDRAWN', 'Withdrawn'), ('FULFILLED', 'Fulfilled'), ('EXPIRED', 'Expired')], default='DRAFT'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['DRAFT', 'SUBMITTED', 'OPEN', 'WITHDRAWN', 'FULFILLED', 'EXPIRED'])), name='need_status_known'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['WITHDRAWN', 'FULFILLED', 'EXPIRED']), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='need_closed_has_time'),
        ),
        migrations.AddConstraint(
            model_name='need',
            constraint=models.CheckConstraint(condition=models.Q(('earliest_start_date__isnull', True), ('start_date__isnull', True), ('start_date__gte', models.F('earliest_start_date')), _connector='OR'), name='need_starts_in_order'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='begun_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments_begun', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='amendment',
            name='need',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='boroughs.need'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='submitted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments_submitted', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='needrevision',
            name='need',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='boroughs.need'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['DRAFT', 'SUBMITTED'])), fields=('need',), name='amendment_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['DRAFT', 'SUBMITTED', 'APPROVED', 'DISCARDED'])), name='amendment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['APPROVED', 'DISCARDED']), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='amendment_closed_has_time'),
        ),
        migrations.AddConstraint(
            model_name='needrevision',
            constraint=models.UniqueConstraint(fields=('need', 'number'), name='need_revision_once'),
        ),
    ]
