"""What a review found is never changed and never deleted; a declared or planted plate is only ever taken back."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION refuse_edited_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'AUD-1: what a review found is not edited: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION refuse_changed_plate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - ARRAY['withdrawn_at', 'lifted_at', 'lifted_by_id'])
       = (to_jsonb(OLD) - ARRAY['withdrawn_at', 'lifted_at', 'lifted_by_id']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'AUD-1: a plate is taken back, not changed: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['audit_weeks', 'audit_items', 'audit_marks', 'audit_explanations',
                                 'audit_remedies', 'audit_remedies_done', 'audit_closings'] LOOP
        EXECUTE format('CREATE TRIGGER not_edited BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION refuse_edited_review()', named);
        EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_edited_review()', named);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM platewarden_app', named);
    END LOOP;
    FOREACH named IN ARRAY ARRAY['declared_plates', 'planted_plates'] LOOP
        EXECUTE format('CREATE TRIGGER not_changed BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION refuse_changed_plate()', named);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM platewarden_app', named);
    END LOOP;
END $$;

-- Locking a row asks for the right to update one of its columns; the trigger refuses the update itself.
GRANT UPDATE (place) ON audit_items TO platewarden_app;
GRANT UPDATE (note) ON audit_remedies TO platewarden_app;
GRANT UPDATE (opened_at) ON audit_weeks TO platewarden_app;
GRANT UPDATE (note) ON audit_marks TO platewarden_app;
GRANT UPDATE (withdrawn_at) ON declared_plates TO platewarden_app;
GRANT UPDATE (lifted_at, lifted_by_id) ON planted_plates TO platewarden_app;
"""

UNGUARDED = """
DROP FUNCTION refuse_edited_review CASCADE;
DROP FUNCTION refuse_changed_plate CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNGUARDED)]
