"""The index by camera also holds the plate, so that a loose pattern is compared without fetching every read."""

from django.db import migrations

WITH_PLATE = """
DROP INDEX reads_by_camera;
CREATE INDEX reads_by_camera ON reads (agency_id, camera_id, seen_at) INCLUDE (plate);
"""
WITHOUT = """
DROP INDEX reads_by_camera;
CREATE INDEX reads_by_camera ON reads (agency_id, camera_id, seen_at);
"""


class Migration(migrations.Migration):
    dependencies = [("reads", "0003_closed_days")]

    operations = [migrations.RunSQL(WITH_PLATE, WITHOUT)]
