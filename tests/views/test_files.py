"""Files on deals and clients: what is taken, what is refused, who gets them, and as what."""

import io
import zipfile
import zlib
from errno import ENOSPC
from pathlib import Path
from struct import pack
from typing import Any, cast

import pytest
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from crm.models import Attachment, Change, Client, Deal, Role, User
from crm.services.attachments import add_attachment, plain_name
from crm.services.deals import trash_deal
from crm.services.erasing import erase_client
from tests.factories import make_client, make_deal, make_user

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\nendobj\n%%EOF"
HTML = b"<!DOCTYPE html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def marina() -> User:
    return make_user(login="marina", full_name="Иванова Марина")


@pytest.fixture
def web(client: Browser, marina: User) -> Browser:
    client.force_login(marina)
    return client


@pytest.fixture
def deal(marina: User) -> Deal:
    return make_deal("Окрашивание", manager=marina, client=make_client("Анна"))


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, form, **options)
    return made.getvalue()


def send(web: Browser, subject: Deal | Client, *files: tuple[str, bytes], htmx: bool = True) -> Any:
    noun = "deals" if isinstance(subject, Deal) else "clients"
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    headers = {"HX-Request": "true"} if htmx else {}
    return web.post(f"/{noun}/{subject.pk}/files/", {"file": uploads}, headers=headers)


def kept(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def add(subject: Deal | Client, name: str = "договор.pdf", content: bytes = PDF, by: User | None = None) -> Attachment:
    return add_attachment(subject=subject, upload=SimpleUploadedFile(name, content), by=by)


def body(answer: Any) -> bytes:
    return b"".join(answer)


def status(web: Browser, address: str) -> int:
    """With the file read to its end, which closes it."""
    answer = web.get(address)
    b"".join(answer)
    return answer.status_code


# --- Taken ---


def test_a_file_is_kept_shown_and_told_of(web: Browser, deal: Deal, marina: User, media: Path) -> None:
    answer = send(web, deal, ("Договор №7.pdf", PDF))
    one = Attachment.objects.get()
    assert (one.deal, one.client, one.name, one.size, one.kind) == (
        deal,
        None,
        "Договор №7.pdf",
        len(PDF),
        "application/pdf",
    )
    assert (one.added_by, len(one.sha256)) == (marina, 64)
    assert [path.read_bytes() for path in kept(media)] == [PDF]
    assert "Договор" not in str(kept(media)[0])
    assert "Договор №7.pdf" in answer.content.decode()
    page = web.get(f"/deals/{deal.pk}/").content.decode()
    assert page.count("Договор №7.pdf") > 3
    change = Change.objects.get(number=deal.pk, field="file")
    assert (change.verb, change.old, change.new, change.by) == ("changed", None, "Договор №7.pdf", marina)


def test_several_are_sent_by_a_plain_form(web: Browser, deal: Deal) -> None:
    answer = send(web, deal, ("a.txt", "привет".encode()), ("b.html", HTML), ("c.png", picture()), htmx=False)
    page = web.get(answer.headers["Location"]).content.decode()
    assert [one.name for one in Attachment.objects.order_by("pk")] == ["a.txt", "c.png"]
    assert "“b.html” is not taken" in page


def test_a_client_has_files_too(web: Browser, marina: User) -> None:
    client = make_client("Анна", manager=marina)
    send(web, client, ("a.txt", b"x"))
    page = web.get(f"/clients/{client.pk}/").content.decode()
    assert (Attachment.objects.get().client, "a.txt" in page) == (client, True)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_shown_made_anew(web: Browser, deal: Deal, form: str) -> None:
    send(web, deal, (f"photo.{form.lower()}", picture(form, (2000, 1000))))
    answer = web.get(f"/files/{Attachment.objects.get().pk}/view/")
    shown = Image.open(io.BytesIO(body(answer)))
    assert (answer.headers["Content-Type"], shown.format, shown.size) == ("image/webp", "WEBP", (1280, 640))


def test_nothing_of_what_a_picture_carries_is_in_its_preview(web: Browser, deal: Deal) -> None:
    send(web, deal, ("photo.jpg", picture("JPEG", comment=HTML) + HTML))
    assert b"script" not in body(web.get(f"/files/{Attachment.objects.get().pk}/view/"))


# --- Refused or inert ---


def bomb() -> bytes:
    """A PNG of 40,000 × 40,000 dots in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", HTML),
        ("page.HTM", HTML),
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("page.txt", b"\xef\xbb\xbf  <HTML><script>"),
        ("page.csv", HTML),
        ("page.pdf", HTML + PDF),
        ("page.jpg", HTML),
        ("half.jpg", picture("JPEG")[:40]),
        ("program.exe", b"MZ\x90\0"),
        ("program.txt", b"MZ\x90\0"),
        ("letter.docx", HTML),
        ("photo.png", picture("JPEG")),
        ("bomb.png", bomb()),
        ("empty.pdf", b""),
        ("noending", PDF),
        ("a.pdf.html", PDF),
        ("a.php", b"<?php"),
    ],
)
def test_what_could_run_or_is_not_what_it_says_is_refused(
    web: Browser, deal: Deal, media: Path, name: str, content: bytes
) -> None:
    answer = send(web, deal, (name, content))
    [wrong] = answer.json()["wrong"]
    assert (answer.status_code, wrong.startswith(f"“{name}” is not taken")) == (422, True)
    assert (Attachment.objects.count(), kept(media), Change.objects.filter(field="file").count()) == (0, [], 0)


def test_a_zip_bomb_lies_there_packed(web: Browser, deal: Deal, media: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 10_000_000)
    send(web, deal, ("bomb.zip", packed.getvalue()))
    assert [path.stat().st_size for path in kept(media)] == [len(packed.getvalue())]


def test_a_polyglot_of_picture_and_page_is_only_ever_downloaded(web: Browser, deal: Deal) -> None:
    send(web, deal, ("both.gif", picture("GIF") + HTML))
    answer = web.get(f"/files/{Attachment.objects.get().pk}/")
    assert (body(answer)[:6], answer.headers["Content-Type"]) == (b"GIF87a", "application/octet-stream")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="both.gif"'


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\a.txt", "a.txt"),
        ("a\0b\n.txt", "ab.txt"),
        ("\u202etxt.exe.txt", "txt.exe.txt"),
        ("Смета.txt", "Смета.txt"),
        ("д" * 400 + ".txt", "д" * 146 + ".txt"),
        ('a"; x=<b>.txt', 'a"; x=<b>.txt'),
    ],
)
def test_a_name_is_only_a_name(sent: str, seen: str) -> None:
    assert plain_name(sent) == seen


def test_a_name_is_no_markup_and_no_header(web: Browser, deal: Deal) -> None:
    one = add(deal, 'a"<b>.txt', b"x")
    page = web.get(f"/deals/{deal.pk}/").content.decode()
    assert ("a&quot;&lt;b&gt;.txt" in page, 'a"<b>' in page) == (True, False)
    answer = web.get(f"/files/{one.pk}/")
    assert (body(answer), answer.headers["Content-Disposition"]) == (b"x", 'attachment; filename="a\\"<b>.txt"')


def test_a_file_above_the_limit_is_refused(web: Browser, deal: Deal, media: Path, settings: LazySettings) -> None:
    settings.FILE_MAX_BYTES = 1024
    answer = send(web, deal, ("a.txt", b"x" * 1025))
    assert answer.status_code == 422
    assert kept(media) == []


class Endless(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("The body was read.")


def test_a_gigabyte_is_refused_before_it_is_read(web: Browser, deal: Deal) -> None:
    answer = web.generic(
        "POST",
        f"/deals/{deal.pk}/files/",
        content_type="multipart/form-data; boundary=x",
        **cast("Any", {"CONTENT_LENGTH": str(2**30), "wsgi.input": Endless()}),
    )
    assert (answer.status_code, "at most" in answer.content.decode()) == (413, True)


def test_a_full_disk_leaves_nothing_and_says_so(
    web: Browser, deal: Deal, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(FileSystemStorage, "_save")  # noqa: B009  (has no type)

    def half(storage: FileSystemStorage, name: str, content: Any) -> str:
        real(storage, name, SimpleUploadedFile("x", b"half"))
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", half)
    answer = send(web, deal, ("a.txt", b"whole"))
    assert "the server has no room" in answer.json()["wrong"][0]
    assert (Attachment.objects.count(), kept(media), Change.objects.filter(field="file").count()) == (0, [], 0)


# --- Given out ---


@pytest.mark.parametrize(
    ("address", "media_type", "disposition"),
    [("", "application/octet-stream", "attachment"), ("view/", "application/pdf", "inline")],
)
def test_a_file_comes_as_something_that_cannot_run(
    web: Browser, deal: Deal, address: str, media_type: str, disposition: str
) -> None:
    one = add(deal, "Договор.pdf")
    answer = web.get(f"/files/{one.pk}/{address}")
    headers = answer.headers
    assert (headers["Content-Type"], body(answer)) == (media_type, PDF)
    assert headers["Content-Disposition"].startswith(f"{disposition}; filename*=utf-8''")
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("private")


def test_only_pictures_and_pdf_are_looked_at(web: Browser, deal: Deal) -> None:
    assert web.get(f"/files/{add(deal, 'a.txt', b'x').pk}/view/").status_code == 404


def test_a_file_goes_with_its_deal(client: Browser, web: Browser, deal: Deal, marina: User) -> None:
    """Whoever sees the deal now has it; when the deal goes to somebody else, he has not."""
    one = add(deal)
    narrow = make_user(own_only=True)
    other = Browser()
    other.force_login(narrow)
    assert [status(other, f"/files/{one.pk}/{end}") for end in ("", "view/")] == [404, 404]
    assert [other.post(f"/files/{one.pk}/{end}").status_code for end in ("remove/", "restore/")] == [404, 404]
    Deal.objects.filter(pk=deal.pk).update(manager=narrow)
    assert status(other, f"/files/{one.pk}/") == 200


def test_a_removed_file_is_not_given_out_and_comes_back(web: Browser, deal: Deal, media: Path) -> None:
    one = add(deal)
    page = web.post(f"/files/{one.pk}/remove/", headers={"HX-Request": "true"}).content.decode()
    assert ("1 removed file" in page, status(web, f"/files/{one.pk}/")) == (True, 404)
    web.post(f"/files/{one.pk}/remove/")
    web.post(f"/files/{one.pk}/restore/")
    assert (status(web, f"/files/{one.pk}/"), len(kept(media))) == (200, 1)
    told = Change.objects.filter(field="file").order_by("pk").values_list("old", "new")
    assert list(told) == [(None, one.name), (one.name, None), (None, one.name)]


def test_a_file_lost_from_the_disk_is_not_found(web: Browser, deal: Deal, media: Path) -> None:
    one = add(deal)
    for path in kept(media):
        path.unlink()
    assert status(web, f"/files/{one.pk}/") == 404


@pytest.mark.parametrize("keep_deals", [True, False])
def test_an_erased_client_leaves_no_file(
    deal: Deal,
    marina: User,
    media: Path,
    keep_deals: bool,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert deal.client is not None
    add(deal)
    add(deal.client, "photo.png", picture())
    with django_capture_on_commit_callbacks(execute=True):
        erase_client(client=deal.client, by=marina, keep_deals=keep_deals)
    assert (Attachment.objects.count(), kept(media)) == (0, [])


def test_an_observer_looks_and_a_deal_in_the_trash_takes_none(client: Browser, deal: Deal) -> None:
    one = add(deal)
    client.force_login(make_user(role=Role.OBSERVER))
    assert "file-form" not in client.get(f"/deals/{deal.pk}/").content.decode()
    assert (status(client, f"/files/{one.pk}/"), send(client, deal, ("a.txt", b"x")).status_code) == (200, 403)
    client.force_login(make_user())
    trash_deal(deal=deal, by=None)
    assert send(client, deal, ("a.txt", b"x")).status_code == 409
    assert client.post(f"/files/{one.pk}/remove/").status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_files_cost_the_card_no_query(
    web: Browser, deal: Deal, marina: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for index in range(number):
        add(deal, f"{index}.txt", b"x", by=marina)
    with django_assert_num_queries(11):
        page = web.get(f"/deals/{deal.pk}/").content.decode()
    assert page.count('class="file"') == number
