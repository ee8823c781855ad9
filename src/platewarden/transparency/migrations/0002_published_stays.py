"""Measured counts stay as they were measured, published figures as they were published, and nobody deletes a month."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION refuse_changed_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.published_at IS NULL AND NEW.counts = OLD.counts
       AND NEW.month = OLD.month AND NEW.agency_id = OLD.agency_id AND NEW.measured_at = OLD.measured_at THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'TPR-1: figures stay as they were measured, and as they were published'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER figures_stay BEFORE UPDATE OR DELETE ON transparency_months
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_figures();

REVOKE UPDATE, DELETE, TRUNCATE ON transparency_months FROM platewarden_app;
GRANT UPDATE (reviewed_at, reviewed_by_id, published, published_at, published_by_id, entry)
    ON transparency_months TO platewarden_app;
REVOKE UPDATE, DELETE, TRUNCATE ON transparency_checks FROM platewarden_app;
"""

UNGUARDED = """
DROP TRIGGER figures_stay ON transparency_months;
DROP FUNCTION refuse_changed_figures;
"""


class Migration(migrations.Migration):
    dependencies = [("transparency", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
