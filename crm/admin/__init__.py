"""The administration's pages, one module a noun."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401  (it registers Group, so it has to come first)
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static import admin as otp_static_admin  # noqa: F401  (these two register their devices)
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp import admin as otp_totp_admin  # noqa: F401
from django_otp.plugins.otp_totp.models import TOTPDevice

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
# Nobody looks at another's second step, or adds one to him: crm.services.two_factor.
admin.site.unregister([StaticDevice, TOTPDevice])
