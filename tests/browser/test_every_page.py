"""Every page that `make screenshots` takes, full of what an outside system may have sent: nothing of it runs, nothing
is wrong for axe in either theme, nothing is wider than the window. And the end of the demo that fills it.
"""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm.models import Deal, Role, User
from crm.services.demo.seeding import seed_demo
from tests.browser.conftest import AsPerson, CheckAxe, Console, violations
from tests.factories import SECRET, make_deal, make_integration, make_user
from tests.screenshots import SIGHTS, arrive

SCRIPT = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
LINK = "javascript:document.title='broken'"
# What no page of ours has: had a text become markup, it would stand there.
SMUGGLED = """document.querySelectorAll('img[src=x], main script').length > 0
    || [...document.querySelectorAll('[href], [src]')].some((one) => /^\\s*javascript/i.test(one.href || one.src))"""

# A colour on its way from one theme to the other is neither.
SETTLED = """new Promise((settle) => requestAnimationFrame(() => requestAnimationFrame(settle)))
    .then(() => document.getAnimations().forEach((one) => one.finish()))"""

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# The pages of single records: the links to them must have been there.
RECORDS = {"deal", "deal_of_lead", "deal_move", "client", "client_erase", "task", "settings_demo"}


@pytest.fixture
def demo() -> None:
    seed_demo(deals=60, seed=7, now=timezone.now())


def send(page: Page, base_url: str, **parameters: str) -> int:
    """What the analytics service sends; the number of what became of it."""
    with page.context.browser.new_context(  # type: ignore[union-attr]  # a page of a test always has a browser
        http_credentials={"username": "outside", "password": SECRET, "send": "always"}
    ) as outside:
        answer = outside.request.get(f"{base_url}/analytics", params=dict(parameters)).json()
    return int(next(value for name, value in answer.items() if name.endswith("_id")))


def fill(page: Page, base_url: str) -> None:
    """Script in every text that the protocol takes."""
    make_integration("outside", full_name=SCRIPT)
    lead = send(
        page,
        base_url,
        action="lead",
        title=f"Заявка {SCRIPT}",
        name=f"Ива {SCRIPT}",
        phone=f"+7 923 410-29-94 {SCRIPT}",
        email=f"{SCRIPT}@example.ru",
        text=f"{SCRIPT} {LINK}",
        visit=SCRIPT,
        created_date=SCRIPT,
        manager_id=SCRIPT,
        data=f'{{"{LINK}": "{LINK}", "Филиал": "<script>", "referrer": "{LINK}", "source": "<script>"}}',
        unknown=SCRIPT,
        id=SCRIPT,
    )
    send(page, base_url, action="message", leadId=str(lead), title=SCRIPT, message=f"{SCRIPT} {LINK}")
    send(page, base_url, action="task", element_id=str(lead), text=SCRIPT, deadline="2026-01-01T12:00")
    call = {"callee": SCRIPT, "caller": SCRIPT, "visit": SCRIPT, "marker": SCRIPT, "status": SCRIPT, "file_url": LINK}
    send(page, base_url, action="call", id=SCRIPT, order_id=str(lead), date=SCRIPT, duration=SCRIPT, **call)
    send(page, base_url, action="call", id="2", **call)


@pytest.mark.usefixtures("demo")
def test_on_every_page_script_is_inert_nothing_is_wrong_for_axe_and_nothing_too_wide(
    as_person: AsPerson, staff: User, page: Page, console: Console, base_url: str
) -> None:
    console.expect("40[34]")
    fill(page, base_url)
    pages = {"anna": as_person(staff), "oleg": as_person(make_user(role=Role.OBSERVER)), "": page}
    wrong: dict[str, list[str]] = {}
    seen = set()
    for sight in SIGHTS:
        if not sight.name.startswith("admin") and arrive(pages[sight.person], sight):
            seen.add(sight.name)
            if complaints := look(pages[sight.person]):
                wrong[sight.name] = complaints

    assert [f"{name}: {complaint}" for name, complaints in wrong.items() for complaint in complaints] == []
    assert seen >= RECORDS


def look(page: Page) -> list[str]:
    """What is wrong with the page: wide and light, then narrow and dark."""
    complaints = []
    for size, theme in ((WIDE, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of the literals that it lists
        page.evaluate(SETTLED)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            complaints.append(f"wider than {size['width']} px")
        complaints += [f"{theme}: {violation}" for violation in violations(page)]
    if "broken" in page.title().replace(SCRIPT, "") or page.evaluate(SMUGGLED):
        complaints.append("script")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # two numbers
    return complaints


@pytest.mark.usefixtures("demo")
def test_the_demo_is_deleted_and_what_is_ones_own_stays(desk: Page, axe: CheckAxe, console: Console) -> None:
    console.expect("422")
    mine = make_deal("Своя")
    desk.goto("/settings/firm/")
    desk.get_by_role("link", name="Delete the demo data").click()
    desk.get_by_role("button", name="Delete for good").click()
    axe(desk)

    desk.get_by_label("Type").fill("delete")
    desk.get_by_role("button", name="Delete for good").click()

    expect(desk.get_by_role("link", name="Delete the demo data")).to_have_count(0)
    assert [deal.pk for deal in Deal.objects.all()] == [mine.pk]
    desk.get_by_role("link", name="Board", exact=True).click()
    expect(desk.locator(".card")).to_have_count(1)
