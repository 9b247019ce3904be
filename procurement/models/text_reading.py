"""What the matcher read off one need's own words, kept so that only new texts are read."""

from django.db import models


class TextReading(models.Model):
    # SHA-256 of the text, of what else the reading depends on, and of the rules that read it.
    key = models.TextField(unique=True)
    # Packed by procurement/matching/reading.py.
    reading = models.BinaryField()

    def __str__(self) -> str:
        return self.key
