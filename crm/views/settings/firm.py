"""Settings → Firm: language, time zone, currency, the firm's own telephone numbers, and the demo's end."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.access import administrator_required, person
from crm.forms.firm import DemoRemovalForm, FirmForm, FirmPhoneForm
from crm.models import Change, FirmPhone
from crm.services.demo.removal import DemoRows, demo_rows, demo_rows_to_go
from crm.services.firm_phones import delete_firm_phone
from crm.views.going_back import posted


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_firm(request: HttpRequest) -> HttpResponse:
    form = FirmForm(posted(request))
    if form.is_valid():
        try:
            form.save(by=person(request))
        except ValidationError as error:  # the environment has come to say it meanwhile
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_firm")
    return _show(request, form, FirmPhoneForm())


@administrator_required
@require_POST
def add_phone(request: HttpRequest) -> HttpResponse:
    form = FirmPhoneForm(request.POST)
    if form.is_valid():
        form.write(by=person(request))
        return redirect("settings_firm")
    return _show(request, FirmForm(), form)


@administrator_required
@require_POST
def delete_phone(request: HttpRequest, phone: int) -> HttpResponse:
    row = get_object_or_404(FirmPhone, pk=phone)
    delete_firm_phone(phone=row, by=person(request), via=Change.Via.WEB)
    messages.success(request, _("%(phone)s is not the firm's any more.") % {"phone": row})
    return redirect("settings_firm")


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_demo(request: HttpRequest) -> HttpResponse:
    """Asks first, and says what stays; 404 where no demo is."""
    there_is, to_go = demo_rows(), demo_rows_to_go()
    if not there_is:
        raise Http404
    form = DemoRemovalForm(posted(request))
    if form.is_valid():
        left = form.save(by=person(request))
        messages.success(request, _said_of_demo(left))
        return redirect("settings_firm")
    context = {
        "form": form,
        "to_go": to_go,
        "staying": DemoRows(there_is.deals - to_go.deals, there_is.clients - to_go.clients),
    }
    return render(request, "crm/settings_demo.html", context, status=422 if form.is_bound else 200)


def _said_of_demo(left: DemoRows) -> str:
    if not left:
        return _("The demo data is deleted.")
    return _("The demo data is deleted. What was worked on stays: deals %(deals)d, clients %(clients)d.") % {
        "deals": left.deals,
        "clients": left.clients,
    }


def _show(request: HttpRequest, form: FirmForm, phone_form: FirmPhoneForm) -> HttpResponse:
    status = 422 if form.errors or phone_form.errors else 200
    context = {"form": form, "phone_form": phone_form, "phones": FirmPhone.objects.all(), "demo": demo_rows()}
    return render(request, "crm/settings_firm.html", context, status=status)
