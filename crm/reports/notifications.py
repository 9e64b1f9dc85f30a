"""What a person is told of, as bell, page and toasts show it."""

from dataclasses import dataclass

from django.db.models import Case, When

from crm.models import Call, Client, Deal, Notification, NotificationKind, User
from crm.models.notification import STILL_SO, NotificationQuerySet
from crm.reports.subjects_seen import subjects_seen

# What a row says besides the notification itself.
BESIDE = (
    "by",
    "deal__client",
    "deal__manager",
    *(f"{row}__{subject}" for row in ("task", "message") for subject in ("deal", "client", "call")),
)

ICONS = {
    NotificationKind.DUE: "clock",
    NotificationKind.TASK: "tasks",
    NotificationKind.DEAL: "deals",
    NotificationKind.MENTION: "comment",
    NotificationKind.LEAD: "source",
}


@dataclass(frozen=True)
class NotificationRow:
    """`subject` is the deal, client or call that it is on; None where the viewer must not see it. What is not
    `still_so` was overtaken, as by a colleague who took the lead.
    """

    notification: Notification
    subject: Deal | Client | Call | None
    still_so: bool

    @property
    def icon(self) -> str:
        return ICONS[NotificationKind(self.notification.kind)]

    @property
    def is_unread(self) -> bool:
        return self.notification.read_at is None and self.still_so

    @property
    def can_be_taken(self) -> bool:
        return self.notification.kind == NotificationKind.LEAD and self.still_so

    @property
    def taken_by(self) -> User | None:
        """Who was faster, or the viewer himself."""
        is_lead = self.notification.kind == NotificationKind.LEAD
        return self.notification.deal.manager if is_lead and self.notification.deal else None


def notification_rows(notifications: NotificationQuerySet, *, viewer: User) -> list[NotificationRow]:
    found = list(
        notifications.select_related(*BESIDE).annotate(still_so=Case(When(STILL_SO, then=True), default=False))
    )
    seen = subjects_seen((row for one in found if (row := one.task or one.message)), viewer=viewer)
    return [
        NotificationRow(
            notification=one,
            subject=one.deal or seen.get(one.task_id or one.message_id or 0),
            still_so=getattr(one, "still_so", False),
        )
        for one in found
    ]
