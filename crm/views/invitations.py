"""Where an invited person begins."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crm.forms.colleagues import AcceptForm
from crm.models import SignIn
from crm.services.invitations import InvitationVoidError, read_invitation
from crm.views.going_back import posted
from crm.views.signing_in import note


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the login, asks for a password, and logs the person in; a link that is void says why."""
    invitation = read_invitation(token)
    if invitation.user is None:
        return render(request, "crm/invitation.html", {"void": invitation.void}, status=410)
    form = AcceptForm(invitation.user, posted(request), token=token)
    if form.is_valid():
        try:
            user = form.save()
        except InvitationVoidError:
            return redirect("invitation", token)
        except ValidationError as error:
            form.add_error("new_password1", error)
        else:
            login(request, user, backend="crm.authentication.PersonBackend")
            note(request, user.login, SignIn.Kind.LINK, SignIn.Outcome.SUCCESS)
            with translation.override(user.language or translation.get_language_from_request(request)):
                messages.success(request, _("Welcome, %(person)s!") % {"person": user})
            return redirect("board")
    context = {"form": form, "person": invitation.user}
    return render(request, "crm/invitation.html", context, status=422 if form.errors else 200)
