"""A notice of which a subscriber wants to hear no more, whatever search finds it."""

from django.db import models


class Mute(models.Model):
    subscriber = models.ForeignKey("procurement.Subscriber", on_delete=models.CASCADE, related_name="mutes")
    notice = models.ForeignKey("procurement.Notice", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="mute_once_for_a_notice", fields=["subscriber", "notice"])]

    def __str__(self) -> str:
        return f"{self.subscriber} mutes {self.notice_id}"
