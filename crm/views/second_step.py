"""Between the password and the session of who logs in with a code, too."""

import time

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crm.forms.two_factor import CodeForm
from crm.models import SignIn, User
from crm.services.two_factor import codes_left
from crm.views.going_back import posted
from crm.views.signing_in import note

KEY = "second_step"
SECONDS = 600
WRONG_AT_MOST = 5


def begin_second_step(request: HttpRequest, user: User, *, following: str) -> None:
    """Note who gave the right password, and where he was going. He is not logged in by that."""
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "mark": user.get_session_auth_hash(),
        "at": time.time(),
        "wrong": 0,
        "following": following,
    }


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    user = _who_waits(request)
    if user is None:
        request.session.pop(KEY, None)
        return redirect("login")
    form = CodeForm(posted(request), user=user)
    if form.is_valid():
        following = request.session.pop(KEY)["following"]
        login(request, user, backend="crm.authentication.PersonBackend")
        note(request, user.login, _kind(form), SignIn.Outcome.SUCCESS)
        if form.checked.by_recovery:
            left = codes_left(user)
            messages.warning(request, _("That code is used up. Recovery codes left: %(count)d.") % {"count": left})
        return redirect(following)
    if form.errors and not form.checked.wait:
        note(request, user.login, _kind(form), SignIn.Outcome.FAILURE)
        request.session[KEY]["wrong"] += 1
        request.session.modified = True
        if request.session[KEY]["wrong"] >= WRONG_AT_MOST:
            del request.session[KEY]
            messages.warning(request, _("The code was wrong too often: begin with the password again."))
            return redirect("login")
    return render(request, "crm/login_code.html", {"form": form}, status=422 if form.errors else 200)


def _kind(form: CodeForm) -> SignIn.Kind:
    return SignIn.Kind.RECOVERY if form.checked.by_recovery else SignIn.Kind.CODE


def _who_waits(request: HttpRequest) -> User | None:
    """Who gave the password a while ago and is still who may log in by it."""
    waiting = request.session.get(KEY)
    if not waiting or time.time() - waiting["at"] > SECONDS:
        return None
    user = User.objects.people().filter(pk=waiting["user"], is_active=True).first()
    same = user is not None and constant_time_compare(waiting["mark"], user.get_session_auth_hash())
    return user if same else None
