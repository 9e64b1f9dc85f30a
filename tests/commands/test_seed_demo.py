import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.models import Change, Deal
from tests.factories import make_deal

pytestmark = pytest.mark.django_db


def test_the_command_says_what_it_wrote_and_draws_no_bar_where_nobody_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("seed_demo", deals=40)

    said = capsys.readouterr()
    assert said.out == "The demo is there: 40 deals, 24 clients, 40 comments.\n"
    assert said.err == ""
    assert Deal.objects.count() == 40


def test_the_demo_ends_with_last_night() -> None:
    call_command("seed_demo", deals=40, verbosity=0)

    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    assert Change.objects.latest("at").at <= midnight


def test_the_command_refuses_a_base_with_deals() -> None:
    make_deal()

    with pytest.raises(CommandError, match="holds deals already"):
        call_command("seed_demo", deals=40)


@pytest.mark.parametrize("deals", ["0", "-5", "many"])
def test_a_number_of_deals_is_one_or_more(deals: str) -> None:
    with pytest.raises(CommandError, match="--deals"):
        call_command("seed_demo", "--deals", deals)
