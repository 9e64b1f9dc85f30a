"""The composer on the cards of deals and clients: a comment, a task, a call, each in a form of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.access import person
from crm.days import today
from crm.forms.composer import CallForm, CommentForm
from crm.forms.tasks import TaskForm
from crm.models import Client, Contact, Deal, User

ComposerForm = CommentForm | TaskForm | CallForm

TABS: dict[str, Promise] = {"comment": _("Comment"), "task": _("Task"), "call": _("Call")}


@dataclass(frozen=True)
class Tab:
    """One of the forms, and where it is sent to."""

    kind: str
    label: Promise
    url: str
    form: ComposerForm
    is_open: bool


def composer_form(
    kind: str, subject: Deal | Client, user: User, data: QueryDict | None = None, *, phone: str = ""
) -> ComposerForm:
    """A form of the composer, empty or with what was typed; `phone` is whom a call was probably with."""
    auto_id = f"{kind}-%s"
    if kind == "task":
        initial = {"day": today() + timedelta(days=1), "assignee": subject.manager or user}
        return TaskForm(data, user=user, auto_id=auto_id, initial=initial)
    if kind == "call":
        return CallForm(data, auto_id=auto_id, initial={"phone": phone})
    return CommentForm(data, auto_id=auto_id)


def composer(
    request: HttpRequest, subject: Deal | Client, contacts: Iterable[Contact], typed: Mapping[str, ComposerForm]
) -> dict[str, Any]:
    """For a template: the tabs, of which `typed` or else the address names the open one, whom a call was with, and
    whom a task is for.
    """
    user, noun = person(request), type(subject).__name__.lower()
    phones = [contact.entered for contact in contacts if contact.kind == Contact.Kind.PHONE]
    asked = next(iter(typed), request.GET.get("compose", ""))
    tabs = {
        kind: Tab(
            kind,
            label,
            reverse(f"{noun}_{kind}", args=[subject.pk]),
            typed.get(kind) or composer_form(kind, subject, user, phone=next(iter(phones), "")),
            is_open=kind == (asked if asked in TABS else "comment"),
        )
        for kind, label in TABS.items()
    }
    return {
        "composer": tabs,
        "composer_on": subject.pk,
        "phones": phones,
        "assignees": _likely_assignees(subject, user, tabs["task"].form),
        "everyone_url": reverse(f"{noun}_field", args=[subject.pk, "manager"]),
    }


def _likely_assignees(subject: Deal | Client, user: User, form: ComposerForm) -> list[User]:
    """Whom a task is mostly for, who was chosen already first; the others are fetched when the form is opened."""
    chosen = form.cleaned_data.get("assignee") if form.is_bound else None
    likely = [one for one in (chosen, subject.manager, user) if one is not None]
    return [one for one in dict.fromkeys(likely) if one.is_active and one.may_write]
