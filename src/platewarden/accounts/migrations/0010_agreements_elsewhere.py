from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_terminals")]

    operations = [migrations.RemoveField(model_name="agency", name="agreement")]
