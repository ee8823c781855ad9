"""Which file a hit's entry came with, and in which line of it: kept for as long as the hit is."""

from django.db import migrations

COLUMNS = """
ALTER TABLE hits
    ADD COLUMN snapshot_digest text NOT NULL DEFAULT '',
    ADD COLUMN snapshot_layout text NOT NULL DEFAULT '',
    ADD COLUMN entry_line integer;
"""
UNDO = "ALTER TABLE hits DROP COLUMN entry_line, DROP COLUMN snapshot_layout, DROP COLUMN snapshot_digest;"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_audience_and_sightings")]

    operations = [migrations.RunSQL(COLUMNS, UNDO)]
