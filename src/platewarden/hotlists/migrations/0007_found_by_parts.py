"""Entries of the categories that are compared with plates one character away, by the parts that such plates share.

Filled from the entries that are there: of a list of millions this takes seconds, in which no list can be loaded.
"""

from django.db import migrations, models

FOUND_BY_PARTS = models.Q(
    anchor="",
    category__in=["amber_alert", "felony_vehicle", "missing_person", "vulnerable_adult", "wanted_person"],
)
PARTS = {
    "entries_headless": "SUBSTRING(%(expressions)s, 3)",
    "entries_by_ends": "(LEFT(%(expressions)s, 2) || RIGHT(%(expressions)s, 3))",
    "entries_tailless": "LEFT(%(expressions)s, -3)",
}

# That it is not declared safe for parallel plans is what it is for: a look-up by keys takes less time than a second
# process takes to start, and the database, which knows no number of keys when it plans, would expect otherwise.
KEYS = """
CREATE FUNCTION keys_of(listed text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$ SELECT string_to_array(listed, ',') $$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0006_steps")]

    operations = [
        migrations.RunSQL(KEYS, "DROP FUNCTION keys_of(text)"),
        *(
            migrations.AddIndex(
                model_name="entry",
                index=models.Index(
                    models.F("agency"),
                    models.Func("skeleton", template=part),
                    condition=FOUND_BY_PARTS,
                    name=name,
                ),
            )
            for name, part in PARTS.items()
        ),
    ]
