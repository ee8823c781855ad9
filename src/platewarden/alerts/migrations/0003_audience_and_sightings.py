"""For whom an alert is, what it changed last, and the later reads that joined it."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Every hit says which alert it belongs to; one that is there already was the first, and so far the only one, of its.
SIGHTINGS = """
UPDATE alerts SET changed_number = number, last_seen_at = hit_seen_at;
ALTER TABLE hits ADD COLUMN alert_id uuid;
UPDATE hits SET alert_id = alerts.id FROM alerts
WHERE alerts.agency_id = hits.agency_id AND alerts.hit_seen_at = hits.seen_at AND alerts.hit_id = hits.id;
UPDATE hits SET alert_id = gen_random_uuid() WHERE alert_id IS NULL;
ALTER TABLE hits ALTER COLUMN alert_id SET NOT NULL;
CREATE INDEX hits_by_alert ON hits (alert_id, seen_at);
CREATE INDEX hits_by_plate ON hits (agency_id, plate, seen_at);
"""
UNDO = "DROP INDEX hits_by_plate, hits_by_alert; ALTER TABLE hits DROP COLUMN alert_id;"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_hits"), ("reads", "0003_closed_days")]

    operations = [
        migrations.AddField(
            "alert",
            "audience",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            "alert",
            "areas",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            "alert", "changed_number", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField("alert", "moved_number", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("alert", "last_seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("alert", "sightings", models.PositiveIntegerField(default=1)),
        migrations.AddField("alert", "escalated_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(SIGHTINGS, UNDO),
        migrations.AddIndex(
            "alert", models.Index(fields=["agency", "changed_number"], name="alerts_by_change")
        ),
    ]
