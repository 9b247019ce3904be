"""How far the subscribers who want to hear of a publication at once have been told of it: for the office."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, Subquery

from boroughs.background import Task
from boroughs.models import Work
from procurement.models import Letter


@dataclass(frozen=True)
class Telling:
    """E-mails about one version. Those of the morning and of Monday are not among them."""

    # Whether more may be written: a worker has not been through all subscribers yet.
    is_being_written: bool
    written: int
    sent: int
    # That the mail server refused for good: the address, or the text.
    refused: int
    last_sent_at: datetime | None

    @property
    def is_done(self) -> bool:
        return not self.is_being_written and self.sent + self.refused == self.written


def of_version(key: int) -> Telling | None:
    """The telling of the version of a primary key; None where nobody was ever asked to tell of it. One query."""
    letters = Letter.objects.of_version(key)
    rows = Work.objects.filter(task=Task.TELL_SUBSCRIBERS, key=str(key)).values_list(
        ExpressionWrapper(Q(requested__gt=F("done")), output_field=BooleanField()),
        _counted(letters),
        _counted(letters.filter(sent_at__isnull=False)),
        _counted(letters.exclude(error="")),
        Subquery(letters.filter(sent_at__isnull=False).order_by("-sent_at").values("sent_at")[:1]),
    )
    return next((Telling(*row) for row in rows), None)


def _counted(letters: QuerySet[Letter]) -> Subquery:
    return Subquery(letters.values(count=Func("pk", function="COUNT")))
