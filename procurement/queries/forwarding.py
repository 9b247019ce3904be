"""Where the address of a joint demand leads that went into another one."""

from procurement.models import JointDemand


def leads_to(reference: str) -> str:
    """The reference at the end of the mergers, or "" where it went into none. One query where it did not."""
    found = ""
    row = _step(reference)
    while row is not None:
        found = row
        row = _step(row)
    return found


def _step(reference: str) -> str | None:
    into = JointDemand.objects.filter(reference=reference, merged_into__isnull=False)
    return into.values_list("merged_into__reference", flat=True).first()
