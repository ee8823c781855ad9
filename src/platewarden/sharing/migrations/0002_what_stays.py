"""Agreements, suspensions and reports of misuse stay: nobody deletes one, or rewrites how it began (SHR-1, SHR-4)."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows of % stay on record: % is refused', TG_ARGV[0], TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER misuse_reports_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON misuse_reports
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting('SHR-4');
CREATE TRIGGER misuse_steps_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON misuse_steps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting('SHR-4');
CREATE TRIGGER suspensions_stay BEFORE DELETE OR TRUNCATE ON sharing_suspensions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting('SHR-4');
CREATE TRIGGER agreement_versions_stay BEFORE DELETE OR TRUNCATE ON agreement_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting('SHR-1');
CREATE TRIGGER guest_words_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON guest_words
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting('SHR-1');

REVOKE UPDATE, DELETE, TRUNCATE ON misuse_reports, misuse_steps, sharing_suspensions, agreement_versions, guest_words
    FROM platewarden_app;
GRANT UPDATE (lift_asked_by_id, lift_asked_at, lift_because, lifted_by_id, lifted_at) ON sharing_suspensions
    TO platewarden_app;
GRANT UPDATE (decided_by_id, decided_at, is_opened, declined_because, ended_at) ON agreement_versions
    TO platewarden_app;
"""

UNGUARDED = """
DROP TRIGGER misuse_reports_stay ON misuse_reports;
DROP TRIGGER misuse_steps_stay ON misuse_steps;
DROP TRIGGER suspensions_stay ON sharing_suspensions;
DROP TRIGGER agreement_versions_stay ON agreement_versions;
DROP TRIGGER guest_words_stay ON guest_words;
DROP FUNCTION refuse_rewriting;
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
