"""People as administrators set them up: invited, changed, relieved of their work."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms.accounts import NewPasswordForm
from crm.generics import ModelChoiceField
from crm.models import Change, HandOver, Role, User
from crm.services.handing_over import InHand, hand_over
from crm.services.invitations import accept_invitation, invite
from crm.services.people import change_user, check_not_oneself

OWN_RIGHTS = ("role", "own_only")


class ColleagueForm(forms.Form):
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=255)
    login = forms.CharField(label=gettext_lazy("Login"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.MANAGER)
    own_only = forms.BooleanField(
        label=gettext_lazy("Sees only own deals"),
        required=False,
        help_text=gettext_lazy("Of managers; all others see everything."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the browser asks")), *settings.LANGUAGES],
    )

    def __init__(self, data: QueryDict | None = None, *, user: User | None = None, by: User) -> None:
        """Of `user`, or of somebody new; one's own rights are left to others."""
        self.user, self.by = user, by
        super().__init__(data, initial={name: getattr(user, name) for name in self.base_fields} if user else None)
        if user == by:
            for name in OWN_RIGHTS:
                del self.fields[name]

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"]
        return login.strip().lower()

    def save(self) -> User | None:
        """None where the service refused: the form says why."""
        try:
            if self.user is None:
                return invite(by=self.by, **self.cleaned_data)
            return change_user(user=self.user, by=self.by, via=Change.Via.WEB, **self.changed)
        except ValidationError as error:
            self.add_error(None, error)
            return None

    @property
    def changed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class SwitchForm(forms.Form):
    """Nothing to say but whether; `on` is what it is to be."""

    def __init__(self, data: QueryDict | None = None, *, user: User, by: User, on: bool) -> None:
        self.user, self.by, self.on = user, by, on
        super().__init__(data)

    def save(self) -> bool:
        """Whether it is done; else the form says why not."""
        try:
            check_not_oneself(self.user, self.by)
            change_user(user=self.user, by=self.by, via=Change.Via.WEB, is_active=self.on)
        except ValidationError as error:
            self.add_error(None, error.messages)
            return False
        return True


class HandOverForm(forms.Form):
    taker = ModelChoiceField[User](
        User.objects.none(), label=gettext_lazy("To whom"), empty_label=gettext_lazy("Choose")
    )
    deals = forms.ChoiceField(
        label=gettext_lazy("Deals"), required=False, widget=forms.RadioSelect, initial=HandOver.Deals.OPEN
    )
    tasks = forms.BooleanField(required=False, initial=True)
    clients = forms.BooleanField(required=False, initial=True)

    def __init__(self, data: QueryDict | None = None, *, giver: User, by: User, held: InHand) -> None:
        self.giver, self.by = giver, by
        super().__init__(data)
        self.fields["taker"].queryset = takers(giver)  # type: ignore[attr-defined]
        self.fields["deals"].choices = [  # type: ignore[attr-defined]
            (HandOver.Deals.OPEN.value, _("The open ones: %(count)d") % {"count": held.open_deals}),
            (HandOver.Deals.ALL.value, _("All, the closed ones too: %(count)d") % {"count": held.deals}),
            (HandOver.Deals.NONE.value, _("None")),
        ]
        self.fields["tasks"].label = _("Unfinished tasks: %(count)d") % {"count": held.tasks}
        self.fields["clients"].label = _("Clients: %(count)d") % {"count": held.clients}

    def save(self) -> HandOver | None:
        """None where the service refused: the form says why."""
        try:
            return hand_over(giver=self.giver, by=self.by, **self.cleaned_data)
        except ValidationError as error:
            self.add_error(None, error)
            return None


class AcceptForm(NewPasswordForm):
    """The first password of whoever was invited."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the browser asks")), *settings.LANGUAGES],
    )

    def __init__(self, user: User, *args: Any, token: str, **kwargs: Any) -> None:
        self.token = token
        super().__init__(user, *args, initial={"language": user.language}, **kwargs)

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002  (Django's signature)
        """What `accept_invitation` raises goes on to the caller."""
        said = self.cleaned_data
        return accept_invitation(token=self.token, password=said["new_password1"], language=said["language"])


def takers(giver: User) -> QuerySet[User]:
    others: QuerySet[User] = User.objects.assignable().exclude(pk=giver.pk)
    return others
