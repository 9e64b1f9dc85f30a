"""What people set for themselves."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.access import person
from crm.forms.accounts import ChangePasswordForm, ProfileForm, ThemeForm
from crm.forms.told_of import ToldOfForm
from crm.services.accounts import change_profile
from crm.services.two_factor import has_two_factor


@require_http_methods(["GET", "HEAD", "POST"])
def show_profile(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = ProfileForm(request.POST or None, user=user)
    if form.is_valid():
        user = form.save()
        with translation.override(user.language or translation.get_language_from_request(request)):
            messages.success(request, _("Saved."))
        return redirect("profile")
    return render_profile(request, profile_form=form)


@sensitive_post_parameters()
@require_POST
def change_own_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(person(request), request.POST)
    if not form.is_valid():
        return render_profile(request, password_form=form)
    update_session_auth_hash(request, form.save())
    messages.success(request, _("The new password is saved. Other devices are logged out."))
    return redirect("profile")


@require_POST
def choose_notifications(request: HttpRequest) -> HttpResponse:
    form = ToldOfForm(request.POST, user=person(request))
    if not form.is_valid():
        return render_profile(request, told_of_form=form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("profile")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """From the person's menu, on whatever page; back to that page."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        change_profile(user=person(request), theme=form.cleaned_data["theme"])
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return redirect(page if ours else "board")


def render_profile(
    request: HttpRequest,
    *,
    profile_form: ProfileForm | None = None,
    password_form: ChangePasswordForm | None = None,
    told_of_form: ToldOfForm | None = None,
) -> HttpResponse:
    user = person(request)
    forms = {
        "profile_form": profile_form or ProfileForm(user=user),
        "password_form": password_form or ChangePasswordForm(user),
        "told_of_form": told_of_form or ToldOfForm(user=user),
    }
    failed = any(form.errors for form in forms.values())
    context = forms | {"has_second_step": has_two_factor(user)}
    return render(request, "crm/profile.html", context, status=422 if failed else 200)
