import pytest
from django.utils import timezone

from crm.models import Client, ProbableDuplicates
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "Фролова",
        "наталья ФРОЛОВА",
        "фрол",
        "прибой",
        "+7 (923) 410-29-94",
        "8 923 410 29 94",
        "89234102994",
        "410-29-94",
        "8 923 41",
        "994",
        "Frolova@Example.RU",
        "frol",
        "  фролова   прибой ",
    ],
)
def test_a_client_is_found_by(text: str) -> None:
    client = make_client(
        "Фролова Наталья", phone="+7 923 410-29-94", email="frolova@example.ru", company="ООО «Прибой»"
    )
    make_client("Кузнецов Артём", phone="+7 800 555-35-35", email="kuznetsov@example.ru", company="Маяк")

    assert list(Client.objects.matching(text)) == [client]


@pytest.mark.parametrize("text", ["Фролова Маяк", "94", "%", "_", "8 923 411", "frolova@example.com", "#"])
def test_nobody_is_found_by(text: str) -> None:
    make_client("Фролова Наталья", phone="+7 923 410-29-94", email="frolova@example.ru")

    assert list(Client.objects.matching(text)) == []


def test_an_empty_search_leaves_nobody_out() -> None:
    client = make_client()

    assert list(Client.objects.matching("  ")) == [client]


def test_a_number_finds_its_client_and_the_old_one_of_a_merged_client_the_survivor() -> None:
    survivor = make_client("Анна")
    middle = make_client("Аня", merged_into=survivor)
    merged = make_client("Нюра", merged_into=middle)

    assert list(Client.objects.present().matching(str(survivor.pk))) == [survivor]
    assert list(Client.objects.present().matching(f"#{merged.pk}")) == [survivor]


def test_a_number_that_no_integer_holds_finds_nobody() -> None:
    make_client()

    assert list(Client.objects.matching("9" * 40)) == []


def test_probable_duplicates_are_kept_pairs_and_those_with_one_phone_or_email() -> None:
    client = make_client("Анна", phone="+79234102994", email="anna@example.ru")
    by_pair = make_client("Аня")
    ProbableDuplicates.objects.create(first=client, second=by_pair)
    by_phone, by_email = make_client("А.", phone="8 923 410-29-94"), make_client("Нюра", email="Anna@example.ru")
    different = make_client("Мама Анны", phone="+79234102994")
    ProbableDuplicates.objects.create(first=client, second=different, dismissed_at=timezone.now())
    make_client("В корзине", phone="+79234102994", trashed_at=timezone.now())
    make_client("Вера", phone="+79234102995")

    assert set(Client.objects.probable_duplicates_of(client)) == {by_pair, by_phone, by_email}
    assert set(Client.objects.probable_duplicates_of(by_pair)) == {client}


def test_nobody_without_contacts_is_taken_for_another() -> None:
    client = make_client("Анна")
    make_client("Анна")
    make_client(phone="нет телефона")

    assert list(Client.objects.probable_duplicates_of(client)) == []


def test_the_search_column_follows_every_way_to_save() -> None:
    [client] = Client.objects.bulk_create([Client(name="ЁЖИК  Иван", company="", manager=make_user())])

    assert Client.objects.get().search_text == "ежик иван"
    client.company = "МАЯК"
    client.save()
    assert Client.objects.get().search_text == "ежик иван маяк"
