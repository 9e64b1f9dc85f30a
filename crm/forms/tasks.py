"""What people type about a task."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.days import day_ends, day_of, today
from crm.forms.subjects import PersonalForm, SubjectForm
from crm.installation import zone
from crm.models import Task, User
from crm.services.subjects import Subject
from crm.services.tasks import change_task, plan_task

LONGEST_TEXT = 10_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def due_on(day: date, clock: time | None) -> datetime:
    """When a task is due: at the moment by the person's clock, or at the end of the installation's day."""
    return day_ends(day) if clock is None else timezone.make_aware(datetime.combine(day, clock))


def moved_to(task: Task, day: date) -> datetime:
    """The task's due moment on another of the installation's days, at the same time of day."""
    if task.all_day:
        return day_ends(day)
    clock = timezone.localtime(task.due_at, zone()).time()
    return timezone.make_aware(datetime.combine(day, clock), zone())


class TaskForm(PersonalForm):
    """`day` with a `time` is a moment of the person's clock; without one it is the whole day of the installation."""

    text = forms.CharField(
        label=_("What is to be done"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    assignee = forms.ModelChoiceField(label=_("Assignee"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, task: Task | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.task = task
        people = User.objects.assignable()
        self.initial = {"day": today(), "assignee": self.user, **self.initial}
        if task is not None:
            people |= User.objects.filter(pk=task.assignee_id)
            local = timezone.localtime(task.due_at)
            due: dict[str, Any] = (
                {"day": day_of(task.due_at)} if task.all_day else {"day": local.date(), "time": local.time()}
            )
            self.initial |= {"text": task.text, "assignee": task.assignee, "time": None, **due}
        self.fields["assignee"].queryset = people.order_by("full_name", "login")  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Choose a day between 2000 and 2999."))
        return day

    def columns(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "text": typed["text"],
            "due_at": due_on(typed["day"], typed["time"]),
            "all_day": typed["time"] is None,
            "assignee": typed["assignee"],
        }

    def save(self, *, by: User, subject: Subject | None = None) -> Task:
        """Plan a task on `subject`, or change the one that the form was opened with."""
        if self.task is not None:
            return change_task(task=self.task, by=by, **self.columns())
        if subject is None:
            raise TypeError("A new task needs a subject.")
        return plan_task(subject=subject, by=by, **self.columns())


class NewTaskForm(TaskForm, SubjectForm):
    """A task for a deal or a client that is named in the form itself."""

    field_order = ["text", "find", "subject", "day", "time", "assignee"]
