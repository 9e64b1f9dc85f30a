"""How much of everything there is, by the number of deals."""

from dataclasses import dataclass

MESSAGES_A_DEAL_AT_MOST = 4
TASKS_A_DEAL_AT_MOST = 2
CALLS_A_DEAL_AT_MOST = 2


@dataclass(frozen=True)
class Amounts:
    deals: int

    @property
    def open_deals(self) -> int:
        return self.deals * 3 // 100

    @property
    def closed_deals(self) -> int:
        return self.deals - self.open_deals

    @property
    def clients(self) -> int:
        """At least one."""
        return -(-self.deals * 6 // 10)

    @property
    def messages(self) -> int:
        return self.deals

    @property
    def done_tasks(self) -> int:
        return self.tasks - self.open_tasks

    @property
    def open_tasks(self) -> int:
        """One for each open deal: some have two, some none."""
        return self.open_deals

    @property
    def tasks(self) -> int:
        return self.deals * 3 // 10

    @property
    def calls(self) -> int:
        return self.deals * 3 // 10

    @property
    def numbers(self) -> int:
        """Of the one sequence."""
        return self.deals + self.clients + self.messages + self.tasks + self.calls
