"""What is in the trash is read, restored, and nothing else: its page offers no more, and neither do its addresses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from crm.services.subjects import Subject
from crm.views.errors import error_page


def refuse_in_trash(request: HttpRequest, subject: Subject) -> HttpResponse | None:
    """409 where a deal or a client is in the trash, else None. htmx loads the page anew, which then says why.

    Tasks that stand on it can still be done or moved: they are in their assignees' lists.
    """
    if getattr(subject, "trashed_at", None) is None:
        return None
    heading = _("“%(subject)s” is in the trash") % {"subject": subject}
    if "HX-Request" in request.headers:
        messages.warning(request, heading)
        return HttpResponse(status=409, headers={"HX-Refresh": "true"})
    return error_page(request, 409, heading, _("Restore it first, then it can be changed again."))
