"""A client's phones, e-mails and fields on his card and in lists."""

from typing import Any, NamedTuple, cast

from django import template
from django.db.models import Field
from django.forms import Form
from django.template.defaultfilters import capfirst
from django.utils.safestring import SafeString

from crm.models import Client, Contact

register = template.Library()


class ShownField(NamedTuple):
    label: str
    text: str


@register.simple_tag
def client_field(client: Client, name: str) -> ShownField:
    """A field of a client by its name: what people call it, and its value as text."""
    field = cast("Field[Any, Any]", Client._meta.get_field(name))
    return ShownField(capfirst(str(field.verbose_name)), str(getattr(client, name) or ""))


@register.simple_tag
def in_place(form: Form, name: str) -> SafeString:
    """The widget of one field of a form, ready to be typed in."""
    return form[name].as_widget(attrs={"class": "input", "autofocus": True})


@register.simple_tag
def contacts_of(client: Client, kind: str) -> list[Contact]:
    """Those of one kind, in their order; no query where `contacts` is prefetched."""
    return [contact for contact in client.contacts.all() if contact.kind == kind]
