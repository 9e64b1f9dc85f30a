"""What people type about a client."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.generics import ModelForm
from crm.models import Client, Contact, User
from crm.services.client_contacts import set_contacts
from crm.services.clients import Visitor, change_client, create_client
from crm.services.contacts import normalise_email

Kind = Contact.Kind
LONGEST_CONTACT = 255


class ClientForm(ModelForm[Client]):
    """The columns of a client that people write; `manager` offers who works here today, and who has it now."""

    class Meta:
        model = Client
        fields = ["name", "company", "manager", "notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.assignable()
        if self.instance.manager_id:
            people |= User.objects.filter(pk=self.instance.manager_id)
        manager = self.fields["manager"]
        assert isinstance(manager, forms.ModelChoiceField)
        manager.queryset = people.order_by("full_name", "login")
        manager.empty_label = _("Nobody")
        for field in self.fields.values():
            field.widget.attrs |= {"class": "input", "autocomplete": "off"}


class NewClientForm(ClientForm):
    phone = forms.CharField(label=_("Phone"), required=False, max_length=LONGEST_CONTACT)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=LONGEST_CONTACT)

    field_order = ["name", "phone", "email", "company", "manager", "notes"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["phone"].widget.attrs |= {"class": "input", "autocomplete": "off", "inputmode": "tel"}
        self.fields["email"].widget.attrs |= {"class": "input", "autocomplete": "off", "inputmode": "email"}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if error := contact_error(Kind.EMAIL, email):
            raise ValidationError(error)
        return email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned[name] for name in ("name", "company", "phone", "email")):
            raise ValidationError(_("Write at least a name, a company, a phone or an e-mail."))
        return cleaned

    def create(self, *, by: User) -> Client:
        typed = self.cleaned_data
        visitor = Visitor(name=typed["name"], phone=typed["phone"], email=typed["email"])
        columns = {name: typed[name] for name in ("company", "manager", "notes")}
        return create_client(visitor=visitor, by=by, **columns)


class ClientFieldForm(ClientForm):
    """One field of a client, edited in place. The hidden `seen` is the value that the person had before him."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, name: str, instance: Client, **options: Any) -> None:
        super().__init__(*args, instance=instance, **options)
        self.name = name
        self.before = getattr(instance, name)
        for other in self.Meta.fields:
            if other != name:
                del self.fields[other]
        self.initial["seen"] = self.as_seen()

    def as_seen(self) -> str:
        """The value as it travels with the form: as text of one line ending, a person by the key."""
        value = self.before
        return one_line_ending(str(value.pk if isinstance(value, User) else value or ""))

    def see_again(self, client: Client) -> None:
        """After a conflict: what was typed stays, and the value seen is the one that it would now replace."""
        self.before = getattr(client, self.name)
        data = cast("QueryDict", self.data).copy()
        data["seen"] = self.as_seen()
        self.data = data

    def save_field(self, *, by: User) -> Client:
        """Conflict where the field is no longer what was seen."""
        seen = one_line_ending(self.cleaned_data["seen"])
        before = self.before if seen == self.as_seen() else Changed
        # A ModelForm writes what it read into its instance; the service reads the row afresh.
        new = self.cleaned_data[self.name]
        return change_client(client=self.instance, by=by, seen={self.name: before}, **{self.name: new})


class Changed:
    """Stands for a value seen that is no longer there: it equals nothing."""


@dataclass(frozen=True)
class ContactLine:
    """A line of ContactsForm: `place` names it to the buttons beside it."""

    place: str
    text: str
    error: str = ""


class ContactsForm(forms.Form):
    """All phones and e-mails of a client, in their order, with a line for one more of each. An emptied line goes."""

    def __init__(self, data: QueryDict | None = None, *, client: Client) -> None:
        super().__init__(data)
        self.client = client
        self.before = [(row.kind, row.entered) for row in client.contacts.all()]
        if data is None:
            typed = {kind: [text for of, text in self.before if of == kind] for kind in Kind.values}
        else:
            typed = {kind: [text.strip() for text in data.getlist(kind)] for kind in Kind.values}
            rearrange(typed, data.get("do", ""))
        self.typed = {kind: [text for text in texts if text] for kind, texts in typed.items()}

    def clean(self) -> dict[str, Any]:
        if any(line.error for lines in self.lines().values() for line in lines):
            raise ValidationError(_("Nothing was saved yet: one line is not right."))
        return self.cleaned_data

    def lines(self) -> dict[str, list[ContactLine]]:
        """Kind → its lines, the last one empty."""
        return {
            kind: [
                ContactLine(f"{kind}-{index}", text, contact_error(kind, text) if self.is_bound else "")
                for index, text in enumerate([*self.typed[kind], ""])
            ]
            for kind in (Kind.PHONE, Kind.EMAIL)
        }

    @property
    def seen(self) -> str:
        """What the person had before him, as it travels with the form."""
        return "\n".join(f"{kind} {text}" for kind, text in self.before)

    def save_contacts(self, *, by: User) -> Client:
        """Conflict where somebody else changed the contacts since they were seen."""
        seen = self.before if one_line_ending(self.data.get("seen", "")) == self.seen else [("", "")]
        contacts = [(kind, text) for kind in (Kind.PHONE, Kind.EMAIL) for text in self.typed[kind]]
        return set_contacts(client=self.client, contacts=contacts, by=by, seen=seen)


def rearrange(lines: dict[str, list[str]], what: str) -> None:
    """Carry out the button of a line: "up phone-1", "remove email-0". Any other only saves."""
    verb, _blank, place = what.partition(" ")
    kind, _dash, index = place.partition("-")
    of_kind = lines.get(kind, [])
    if index not in map(str, range(len(of_kind))):
        return
    position = int(index)
    if verb == "remove":
        del of_kind[position]
    elif verb == "up" and position:
        of_kind.insert(position - 1, of_kind.pop(position))


def contact_error(kind: str, text: str) -> str:
    """What is wrong with a line; a phone may be anything that people can dial or read out."""
    if len(text) > LONGEST_CONTACT:
        return gettext("At most %(count)d characters.") % {"count": LONGEST_CONTACT}
    if kind == Kind.EMAIL and text and not normalise_email(text):
        return gettext("This is not an e-mail address.")
    return ""


def one_line_ending(text: str) -> str:
    return text.replace("\r\n", "\n")
