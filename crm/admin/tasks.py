"""Tasks: planned anew, given to somebody else, finished."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.admin.activities import ActivityAdmin
from crm.admin.base import at_most, person
from crm.admin.filters import AssigneeFilter, TaskStateFilter
from crm.admin.pretty import moment_column
from crm.admin.search import contains
from crm.forms.meanwhile import MeanwhileForm
from crm.forms.people import PersonField
from crm.models import Change, Task
from crm.services.tasks import change_task, finish_task, locked

ADMIN = Change.Via.ADMIN
DUE = moment_column("due_at", _("due"))
COLUMNS = ("text", "due_at", "all_day", "assignee")


class TaskForm(MeanwhileForm[Task]):
    assignee = PersonField(label=_("Assignee"))

    class Meta:
        model = Task
        fields = COLUMNS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(assignee := self.fields.get("assignee"), PersonField):  # not where a finished task is only shown
            assignee.keep(self.instance.assignee_id)


@admin.register(Task)
class TaskAdmin(ActivityAdmin[Task]):
    form = TaskForm
    list_display = ["shown_number", "beginning", "subject", "assignee", DUE, moment_column("done_at", _("done"))]
    list_display_links = ["shown_number", "beginning"]
    list_filter = [TaskStateFilter, AssigneeFilter]
    list_select_related = ["deal", "client", "call", "assignee"]
    actions = ["finish"]
    readonly_fields = ("shown_number", "subject", "planned_by", "created_at", "done_at", "done_by")
    fieldsets = [
        (None, {"fields": (*COLUMNS, "seen")}),
        (_("Record"), {"fields": readonly_fields}),
    ]

    @admin.display(description=_("text"))
    def beginning(self, task: Task) -> str:
        return Truncator(task.text).chars(80)

    @admin.display(description=_("author"))
    def planned_by(self, task: Task) -> str:
        return str(task.author or _("The system"))

    def found_by_text(self, term: str) -> Q:
        return contains(term, "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # tasks are planned on the deal, the client or the call that they are for

    def has_change_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return obj is None or obj.done_at is None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Task | None:
        task = super().get_object(request, object_id, from_field)
        # Whoever saves sees the task as nobody changes it any more.
        return locked(task) if task is not None and request.method == "POST" else task

    def save_model(self, request: HttpRequest, obj: Task, form: Any, change: Any) -> None:
        columns = {name: form.cleaned_data[name] for name in form.changed_data if name in COLUMNS}
        change_task(task=obj, by=person(request), via=ADMIN, **columns)

    @admin.action(description=_("Finish the selected tasks"))
    def finish(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        tasks = at_most(queryset.filter(done_at=None))
        for task in tasks:
            finish_task(task=task, by=person(request), via=ADMIN)
        message = ngettext("%(count)d task is done.", "%(count)d tasks are done.", len(tasks))
        self.message_user(request, message % {"count": len(tasks)}, messages.SUCCESS)
