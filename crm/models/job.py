from django.db import models


class Lease(models.Model):
    """A worker's word that it is at a job; it renews it while it works. One that has run out belonged to a worker that
    died, and its job is free again.
    """

    # The row of the queue, which is another app's.
    job = models.UUIDField(primary_key=True, editable=False)
    worker = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.job}: {self.worker}"


class Round(models.Model):
    """When work that comes round again and again is due next; crm.services.rounds says what work that is."""

    name = models.CharField(primary_key=True, max_length=60)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
