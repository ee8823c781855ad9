"""Candidates, partitioned by capture day like the reads they point at."""

import django.contrib.postgres.fields
from django.db import migrations, models

CANDIDATES = """
CREATE TABLE candidates (
    agency_id smallint NOT NULL REFERENCES agencies,
    seen_at timestamptz NOT NULL,
    id uuid NOT NULL,
    read_id uuid NOT NULL,
    found_at timestamptz NOT NULL,
    camera_id bigint NOT NULL REFERENCES cameras,
    grade text NOT NULL,
    comparison jsonb NOT NULL,
    audience varchar(40)[] NOT NULL,
    is_stale boolean NOT NULL,
    hotlist_name text NOT NULL,
    snapshot_id bigint NOT NULL,
    snapshot_effective_at timestamptz NOT NULL,
    entry_id bigint NOT NULL,
    entry_plate_as_given text NOT NULL,
    entry_state text NOT NULL,
    entry_category text NOT NULL,
    entry_reason text NOT NULL,
    entry_case_number text NOT NULL,
    entry_vehicle text NOT NULL,
    opened_by bigint[] NOT NULL,
    promoted_at timestamptz,
    promoted_by_id bigint REFERENCES people,
    alert_id uuid,
    CHECK ((promoted_at IS NULL) = (promoted_by_id IS NULL) AND (promoted_at IS NULL) = (alert_id IS NULL)),
    PRIMARY KEY (agency_id, seen_at, id)
) PARTITION BY RANGE (seen_at);

-- Candidates are reached through their parent alone, and removed by the day alone; what matched is never rewritten.
REVOKE UPDATE, DELETE, TRUNCATE ON candidates FROM platewarden_app;
GRANT UPDATE (opened_by, promoted_at, promoted_by_id, alert_id) ON candidates TO platewarden_app;
"""

KEPT_BY_DAY = """
CREATE OR REPLACE FUNCTION day_partition(parent text, day date) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF parent NOT IN ({kept}) THEN
        RAISE EXCEPTION 'not a table kept by day: %', parent;
    END IF;
    RETURN parent || '_' || to_char(day, 'YYYYMMDD');
END $$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("cameras", "0001_initial"),
        ("reads", "0003_closed_days"),
        ("alerts", "0002_hits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Candidate",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "agency_id",
                        "seen_at",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("id", models.UUIDField()),
                ("read_id", models.UUIDField()),
                ("found_at", models.DateTimeField()),
                ("grade", models.CharField(max_length=32)),
                ("comparison", models.JSONField()),
                (
                    "audience",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("is_stale", models.BooleanField()),
                ("hotlist_name", models.CharField(max_length=80)),
                ("snapshot_id", models.BigIntegerField()),
                ("snapshot_effective_at", models.DateTimeField()),
                ("entry_id", models.BigIntegerField()),
                ("entry_plate_as_given", models.CharField(max_length=32)),
                ("entry_state", models.CharField(max_length=2)),
                ("entry_category", models.CharField(max_length=32)),
                ("entry_reason", models.CharField(max_length=500)),
                ("entry_case_number", models.CharField(max_length=40)),
                ("entry_vehicle", models.CharField(max_length=120)),
                (
                    "opened_by",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("promoted_at", models.DateTimeField(null=True)),
                ("alert_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "candidates",
                "managed": False,
            },
        ),
        migrations.RunSQL(CANDIDATES, "DROP TABLE candidates"),
        migrations.RunSQL(
            KEPT_BY_DAY.format(kept="'reads', 'hits', 'candidates'"),
            KEPT_BY_DAY.format(kept="'reads', 'hits'"),
        ),
    ]
