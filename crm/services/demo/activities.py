"""What goes on around a deal: comments, tasks and calls, as rows."""

from collections.abc import Iterator, Sequence

from crm.models import Call, Change, Message, Task
from crm.services.demo import names, texts
from crm.services.demo.chance import Chance, weighted
from crm.services.demo.rhythm import DAY, Calendar
from crm.services.demo.rows import Rows, stamp
from crm.services.demo.shop import FIRM_PHONES
from crm.services.demo.stories import Story

Direction = Call.Direction
Status = Call.Status
Verb = Change.Verb

STATUSES = weighted(
    [
        (70, Status.ANSWER),
        (12, Status.NOANSWER),
        (6, Status.BUSY),
        (5, Status.CANCEL),
        (2, Status.CHANUNAVAIL),
        (2, Status.CONGESTION),
        (1, Status.DONTCALL),
        (2, Status.TORTURE),
    ]
)
MARKERS = weighted([(80, ""), (12, "Сайт, шапка"), (5, "Визитка"), (3, "Карты")])
# Whose a call is, of 100: a client's own where it was about no deal, nobody's where the number was unknown.
CALL_SUBJECTS = weighted([(78, "deal"), (14, "client"), (8, "")])
MESSAGE_SUBJECTS = weighted([(95, "deal"), (5, "client")])
TASK_SUBJECTS = weighted([(97, "deal"), (3, "client")])
# In how many days the tasks of open deals are due: overdue, today or to come.
DUE_IN = weighted([(30, (-6, -1)), (28, (0, 0)), (42, (1, 14))])
HALF_AN_HOUR = 1800
RECORD = "https://records.telephony.example/{day}/{number}.mp3"


class ActivityBook:
    def __init__(self, *, calendar: Calendar, chance: Chance, numbers: Iterator[int], rows: Rows) -> None:
        self._calendar, self._chance, self._numbers, self._rows = calendar, chance, numbers, rows

    def write_messages(self, story: Story, count: int) -> None:
        """Comments; of a lead from the site the first one is often what the visitor wrote."""
        by_visitor = story.source.online and self._chance.happens(0.5)
        for moment in sorted(self._moment(story) for _ in range(count)):
            if by_visitor:
                self._write_message(story, story.arrival, texts.LEAD_TEXTS, subject="deal")
            else:
                subject = self._chance.pick(MESSAGE_SUBJECTS)
                self._write_message(story, moment, texts.COMMENTS, subject=subject, writer=story.responsible.id)
            by_visitor = False

    def _write_message(
        self, story: Story, moment: int, wordings: Sequence[str], *, subject: str, writer: int | None = None
    ) -> None:
        """Without a `writer` it is what came with the lead."""
        number, at = next(self._numbers), stamp(moment)
        title = self._chance.pick(texts.COMMENT_TITLES) if writer else ""
        text = story.treatment.mentioned_in(self._chance.pick(wordings))
        author = writer or story.author
        self._rows.add(Message, number, *subject_columns(story, subject), None, title, text, author, at)
        self._rows.add_change(number, Verb.CREATED, at=at, by=author)

    def write_tasks(self, story: Story, count: int) -> None:
        """Tasks: done if the deal is closed, else overdue, for today or to come."""
        for created in sorted(self._moment(story) for _ in range(count)):
            if story.is_open:
                self._write_task(story, created, due=self._due(not_before=created))
            else:
                due = max(self._calendar.working_hour(created + self._chance.between(0, 3 * DAY)), created)
                waited = int((due - created) * self._chance.uniform(0.2, 1.3))
                self._write_task(story, created, due=due, done=self._calendar.at_work(created + waited, after=created))

    def _write_task(self, story: Story, created: int, *, due: int, done: int | None = None) -> None:
        number, by, chance = next(self._numbers), story.responsible.id, self._chance
        subject = "deal" if done is None else chance.pick(TASK_SUBJECTS)
        all_day = chance.happens(0.35)
        self._rows.add(
            Task,
            number,
            *subject_columns(story, subject),
            None,
            chance.pick(texts.TASKS),
            by,
            by,
            stamp(created),
            self._due_stamp(due, all_day=all_day),
            all_day,
            None if done is None else stamp(done),
            None if done is None else by,
        )
        self._rows.add_change(number, Verb.CREATED, at=stamp(created), by=by)
        if done is not None:
            self._rows.add_change(number, Verb.FINISHED, at=stamp(done), by=by)

    def _due_stamp(self, due: int, *, all_day: bool) -> str:
        """The end of that day, to the microsecond as crm.services.tasks has it, or the next half hour."""
        if all_day:
            return f"{stamp(self._calendar.end_of_day(due))}.999999"
        return stamp(-(-due // HALF_AN_HOUR) * HALF_AN_HOUR)

    def _due(self, *, not_before: int) -> int:
        """When the task of an open deal is due."""
        calendar, chance = self._calendar, self._chance
        some_hour_today = calendar.end_of_day(calendar.now) - chance.between(0, DAY - 1)
        return max(calendar.working_hour(some_hour_today + chance.between(*chance.pick(DUE_IN)) * DAY), not_before)

    def write_calls(self, story: Story, count: int) -> None:
        for moment in sorted(self._moment(story) for _ in range(count)):
            self._write_call(story, stamp(moment))

    def _write_call(self, story: Story, at: str) -> None:
        chance, number = self._chance, next(self._numbers)
        subject, incoming = chance.pick(CALL_SUBJECTS), chance.happens(0.58)
        client, firm = (subject and story.customer.phone) or names.phone(chance), chance.pick(FIRM_PHONES)
        status = chance.pick(STATUSES)
        recorded = status == Status.ANSWER and chance.happens(0.6)
        self._rows.add(
            Call,
            number,
            None,
            "",
            *subject_columns(story, subject),
            story.responsible.id if subject else None,
            (Direction.INCOMING if incoming else Direction.OUTGOING).value,
            status.value,
            "answered" if status == Status.ANSWER and chance.happens(0.2) else status.value,
            client if incoming else firm,
            firm if incoming else client,
            at,
            self._duration(status),
            RECORD.format(day=at[:10].replace("-", "/"), number=number) if recorded else "",
            story.visit if incoming and story.visit.isdigit() else "",
            chance.pick(MARKERS) if incoming else "",
            "{}",
        )
        self._rows.add_change(number, Verb.CREATED, at=at, by=None)

    def _duration(self, status: Status) -> int | None:
        """Seconds of talk; unknown where there was no connection at all."""
        if status == Status.ANSWER:
            return 12 + int(780 * self._chance.random() ** 3)
        if status == Status.TORTURE:
            return self._chance.between(4, 20)
        return None if status in (Status.CONGESTION, Status.CHANUNAVAIL) else 0

    def _moment(self, story: Story) -> int:
        """Some working hour of the deal's life."""
        moment = story.arrival + int((story.until - story.arrival) * self._chance.random())
        return min(self._calendar.at_work(moment, after=story.arrival), story.until)


def subject_columns(story: Story, subject: str) -> tuple[int | None, int | None]:
    """The columns `deal` and `client` of what belongs to that one of them, or to neither."""
    return (
        story.number if subject == "deal" else None,
        story.customer.number if subject == "client" else None,
    )
