"""What an officer must not do, as the entry said it, on the hit."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_first_looks")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE hits ADD COLUMN entry_cautions text NOT NULL DEFAULT ''",
            "ALTER TABLE hits DROP COLUMN entry_cautions",
        )
    ]
