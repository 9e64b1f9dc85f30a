"""What the bench does to its data from within the product: run by `manage.py shell`."""

import cProfile
import json
import pstats
import time
from decimal import Decimal

from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.filters.search import find_deals
from crm.management.commands.start import gather_static_files
from crm.models import Bulk, Change, Deal, Role, User
from crm.services.bulk import prepare_bulk, start_bulk
from crm.services.deals import change_deal
from tests.bench.databases import PASSWORD, PERSON


def is_empty() -> None:
    print(not Deal.objects.exists())


def let_in() -> None:
    """Make the person whose pages are measured."""
    person, _made = User.objects.get_or_create(
        login=PERSON, defaults={"full_name": "Стенд", "role": Role.ADMINISTRATOR}
    )
    person.set_password(PASSWORD)
    person.save()


def touch(count: int) -> None:
    """Make `count` deals changed just now, spread over all there are, by the service that staff's edits go through."""
    stamp = timezone.now().isoformat(timespec="seconds")
    newest = Deal.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for place in range(1, count + 1):
        deal = Deal.objects.filter(pk__gte=newest * place // (count + 1)).order_by("pk")[0]
        change_deal(deal=deal, by=None, via=Change.Via.SYSTEM, title=f"Изменено {stamp}, {place}")


def start_many(count: int) -> None:
    """Begin a bulk change of the oldest deals; the server's own worker does it."""
    numbers = list(Deal.objects.order_by("pk").values_list("pk", flat=True)[:count])
    first = Deal.objects.get(pk=numbers[0])
    price = (first.price or Decimal(0)) + 1
    bulk = prepare_bulk(
        deed=Bulk.Deed.FIELD,
        numbers=numbers,
        by=User.objects.get(login=PERSON),
        parameters={"name": "price", "text": str(price)},
    )
    start_bulk(bulk=bulk)
    print(bulk.pk)


def state_of(pk: int) -> None:
    print(Bulk.objects.get(pk=pk).state)


def asked(text: str) -> None:
    """Print the statements by which deals with this text are found, as JSON."""
    with CaptureQueriesContext(connection) as captured:
        find_deals(text, [], user=User.objects.get(login=PERSON), limit=7)
    print(json.dumps([one["sql"] for one in captured.captured_queries if "crm_deal" in one["sql"]]))


def profile(addresses: list[str]) -> None:
    """Ask for these pages within this process, and print where the time of the slowest goes."""
    gather_static_files()
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(login=PERSON), backend="crm.authentication.PersonBackend")
    took = {}
    for address in addresses:
        browser.get(address)  # fills caches
        started = time.perf_counter()
        browser.get(address)
        took[address] = time.perf_counter() - started
    slowest = max(addresses, key=lambda address: took[address])
    profiler = cProfile.Profile()
    profiler.runcall(browser.get, slowest)
    print(f"{slowest}: {1000 * took[slowest]:.0f} ms")
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


@transaction.atomic
def forget(after: int) -> None:
    """Delete the leads that the bench sent: all that has a higher number than `after`."""
    numbered = [apps.get_model("crm", label) for label in ("message", "task", "call", "deal", "client")]
    for model in apps.get_app_config("crm").get_models():
        for field in model._meta.concrete_fields:
            if field.related_model in numbered and model not in numbered:
                model._base_manager.filter(**{f"{field.attname}__gt": after})._raw_delete("default")
    for model in numbered:
        model._base_manager.filter(pk__gt=after)._raw_delete("default")
    Change.objects.filter(number__gt=after)._raw_delete("default")
