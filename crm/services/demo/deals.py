"""A deal's story as rows: the deal itself with its kept order, its values, stays and history."""

from datetime import UTC, datetime
from decimal import Decimal

import orjson

from crm.models import Change, CustomField, Deal, FieldValue, StatusStay
from crm.models.folding import fold
from crm.services.demo import texts
from crm.services.demo.chance import Chance
from crm.services.demo.rows import Rows, stamp
from crm.services.demo.shop import BRANCH_FIELD, Shop
from crm.services.demo.stories import Story
from crm.services.field_values import make_value
from crm.services.orders import write_order

Verb = Change.Verb

NOTHING_EXTRA = "{}"


class DealBook:
    def __init__(self, *, shop: Shop, chance: Chance, rows: Rows) -> None:
        self._shop, self._chance, self._rows = shop, chance, rows
        self._values: dict[tuple[int, str], FieldValue] = {}

    def write(self, story: Story) -> None:
        price, cost = self._money(story)
        deal = Deal(
            pk=story.number,
            title=story.treatment.title(self._chance),
            client_id=story.customer.number,
            status_id=story.stays[-1].status,
            manager_id=story.manager.id if story.manager else None,
            price=price,
            cost=cost,
            visit=story.visit,
            created_at=datetime.fromtimestamp(story.arrival, UTC),
        )
        values = self._values_of(story)
        write_order(deal, [(value.field_id, value.text) for value in values], scheme=self._shop.scheme)
        self._write_deal(deal, story)
        for value in values:
            self._rows.add(FieldValue, deal.pk, value.field_id, value.text, value.key, value.number, value.date)
        self._write_stays(story)

    def _write_deal(self, deal: Deal, story: Story) -> None:
        chance, shop = self._chance, self._shop
        closed = next((stay.entered for stay in story.stays if stay.status not in shop.open), None)
        trashed = deal.status_id == shop.deleted
        changed = stamp(story.stays[-1].entered)
        extra = orjson.dumps(chance.pick(texts.UNMATCHED)).decode() if chance.happens(0.02) else NOTHING_EXTRA
        self._rows.add(
            Deal,
            deal.pk,
            deal.title,
            deal.client_id,
            deal.status_id,
            deal.manager_id,
            deal.price,
            deal.cost,
            deal.visit,
            stamp(story.arrival),
            story.author,
            changed,
            story.lost_reason,
            None if closed is None else stamp(closed),
            extra if story.source.online else NOTHING_EXTRA,
            changed if trashed else None,
            story.stays[-2].status if trashed else None,
            deal.order_json,
            deal.order_scheme,
            fold(f"{deal.title} {deal.visit}"),
            deal.has_source,
        )

    def _money(self, story: Story) -> tuple[Decimal | None, Decimal | None]:
        """Price and cost: known of what was paid, by and by of the others."""
        chance, status = self._chance, story.stays[-1].status
        paid = status in self._shop.won
        if not paid and chance.happens(0.6 if len(story.stays) == 1 else 0.15):
            return None, None
        price = story.treatment.price(chance)
        cost = story.treatment.cost_of(price, chance) if paid and chance.happens(0.9) else None
        return Decimal(price), cost

    def _values_of(self, story: Story) -> list[FieldValue]:
        """In the order of the fields; of no deal, since the same few come again and again."""
        branch = story.responsible.branch
        known = story.source.field_texts(self._chance) | {BRANCH_FIELD: branch}
        return [self._value(field, known[field.name]) for field in self._shop.fields]

    def _value(self, field: CustomField, text: str) -> FieldValue:
        key = (field.pk, text)
        if key not in self._values:
            self._values[key] = make_value(Deal(), field, text)
        return self._values[key]

    def _write_stays(self, story: Story) -> None:
        """The stays, and the history: created, moved from one to the next, the reason of a loss."""
        rows, number, by = self._rows, story.number, story.responsible.id
        rows.add_change(number, Verb.CREATED, at=stamp(story.arrival), by=story.author)
        entered = stamp(story.arrival)
        for stay, following in zip(story.stays, story.stays[1:], strict=False):
            left = stamp(following.entered)
            rows.add(StatusStay, number, stay.status, entered, left)
            verb = Verb.TRASHED if following.status == self._shop.deleted else Verb.MOVED
            rows.add_change(number, verb, at=left, by=by, field="status", old=stay.status, new=following.status)
            if story.lost_reason and following.status in self._shop.lost:
                reason = story.lost_reason
                rows.add_change(number, Verb.CHANGED, at=left, by=by, field="lost_reason", old="", new=reason)
            entered = left
        rows.add(StatusStay, number, story.stays[-1].status, entered, None)
