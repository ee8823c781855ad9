"""Complaints, suppressions and correction notices stay: nobody deletes one, or rewrites how it began."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'HIT-3: rows of % stay on record and cannot be deleted', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER complaints_stay BEFORE DELETE OR TRUNCATE ON complaints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER suppressions_stay BEFORE DELETE OR TRUNCATE ON suppressions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER correction_notices_stay BEFORE DELETE OR TRUNCATE ON correction_notices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion();

REVOKE UPDATE, DELETE, TRUNCATE ON complaints, suppressions, correction_notices FROM platewarden_app;
GRANT UPDATE (sealed, answered_at, answered_by_id, outcome, erased_at) ON complaints TO platewarden_app;
GRANT UPDATE (confirmed_at, confirmed_by_id, lifted_at, lifted_by_id, lifted_because, applied) ON suppressions
    TO platewarden_app;
GRANT UPDATE (sent_at, sent_by_id, channel, answered_at, answered_by_id, answer) ON correction_notices
    TO platewarden_app;
"""

UNGUARDED = """
DROP TRIGGER complaints_stay ON complaints;
DROP TRIGGER suppressions_stay ON suppressions;
DROP TRIGGER correction_notices_stay ON correction_notices;
DROP FUNCTION refuse_deletion;
"""


class Migration(migrations.Migration):
    dependencies = [("corrections", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
