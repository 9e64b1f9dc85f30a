"""What people type to keep a view of a list."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.models import SavedView, User
from crm.services.saved_views import NameTakenError, change_view, choose_default_view, save_view

# Of an address what is no part of a view: which page of the list, and which view it was.
NOT_KEPT = ("page", "view", "from", "exactly")
LONGEST_QUERY = 8000


def kept_query(query: QueryDict) -> str:
    """What a view keeps of an address, always in the same order, so that two can be compared."""
    kept = QueryDict(mutable=True)
    for name in sorted(query):
        values = [value for value in query.getlist(name) if value]
        if name not in NOT_KEPT and values:
            kept.setlist(name, values)
    return kept.urlencode(safe=",")


class QueryField(forms.CharField):
    """The query of an address as a view keeps it."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LONGEST_QUERY)

    def to_python(self, value: Any) -> str:
        return kept_query(QueryDict(super().to_python(value)))


class SavedViewForm(forms.Form):
    """The name of a view, whether everybody has it, and whether the page opens with it. Observers share nothing."""

    name = forms.CharField(label=_("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=_("For everybody"), required=False)
    is_default = forms.BooleanField(label=_("Open the page with it"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        if not user.may_write:
            del self.fields["is_shared"]

    def save(self, view: SavedView) -> SavedView | None:
        """The view changed; None where its name is taken, which the form then says."""
        columns = {name: self.cleaned_data[name] for name in ("name", "is_shared") if name in self.fields}
        try:
            view = change_view(view=view, **columns)
        except NameTakenError:
            self.refuse_name()
            return None
        choose_default_view(view=view, by=self.user, is_default=self.cleaned_data["is_default"])
        return view

    def refuse_name(self) -> None:
        self.add_error("name", _("There is a view of this name already."))


class NewViewForm(SavedViewForm):
    page = forms.ChoiceField(choices=SavedView.Page.choices, widget=forms.HiddenInput)
    query = QueryField()

    def create(self) -> SavedView | None:
        """The view kept; None where its name is taken, which the form then says."""
        asked = self.cleaned_data
        try:
            view = save_view(
                page=asked["page"],
                name=asked["name"],
                query=asked["query"],
                is_shared=asked.get("is_shared", False),
                by=self.user,
            )
        except NameTakenError:
            self.refuse_name()
            return None
        if asked["is_default"]:
            choose_default_view(view=view, by=self.user, is_default=True)
        return view


class QueryForm(forms.Form):
    """What a view is to ask for from now on."""

    query = QueryField()

    def save(self, view: SavedView) -> SavedView:
        return change_view(view=view, query=self.cleaned_data["query"])
