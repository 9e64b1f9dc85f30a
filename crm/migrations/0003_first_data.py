"""The five statuses and five fields of the protocol's document, under its ids, so that its examples work as they stand."""

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STATUSES = [
    # id, name, kind, palette, on the board
    (1, "Новая", "open", "blue", True),
    (2, "В работе", "open", "amber", True),
    (3, "Оплачена", "won", "green", True),
    (4, "Закрыта", "lost", "slate", False),
    (5, "Удалена", "deleted", "red", False),
]
FIELDS = ["referrer", "source", "utmSource", "utmMedium", "utmCampaign"]


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Pipeline, Status, CustomField = (apps.get_model("crm", name) for name in ("Pipeline", "Status", "CustomField"))
    Pipeline.objects.create(pk=1, name="Продажи", position=1)
    Status.objects.bulk_create(
        Status(pk=pk, pipeline_id=1, name=name, position=pk, kind=kind, palette=palette, on_board=on_board)
        for pk, name, kind, palette, on_board in STATUSES
    )
    CustomField.objects.bulk_create(
        CustomField(pk=pk, name=name, type="text", position=pk) for pk, name in enumerate(FIELDS, start=1)
    )
    # PostgreSQL does not move a sequence when a row brings its own id.
    with schema_editor.connection.cursor() as cursor:
        reset = schema_editor.connection.ops.sequence_reset_sql(no_style(), [Pipeline, Status, CustomField])
        for statement in reset:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_number_sequence")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
