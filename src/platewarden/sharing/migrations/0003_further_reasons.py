"""Why a suspended agency was suspended again stays beside the first reason, as it was written (SHR-4)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER suspension_reasons_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON suspension_reasons
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting('SHR-4');
REVOKE UPDATE, DELETE, TRUNCATE ON suspension_reasons FROM platewarden_app;
"""
UNGUARDED = "DROP TRIGGER suspension_reasons_stay ON suspension_reasons;"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_what_stays"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="FurtherReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("because", models.CharField(max_length=500)),
                ("follows_report", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "suspension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="further",
                        to="sharing.suspension",
                    ),
                ),
            ],
            options={"db_table": "suspension_reasons", "ordering": ["pk"]},
        ),
        migrations.RunSQL(GUARD, UNGUARDED),
    ]
