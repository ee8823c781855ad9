"""A day that the ledger calls closed takes no more reads, and no other day can be dropped.

The database cannot know which limit the agency has adopted, so it cannot say whether a day is due. What it can
make sure of is that no day goes without an entry that says so, committed before, and that none comes back.
"""

from django.db import migrations

CLOSED = """
CREATE FUNCTION day_is_closed(day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM ledger_body body JOIN ledger_leaf leaf USING (seq)
        WHERE body.subject = 'day:' || to_char(day, 'YYYY-MM-DD') AND body.subject <> '' AND leaf.kind = 'day.closed'
    );
$$;
"""

# Reads and hits are reached through their parents alone, and removed by the day alone.
DAYS = """
CREATE OR REPLACE FUNCTION prepare_day(parent text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    child text := day_partition(parent, day);
    opens timestamptz := day::timestamp AT TIME ZONE 'UTC';
    closes timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    IF day_is_closed(day) THEN
        RAISE EXCEPTION 'the day % is closed', day USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- a table lock, not an advisory one: it also makes this session notice a partition made meanwhile
    EXECUTE format('LOCK TABLE %I IN SHARE UPDATE EXCLUSIVE MODE', parent);
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child, parent);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, platewarden_app', child);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, opens, closes);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION drop_day(parent text, day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    child text := day_partition(parent, day);
    held bigint;
BEGIN
    IF NOT day_is_closed(day) THEN
        RAISE EXCEPTION 'the ledger does not say that the day % is closed', day
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF to_regclass(child) IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
    EXECUTE format('SELECT count(*) FROM %I', child) INTO held;
    EXECUTE format('DROP TABLE %I', child);
    RETURN held;
END $$;

REVOKE UPDATE, DELETE, TRUNCATE ON reads FROM platewarden_app;
REVOKE UPDATE, DELETE, TRUNCATE ON hits FROM platewarden_app;
GRANT UPDATE (status_check_note, disposition_note, disposition_case_number) ON hits TO platewarden_app;
REVOKE ALL ON FUNCTION prepare_day, drop_day FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prepare_day, drop_day TO platewarden_app;

DO $$
DECLARE
    child regclass;
BEGIN
    FOR child IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent IN ('reads'::regclass, 'hits'::regclass) LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, platewarden_app', child);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reads", "0002_partitioned_tables"), ("alerts", "0002_hits"), ("ledger", "0003_guards")]

    operations = [migrations.RunSQL(CLOSED + DAYS, migrations.RunSQL.noop)]
