"""Who is named in a comment, and who may see what it stands on."""

import pytest

from crm.models import Call, Client, Deal, User
from crm.services.mentions import named_in, who_see
from tests.factories import make_call, make_client, make_deal, make_user

MARINA = User(pk=1, full_name="Иванова Марина", login="marina")
PETROVNA = User(pk=2, full_name="Иванова Марина Петровна", login="petrovna")
NAMESAKE = User(pk=3, full_name="Иванова Марина", login="m.ivanova")
NAMELESS = User(pk=4, full_name="", login="oleg")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Иванова Марина, перезвоните", [MARINA, NAMESAKE]),
        ("спросите @иванова   марина петровна.", [PETROVNA]),
        ("(@marina)", [MARINA]),
        ("@m.ivanova и @OLEG", [NAMESAKE, NAMELESS]),
        ("@oleg\n@oleg", [NAMELESS]),
        ("@marinara", []),
        ("почта: info@marina.ru, x.@oleg", []),
        ("@ marina", []),
        ("Иванова Марина", []),
        ("@", []),
    ],
)
def test_a_name_after_the_sign_is_a_mention(text: str, named: list[User]) -> None:
    assert named_in(text, [MARINA, PETROVNA, NAMESAKE, NAMELESS]) == named


@pytest.mark.django_db
def test_who_sees_a_subject_is_said_as_the_lists_have_it() -> None:
    anna, oleg = make_user(own_only=True), make_user(own_only=True)
    people = [anna, oleg, make_user()]
    hers, shared = make_client("Её", manager=anna), make_client("Общий", manager=anna)
    subjects: list[Deal | Client | Call] = [hers, shared, make_client("Ничей")]
    subjects += [make_deal(manager=anna, client=hers), make_deal(manager=oleg, client=shared), make_deal()]
    subjects += [make_client("Чужой", manager=oleg), make_deal(client=make_client("Новый"))]
    subjects += [make_call(), make_call(manager=oleg), make_call(deal=subjects[3]), make_call(client=shared)]
    for subject in subjects:
        seen = [one for one in people if type(subject).objects.visible_to(one).filter(pk=subject.pk).exists()]
        assert who_see(subject, people) == seen
