"""The sentence model's vector of one text, kept so that only new texts are computed."""

from django.db import models


class TextVector(models.Model):
    # SHA-256 of the model's name and the text.
    key = models.TextField(unique=True)
    # Little-endian float32 values, as computed: a rounded copy would make a second run differ from the first.
    vector = models.BinaryField()

    def __str__(self) -> str:
        return self.key
