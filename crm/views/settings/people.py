"""Settings → People."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import administrator_required, get_colleague, get_hand_over, person
from crm.forms.colleagues import ColleagueForm, HandOverForm, SwitchForm, takers
from crm.models import User
from crm.services.handing_over import in_hand, resume
from crm.services.invitations import VALID, renew_invitation
from crm.services.link_mails import link_for, send_link
from crm.services.two_factor import has_two_factor, remove_two_factor
from crm.views.going_back import posted

EDIT = ["GET", "HEAD", "POST"]


@administrator_required
@require_safe
def list_people(request: HttpRequest) -> HttpResponse:
    """Those who work here, each with what is in his hands; those who are switched off stand apart."""
    rows = list(User.objects.people().with_work_in_hand().with_second_step())
    context = {"here": [row for row in rows if row.is_active], "left": [row for row in rows if not row.is_active]}
    return render(request, "crm/settings_people.html", context)


@administrator_required
@never_cache
@require_http_methods(EDIT)
def invite(request: HttpRequest) -> HttpResponse:
    """Adds a person and shows the link for him, this once."""
    form = ColleagueForm(posted(request), by=person(request))
    if form.is_valid() and (user := form.save()):
        return _show_link(request, user)
    return _show_form(request, form)


@administrator_required
@require_http_methods(EDIT)
def edit(request: HttpRequest, user: int) -> HttpResponse:
    form = ColleagueForm(posted(request), user=get_colleague(user), by=person(request))
    if form.is_valid() and form.save():
        messages.success(request, _("Saved."))
        return redirect("settings_people")
    return _show_form(request, form)


@administrator_required
@never_cache
@require_POST
def make_link(request: HttpRequest, user: int) -> HttpResponse:
    """A new link to choose a password; those of before are void where he was only invited."""
    row = get_colleague(user)
    if not row.is_active:
        messages.warning(request, _("%(person)s is switched off: switch the account on first.") % {"person": row})
        return redirect("settings_people_edit", row.pk)
    return _show_link(request, renew_invitation(user=row, by=person(request)))


@administrator_required
@require_http_methods(EDIT)
def switch_off(request: HttpRequest, user: int) -> HttpResponse:
    """Asks first, and offers to hand over what the person answers for."""
    row = get_colleague(user)
    form = SwitchForm(posted(request), user=row, by=person(request), on=False)
    if form.is_valid() and form.save():
        messages.success(request, _("%(person)s is switched off and logged out everywhere.") % {"person": row})
        return redirect("settings_people")
    context = {"form": form, "person": row, "held": in_hand(row)}
    return render(request, "crm/settings_person_off.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
def switch_on(request: HttpRequest, user: int) -> HttpResponse:
    row = get_colleague(user)
    form = SwitchForm(request.POST, user=row, by=person(request), on=True)
    if form.is_valid() and form.save():
        messages.success(request, _("%(person)s can log in again.") % {"person": row})
    return redirect("settings_people")


@administrator_required
@require_http_methods(EDIT)
def hand_over(request: HttpRequest, user: int) -> HttpResponse:
    """Says how much there is, and gives what is chosen of it to another."""
    giver = get_colleague(user)
    held = in_hand(giver)
    form = HandOverForm(posted(request), giver=giver, by=person(request), held=held)
    if form.is_valid() and (hand := form.save()):
        return redirect("settings_people_handed", hand.pk)
    context = {"form": form, "person": giver, "held": held, "takers": takers(giver).exists()}
    return render(request, "crm/settings_person_hand_over.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
def reset_two_step(request: HttpRequest, user: int) -> HttpResponse:
    """For who lost the telephone and the recovery codes: the password alone lets him in again."""
    row = get_colleague(user)
    remove_two_factor(user=row, by=person(request))
    messages.success(request, _("%(person)s logs in by the password alone now.") % {"person": row})
    return redirect("settings_people_edit", row.pk)


@administrator_required
@require_http_methods(EDIT)
def show_handed(request: HttpRequest, number: int) -> HttpResponse:
    """How far it came; POST goes on with what had stopped."""
    hand = get_hand_over(number)
    if request.method == "POST":
        resume(hand=hand)
        return redirect("settings_people_handed", hand.pk)
    return render(request, "crm/settings_person_handed.html", {"hand": hand})


def _show_form(request: HttpRequest, form: ColleagueForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "person": form.user, "is_self": form.user == form.by}
    context["has_second_step"] = form.user is not None and has_two_factor(form.user)
    return render(request, "crm/settings_person.html", context, status=422 if form.errors else 200)


def _show_link(request: HttpRequest, user: User) -> HttpResponse:
    link = f"{request.scheme}://{request.get_host()}{link_for(user)}"
    sent = send_link(user, link, by=person(request))
    context = {"person": user, "link": link, "sent": sent, "days": VALID.days}
    return render(request, "crm/settings_person_link.html", context)
