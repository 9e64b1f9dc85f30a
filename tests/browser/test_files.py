"""Files in a real browser: chosen, dropped and pasted, looked at, taken away and brought back."""

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from crm.models import Attachment, User
from tests.browser.conftest import AsPerson, CheckAxe, Console
from tests.browser.test_board import PHONE
from tests.factories import make_deal

BRING = """([kind, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  const options = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  document.body.dispatchEvent(kind === "paste" ? new ClipboardEvent(kind, options) : new DragEvent(kind, options));
}"""


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(made, "PNG")
    return made.getvalue()


def in_both_themes(page: Page, axe: CheckAxe) -> None:
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(200)  # colours change by a transition
        axe(page)


def test_files_are_added_looked_at_removed_and_restored(
    desk: Page, staff: User, as_person: AsPerson, axe: CheckAxe, console: Console
) -> None:
    console.expect("422")
    deal = make_deal("Свадебный образ", manager=staff)
    desk.goto(f"/deals/{deal.pk}/")
    in_both_themes(desk, axe)
    files = desk.locator("#files")
    choose = files.locator("input[type=file]")
    sent = {"Образ.png": picture(), "Страница.html": b"<script>", "Смета.txt": b"1"}
    choose.set_input_files([FilePayload(name=name, mimeType="", buffer=content) for name, content in sent.items()])
    expect(files.locator(".file")).to_have_count(2)
    expect(desk.locator(".uploads")).to_contain_text("“Страница.html” is not taken")
    expect(desk.locator("#timeline")).to_contain_text("Смета.txt")
    assert files.locator("img").evaluate("async (image) => (await image.decode(), image.naturalWidth)") == 600

    desk.evaluate(BRING, ["dragover", "a.txt", "1"])
    expect(desk.get_by_text("Drop the files to add them")).to_be_visible()
    desk.evaluate(BRING, ["drop", "Брошено.txt", "1"])
    expect(files.locator(".file")).to_have_count(3)
    expect(desk.get_by_text("Drop the files to add them")).to_be_hidden()
    desk.evaluate(BRING, ["paste", "Вставлено.txt", "1"])
    expect(files.locator(".file")).to_have_count(4)
    in_both_themes(desk, axe)

    files.get_by_role("button", name="Remove “Смета.txt”").click()
    files.get_by_text("1 removed file").click()
    in_both_themes(desk, axe)
    files.get_by_role("button", name="Restore “Смета.txt”").click()
    expect(files.locator(".file:not(.removed)")).to_have_count(4)
    assert Attachment.objects.present().count() == 4

    phone = as_person(staff, **PHONE)
    phone.goto(f"/deals/{deal.pk}/")
    phone.locator("#files input[type=file]").set_input_files(
        FilePayload(name="Д" * 120 + ".txt", mimeType="", buffer=b"1")
    )
    expect(phone.locator("#files .file")).to_have_count(5)
    in_both_themes(phone, axe)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
