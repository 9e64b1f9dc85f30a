from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What django-axes wrote of each log-in stands in crm.SignIn too, since there is one (0018), and that is trimmed; of
    log-ins before it nothing is kept.
    """
    apps.get_model("axes", "AccessLog").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("crm", "0021_indexes_of_one"), ("axes", "0009_add_session_hash")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
