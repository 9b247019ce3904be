"""One step of a borough on the ladder of a joint demand, as it was taken. The database refuses to change the rows."""

from django.db import models


class ParticipationStep(models.Model):
    class Verb(models.TextChoices):
        MOVED = "MOVED", "Moved"
        ASKED = "ASKED", "Asked the lead"
        ALLOWED = "ALLOWED", "Allowed by the lead"
        REFUSED = "REFUSED", "Refused by the lead"
        OFFERED = "OFFERED", "Offered to lead"
        TOOK_BACK = "TOOK_BACK", "Took the offer to lead back"
        AGREED = "AGREED", "Agreed to a lead"
        OBJECTED = "OBJECTED", "Did not agree to a lead"
        LEADS = "LEADS", "Leads"
        LEFT_LEAD = "LEFT_LEAD", "Leads no longer"

    # The reason of a borough that leads no longer though it has not said so: its last need here has gone.
    NO_NEED = "NO_NEED"

    # By reference and slug, so that the record outlives what it tells of.
    demand_reference = models.TextField(db_index=True)
    borough_slug = models.TextField()
    verb = models.TextField(choices=Verb.choices)
    # Of a move or a wish: from where to where, how far, and for what reason. Else empty.
    from_stage = models.TextField(blank=True)
    to_stage = models.TextField(blank=True)
    depth = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    # Of what concerns a lead: the slug of the candidate.
    candidate_slug = models.TextField(blank=True)
    at = models.DateTimeField()
    # The person's e-mail address, and the role that allowed it: "Borough approver of Camden".
    by = models.TextField()
    role = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.borough_slug} in {self.demand_reference}: {self.get_verb_display()}"
