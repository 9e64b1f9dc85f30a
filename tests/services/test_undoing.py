"""A batch is undone exactly, and nothing that somebody did since is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Model

from crm.models import Batch, Change, Client, CustomField, Deal, FieldValue, Role, Status, StatusStay, Task, User
from crm.services.clients import Visitor, change_client, create_client, restore_client, trash_client
from crm.services.deals import change_deal, create_deal, move_deal, restore_deal, trash_deal
from crm.services.orders import build_order, values_of
from crm.services.putting_back import Kept
from crm.services.tasks import change_task, finish_task, plan_task, reopen_task
from crm.services.undoing import CHANGE, Undone, numbers_of, start_batch, undo_batch, undo_some
from tests.factories import make_client, make_deal, make_field, make_task, make_user

pytestmark = pytest.mark.django_db

T0 = datetime(2026, 3, 1, 9, tzinfo=UTC)
OPEN, WORK, WON, LOST, TRASH = 1, 2, 3, 4, 5


def hours(count: int) -> datetime:
    return T0 + timedelta(hours=count)


def status(pk: int) -> Status:
    return Status.objects.get(pk=pk)


@pytest.fixture
def marina() -> User:
    return make_user(full_name="Марина")


@pytest.fixture
def batch(marina: User) -> Batch:
    return start_batch(kind=CHANGE, by=marina)


def state(row: Model) -> dict[str, Any]:
    """All that a row holds but when it last changed; of a deal its stays and values too."""
    row = type(row)._default_manager.get(pk=row.pk)
    columns = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    columns = {name: value for name, value in columns.items() if name not in ("changed_at", "version")}
    if isinstance(row, Deal):
        columns["stays"] = list(
            StatusStay.objects.filter(deal=row).values_list("pk", "status", "entered_at", "left_at")
        )
        columns["values"] = list(FieldValue.objects.filter(deal=row).values_list("field", "text", "number", "date"))
    return columns


def history(number: int) -> list[tuple[str, str, Any, Any]]:
    return list(Change.objects.filter(number=number).values_list("verb", "field", "old", "new"))


def move_to_lost(deal: Deal, by: User, batch: Batch) -> None:
    move_deal(deal=deal, status=status(LOST), lost_reason="Дорого", by=by, batch=batch, at=hours(9))


def reopen(deal: Deal, by: User, batch: Batch) -> None:
    move_deal(deal=deal, status=status(WORK), by=by, batch=batch, at=hours(9))


def win_and_lose(deal: Deal, by: User, batch: Batch) -> None:
    move_deal(deal=deal, status=status(WON), by=by, batch=batch, at=hours(9))
    move_deal(deal=deal, status=status(LOST), lost_reason="Вернули", by=by, batch=batch, at=hours(10))


def throw_away(deal: Deal, by: User, batch: Batch) -> None:
    trash_deal(deal=deal, by=by, batch=batch, at=hours(9))


def bring_back(deal: Deal, by: User, batch: Batch) -> None:
    restore_deal(deal=deal, by=by, batch=batch, at=hours(9))


def take_out_of_the_trash(deal: Deal, by: User, batch: Batch) -> None:
    move_deal(deal=deal, status=status(WON), by=by, batch=batch, at=hours(9))


def rewrite(deal: Deal, by: User, batch: Batch) -> None:
    field = CustomField.objects.get(pk=1)
    other = make_field("Филиал")
    columns: dict[str, Any] = {"title": "Б", "price": Decimal("10.5"), "cost": None, "manager": by, "client": None}
    columns |= {"created_at": hours(1), "visit": "7", "extra": {"data": {"a": "b"}}}
    change_deal(deal=deal, by=by, batch=batch, values={field: "новое", other: "Юг"}, **columns)


Deed = Callable[[Deal, User, Batch], None]


@pytest.mark.parametrize("deed", [move_to_lost, reopen, win_and_lose, throw_away, rewrite])
@pytest.mark.parametrize("began", [OPEN, WORK, WON, LOST])
def test_a_deal_is_as_it_was(marina: User, batch: Batch, began: int, deed: Deed) -> None:
    values = {CustomField.objects.get(pk=1): "старое"}
    deal = make_deal("А", client=make_client(), price=Decimal(100), cost=Decimal(7), values=values, at=T0)
    move_deal(deal=deal, status=status(began), lost_reason="Молчит", by=None, at=hours(3))
    before = state(deal)

    deed(deal, marina, batch)
    numbers = numbers_of(batch)
    undone = undo_batch(batch=batch, by=marina)

    assert state(deal) == before
    assert undone == Undone(put_back=numbers)


@pytest.mark.parametrize("deed", [bring_back, take_out_of_the_trash])
@pytest.mark.parametrize("began", [OPEN, WON, LOST])
def test_a_deal_is_in_the_trash_as_it_was(marina: User, batch: Batch, began: int, deed: Deed) -> None:
    deal = make_deal(status=status(began), lost_reason="Молчит" if began == LOST else "", at=T0)
    trash_deal(deal=deal, by=None, at=hours(3))
    before = state(deal)

    deed(deal, marina, batch)
    undo_batch(batch=batch, by=marina)

    assert state(deal) == before


def test_undoing_moves_the_order_and_its_time_for_the_export(marina: User, batch: Batch) -> None:
    deal = make_deal(at=T0)
    reopen(deal, marina, batch)

    undo_batch(batch=batch, by=marina, at=hours(20))

    deal = Deal.objects.get()
    assert orjson.loads(deal.order_json) == build_order(deal, values_of([deal])[deal.pk])
    assert deal.changed_at == hours(20)


def test_undoing_is_told_in_the_history(marina: User, batch: Batch) -> None:
    deal = make_deal(at=T0)
    move_to_lost(deal, marina, batch)

    undo_batch(batch=batch, by=marina)

    assert list(Change.objects.filter(number=deal.pk).told().values_list("verb", "field", "old", "new"))[-2:] == [
        ("moved", "status", LOST, OPEN),
        ("changed", "lost_reason", "Дорого", ""),
    ]


def finish(task: Task, by: User, batch: Batch) -> None:
    finish_task(task=task, by=by, batch=batch)


def plan_again(task: Task, by: User, batch: Batch) -> None:
    reopen_task(task=task, by=by, batch=batch)


def postpone(task: Task, by: User, batch: Batch) -> None:
    change_task(task=task, by=by, batch=batch, due_at=hours(99), all_day=True, text="Потом", assignee=by)


@pytest.mark.parametrize("deed", [finish, plan_again, postpone])
@pytest.mark.parametrize("is_done", [False, True])
def test_a_task_is_as_it_was(
    marina: User, batch: Batch, is_done: bool, deed: Callable[[Task, User, Batch], None]
) -> None:
    task = make_task(make_deal())
    if is_done:
        finish_task(task=task, by=make_user(), at=hours(4))
    before = state(task)

    deed(task, marina, batch)
    undo_batch(batch=batch, by=marina)

    assert state(task) == before


def test_a_planned_task_goes(marina: User, batch: Batch) -> None:
    task = plan_task(subject=make_deal(), text="Звонок", due_at=T0, by=marina, batch=batch)

    assert undo_batch(batch=batch, by=marina) == Undone(put_back=[task.pk])
    assert list(Task.objects.all()) == []
    assert history(task.pk) == [("created", "", None, None), ("undone", "", None, None)]


def test_a_planned_task_that_somebody_touched_stays(marina: User, batch: Batch) -> None:
    task = plan_task(subject=make_deal(), text="Звонок", due_at=T0, by=marina, batch=batch)
    finish_task(task=task, by=make_user())

    undone = undo_batch(batch=batch, by=marina)

    assert [(kept.number, kept.reason) for kept in undone.kept] == [(task.pk, Kept.Reason.CHANGED)]
    assert list(Task.objects.all()) == [task]


def rename(client: Client, by: User, batch: Batch) -> None:
    change_client(client=client, by=by, batch=batch, name="Б", company="ООО", manager=by, notes="Злая")


def put_aside(client: Client, by: User, batch: Batch) -> None:
    trash_client(client=client, by=by, batch=batch)


def take_back(client: Client, by: User, batch: Batch) -> None:
    restore_client(client=client, by=by, batch=batch)


@pytest.mark.parametrize("deed", [rename, put_aside, take_back])
@pytest.mark.parametrize("in_trash", [False, True])
def test_a_client_is_as_he_was(
    marina: User, batch: Batch, in_trash: bool, deed: Callable[[Client, User, Batch], None]
) -> None:
    client = make_client("А")
    if in_trash:
        trash_client(client=client, by=None, at=hours(4))
    before = state(client)

    deed(client, marina, batch)
    undo_batch(batch=batch, by=marina)

    assert state(client) == before


def test_what_a_batch_made_goes_to_the_trash(marina: User, batch: Batch) -> None:
    client = create_client(visitor=Visitor("Анна"), by=marina, batch=batch)
    deal = create_deal(title="Стрижка", by=marina, batch=batch)

    assert undo_batch(batch=batch, by=marina) == Undone(put_back=[deal.pk, client.pk])
    assert (list(Client.objects.in_trash()), list(Deal.objects.in_trash())) == ([client], [deal])


def test_a_value_that_somebody_changed_since_stays_and_the_rest_goes_back(marina: User, batch: Batch) -> None:
    oleg, deal, field = make_user(full_name="Олег"), make_deal("А", price=Decimal(5)), CustomField.objects.get(pk=1)
    change_deal(deal=deal, by=marina, batch=batch, title="Б", price=Decimal(6), values={field: "сайт"})
    change_deal(deal=deal, by=oleg, title="В", values={field: "друзья"})

    undone = undo_batch(batch=batch, by=marina)

    deal.refresh_from_db()
    assert (deal.title, deal.price, FieldValue.objects.get().text) == ("В", Decimal(5), "друзья")
    assert undone.put_back == []
    assert [(kept.field, kept.since and kept.since.by) for kept in undone.kept] == [("title", oleg), ("field:1", oleg)]


def test_a_move_stays_where_somebody_moved_the_deal_since(marina: User, batch: Batch) -> None:
    oleg, deal = make_user(full_name="Олег"), make_deal()
    move_to_lost(deal, marina, batch)
    move_deal(deal=deal, status=status(WON), by=oleg)
    before = state(deal)

    undone = undo_batch(batch=batch, by=marina)

    assert [(kept.number, kept.reason, kept.since and kept.since.by) for kept in undone.kept] == [
        (deal.pk, Kept.Reason.CHANGED, oleg)
    ]
    assert (state(deal), Batch.objects.get().undone_at) == (before, None)


def test_a_move_stays_where_somebody_wrote_another_reason_since(marina: User, batch: Batch) -> None:
    deal = make_deal()
    move_to_lost(deal, marina, batch)
    change_deal(deal=deal, by=make_user(), lost_reason="Передумала")

    assert [kept.field for kept in undo_batch(batch=batch, by=marina).kept] == ["status"]
    assert Deal.objects.get().status_id == LOST


def test_where_the_stays_tell_another_story_the_deal_enters_its_old_status_now(marina: User, batch: Batch) -> None:
    deal = make_deal(at=T0)
    reopen(deal, marina, batch)
    for at, pk in ((10, WON), (11, WORK)):
        move_deal(deal=deal, status=status(pk), by=None, at=hours(at))

    undo_batch(batch=batch, by=marina, at=hours(12))

    stays = list(StatusStay.objects.values_list("status", "left_at"))
    assert stays == [(OPEN, hours(9)), (WORK, hours(10)), (WON, hours(11)), (WORK, hours(12)), (OPEN, None)]


def test_a_batch_is_undone_once(marina: User, batch: Batch) -> None:
    deal = make_deal()
    reopen(deal, marina, batch)

    undo_batch(batch=batch, by=marina, at=hours(20))
    reopen(deal, marina, start_batch(kind=CHANGE, by=marina))

    assert undo_batch(batch=batch, by=marina) == Undone()
    assert (Deal.objects.get().status_id, Batch.objects.get(pk=batch.pk).undone_at) == (WORK, hours(20))


def test_a_piece_that_is_done_twice_changes_nothing_the_second_time(marina: User, batch: Batch) -> None:
    deals = [make_deal(), make_deal()]
    for deal in deals:
        move_to_lost(deal, marina, batch)
    task = plan_task(subject=deals[0], text="Звонок", due_at=T0, by=marina, batch=batch)

    numbers = [deals[0].pk, task.pk, 999]
    first = undo_some(batch=batch, numbers=numbers, by=marina)
    changes = Change.objects.count()

    assert (first, undo_some(batch=batch, numbers=numbers, by=marina)) == (
        Undone(put_back=[deals[0].pk, task.pk]),
    ) * 2
    assert Change.objects.count() == changes
    assert [deal.status_id for deal in Deal.objects.all()] == [OPEN, LOST]


def test_what_one_does_not_see_any_more_stays(batch: Batch) -> None:
    own = make_user(own_only=True)
    deal = make_deal(manager=own)
    batch = start_batch(kind=CHANGE, by=own)
    reopen(deal, own, batch)
    change_deal(deal=deal, by=None, manager=make_user())

    assert undo_batch(batch=batch, by=own).kept == [Kept(deal.pk, "", Kept.Reason.HIDDEN)]
    assert Deal.objects.get().status_id == WORK


def test_an_administrator_undoes_what_others_did(marina: User, batch: Batch) -> None:
    deal = make_deal()
    reopen(deal, marina, batch)

    assert undo_batch(batch=batch, by=make_user(role=Role.ADMINISTRATOR)).put_back == [deal.pk]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER])
def test_nobody_else_does(batch: Batch, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        undo_batch(batch=batch, by=make_user(role=role))


def test_who_may_only_look_now_undoes_nothing(marina: User, batch: Batch) -> None:
    marina.role = Role.OBSERVER
    with pytest.raises(PermissionDenied):
        undo_some(batch=batch, numbers=[], by=marina)


def test_a_client_of_old_is_the_one_he_was_merged_into(marina: User, batch: Batch) -> None:
    old, survivor = make_client("Анна"), make_client("Анна Ф.")
    deal = make_deal(client=old)
    change_deal(deal=deal, by=marina, batch=batch, client=None)
    old.merged_into = survivor
    old.save()

    undo_batch(batch=batch, by=marina)

    assert Deal.objects.get().client == survivor


def test_a_field_that_is_no_more_is_named(marina: User, batch: Batch) -> None:
    field, deal = make_field(), make_deal()
    change_deal(deal=deal, by=marina, batch=batch, values={field: "Юг"})
    FieldValue.objects.all().delete()
    CustomField.objects.filter(pk=field.pk).delete()

    assert undo_batch(batch=batch, by=marina).kept == [Kept(deal.pk, f"field:{field.pk}", Kept.Reason.GONE)]
