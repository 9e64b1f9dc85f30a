"""The second step of logging in, as a person sets it up for himself."""

from base64 import b32encode

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.access import person
from crm.forms.two_factor import AuthenticatorForm, PasswordAgainForm
from crm.models import Authenticator
from crm.services.two_factor import codes_left, has_two_factor, offer_authenticator, renew_recovery_codes
from crm.views.going_back import posted


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Where it is off, how to set it up: a picture for the app, and the first code. Where it is on, its switch."""
    user = person(request)
    if has_two_factor(user):
        return _show_switch(request)
    form = AuthenticatorForm(posted(request), user=user)
    if form.is_valid():
        user.refresh_from_db()
        update_session_auth_hash(request, user)
        return render(request, "crm/two_step_codes.html", {"codes": form.recovery_codes, "is_new": True})
    offered = offer_authenticator(user=user)
    context = {"form": form, "qr": _picture(offered), "key": _readable(offered)}
    return render(request, "crm/two_step_setup.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_POST
def renew_codes(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = PasswordAgainForm(request.POST, user=user, prefix="codes")
    if not has_two_factor(user):
        return redirect("profile_two_step")
    if not form.is_valid():
        return _show_switch(request, codes_form=form)
    return render(request, "crm/two_step_codes.html", {"codes": renew_recovery_codes(user=user)})


@sensitive_post_parameters()
@require_POST
def switch_off(request: HttpRequest) -> HttpResponse:
    form = PasswordAgainForm(request.POST, user=person(request), prefix="off")
    if not form.is_valid():
        return _show_switch(request, off_form=form)
    form.switch_off()
    messages.success(request, _("The two-step log-in is off: the password alone lets you in."))
    return redirect("profile")


def _show_switch(
    request: HttpRequest, *, codes_form: PasswordAgainForm | None = None, off_form: PasswordAgainForm | None = None
) -> HttpResponse:
    user = person(request)
    failed = codes_form or off_form
    context = {
        "codes_form": codes_form or PasswordAgainForm(user=user, prefix="codes"),
        "off_form": off_form or PasswordAgainForm(user=user, prefix="off"),
        "left": codes_left(user),
    }
    return render(request, "crm/two_step.html", context, status=422 if failed else 200)


def _picture(offered: Authenticator) -> SafeString:
    """What the app's camera reads, by attributes alone: the pages allow no style within."""
    code = segno.make(offered.config_url, error="m")
    return mark_safe(  # noqa: S308  (of lines and numbers only)
        code.svg_inline(scale=4, border=2, dark="#000", light="#fff", svgclass=None, lineclass=None)
    )


def _readable(offered: Authenticator) -> str:
    """The secret for an app without a camera, in groups of four."""
    text = b32encode(offered.bin_key).decode()
    return " ".join(text[begin : begin + 4] for begin in range(0, len(text), 4))
