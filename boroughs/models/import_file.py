"""The bytes of a file that is imported: in the database, where each of several machines finds them."""

from django.db import models


class ImportFile(models.Model):
    data_import = models.OneToOneField("boroughs.DataImport", on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of import {self.data_import_id}"
