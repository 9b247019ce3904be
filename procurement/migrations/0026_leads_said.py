"""Which leads were chosen: the last edit that named a lead said so, and what is on the board was chosen.

The trail is read first and all is written at the end, so that nobody waits for the reading. Processes of the version
before may go on meanwhile, until they are replaced. A lead that somebody chooses with one of them is not recorded as
chosen, and has to be chosen again; a draft with such a lead is refused where it would be published.
"""

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import migrations


def _say_chosen(apps: Any, editor: Any) -> None:
    alias = editor.connection.alias
    notices = apps.get_model("procurement", "Notice").objects.using(alias)
    drafts = notices.filter(current__isnull=True).values_list("reference", "lead__slug")
    leads = dict(drafts.iterator(chunk_size=500))
    edits = apps.get_model("boroughs", "AuditEvent").objects.using(alias).filter(noun="notice", verb="edit")
    said: dict[str, str] = {}
    for reference, details in edits.order_by("pk").values_list("reference", "details").iterator(chunk_size=500):
        if reference in leads and "lead" in details:
            said[reference] = details["lead"]
    chosen = sorted((slug, reference) for reference, slug in said.items() if slug == leads[reference])
    for slug, named in groupby(chosen, key=itemgetter(0)):
        # Unless another one has come into the draft since it was read.
        same = notices.filter(lead__slug=slug)
        references = [reference for _, reference in named]
        for start in range(0, len(references), 500):
            same.filter(reference__in=references[start : start + 500]).update(lead_is_chosen=True)
    notices.filter(current__isnull=False).update(lead_is_chosen=True)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0025_chosen_leads")]

    operations = [migrations.RunPython(_say_chosen, migrations.RunPython.noop)]
