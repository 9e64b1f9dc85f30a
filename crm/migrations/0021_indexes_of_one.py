from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0020_counts_by_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="deal",
            name="deal_by_task",
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("next_due_at__isnull", False)),
                fields=["next_due_at", "id", "trashed_at", "manager"],
                name="deal_by_task",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["assignee", "due_at"], name="task_unfinished_of_one"
            ),
        ),
    ]
