"""Figures stay as they were drawn up, a signed report as it was signed; its receipt is entered once, and none goes."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION refuse_changed_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb;
    may_change text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.signed_at IS NULL THEN
            RETURN OLD;
        END IF;
    ELSE
        after := to_jsonb(NEW);
        IF OLD.signed_at IS NULL THEN
            may_change := ARRAY['conclusion', 'checked_by_id', 'checked_at', 'checked_entry',
                                'pdf', 'sha256', 'signed_by_id', 'signed_at', 'signed_entry'];
        ELSIF OLD.received_at IS NULL THEN
            may_change := ARRAY['received_by_id', 'received_at', 'received_note', 'received_entry'];
        END IF;
        IF before - coalesce(may_change, '{}') = after - coalesce(may_change, '{}') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'AUD-2: a report stays as it was drawn up, signed and received'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER reports_stay BEFORE UPDATE OR DELETE ON audit_reports
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_report();

REVOKE TRUNCATE ON audit_reports FROM platewarden_app;
"""

UNGUARDED = """
DROP TRIGGER reports_stay ON audit_reports;
DROP FUNCTION refuse_changed_report;
"""


class Migration(migrations.Migration):
    dependencies = [("halfyears", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
