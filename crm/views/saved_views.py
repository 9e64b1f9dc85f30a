"""Saved views: kept, changed, put in order, taken away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_saved_view, person
from crm.context_processors import frame_of
from crm.forms.saved_views import NewViewForm, QueryForm, SavedViewForm
from crm.models import SavedView, User
from crm.services.saved_views import choose_default_view, delete_view, move_view
from crm.views.going_back import go_back, posted


@require_safe
def list_views(request: HttpRequest) -> HttpResponse:
    """All that the person can open, page by page; what he may change of them, and which page opens with which."""
    user = person(request)
    owners = {owner.pk: owner for owner in User.objects.filter(saved_views__is_shared=True)}
    pages = []
    for page in SavedView.Page:
        views = frame_of(request).views_of(page)
        rows = [(view, owners.get(view.owner_id), view.may_be_changed_by(user)) for view in views]
        pages.append((page, rows, sum(view.owner_id == user.pk for view in views)))
    return render(request, "crm/views.html", {"pages": pages, "any": any(rows for _page, rows, _own in pages)})


@require_POST
def add_view(request: HttpRequest) -> HttpResponse:
    form = NewViewForm(request.POST, user=person(request))
    view = form.create() if form.is_valid() else None
    if view is None:
        return render(request, "crm/view_form.html", {"form": form}, status=422)
    messages.success(request, _("The view “%(view)s” is saved.") % {"view": view})
    return redirect(view)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_view(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    view = _changeable(user, number)
    shown = {"name": view.name, "is_shared": view.is_shared, "is_default": view.default_of.filter(user=user).exists()}
    form = SavedViewForm(posted(request), user=user, initial=shown)
    if request.method == "POST" and form.is_valid() and form.save(view):
        return redirect("views")
    return render(request, "crm/view_form.html", {"form": form, "view": view}, status=422 if form.is_bound else 200)


@require_POST
def keep_query(request: HttpRequest, number: int) -> HttpResponse:
    """Write what the page asks for into the view."""
    view = _changeable(person(request), number)
    form = QueryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That is too much for a view: choose less."))
        return redirect(view)
    view = form.save(view)
    messages.success(request, _("The view “%(view)s” is saved.") % {"view": view})
    return redirect(view)


@require_POST
def choose_default(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    view = get_saved_view(user, number)
    choose_default_view(view=view, by=user, is_default="no" not in request.POST)
    return go_back(request, "views")


@require_POST
def move(request: HttpRequest, number: int) -> HttpResponse:
    view = _changeable(person(request), number)
    move_view(view=view, up="up" in request.POST)
    return go_back(request, "views")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Asks first: nobody can bring it back."""
    view = _changeable(person(request), number)
    if request.method != "POST":
        return render(request, "crm/view_delete.html", {"view": view})
    delete_view(view=view)
    messages.success(request, _("The view “%(view)s” is deleted.") % {"view": view})
    return redirect("views")


def _changeable(user: User, number: int) -> SavedView:
    """PermissionDenied (403) where a colleague shares it, Http404 where he does not."""
    view = get_saved_view(user, number)
    if not view.may_be_changed_by(user):
        raise PermissionDenied(_("A shared view is changed by who made it, or by an administrator."))
    return view
