"""A load of millions pays for every index and every check of a row: what nobody looks up by goes.

The check that agency and snapshot exist went as well. It was put off to the commit, and so kept a note of every row in
memory until then; an entry without them is found by nobody.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Only a table's owner may have it counted (ANALYZE), and the application is not.
COUNT = """
CREATE FUNCTION count_hotlist_entries() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE hotlist_entries;
END $$;
REVOKE ALL ON FUNCTION count_hotlist_entries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_hotlist_entries TO platewarden_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("hotlists", "0004_manual_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="agency",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.agency",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="snapshot",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="hotlists.snapshot",
            ),
        ),
        migrations.RunSQL(COUNT, "DROP FUNCTION count_hotlist_entries()"),
    ]
