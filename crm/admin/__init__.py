"""The administration's pages, one module a noun."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401  (it registers Group, so it has to come first)
from django.contrib.auth.models import Group

from crm.admin import (
    calls,
    changes,
    clients,
    custom_fields,
    deals,
    integrations,
    jobs,
    messages,
    sign_ins,
    statuses,
    tasks,
    users,
    wording,
)

__all__ = [
    "calls",
    "changes",
    "clients",
    "custom_fields",
    "deals",
    "integrations",
    "jobs",
    "messages",
    "sign_ins",
    "statuses",
    "tasks",
    "users",
    "wording",
]

# Rights go by role: Django's groups mean nothing here.
admin.site.unregister(Group)
