from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def leave_uncompressed(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The numbers of a walk hardly shrink, and to try it with a million of them takes PostgreSQL a while."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE analytics_api_walkchunk ALTER COLUMN ids SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [("analytics_api", "0003_last_values")]

    operations = [migrations.RunPython(leave_uncompressed, migrations.RunPython.noop)]
