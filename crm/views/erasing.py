"""The personal data of a client, erased for good."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.access import administrator_required, get_client, person
from crm.forms.erasing import ErasureForm
from crm.reports.erasure import tell_erasure
from crm.views.going_back import posted


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, number: int) -> HttpResponse:
    client = get_client(person(request), number)
    form = ErasureForm(posted(request), client=client)
    if form.is_valid():
        form.save(by=person(request))
        messages.success(request, _("Client #%(number)d is erased.") % {"number": client.pk})
        return redirect("clients")
    context = {"client": client, "form": form, "told": tell_erasure(client)}
    return render(request, "crm/client_erase.html", context, status=422 if form.is_bound else 200)
