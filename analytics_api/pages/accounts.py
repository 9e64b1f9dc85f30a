"""Settings → Integrations: the accounts, the one page that shows a secret, and the one that tries a request."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics_api.actions import ACTIONS
from analytics_api.models import CallLog
from analytics_api.pages.connecting import address_of
from analytics_api.pages.forms import AccountForm, SecretForm
from analytics_api.pages.trying import TryForm, address_with, try_out
from crm.access import administrator_required, get_integration, person
from crm.models import Integration
from crm.services.integrations import change_integration, end_old_secret
from crm.views.going_back import posted

EDIT = ["GET", "HEAD", "POST"]


@administrator_required
@require_safe
def list_accounts(request: HttpRequest) -> HttpResponse:
    """Each with its last use and its last pull; those that are switched off stand apart."""
    rows = list(Integration.objects.with_silence().select_related("user"))
    pulls = CallLog.objects.last_pulls()
    context = {
        "used": [{"row": row, "pull": pulls.get(row.pk)} for row in rows if row.is_active],
        "off": [{"row": row, "pull": pulls.get(row.pk)} for row in rows if not row.is_active],
    }
    return render(request, "crm/settings_integrations.html", context)


@administrator_required
@never_cache
@require_http_methods(EDIT)
def new_account(request: HttpRequest) -> HttpResponse:
    """Adds an account and shows its secret, this once: no redirect, so that nothing keeps it."""
    form = AccountForm(posted(request), by=person(request))
    if form.is_valid() and (added := form.add()):
        return _show_secret(request, *added)
    return _show_account(request, form)


@administrator_required
@require_http_methods(EDIT)
def edit_account(request: HttpRequest, integration: int) -> HttpResponse:
    row = get_integration(integration)
    form = AccountForm(posted(request), account=row, by=person(request))
    if form.is_valid():
        form.change(row)
        messages.success(request, _("Saved."))
        return redirect("settings_integrations")
    return _show_account(request, form)


@administrator_required
@never_cache
@require_http_methods(EDIT)
def renew_secret(request: HttpRequest, integration: int) -> HttpResponse:
    """Asks how long the old one goes on working, then shows the new one, this once."""
    row = get_integration(integration)
    form = SecretForm(posted(request), account=row, by=person(request))
    if form.is_valid():
        return _show_secret(request, row, form.renew())
    context = {"form": form, "account": row, "old_works": row.old_secret_works()}
    if form.errors:  # the page's button asks anew, from what is there now
        context["form"] = SecretForm(account=row, by=person(request))
        context["refused"] = form.non_field_errors()
    return render(request, "crm/settings_integration_secret.html", context, status=422 if form.errors else 200)


@administrator_required
@never_cache
@require_http_methods(EDIT)
def try_account(request: HttpRequest, integration: int) -> HttpResponse:
    """Each action with its parameters, and what the account would be answered; nothing of it is kept."""
    account = get_integration(integration)
    asked = request.GET.get("action", "")
    form = TryForm(posted(request), action=asked if asked in ACTIONS else next(iter(ACTIONS)))
    context: dict[str, Any] = {"form": form, "account": account, "actions": list(ACTIONS)}
    if form.is_valid():
        address = address_with(address_of(request).url, account, form.query())
        context |= {"request_address": address, "tried": try_out(account, form.query(), at=timezone.now())}
    return render(request, "crm/settings_integrations_try.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
def end_old(request: HttpRequest, integration: int) -> HttpResponse:
    """The secret before the present one is worth nothing from now on."""
    row = end_old_secret(integration=get_integration(integration), by=person(request))
    messages.success(request, _("The old secret of %(login)s works no more.") % {"login": row})
    return redirect("settings_integrations_edit", row.pk)


@administrator_required
@require_POST
def switch_off(request: HttpRequest, integration: int) -> HttpResponse:
    row = change_integration(integration=get_integration(integration), by=person(request), is_active=False)
    messages.success(request, _("%(login)s is switched off: every request is refused.") % {"login": row})
    return redirect("settings_integrations")


@administrator_required
@require_POST
def switch_on(request: HttpRequest, integration: int) -> HttpResponse:
    row = change_integration(integration=get_integration(integration), by=person(request), is_active=True)
    messages.success(request, _("%(login)s is let in again.") % {"login": row})
    return redirect("settings_integrations")


def _show_account(request: HttpRequest, form: AccountForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "account": form.account}
    if form.account:
        context |= {"address": address_of(request), "old_works": form.account.old_secret_works()}
    return render(request, "crm/settings_integration.html", context, status=422 if form.errors else 200)


def _show_secret(request: HttpRequest, account: Integration, secret: str) -> HttpResponse:
    account = get_integration(account.pk)
    context = {"account": account, "secret": secret, "address": address_of(request)}
    return render(request, "crm/settings_integration_made.html", context)
