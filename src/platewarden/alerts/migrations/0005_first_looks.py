"""What people typed before they knew the entry goes with the hit; two closed answers stay with the alert."""

from django.db import migrations, models

FIRST_LOOKS = """
ALTER TABLE hits ADD COLUMN first_looks jsonb NOT NULL DEFAULT '[]';
GRANT UPDATE (first_looks) ON hits TO platewarden_app;
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_snapshot_of_hits"), ("reads", "0003_closed_days")]

    operations = [
        migrations.RunSQL(
            FIRST_LOOKS,
            "ALTER TABLE hits DROP COLUMN first_looks",
            state_operations=[migrations.AddField("hit", "first_looks", models.JSONField(default=list))],
        ),
        migrations.AddField(
            "alert", "status_reason", models.CharField(max_length=16, blank=True, default="")
        ),
        migrations.AddField("alert", "basis", models.CharField(max_length=16, blank=True, default="")),
    ]
