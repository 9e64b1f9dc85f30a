"""A list under a saved view.

`?view=12` is the view as it is kept; what is then chosen otherwise makes a plain query that remembers where it began,
`?manager=me&from=12`, and can be written into the view. `?view=all` is the list without any, for whom it opens with
one of his own.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect, QueryDict

from crm.access import person
from crm.context_processors import frame_of
from crm.filters.saved_views import not_applied
from crm.forms.saved_views import NewViewForm, kept_query
from crm.models import SavedView

ALL = "all"


@dataclass
class Viewing:
    """`query` is what is asked, `onward` what the links of the page go on from."""

    page: SavedView.Page
    query: QueryDict
    onward: QueryDict
    views: list[SavedView]
    view: SavedView | None  # shown as it is kept
    origin: SavedView | None  # that view, or the one that the query was made of
    is_gone: bool
    form: NewViewForm
    may_change: bool
    not_applied: list[str]

    @property
    def kept(self) -> str:
        """What a view of this page would keep."""
        return str(self.form.initial["query"])

    def keep(self, columns: list[str]) -> None:
        """A view saved here has these columns, whatever a reader has chosen for himself."""
        query = self.query.copy()
        query["columns"] = ",".join(columns)
        self.form.initial["query"] = kept_query(query)

    def compare(self, form: Form, columns: Collection[str] = ()) -> None:
        """Notice what of the view the filter and the columns do not know any more."""
        if self.view is not None:
            self.not_applied = not_applied(QueryDict(self.view.query), form, columns)

    @property
    def is_changed(self) -> bool:
        """Whether the page asks for something else than the view it began with."""
        return self.origin is not None and self.view is None and self.kept != self.origin.query

    @property
    def default(self) -> SavedView | None:
        return default_of(self.views)

    @property
    def all_address(self) -> str:
        """The query of the list without any view."""
        return f"?view={ALL}" if self.default else ""


def to_default(request: HttpRequest, page: SavedView.Page) -> HttpResponseRedirect | None:
    """A bare address opens with the person's default view, where he has one."""
    if request.GET:
        return None
    view = default_of(frame_of(request).views_of(page))
    return HttpResponseRedirect(view.get_absolute_url()) if view else None


def read_viewing(request: HttpRequest, page: SavedView.Page) -> Viewing:
    views = frame_of(request).views_of(page)
    view = named(views, request.GET.get("view"))
    origin = view or named(views, request.GET.get("from"))
    query = asked_query(request.GET, view)
    onward = query.copy()
    if origin is not None:
        onward["from"] = str(origin.pk)
    elif default_of(views):
        onward["view"] = ALL
    user = person(request)
    return Viewing(
        page=page,
        query=query,
        onward=onward,
        views=views,
        view=view,
        origin=origin,
        is_gone=view is None and request.GET.get("view", ALL) != ALL,
        form=NewViewForm(user=user, auto_id="view-%s", initial={"page": page.value, "query": kept_query(query)}),
        may_change=origin is not None and origin.may_be_changed_by(user),
        not_applied=[],
    )


def expand(request: HttpRequest, query: QueryDict, page: SavedView.Page) -> QueryDict:
    """What the query of an address asks for, the view in it unfolded."""
    if "view" not in query:
        return query
    return asked_query(query, named(frame_of(request).views_of(page), query.get("view")))


def asked_query(query: QueryDict, view: SavedView | None) -> QueryDict:
    asked = QueryDict(view.query, mutable=True) if view else query.copy()
    for name in ("page", "view", "from"):
        asked.pop(name, None)
    return asked


def named(views: list[SavedView], number: str | None) -> SavedView | None:
    return next((view for view in views if str(view.pk) == number), None)


def default_of(views: list[SavedView]) -> SavedView | None:
    return next((view for view in views if getattr(view, "is_default", False)), None)
