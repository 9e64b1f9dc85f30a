"""The one number sequence of deals, clients, messages, tasks and calls (crm.models.number)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE crm_number")
    else:
        schema_editor.execute("CREATE TABLE crm_number (id integer PRIMARY KEY CHECK (id = 1), value bigint NOT NULL)")


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    noun = "SEQUENCE" if schema_editor.connection.vendor == "postgresql" else "TABLE"
    schema_editor.execute(f"DROP {noun} crm_number")


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
