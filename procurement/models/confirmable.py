"""What somebody outside asked for under an e-mail address: it counts once a link sent to that address was followed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self, TypeVar

from django.core import signing
from django.db import models
from django.utils import timezone

# For as long the link in the e-mail works; what nobody confirmed by then is deleted.
CONFIRM_WITHIN = timedelta(days=7)
_SALT = "procurement.confirm"
T = TypeVar("T", bound="Confirmable")


class LinkNotOurs(Exception):
    """The link is no link of ours, it is cut off, or older than `CONFIRM_WITHIN`."""


@dataclass(frozen=True)
class Link:
    """What a link in an e-mail confirms: the name of a model in lower case, and a primary key."""

    model: str
    pk: int

    @classmethod
    def read(cls, token: str) -> Self:
        """Raises LinkNotOurs."""
        try:
            model, pk = signing.loads(token, salt=_SALT, max_age=CONFIRM_WITHIN)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise LinkNotOurs from error
        return cls(model, pk)


class ConfirmableQuerySet(models.QuerySet[T]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def forgotten(self) -> Self:
        """Not confirmed while its link worked."""
        return self.filter(confirmed_at__isnull=True, asked_at__lt=timezone.now() - CONFIRM_WITHIN)


class Confirmable(models.Model):
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def confirmation_token(self) -> str:
        """Signed and dated: who has it has read the mailbox."""
        return signing.dumps([self._meta.model_name, self.pk], salt=_SALT)
