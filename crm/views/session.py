"""Coming and going: log in, log out, a forgotten password."""

from typing import Any
from urllib.parse import urlencode

from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm.forms.accounts import ForgottenPasswordForm, LogInForm, NewPasswordForm
from crm.models import SignIn
from crm.services.accounts import is_set_up
from crm.services.two_factor import has_two_factor
from crm.views.last_view import last_view_url
from crm.views.second_step import begin_second_step
from crm.views.signing_in import note


class LogIn(auth_views.LoginView):
    template_name = "crm/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """In, or, for who wants it so, on to the second step: there is no session before that."""
        user = form.get_user()
        if not has_two_factor(user):
            answer = super().form_valid(form)
            note(self.request, user.login, SignIn.Kind.PASSWORD, SignIn.Outcome.SUCCESS)
            return answer
        begin_second_step(self.request, user, following=self.get_success_url())
        return redirect("login_code")

    def form_invalid(self, form: Any) -> HttpResponse:
        note(self.request, form.data.get("username", ""), SignIn.Kind.PASSWORD)
        return super().form_invalid(form)

    def get_default_redirect_url(self) -> str:
        return last_view_url(self.request)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(is_set_up=is_set_up(), **context)


class LogOut(auth_views.LogoutView):
    next_page = "login"


def lock_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What somebody sees who guessed too often: django-axes asks for it."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    page = render(request, "crm/locked_out.html", {"minutes": minutes}, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Sends a link where e-mail is set up, and says who else makes one where it is not.

    Whether anybody has the e-mail is not told.
    """
    form = ForgottenPasswordForm(request.POST or None)
    if settings.CAN_SEND_EMAIL and form.is_valid():
        form.save(origin=f"{request.scheme}://{request.get_host()}")
        return render(request, "crm/password_forgotten.html", {"sent_to": form.cleaned_data["email"]})
    context = {"form": form, "can_send_email": settings.CAN_SEND_EMAIL}
    return render(request, "crm/password_forgotten.html", context, status=422 if form.errors else 200)


class NewPassword(auth_views.PasswordResetConfirmView):
    """Behind a link that was sent by e-mail or made by an administrator."""

    template_name = "crm/password_new.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        # Who forgot it may have guessed before he asked for the link.
        reset(username=form.user.login)
        messages.success(self.request, _("The new password is saved. Log in with it."))
        return answer


@login_not_required
@require_safe
def enter_administration(request: HttpRequest) -> HttpResponse:
    """Django's admin sends here whom it does not let in: there is one log-in page, and for others no way."""
    if request.user.is_authenticated:
        raise PermissionDenied(_("This is for administrators."))
    following = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('login')}?{urlencode({'next': following})}")
