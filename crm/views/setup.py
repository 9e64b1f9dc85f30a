"""The one-time page of an empty base."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crm.forms.accounts import SetUpForm
from crm.models import SignIn
from crm.services.accounts import AlreadySetUpError, is_set_up
from crm.views.signing_in import note


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Makes the first administrator and logs him in; 404 for ever once a person exists."""
    if is_set_up():
        raise Http404
    initial = {"token": request.GET.get("token", ""), "language": translation.get_language()}
    form = SetUpForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            user = form.save()
        except AlreadySetUpError as error:
            raise Http404 from error
        except ValidationError as error:
            form.add_error(None, error)
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
            note(request, user.login, SignIn.Kind.PASSWORD, SignIn.Outcome.SUCCESS)
            return redirect("board")
    return render(request, "crm/setup.html", {"form": form}, status=422 if form.errors else 200)
