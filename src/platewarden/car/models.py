"""Which buttons have been pressed: what a terminal sends again after a lost answer happens once."""

from django.db import models

from platewarden.accounts.models import User


class Press(models.Model):
    """One press of a button; the terminal makes the key, and sends it with every attempt."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    alert_id = models.UUIDField()
    answer = models.CharField(max_length=24)
    pressed_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "car_presses"

    def __str__(self) -> str:
        return f"press {self.key}"
