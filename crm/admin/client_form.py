"""The form of a client, and the rows of his phones and e-mails."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.forms.meanwhile import MeanwhileForm
from crm.forms.people import PersonField
from crm.generics import BaseInlineFormSet, ModelForm
from crm.models import Change, Client, Contact, User
from crm.services.client_contacts import Given, check_contact, check_no_doubles, set_contacts
from crm.services.clients import Visitor, change_client, create_client

# Of a person: the names of statuses and fields are another word in Russian.
NAME = pgettext_lazy("of a client", "name")
COLUMNS = ("name", "company", "manager", "notes")


class ClientForm(MeanwhileForm[Client]):
    manager = PersonField(label=gettext_lazy("Manager"))

    class Meta:
        model = Client
        fields = COLUMNS
        labels = {"name": NAME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(manager := self.fields.get("manager"), PersonField):  # not where a merged client is only shown
            manager.keep(self.instance.manager_id)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance._state.adding and not (self.cleaned_data.get("name") or self.cleaned_data.get("company")):
            self.add_error("name", _("A client needs a name or a company."))
        return cleaned

    def create(self, *, by: User, via: Change.Via) -> Client:
        columns = {name: self.cleaned_data[name] for name in COLUMNS}
        return create_client(visitor=Visitor(name=columns.pop("name")), by=by, via=via, **columns)

    def change(self, *, by: User, via: Change.Via) -> None:
        columns = {name: self.cleaned_data[name] for name in self.changed_data if name in COLUMNS}
        if columns:
            change_client(client=self.instance, by=by, via=via, **columns)


class ContactForm(ModelForm[Contact]):
    """A row: what is new or changed has to be a possible phone or e-mail; what a lead once brought may stay."""

    class Meta:
        model = Contact
        fields = ["kind", "entered"]

    def clean_entered(self) -> str:
        entered: str = self.cleaned_data["entered"].strip()
        if self.has_changed() and "kind" in self.cleaned_data:
            check_contact(self.cleaned_data["kind"], entered)
        return entered


def given(form: ModelForm[Contact]) -> Given:
    return form.cleaned_data["kind"], form.cleaned_data["entered"]


class ContactFormSet(BaseInlineFormSet[Contact, Client, ModelForm[Contact]]):
    def clean(self) -> None:
        super().clean()
        if not any(form.errors for form in self.forms):
            check_no_doubles(self.contacts_of(Contact.objects.filter(client=self.instance.pk)))

    def contacts_of(self, before: Any) -> list[Given]:
        """The client's contacts as they are to be: those of `before` with the changes of this formset made to them.

        A contact that somebody else has added meanwhile is in `before` and stays.
        """
        contacts: dict[Any, Given] = {contact.pk: (contact.kind, contact.entered) for contact in before}
        for form in self.initial_forms:
            if form in self.deleted_forms:
                contacts.pop(form.instance.pk, None)
            elif form.has_changed() and form.instance.pk in contacts:
                contacts[form.instance.pk] = given(form)
        added = [given(form) for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        return [*contacts.values(), *added]

    def set(self, *, by: User, via: Change.Via) -> None:
        """Hand the contacts to their service, if anything was changed here."""
        if self.has_changed():
            contacts = self.contacts_of(self.instance.contacts.all())
            set_contacts(client=self.instance, contacts=contacts, by=by, via=via)
