from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Change, Task
from crm.services.tasks import change_task, finish_task, reopen_task
from tests.factories import make_deal, make_task, make_user

pytestmark = pytest.mark.django_db


def history_of(task: Task) -> list[tuple[str, str, object, object]]:
    return list(Change.objects.filter(number=task.pk).values_list("verb", "field", "old", "new"))


def test_a_finished_task_says_when_and_by_whom() -> None:
    person, at = make_user(), timezone.now()
    task = finish_task(task=make_task(make_deal()), by=person, at=at)

    assert (task.done_at, task.done_by) == (at, person)
    assert history_of(task) == [("created", "", None, None), ("finished", "", None, None)]


def test_finishing_twice_leaves_the_first_word() -> None:
    first, second = make_user(), make_user()
    task = make_task(make_deal())
    finish_task(task=task, by=first)

    assert finish_task(task=task, by=second).done_by == first
    assert Change.objects.filter(number=task.pk, verb="finished").count() == 1


def test_a_reopened_task_is_planned_again() -> None:
    person = make_user()
    done = finish_task(task=make_task(make_deal()), by=person)
    task = reopen_task(task=done, by=person)

    assert (task.done_at, task.done_by) == (None, None)
    assert list(Task.objects.unfinished()) == [task]
    assert history_of(task)[-1] == ("changed", "done_at", done.done_at.isoformat() if done.done_at else "", None)


def test_reopening_a_planned_task_changes_nothing() -> None:
    task = reopen_task(task=make_task(make_deal()), by=None)

    assert history_of(task) == [("created", "", None, None)]


def test_postponing_leaves_the_old_and_the_new_moment_in_the_history() -> None:
    task = make_task(make_deal())
    later = task.due_at + timedelta(days=3)
    changed = change_task(task=task, by=None, due_at=later, text=task.text)

    assert Task.objects.get() == changed
    assert changed.due_at == later
    assert history_of(task)[1:] == [("changed", "due_at", task.due_at.isoformat(), later.isoformat())]


def test_what_a_task_belongs_to_is_not_changed() -> None:
    with pytest.raises(TypeError, match="does not write deal"):
        change_task(task=make_task(make_deal()), by=None, deal=None)
