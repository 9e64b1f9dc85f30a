"""The queue of background jobs is the worker's alone: what failed stands in the server's log."""

from django.contrib import admin
from django_tasks_db import admin as tasks_admin  # noqa: F401  (it registers them, so it has to come first)
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)
