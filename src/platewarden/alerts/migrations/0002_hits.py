"""Hits, partitioned by capture day like the reads they copy."""

from importlib import import_module

from django.db import migrations

READ_FACTS = import_module("platewarden.reads.migrations.0002_partitioned_tables").READ_FACTS

HITS = f"""
CREATE TABLE hits (
    agency_id smallint NOT NULL REFERENCES agencies,
    seen_at timestamptz NOT NULL,
    id uuid NOT NULL,
    read_id uuid NOT NULL,
    raised_at timestamptz NOT NULL,
    camera_id bigint NOT NULL REFERENCES cameras,
    camera_name text NOT NULL,
    place text NOT NULL,
    {READ_FACTS},
    grade text NOT NULL,
    comparison jsonb NOT NULL,
    hotlist_name text NOT NULL,
    hotlist_source text NOT NULL,
    snapshot_id bigint NOT NULL,
    snapshot_effective_at timestamptz NOT NULL,
    is_stale boolean NOT NULL,
    entry_id bigint NOT NULL,
    entry_plate_as_given text NOT NULL,
    entry_state text NOT NULL,
    entry_category text NOT NULL,
    entry_reason text NOT NULL,
    entry_case_number text NOT NULL,
    entry_instructions text NOT NULL,
    entry_vehicle text NOT NULL,
    entry_expires_at timestamptz,
    status_check_note text NOT NULL,
    disposition_note text NOT NULL,
    disposition_case_number text NOT NULL,
    PRIMARY KEY (agency_id, seen_at, id)
) PARTITION BY RANGE (seen_at);
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("reads", "0002_partitioned_tables")]

    operations = [migrations.RunSQL(HITS, "DROP TABLE hits")]
