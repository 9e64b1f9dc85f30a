import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0006_undone_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="mailed_of",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="not_told_of",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="origin",
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("due", "A task of mine is due"),
                            ("task", "I am given a task"),
                            ("deal", "I am given a deal or a lead"),
                            ("mention", "I am mentioned in a comment"),
                            ("lead", "A lead that nobody is responsible for"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="count")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("in_crm", models.BooleanField(default=True, verbose_name="in the CRM")),
                ("by_mail", models.BooleanField(default=False, verbose_name="by e-mail")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="sent by e-mail")),
                ("read_at", models.DateTimeField(null=True, verbose_name="read")),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.batch",
                        verbose_name="batch",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.deal",
                        verbose_name="deal",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crm.message",
                        verbose_name="message",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="crm.task",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["person", "id"], name="notification_by_person"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["person", "id"], name="notification_unread"
                    ),
                    models.Index(
                        condition=models.Q(("by_mail", True), ("mailed_at", None)),
                        fields=["id"],
                        name="notification_to_be_mailed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deal__isnull", False),
                                ("kind__in", ["deal", "lead"]),
                                ("message", None),
                                ("task", None),
                            ),
                            models.Q(
                                ("deal", None),
                                ("kind__in", ["due", "task"]),
                                ("message", None),
                                ("task__isnull", False),
                            ),
                            models.Q(("deal", None), ("kind", "mention"), ("message__isnull", False), ("task", None)),
                            _connector="OR",
                        ),
                        name="notification_is_of_what_its_kind_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("kind", "due")),
                            models.Q(models.Q(("kind", "due"), _negated=True), ("due_at", None)),
                            _connector="OR",
                        ),
                        name="notification_reminds_of_a_moment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "due")),
                        fields=("task", "due_at"),
                        name="notification_reminds_once",
                    ),
                    models.UniqueConstraint(fields=("person", "batch", "kind"), name="notification_once_a_batch"),
                ],
            },
        ),
    ]
