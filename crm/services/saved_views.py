"""Views of lists that people keep. They are somebody's own affairs, so no Change tells of them."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from crm.models import DefaultView, SavedView, User
from crm.services.locking import lock

# What `change_view` writes.
CHANGEABLE = frozenset({"name", "query", "is_shared"})


class NameTakenError(Exception):
    """The owner has another view of this name on the page."""


@transaction.atomic
def save_view(*, page: str, name: str, query: str, by: User, is_shared: bool = False) -> SavedView:
    """Keep a view, last among the person's own of the page. NameTakenError: he has one of this name."""
    _lock(by.pk, page)
    own = SavedView.objects.filter(owner=by, page=page)
    if own.filter(name=name).exists():
        raise NameTakenError(name)
    last = own.aggregate(last=Max("position"))["last"] or 0
    return SavedView.objects.create(
        owner=by, page=page, name=name, query=query, is_shared=is_shared, position=last + 1
    )


@transaction.atomic
def change_view(*, view: SavedView, **columns: Any) -> SavedView:
    """Write the given columns. NameTakenError as in `save_view`. Taken back from everybody, it opens no page of others
    any more.
    """
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"change_view() does not write {', '.join(sorted(unknown))}")
    _lock(view.owner_id, view.page)
    view = SavedView.objects.select_for_update(of=("self",), no_key=True).get(pk=view.pk)
    for name, value in columns.items():
        setattr(view, name, value)
    if SavedView.objects.filter(owner=view.owner, page=view.page, name=view.name).exclude(pk=view.pk).exists():
        raise NameTakenError(view.name)
    view.save(update_fields=list(columns))
    if not view.is_shared:
        DefaultView.objects.filter(view=view).exclude(user=view.owner).delete()
    return view


@transaction.atomic
def move_view(*, view: SavedView, up: bool) -> None:
    """Put a view one place up or down among its owner's of the page; at the end of them it stays."""
    _lock(view.owner_id, view.page)
    own = list(SavedView.objects.filter(owner=view.owner_id, page=view.page))
    at = next((place for place, one in enumerate(own) if one.pk == view.pk), None)
    if at is None:
        return
    own.insert(max(at + (-1 if up else 1), 0), own.pop(at))
    for position, one in enumerate(own, 1):
        one.position = position
    SavedView.objects.bulk_update(own, ["position"])


@transaction.atomic
def choose_default_view(*, view: SavedView, by: User, is_default: bool) -> None:
    """Open the page with this view from now on, for this person; or no longer."""
    if is_default:
        DefaultView.objects.update_or_create(user=by, page=view.page, defaults={"view": view})
    else:
        DefaultView.objects.filter(user=by, view=view).delete()


def delete_view(*, view: SavedView) -> None:
    view.delete()


def _lock(owner: int, page: str) -> None:
    lock(f"views:{owner}:{page}")
