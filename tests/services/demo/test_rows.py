"""What a demo deal and all around it looks like."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import orjson
import pytest
from django.db.models import F, Q

from crm.models import (
    Call,
    Change,
    Contact,
    CustomField,
    Deal,
    FieldValue,
    FirmPhone,
    Message,
    Status,
    Task,
)
from crm.services.contacts import normalise
from crm.services.demo.activities import STATUSES
from crm.services.demo.rows import COLUMNS
from crm.services.demo.shop import BRANCHES
from crm.services.orders import Scheme, build_order, values_of
from crm.services.tasks import end_of_day
from tests.factories import make_field
from tests.services.demo.replay import Life, life_by_the_services, life_of
from tests.services.demo.seeded import NOW, seed

pytestmark = pytest.mark.django_db


def test_every_column_has_its_value() -> None:
    for model, names in COLUMNS.items():
        columns = {field.name for field in model._meta.concrete_fields}
        # The next task of a deal is written down when all tasks are there.
        assert columns - set(names) <= {"id", "next_due_at"}


def test_a_kept_order_is_what_would_be_built_afresh() -> None:
    seed()
    deals = list(Deal.objects.all())
    values = values_of(deals)

    assert [deal.order_json for deal in deals] == [
        orjson.dumps(build_order(deal, values[deal.pk])).decode() for deal in deals
    ]
    scheme = Scheme.current()
    assert {deal.order_scheme for deal in deals} == {scheme.number}
    assert [deal.has_source for deal in deals] == [
        bool(deal.visit) or any(field in scheme.telling for field, _text in values[deal.pk]) for deal in deals
    ]


def test_a_kept_order_follows_fields_in_an_order_of_their_own() -> None:
    CustomField.objects.filter(name="source").update(position=50)
    make_field("Мастер", position=0)
    seed(50)
    deals = list(Deal.objects.all())
    values = values_of(deals)

    assert [deal.order_json for deal in deals] == [
        orjson.dumps(build_order(deal, values[deal.pk])).decode() for deal in deals
    ]
    assert {deal.order_scheme for deal in deals} == {Scheme.current().number}


def test_a_deal_is_as_if_the_services_had_written_it() -> None:
    seed()
    every = Deal.objects.select_related("status", "client", "manager", "created_by")
    deals = [deal for kind in Status.Kind for deal in every.filter(status__kind=kind)[:15]]
    assert {deal.status.kind for deal in deals} == set(Status.Kind)

    lives: list[tuple[Life, Life]] = [(life_of(deal), life_by_the_services(deal)) for deal in deals]

    assert [told for told, _ in lives] == [written for _, written in lives]


def test_values_are_read_as_their_fields_type_says() -> None:
    CustomField.objects.filter(name="utmMedium").update(type=CustomField.Type.YES_NO)
    seed(50)

    branch = CustomField.objects.get(name="Филиал")
    assert branch.type == CustomField.Type.CHOICE
    assert tuple(branch.choices.values_list("label", flat=True)) == BRANCHES
    for value in FieldValue.objects.all():
        assert value.key == value.text.casefold()
        assert (value.number, value.date) == (None, None)


def test_source_and_utm_of_a_deal_say_the_same() -> None:
    seed()

    told = {
        deal: {next(iter(pair)): next(iter(pair.values())) for pair in orjson.loads(order)["fields"]}
        for deal, order in Deal.objects.values_list("pk", "order_json")
    }
    assert all(values["2"] == values["3"] for values in told.values())
    referrers = {values["1"] for values in told.values() if values["2"] == "yandex" and values["4"] == "cpc"}
    assert referrers == {"https://yandex.ru/", "https://yandex.ru/search/", "https://dzen.ru/"}


def test_visits_are_numbers_names_promo_codes_or_nothing() -> None:
    seed()

    kinds = Counter("number" if visit.isdigit() else visit for visit in Deal.objects.values_list("visit", flat=True))
    assert kinds["number"] > 500
    assert kinds.keys() >= {"", "(static)", "yandex", "PODRUGA10"}


def test_contacts_are_normalised_as_the_services_do() -> None:
    seed()
    contacts = list(Contact.objects.all())

    assert [contact.normalised for contact in contacts] == [normalise(c.kind, c.entered) for c in contacts]
    assert {contact.kind for contact in contacts} == set(Contact.Kind)
    assert Counter(Counter((c.client_id, c.kind) for c in contacts).values()).keys() == {1, 2}


def test_nothing_happens_after_now_and_nothing_before_its_deal() -> None:
    seed()

    assert Change.objects.latest("at").at <= NOW
    assert Deal.objects.earliest("created_at").created_at > NOW - timedelta(days=731)
    for model in (Message, Task, Call):
        moment = "started_at" if model is Call else "created_at"
        rows = model._default_manager.exclude(deal=None).values_list(moment, "deal__created_at")
        assert all(arrival <= at <= NOW for at, arrival in rows)


def test_tasks_of_open_deals_are_overdue_for_today_and_to_come_the_others_done() -> None:
    seed()

    open_tasks = Task.objects.filter(deal__status__kind=Status.Kind.OPEN)
    tonight = end_of_day(NOW)
    assert open_tasks.count() == Task.objects.unfinished().count() == 30
    assert open_tasks.overdue(NOW).exists()
    assert open_tasks.filter(due_at__range=(NOW, tonight)).exists()
    assert open_tasks.filter(due_at__gt=tonight).exists()


def test_no_task_is_due_or_done_before_it_was_planned() -> None:
    seed()

    assert not Task.objects.filter(Q(due_at__lt=F("created_at")) | Q(done_at__lt=F("created_at"))).exists()


def test_a_task_for_a_whole_day_is_due_when_that_day_ends() -> None:
    seed()

    due = dict(Task.objects.filter(all_day=True).values_list("pk", "due_at"))
    assert due
    assert due == {pk: end_of_day(at) for pk, at in due.items()}


def test_calls_end_in_every_way_and_belong_to_deals_clients_and_nobody() -> None:
    seed()

    assert set(STATUSES) == set(Call.Status)
    owners = {(deal is None, client is None) for deal, client in Call.objects.values_list("deal", "client")}
    assert owners == {(False, True), (True, False), (True, True)}
    firm = set(FirmPhone.objects.values_list("normalised", flat=True))
    for call in Call.objects.all():
        ours = call.callee if call.direction == Call.Direction.INCOMING else call.caller
        assert ours in firm
        assert not call.file_url or (call.status == Call.Status.ANSWER and call.file_url.startswith("https://"))


def test_comments_of_a_deal_are_numbered_as_they_were_written() -> None:
    seed()

    rows = Message.objects.exclude(deal=None).order_by("deal", "pk").values_list("deal", "created_at")
    assert all(earlier <= later for (one, earlier), (other, later) in pairwise(rows) if one == other)
