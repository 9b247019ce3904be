"""What an entry of a contract register said at one moment: its history, and what undoing an import goes back to."""

from django.db import models


class ContractRevision(models.Model):
    contract = models.ForeignKey("boroughs.Contract", on_delete=models.CASCADE, related_name="revisions")
    # The contract's own `revision`, from 1.
    number = models.PositiveIntegerField()
    # As boroughs/actions/contract_content.py writes it.
    content = models.JSONField()
    at = models.DateTimeField()
    # As in the audit trail: an e-mail address, or the name of the system's part.
    actor = models.TextField()
    # The import that wrote it, where one did.
    data_import = models.ForeignKey(
        "boroughs.DataImport", on_delete=models.PROTECT, related_name="contract_revisions", null=True, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="contract_revision_once", fields=["contract", "number"])]

    def __str__(self) -> str:
        return f"{self.contract_id}, revision {self.number}"
