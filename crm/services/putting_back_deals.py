"""Deals as they were before a batch. What is read and written of all of them is read and written at once."""

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.utils.dateparse import parse_datetime

from crm.models import Change, Client, CustomField, Deal, FieldValue, Status, StatusStay
from crm.services.deals import CHANGEABLE, MOVED_COLUMNS, stay_in, trash_deal
from crm.services.field_values import put_values
from crm.services.history import Entry, as_json, record
from crm.services.many_deals import save_with_orders
from crm.services.putting_back import Kept, Record, Was, Work, put_back_values

Verb = Change.Verb
Reason = Kept.Reason

CUSTOM = "field:"
# What people see of a move; where either has changed since, all of the move stays.
MOVE = ("status", "lost_reason")


class DealsPutBack:
    """Those of the records that are deals, on their way back: each locked one by `put_back`, in the end `save`."""

    def __init__(self, numbers: Collection[int], work: Work) -> None:
        self.numbers, self.work = list(numbers), work
        self.deals: list[Deal] = []
        self.written: set[str] = set()
        self.entries: list[Entry] = []
        self.ended_stays: list[int] = []
        self.going_on_stays: list[int] = []

    @cached_property
    def statuses(self) -> dict[int, Status]:
        return Status.objects.in_bulk()

    @cached_property
    def stays(self) -> dict[int, list[StatusStay]]:
        """Of each deal, the latest first; not to be read before the deals are locked."""
        stays = defaultdict(list)
        for stay in StatusStay.objects.filter(deal__in=self.numbers).order_by("-pk"):
            stays[stay.deal_id].append(stay)
        return stays

    def put_back(self, deal: Deal, done: Record, work: Work) -> None:
        """Put back, in memory, what the batch did to a locked deal; one that it made goes to the trash."""
        if done.did(Verb.CREATED):
            if deal.trashed_at is None and done.changed_since():
                return done.keep(Reason.CHANGED)
            trash_deal(deal=deal, by=work.by, via=work.via, at=work.at)
            return None
        moved = self._move(deal, done) if "status" in done.fields else []
        changed = put_back_values(deal, done, _columns(done))
        if entries := [*moved, *changed, *_values(deal, done)]:
            self.deals.append(deal)
            self.entries += entries
            self.written.update(entry.field for entry in changed)
            self.written.update(MOVED_COLUMNS if moved else [])
        return None

    def save(self) -> None:
        if not self.deals:
            return
        StatusStay.objects.filter(pk__in=self.ended_stays).delete()
        StatusStay.objects.filter(pk__in=self.going_on_stays).update(left_at=None)
        save_with_orders(self.deals, [*sorted(self.written), "search_text"], at=self.work.at)
        record(*self.entries, by=self.work.by, via=self.work.via, at=self.work.at)

    def _move(self, deal: Deal, done: Record) -> list[Entry]:
        """Put a deal back to the status that it was in, in memory, and note which of its stays end and go on."""
        deal.status = self.statuses[deal.status_id]
        was = {name: done.fields[name] for name in MOVE if name in done.fields}
        before = {name: as_json(getattr(deal, name)) for name in MOVE}
        if all(before[name] == field.old for name, field in was.items()):
            return []
        if any(before[name] != field.new for name, field in was.items()):
            done.keep(Reason.CHANGED, *MOVE)
            return []
        status = self.statuses.get(was["status"].old)
        if status is None:
            done.keep(Reason.GONE, "status")
            return []
        self._put_back_stays(deal, done, status)
        was_in_trash, deal.status = deal.trashed_at is not None, status
        for name, value in was.items():
            if name != "status":
                setattr(deal, name, value.old)
        _put_back_beside(deal, done, self.work)
        verb = Verb.RESTORED if was_in_trash else Verb.TRASHED if deal.trashed_at is not None else Verb.MOVED
        return [
            Entry(deal.pk, verb if name == "status" else Verb.CHANGED, name, before[name], getattr(deal, name))
            for name in was
        ]

    def _put_back_stays(self, deal: Deal, done: Record, status: Status) -> None:
        """Take away the stays that the batch's moves began, and let the one before go on. Where the stays tell another
        story, the deal simply enters the status now.
        """
        moved = [change.new for change in done.changes if change.field == "status"]
        begun, before = self.stays[deal.pk][: len(moved)], self.stays[deal.pk][len(moved) : len(moved) + 1]
        if [stay.status_id for stay in before] != [status.pk] or [stay.status_id for stay in begun] != moved[::-1]:
            return stay_in(deal, status, at=self.work.at)
        self.ended_stays += [stay.pk for stay in begun]
        self.going_on_stays.append(before[0].pk)
        return None


def _columns(done: Record) -> dict[str, Was]:
    """The columns to be put back; the client of old is followed to the one he was merged into."""
    names = CHANGEABLE - {"lost_reason"} if "status" in done.fields else CHANGEABLE
    columns = {name: was for name, was in done.fields.items() if name in names}
    was = columns.get("client")
    if was is not None and was.old is not None:
        client = Client.objects.filter(pk=was.old).first()
        if client is None:
            del columns["client"]
            done.keep(Reason.GONE, "client")
        else:
            columns["client"] = Was(client.survivor().pk, was.new)
    return columns


def _values(deal: Deal, done: Record) -> list[Entry]:
    """The custom values, put back; what is to be recorded is returned."""
    wanted = {name.removeprefix(CUSTOM): was for name, was in done.fields.items() if name.startswith(CUSTOM)}
    if not wanted:
        return []
    fields = {str(field.pk): field for field in CustomField.objects.filter(pk__in=wanted)}
    kept = {str(pk): text for pk, text in FieldValue.objects.filter(deal=deal).values_list("field", "text")}
    back = {}
    for name, was in wanted.items():
        now = kept.get(name, "")
        if name not in fields:
            done.keep(Reason.GONE, CUSTOM + name)
        elif now == was.new:
            back[fields[name]] = was.old
        elif now != was.old:
            done.keep(Reason.CHANGED, CUSTOM + name)
    return put_values(deal, back)


def _put_back_beside(deal: Deal, done: Record, work: Work) -> None:
    """The columns that follow from moves, as they were, and in line with what the status is today."""
    old: dict[str, Any] = {name: was.old for name, was in done.fields.items() if name in Change.BESIDE_A_MOVE}
    for name in ("closed_at", "trashed_at"):
        if name in old:
            setattr(deal, name, old[name] and parse_datetime(old[name]))
    deal.closed_at = (deal.closed_at or work.at) if deal.status.is_closed else None
    if "status_before_trash" in old:
        deal.status_before_trash_id = old["status_before_trash"]
