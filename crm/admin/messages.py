"""Comments, as they were written: nobody rewrites what was said."""

from django.contrib import admin
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from crm.admin.activities import ActivityAdmin
from crm.admin.base import ReadOnlyAdmin
from crm.admin.pretty import moment_column
from crm.admin.search import contains
from crm.models import Message

CREATED = moment_column("created_at", _("created"))


@admin.register(Message)
class MessageAdmin(ActivityAdmin[Message], ReadOnlyAdmin[Message]):
    list_display = [
        "shown_number",
        "title",
        "beginning",
        "subject",
        "written_by",
        CREATED,
    ]
    list_display_links = ["shown_number", "beginning"]
    list_select_related = ["deal", "client", "call", "author"]
    fields = ["shown_number", "subject", "title", "text", "written_by", "created_at"]
    readonly_fields = ["shown_number", "subject", "written_by"]

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        return Truncator(message.text).chars(80)

    @admin.display(description=_("author"))
    def written_by(self, message: Message) -> str:
        return str(message.author or _("The system"))

    def found_by_text(self, term: str) -> Q:
        return contains(term, "title", "text")
