"""Whether a borough agrees to be named, with its joint demand, in what suppliers read."""

import re

from django.db import models
from django.db.models import Q

from .notice import Notice


class NamingQuerySet(models.QuerySet["Naming"]):
    def agreed(self) -> "NamingQuerySet":
        return self.filter(agrees=True)

    def refused(self) -> "NamingQuerySet":
        return self.filter(agrees=False)


class Naming(models.Model):
    """One answer of a borough about one joint demand; it may change its mind. No row: it has not answered."""

    demand = models.ForeignKey("procurement.JointDemand", on_delete=models.PROTECT, related_name="namings")
    borough = models.ForeignKey("boroughs.Borough", on_delete=models.PROTECT, related_name="namings")
    agrees = models.BooleanField()
    # Its own figures need no protection: it waives the disclosure rule for itself.
    opens_figures = models.BooleanField(default=False)
    # For analysts and the lead: why not, or under which condition.
    note = models.TextField(blank=True)
    # What it was shown: the notice's title and kind, and the names of the boroughs beside it. Before there is a draft
    # the title is the joint demand's and the kind blank, which stands for any.
    title = models.TextField(blank=True)
    kind = models.TextField(choices=Notice.Kind.choices, blank=True)
    beside = models.JSONField(default=list)
    answered_at = models.DateTimeField()
    answered_by = models.TextField()
    revision = models.PositiveIntegerField(default=1)

    objects = NamingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="naming_one_a_borough", fields=["demand", "borough"]),
            models.CheckConstraint(
                name="naming_refusal_opens_nothing", condition=Q(agrees=True) | Q(opens_figures=False)
            ),
            models.CheckConstraint(name="naming_revision_from_one", condition=Q(revision__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.borough} {'agrees' if self.agrees else 'refuses'} to be named in {self.demand.reference}"

    def covers(self, *, title: str, kind: str) -> bool:
        """Whether it agreed to be named as this: in a notice of this kind, under a title of the same words."""
        return self.agrees and self.kind in ("", kind) and _words(self.title) == _words(title)


def _words(title: str) -> list[str]:
    """Neither case nor punctuation says anything else."""
    return re.findall(r"\w+", title.casefold())
