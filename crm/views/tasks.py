"""The list of tasks and what is done with one by a click."""

from datetime import date, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import get_task, person, writer_required
from crm.days import today
from crm.filters.people import ME
from crm.filters.tasks import EVERYBODY, TaskFilter, TaskGroup
from crm.forms.tasks import FIRST_DAY, LAST_DAY, NewTaskForm, TaskForm, moved_to
from crm.models import Task
from crm.reports.counting import COUNTED, count_each
from crm.reports.tasks import task_rows, with_subjects
from crm.services.subjects import Subject
from crm.services.tasks import change_task, finish_task, reopen_task
from crm.services.undoing import CHANGE, FINISH, start_batch
from crm.templatetags.display import day
from crm.views.going_back import go_back, next_address, posted
from crm.views.in_trash import refuse_in_trash
from crm.views.lists import page_links, page_of
from crm.views.subjects import named_subject
from crm.views.undoing import offer_undo

# Of each group the list shows these many; the group alone shows them all, page by page.
SHOWN = 25
MOST_SHOWN = dict.fromkeys(TaskGroup, SHOWN) | {TaskGroup.DONE: 10}

EDIT = ["GET", "HEAD", "POST"]


@require_safe
def list_tasks(request: HttpRequest) -> HttpResponse:
    user = person(request)
    asked = TaskFilter(request.GET, user=user)
    # In the order of the groups; a group of very many is counted no further than lists are.
    counted = count_each({group.value: asked.of_group(group) for group in TaskGroup}, user=user)
    context = {
        "filter": asked,
        "counts": [(group, counted[group]) for group in TaskGroup],
        "most": COUNTED,
        "total": sum(counted.values()),
        "unfinished": sum(counted.values()) - counted[TaskGroup.DONE],
        "mine": asked.whose == ME,
        "everybody": asked.whose == EVERYBODY,
        "all_groups": asked.group is None,
    }
    if asked.group is None:
        found = asked.first_of({group: MOST_SHOWN[group] for group in TaskGroup if counted[group]})
        rows = task_rows(with_subjects(found), viewer=user)
        context["groups"] = [
            (group, counted[group], [row for row in rows if row.group == group]) for group in TaskGroup
        ]
    else:
        found = with_subjects(asked.of_group(asked.group))
        page = page_of(request, found, count=counted[asked.group], most=COUNTED)
        context |= {"page": page, "groups": [(asked.group, counted[asked.group], task_rows(page, viewer=user))]}
        context |= page_links(page)
    return render(request, "crm/tasks.html", context)


@require_http_methods(EDIT)
@writer_required
def new_task(request: HttpRequest) -> HttpResponse:
    """For a deal or client named in the form; `?deal=`, `?client=` or `?call=` names it beforehand."""
    user = person(request)
    subject = named_subject(request)
    if subject is not None and (refusal := refuse_in_trash(request, subject)) is not None:
        return refusal
    form = (NewTaskForm if subject is None else TaskForm)(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        task = form.save(by=user, subject=subject or form.cleaned_data["on"])
        messages.success(request, _("The task is planned for %(day)s.") % {"day": day(task.due_at)})
        return go_back(request, "tasks")
    return _show_form(request, form, subject)


@require_http_methods(EDIT)
@writer_required
def edit_task(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    task = get_task(user, number)
    form = TaskForm(posted(request), user=user, task=task)
    if request.method == "POST" and form.is_valid():
        form.save(by=user)
        messages.success(request, _("The task is saved."))
        return go_back(request, "tasks")
    return _show_form(request, form, task.deal or task.client or task.call)


def _show_form(request: HttpRequest, form: TaskForm, subject: Subject | None) -> HttpResponse:
    context = {"form": form, "subject": subject, "next": next_address(request, "tasks")}
    return render(request, "crm/task_form.html", context)


@require_POST
@writer_required
def finish(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    task = get_task(user, number)
    with transaction.atomic():
        batch = start_batch(kind=FINISH, by=user)
        finish_task(task=task, by=user, batch=batch)
        offer_undo(request, _("Done: “%(task)s”") % {"task": task}, batch)
    return go_back(request, "tasks")


@require_POST
@writer_required
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    user = person(request)
    reopen_task(task=get_task(user, number), by=user)
    return go_back(request, "tasks")


@require_POST
@writer_required
def move(request: HttpRequest, number: int) -> HttpResponse:
    """To another day: `day` is "tomorrow", "week" (next Monday) or a date; the time of day stays."""
    user = person(request)
    task = get_task(user, number)
    to = _day_named(request.POST.get("day", ""))
    if to is None:
        messages.error(request, _("Choose a day to move the task to."))
    else:
        _move(request, task, to)
    return go_back(request, "tasks")


@transaction.atomic
def _move(request: HttpRequest, task: Task, to: date) -> None:
    user = person(request)
    batch = start_batch(kind=CHANGE, by=user)
    change_task(task=task, by=user, due_at=moved_to(task, to), batch=batch)
    offer_undo(request, _("Moved to %(day)s.") % {"day": day(to)}, batch)


def _day_named(text: str) -> date | None:
    now = today()
    if text == "tomorrow":
        return now + timedelta(days=1)
    if text == "week":
        return now + timedelta(days=7 - now.weekday())
    try:
        named = parse_date(text)
    except ValueError:
        return None
    return named if named and FIRST_DAY <= named <= LAST_DAY else None
