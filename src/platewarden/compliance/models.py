"""How figures have stood, and since when: what lets the page say how long something has been amiss."""

from django.db import models

from platewarden.accounts.models import Agency


class Standing(models.Model):
    """One figure with a limit: its tone when it was last looked at, and since when it has had that tone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    clause = models.CharField(max_length=8)
    label = models.CharField(max_length=160)
    tone = models.CharField(max_length=8)
    since = models.DateTimeField()

    class Meta:
        db_table = "compliance_standings"
        constraints = [
            models.UniqueConstraint(fields=["agency", "clause", "label"], name="one_standing_a_figure")
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.tone}"
