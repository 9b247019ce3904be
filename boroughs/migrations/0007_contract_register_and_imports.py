"""Contract registers with options, notice and history; suppliers; imports with their rows; what the radar keeps quiet."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def options(apps: Any, editor: Any) -> None:
    """One option of so many months, where a register gave months."""
    contracts = apps.get_model("boroughs", "Contract").objects.filter(extension_months__gt=0)
    for contract in contracts.iterator():
        contract.extension_options = [contract.extension_months]
        contract.save(update_fields=["extension_options"])


class Migration(migrations.Migration):

    dependencies = [
        ('boroughs', '0006_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('company_number', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name='contract',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contract',
            name='closed_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='contract',
            name='company_number',
            field=models.TextField(blank=True, verbose_name="supplier's company number"),
        ),
        migrations.AddField(
            model_name='contract',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='contract',
            name='department',
            field=models.TextField(blank=True, verbose_name='department responsible'),
        ),
        migrations.AddField(
            model_name='contract',
            name='description',
            field=models.TextField(blank=True, verbose_name='what it provides'),
        ),
        migrations.AddField(
            model_name='contract',
            name='extension_options',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='contract',
            name='notice_days',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='contract',
            name='review_date',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contract',
            name='revision',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='contract',
            name='total_value',
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contract',
            name='updated_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='contract',
            name='system',
            field=models.TextField(blank=True, verbose_name='system or product'),
        ),
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.TextField(choices=[('NEEDS', 'Needs'), ('CONTRACTS', 'Contracts')])),
                ('targets', models.JSONField(default=dict)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('borough', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='column_mappings', to='boroughs.borough')),
            ],
        ),
        migrations.CreateModel(
            name='DataImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.TextField(choices=[('NEEDS', 'Needs'), ('CONTRACTS', 'Contracts')], verbose_name='what the file holds')),
                ('status', models.TextField(choices=[('RECEIVED', 'Columns to confirm'), ('CHECKING', 'Being checked'), ('CHECKED', 'Ready to apply'), ('APPLYING', 'Being applied'), ('APPLIED', 'Applied'), ('UNDOING', 'Being undone'), ('UNDONE', 'Undone'), ('DISCARDED', 'Discarded')], default='RECEIVED')),
                ('file_name', models.TextField()),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('digest', models.TextField(verbose_name='SHA-256 of the file')),
                ('format', models.TextField()),
                ('sheet', models.TextField(blank=True)),
                ('notes', models.JSONField(default=list)),
                ('columns', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.TextField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('applied_by', models.TextField(blank=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('undone_by', models.TextField(blank=True)),
                ('progress_done', models.PositiveIntegerField(default=0)),
                ('progress_total', models.PositiveIntegerField(default=0)),
                ('new', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('borough', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='boroughs.borough')),
            ],
            options={
                'verbose_name': 'import',
            },
        ),
        migrations.CreateModel(
            name='ContractRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('at', models.DateTimeField()),
                ('actor', models.TextField()),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='boroughs.contract')),
                ('data_import', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contract_revisions', to='boroughs.dataimport')),
            ],
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('data_import', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='file', to='boroughs.dataimport')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('verdict', models.TextField(choices=[('NEW', 'New'), ('CHANGED', 'Changed'), ('UNCHANGED', 'Unchanged'), ('REFUSED', 'Refused')])),
                ('reference', models.TextField(blank=True)),
                ('title', models.TextField(blank=True)),
                ('content', models.JSONField()),
                ('before', models.JSONField(blank=True, null=True)),
                ('remarks', models.JSONField(default=list)),
                ('target', models.PositiveBigIntegerField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(blank=True, null=True)),
                ('data_import', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='boroughs.dataimport')),
            ],
        ),
        migrations.CreateModel(
            name='RenewalDismissal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(choices=[('EXTENDING', 'We take up an option to extend'), ('UNDER_WAY', 'A purchase is already under way'), ('NOT_NEEDED', 'We shall not need it any more'), ('TOO_EARLY', 'It is too early to say'), ('OTHER', 'Another reason')])),
                ('note', models.TextField(blank=True)),
                ('until_date', models.DateField()),
                ('at', models.DateTimeField()),
                ('actor', models.TextField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renewal_dismissals', to='boroughs.contract')),
            ],
        ),
        migrations.CreateModel(
            name='SupplierName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('company_number', models.TextField(blank=True)),
                ('key', models.TextField(db_index=True)),
                ('folded_by', models.TextField(choices=[('MACHINE', 'By its spelling'), ('PERSON', 'By a person')], default='MACHINE')),
                ('folded_at', models.DateTimeField()),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='boroughs.supplier')),
            ],
        ),
        migrations.AddField(
            model_name='contract',
            name='supplier_name',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='boroughs.suppliername'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['end_date'], name='contract_end'),
        ),
        migrations.AddConstraint(
            model_name='columnmapping',
            constraint=models.UniqueConstraint(fields=('borough', 'noun'), name='column_mapping_once'),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['RECEIVED', 'CHECKING', 'CHECKED', 'APPLYING', 'APPLIED', 'UNDOING', 'UNDONE', 'DISCARDED'])), name='data_import_status_known'),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.CheckConstraint(condition=models.Q(('noun__in', ['NEEDS', 'CONTRACTS'])), name='data_import_noun_known'),
        ),
        migrations.AddConstraint(
            model_name='dataimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['APPLIED', 'UNDOING', 'UNDONE']), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='data_import_applied_has_time'),
        ),
        migrations.AddConstraint(
            model_name='contractrevision',
            constraint=models.UniqueConstraint(fields=('contract', 'number'), name='contract_revision_once'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['data_import', 'verdict', 'line'], name='import_row_verdict'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('data_import', 'line'), name='import_row_line_once'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['NEW', 'CHANGED', 'UNCHANGED', 'REFUSED'])), name='import_row_verdict_known'),
        ),
        migrations.AddIndex(
            model_name='renewaldismissal',
            index=models.Index(fields=['contract', 'until_date'], name='renewal_dismissal_until'),
        ),
        migrations.AddConstraint(
            model_name='renewaldismissal',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['EXTENDING', 'UNDER_WAY', 'NOT_NEEDED', 'TOO_EARLY', 'OTHER'])), name='renewal_dismissal_reason_known'),
        ),
        migrations.AddConstraint(
            model_name='suppliername',
            constraint=models.UniqueConstraint(fields=('text', 'company_number'), name='supplier_name_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliername',
            constraint=models.CheckConstraint(condition=models.Q(('folded_by__in', ['MACHINE', 'PERSON'])), name='supplier_name_folded_by_known'),
        ),
        migrations.RunPython(options, migrations.RunPython.noop),
    ]
