"""The tables Django cannot describe: partitions by day, pattern indexes, and the functions that manage days."""

from django.db import migrations

READ_FACTS = """
    plate text COLLATE "C" NOT NULL,
    plate_as_read text NOT NULL,
    confidence double precision NOT NULL,
    char_confidences double precision[] NOT NULL,
    alternates jsonb NOT NULL,
    state text NOT NULL,
    state_confidence double precision NOT NULL,
    latitude double precision,
    longitude double precision,
    plate_image text NOT NULL,
    vehicle_image text NOT NULL,
    vehicle_type text NOT NULL,
    vehicle_make text NOT NULL,
    vehicle_model text NOT NULL,
    vehicle_colour text NOT NULL
"""

READS = f"""
CREATE TABLE reads (
    agency_id smallint NOT NULL REFERENCES agencies,
    seen_at timestamptz NOT NULL,
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    camera_id bigint NOT NULL REFERENCES cameras,
    {READ_FACTS},
    PRIMARY KEY (agency_id, seen_at, id)
) PARTITION BY RANGE (seen_at);
CREATE INDEX reads_by_plate ON reads (agency_id, plate, seen_at) INCLUDE (camera_id);
CREATE INDEX reads_by_camera ON reads (agency_id, camera_id, seen_at);
"""

PLATES_SEEN = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE plates_seen (
    agency_id smallint NOT NULL REFERENCES agencies,
    plate text COLLATE "C" NOT NULL,
    skeleton text COLLATE "C" NOT NULL,
    last_day date NOT NULL,
    PRIMARY KEY (agency_id, plate)
) WITH (fillfactor = 80);
CREATE INDEX plates_seen_by_skeleton ON plates_seen (agency_id, skeleton);
CREATE INDEX plates_seen_by_ending ON plates_seen (agency_id, (reverse(plate)) COLLATE "C");
CREATE INDEX plates_seen_by_trigram ON plates_seen USING gin (plate gin_trgm_ops);
"""

# The application role may not create or drop tables; these two functions are all it can do about days.
DAYS = """
CREATE FUNCTION day_partition(parent text, day date) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF parent NOT IN ('reads', 'hits') THEN
        RAISE EXCEPTION 'not a table kept by day: %', parent;
    END IF;
    RETURN parent || '_' || to_char(day, 'YYYYMMDD');
END $$;

CREATE FUNCTION prepare_day(parent text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    child text := day_partition(parent, day);
    opens timestamptz := day::timestamp AT TIME ZONE 'UTC';
    closes timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- a table lock, not an advisory one: it also makes this session notice a partition made meanwhile
    EXECUTE format('LOCK TABLE %I IN SHARE UPDATE EXCLUSIVE MODE', parent);
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, opens, closes);
    RETURN true;
END $$;

CREATE FUNCTION drop_day(parent text, day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    child text := day_partition(parent, day);
    held bigint;
BEGIN
    IF to_regclass(child) IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
    EXECUTE format('SELECT count(*) FROM %I', child) INTO held;
    EXECUTE format('DROP TABLE %I', child);
    RETURN held;
END $$;

CREATE FUNCTION days_kept(parent text) RETURNS SETOF date
LANGUAGE sql STABLE AS $$
    SELECT to_date(right(child.relname, 8), 'YYYYMMDD')
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = parent::regclass ORDER BY 1;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("reads", "0001_initial"), ("accounts", "0001_initial"), ("cameras", "0001_initial")]

    operations = [
        migrations.RunSQL(READS, "DROP TABLE reads"),
        migrations.RunSQL(PLATES_SEEN, "DROP TABLE plates_seen"),
        migrations.RunSQL(
            DAYS,
            "DROP FUNCTION days_kept, drop_day, prepare_day, day_partition",
        ),
    ]
