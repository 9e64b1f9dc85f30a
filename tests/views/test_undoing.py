"""What somebody just did is told with a way to undo it."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from crm.models import Batch, Client, Deal, Role, Status, Task, User
from crm.services.deals import change_deal, move_deal
from crm.services.tasks import finish_task
from crm.services.undoing import CHANGE, MOVE, start_batch, undo_batch
from tests.factories import make_client, make_deal, make_task, make_user

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


def undo(web: Browser, batch: Batch, **options: object) -> str:
    """The page that one comes back to."""
    answer = web.post(reverse("batch_undo", args=[batch.pk]), {"next": reverse("profile")}, follow=True, **options)  # type: ignore[arg-type]
    return str(answer.content.decode())


def moved(deal: Deal, by: User, status: int = 3) -> Batch:
    batch = start_batch(kind=MOVE, by=by)
    move_deal(deal=deal, status=Status.objects.get(pk=status), by=by, batch=batch)
    return batch


def do_move(web: Browser) -> str:
    return str(
        web.post(reverse("deal_move", args=[make_deal("Стрижка").pk]), {"status": "3"}, follow=True).content.decode()
    )


def do_finish(web: Browser) -> str:
    task = make_task(make_deal(), "Перезвонить", assignee=User.objects.get(login="marina"))
    return str(web.post(reverse("task_done", args=[task.pk]), follow=True).content.decode())


def do_postpone(web: Browser) -> str:
    task = make_task(make_deal(), "Перезвонить", assignee=User.objects.get(login="marina"))
    return str(web.post(reverse("task_move", args=[task.pk]), {"day": "2030-01-02"}, follow=True).content.decode())


def do_trash_deal(web: Browser) -> str:
    return str(web.post(reverse("deal_trash", args=[make_deal("Стрижка").pk]), follow=True).content.decode())


def do_trash_client(web: Browser) -> str:
    return str(web.post(reverse("client_trash", args=[make_client("Анна").pk]), follow=True).content.decode())


def states() -> list[object]:
    return [
        *Deal.objects.values_list("status", "trashed_at"),
        *Client.objects.values_list("trashed_at", flat=True),
        *Task.objects.values_list("done_at", flat=True),
    ]


@pytest.mark.parametrize(
    ("deed", "told", "before"),
    [
        (do_move, "“Стрижка” is in “Оплачена” now.", [(1, None)]),
        (do_finish, "Done: “Перезвонить”", [(1, None), None]),
        (do_postpone, "Moved to", [(1, None), None]),
        (do_trash_deal, "“Стрижка” is in the trash.", [(1, None)]),
        (do_trash_client, "“Анна” is in the trash.", [None]),
    ],
)
def test_the_message_that_tells_of_a_deed_undoes_it(
    web: Browser, deed: Callable[[Browser], str], told: str, before: list[object]
) -> None:
    page = deed(web)
    batch = Batch.objects.get()

    assert told in page
    assert f'action="{reverse("batch_undo", args=[batch.pk])}" data-undo' in page
    assert "Undone." in undo(web, batch)
    assert states() == before


def test_a_move_to_where_the_deal_is_offers_nothing(web: Browser) -> None:
    page = web.post(reverse("deal_move", args=[make_deal().pk]), {"status": "1"}, follow=True).content.decode()

    assert ("data-undo" in page, list(Batch.objects.all())) == (False, [])


def test_undoing_leads_back_to_where_it_was_asked_for(web: Browser, marina: User) -> None:
    batch = moved(make_deal(), marina)

    answer = web.post(reverse("batch_undo", args=[batch.pk]), {"next": "/tasks/?of=all"})

    assert answer.headers["Location"] == "/tasks/?of=all"


def test_a_page_that_puts_itself_in_order_is_told_to(web: Browser, marina: User) -> None:
    batch = moved(make_deal(), marina)

    answer = web.post(reverse("batch_undo", args=[batch.pk]), headers=HTMX)

    assert answer.headers["HX-Trigger"] == '{"undone": {}}'
    assert [template.name for template in answer.templates[:1]] == ["crm/_toasts.html"]
    assert "Undone." in answer.content.decode()


def test_who_has_changed_it_since_is_named_and_nothing_is_undone(web: Browser, marina: User) -> None:
    deal = make_deal("Стрижка")
    batch = moved(deal, marina)
    moved(deal, make_user(full_name="Олег"), status=2)

    assert "Nothing is undone: Олег has changed “Стрижка” since." in undo(web, batch)
    assert Deal.objects.get().status_id == 2


def test_ones_own_later_move_is_no_news_of_somebody_else(web: Browser, marina: User) -> None:
    deal = make_deal("Стрижка")
    batch = moved(deal, marina)
    moved(deal, marina, status=2)

    assert "Nothing is undone: “Стрижка” was changed since." in undo(web, batch)


def test_a_task_that_is_done_since_is_named(web: Browser, marina: User) -> None:
    batch = start_batch(kind=CHANGE, by=marina)
    task = make_task(make_deal(), "Перезвонить", batch=batch, by=marina)
    finish_task(task=task, by=make_user(full_name="Олег"))

    assert "Nothing is undone: Олег has changed “Перезвонить” since." in undo(web, batch)


def test_what_is_undone_already_is_said(web: Browser, marina: User) -> None:
    batch = moved(make_deal(), marina)
    undo_batch(batch=batch, by=marina)

    assert "This is undone already." in undo(web, batch)


def test_of_many_it_says_how_many(web: Browser, marina: User) -> None:
    batch, deals = start_batch(kind=CHANGE, by=marina), [make_deal() for _ in range(3)]
    for deal in deals:
        change_deal(deal=deal, title="Новое", by=marina, batch=batch)
    change_deal(deal=deals[0], title="Чужое", by=None)

    assert "Undone for 2 records. 1 stays as it is: it was changed since." in undo(web, batch)


def test_what_one_does_not_see_any_more_is_not_named(client: Browser) -> None:
    own = make_user(own_only=True)
    client.force_login(own)
    batch = moved(make_deal("Стрижка", manager=own), own)
    Deal.objects.update(manager=make_user())

    page = undo(client, batch)

    assert ("Nothing is undone: you do not see it any more." in page, "Стрижка" in page) == (True, False)


def test_an_administrator_undoes_anybodys(client: Browser, marina: User) -> None:
    batch = moved(make_deal(), marina)
    client.force_login(make_user(role=Role.ADMINISTRATOR))

    assert "Undone." in undo(client, batch)
