"""Files on deals and clients: sent, shown, taken away, brought back.

What somebody sent never becomes a page of our own: it is downloaded, or it is a picture that was made anew, or a PDF
in a sandbox.
"""

from django.contrib import messages
from django.core.exceptions import SuspiciousFileOperation
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.access import get_attachment, get_client, get_deal, person, writer_required
from crm.models import Client, Deal
from crm.reports.attachments import files_of
from crm.services.attachments import StorageFailedError, add_attachment, remove_attachment, restore_attachment
from crm.services.file_kinds import RefusedFileError
from crm.views.in_trash import refuse_in_trash

# Whatever a browser takes the bytes for: nothing in them runs, loads or talks to anybody.
HARMLESS = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"


@require_POST
@writer_required
def add_to_deal(request: HttpRequest, number: int) -> HttpResponse:
    return _add(request, get_deal(person(request), number))


@require_POST
@writer_required
def add_to_client(request: HttpRequest, number: int) -> HttpResponse:
    return _add(request, get_client(person(request), number))


def _add(request: HttpRequest, subject: Deal | Client) -> HttpResponse:
    """The script sends one file a request and takes 422 with what is wrong; a form sends several and goes back."""
    if (refusal := refuse_in_trash(request, subject)) is not None:
        return refusal
    wrong = [] if request.FILES else [_("Choose a file first.")]
    for upload in request.FILES.getlist("file"):
        try:
            add_attachment(subject=subject, upload=upload, by=person(request))
        except RefusedFileError as error:
            wrong.append(str(error))
        except StorageFailedError:
            wrong.append(
                _("“%(name)s” could not be kept: the server has no room. Tell an administrator.")
                % {"name": upload.name}
            )
    if "HX-Request" in request.headers:
        return JsonResponse({"wrong": wrong}, status=422) if wrong else _show(request, subject)
    for text in wrong:
        messages.error(request, text)
    return redirect(noun_of(subject), subject.pk)


@require_safe
def download(request: HttpRequest, number: int) -> HttpResponseBase:
    attachment = get_attachment(person(request), number)
    return _bytes(attachment.stored, "application/octet-stream", attachment.name, is_shown=False)


@require_safe
def view(request: HttpRequest, number: int) -> HttpResponseBase:
    """A picture made anew, or a PDF, to be looked at; Http404 of any other."""
    attachment = get_attachment(person(request), number)
    if attachment.preview:
        return _bytes(attachment.preview, "image/webp", f"{attachment.name}.webp", is_shown=True)
    if not attachment.opens:
        raise Http404
    return _bytes(attachment.stored, attachment.kind, attachment.name, is_shown=True)


@require_POST
@writer_required
def remove(request: HttpRequest, number: int) -> HttpResponse:
    return _mark(request, number, is_removed=True)


@require_POST
@writer_required
def restore(request: HttpRequest, number: int) -> HttpResponse:
    return _mark(request, number, is_removed=False)


def _mark(request: HttpRequest, number: int, *, is_removed: bool) -> HttpResponse:
    user = person(request)
    attachment = get_attachment(user, number, removed=True)
    subject = attachment.subject
    if (refusal := refuse_in_trash(request, subject)) is not None:
        return refusal
    (remove_attachment if is_removed else restore_attachment)(attachment=attachment, by=user)
    return _show(request, subject) if "HX-Request" in request.headers else redirect(noun_of(subject), subject.pk)


def _show(request: HttpRequest, subject: Deal | Client) -> HttpResponse:
    context = {"files": files_of(subject), "can_write": True, "files_url": files_url(subject)}
    return render(request, "crm/_files.html", context)


def files_url(subject: Deal | Client) -> str:
    """Where files for it are sent to."""
    return reverse(f"{noun_of(subject)}_files", args=[subject.pk])


def noun_of(subject: Deal | Client) -> str:
    """As the addresses are named after."""
    return "deal" if isinstance(subject, Deal) else "client"


def _bytes(file: FieldFile, media_type: str, name: str, *, is_shown: bool) -> FileResponse:
    try:
        opened = file.open("rb")
    except (FileNotFoundError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=not is_shown, filename=name, content_type=media_type)
    response["Content-Security-Policy"] = HARMLESS
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
