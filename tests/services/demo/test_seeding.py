from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model

from crm.models import (
    Batch,
    Call,
    Change,
    Client,
    Contact,
    CustomField,
    Deal,
    FieldValue,
    FirmPhone,
    Message,
    Role,
    Status,
    StatusStay,
    Task,
    User,
)
from crm.services.demo.rows import COLUMNS
from crm.services.demo.shop import MANAGERS, OBSERVER, set_up_shop
from tests.factories import make_client, make_deal, make_integration, make_status
from tests.services.demo.seeded import NOW, seed

pytestmark = pytest.mark.django_db


def all_rows() -> dict[type[Model], list[tuple[Any, ...]]]:
    """Every row of the demo by its columns: the ids that only count rows, and the batch, are left out."""
    return {
        model: list(model._default_manager.order_by("pk").values_list(*(n for n in names if n != "batch")))
        for model, names in COLUMNS.items()
    }


def reset_numbers() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER SEQUENCE crm_number RESTART")
        else:
            cursor.execute("DELETE FROM crm_number")


def seed_and_look(**options: Any) -> dict[type[Model], list[tuple[Any, ...]]]:
    """The rows of a demo on a database that is then as it was before, but for the people."""
    set_up_shop(now=NOW)
    reset_numbers()
    with transaction.atomic():
        seed(300, **options)
        rows = all_rows()
        transaction.set_rollback(True)
    return rows


def test_the_amounts_are_in_proportion() -> None:
    seed()

    counted = {model: model._default_manager.count() for model in COLUMNS}
    del counted[Contact], counted[StatusStay], counted[Change]
    assert counted == {Client: 600, Deal: 1000, FieldValue: 6000, Message: 1000, Task: 300, Call: 300}


def test_of_a_hundred_deals_97_are_closed() -> None:
    seed()

    kinds = Counter(Deal.objects.values_list("status__kind", flat=True))
    assert kinds["open"] == 30
    assert kinds["won"] > kinds["lost"] > 200
    assert 0 < kinds["deleted"] < 30


@pytest.mark.parametrize("deals", [1, 2, 3, 33, 34])
def test_a_handful_of_deals_will_do(deals: int) -> None:
    seed(deals)

    assert Deal.objects.count() == Message.objects.count() == deals
    assert Task.objects.count() == Call.objects.count() == deals * 3 // 10


def test_the_same_seed_gives_the_same_rows() -> None:
    assert seed_and_look() == seed_and_look()


def test_another_seed_gives_other_rows() -> None:
    one, other = seed_and_look(), seed_and_look(seed=8)

    assert not [model for model in COLUMNS if one[model] == other[model]]


def test_foreign_keys_lead_somewhere() -> None:
    seed(100)

    connection.check_constraints()


def test_everything_with_a_number_can_be_told_from_what_is_real() -> None:
    real = make_client()
    seed(100)

    created = Change.objects.filter(batch__kind="demo", verb=Change.Verb.CREATED).values_list("number", flat=True)
    numbered = [pk for model in (Client, Deal, Message, Task, Call) for pk in model._default_manager.values_list("pk")]
    assert sorted([*created, real.pk]) == sorted(pk for (pk,) in numbered)


def test_numbers_go_on_behind_the_demo() -> None:
    seed(100)
    last = max(Change.objects.values_list("number", flat=True))

    assert make_client().pk == last + 1


def test_people_are_managers_and_an_observer_whom_nobody_signs_in_as() -> None:
    seed(10)

    people = {user.login: user for user in User.objects.all()}
    assert people.keys() == {login for _, login, _, _ in MANAGERS} | {OBSERVER[0]}
    assert people[OBSERVER[0]].role == Role.OBSERVER
    assert not any(user.has_usable_password() is True for user in people.values())


def test_what_an_earlier_demo_left_is_found_again() -> None:
    seed(10)
    for model in reversed(COLUMNS):
        model._default_manager.all().delete()
    people, fields = User.objects.count(), CustomField.objects.count()

    seed(10)

    assert (User.objects.count(), CustomField.objects.count()) == (people, fields)
    assert FirmPhone.objects.count() == 2


def test_statuses_of_ones_own_are_used_by_their_kind() -> None:
    waiting = make_status("Ожидание", position=2, kind=Status.Kind.OPEN)
    refused = make_status("Отказ", kind=Status.Kind.LOST)
    make_status("Старая", kind=Status.Kind.WON, is_archived=True)
    seed(300)

    used = set(StatusStay.objects.values_list("status__name", flat=True))
    assert used == {"Новая", "В работе", "Оплачена", "Закрыта", "Удалена", waiting.name, refused.name}


def test_without_a_kind_of_status_that_deals_end_in_nothing_is_written() -> None:
    Status.objects.filter(kind=Status.Kind.WON).update(is_archived=True)

    with pytest.raises(ValidationError, match="no status of the kind “Won”"):
        seed(10)

    assert not User.objects.exists()


def test_a_base_with_a_deal_is_left_alone() -> None:
    deal = make_deal()

    with pytest.raises(ValidationError, match="holds deals already"):
        seed(10)

    assert list(Deal.objects.all()) == [deal]
    assert not Batch.objects.exists()


def test_progress_is_told_chunk_by_chunk() -> None:
    told: list[int] = []

    seed(progress=told.append)

    assert told == [400, 400, 200]


def test_leads_are_brought_by_the_integration_that_there_is() -> None:
    service = make_integration().user
    seed(200)

    brought = Change.objects.filter(verb=Change.Verb.CREATED, by=service)
    assert Deal.objects.filter(created_by=service).count() > 50
    assert not Deal.objects.filter(created_by=None).exists()
    assert set(brought.values_list("via", flat=True)) == {Change.Via.PROTOCOL}
