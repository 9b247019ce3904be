"""Months of extension stand in `extension_options`. Apart from 0007, because PostgreSQL alters no table that it has just updated."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("boroughs", "0007_contract_register_and_imports")]

    operations = [migrations.RemoveField("contract", "extension_months")]
