"""Deals of people who were not known yet, or not as such: a lead from the site, or a call that staff write down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Change, Client, CustomField, Deal, User
from crm.models.number import take_numbers
from crm.services.atomic import atomic
from crm.services.clients import Visitor, complete_client, take_in_visitor
from crm.services.deals import change_deal, create_deal, locked
from crm.services.messages import write_message
from crm.services.notifications import tell_of_lead

# What a lead takes of the number sequence: for client, deal and comment.
NUMBERS = 3


@dataclass
class Lead:
    """What is known of a lead. `data` and `parameters` are what no field could take; staff see both on the deal."""

    title: str = ""
    visitor: Visitor = field(default_factory=Visitor)
    comment: str = ""
    visit: str = ""
    manager: User | None = None
    created_at: datetime | None = None
    values: Mapping[CustomField, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)

    def headline(self) -> str:
        """The deal's title: as given, else the best there is to call it by."""
        visitor = self.visitor
        return self.title or visitor.name or visitor.phone or visitor.email or _("Lead")


@atomic
def take_lead(*, lead: Lead, by: User | None, via: Change.Via, at: datetime | None = None) -> tuple[Deal, list[str]]:
    """Make a deal of a lead, find or make its client, keep its text as the first comment.

    The deal is returned with remarks for whoever watches the integration: what people should look at.
    """
    moment = at or timezone.now()
    remarks = []
    for_client, for_deal, for_comment = take_numbers(NUMBERS, using=DEFAULT_DB_ALIAS)
    client, doubled = take_in_visitor(lead.visitor, by=by, via=via, at=moment, number=for_client)
    if doubled:
        remarks.append(_("phone and e-mail belong to two clients: they are marked as probable duplicates"))
    parameters = dict(lead.parameters)
    if client is not None and lead.visitor.name and client.name not in ("", lead.visitor.name):
        parameters["name"] = lead.visitor.name
    extra = {"data": lead.data, "parameters": parameters}
    deal = create_deal(
        title=lead.headline(),
        client=client,
        manager=lead.manager,
        visit=lead.visit,
        values=lead.values,
        created_at=lead.created_at or moment,
        extra={name: kept for name, kept in extra.items() if kept},
        number=for_deal,
        by=by,
        via=via,
        at=moment,
    )
    if lead.comment:
        write_message(subject=deal, text=lead.comment, by=by, via=via, at=moment, number=for_comment)
    if deal.manager is None:
        tell_of_lead(deal=deal, by=by, at=moment)
    return deal, remarks


@atomic
def open_deal(
    *,
    visitor: Visitor,
    by: User,
    client: Client | None = None,
    via: Change.Via = Change.Via.WEB,
    at: datetime | None = None,
    **columns: Any,
) -> Deal:
    """A deal of `client`, who gets what he lacks of the visitor's details, else of whoever the visitor is.

    `columns` are those of `create_deal`. Without a manager among them it is the deal of who opens it.
    """
    moment = at or timezone.now()
    if client is not None:
        complete_client(client=client, visitor=visitor, by=by, via=via, at=moment)
    else:
        client, _doubled = take_in_visitor(visitor, by=by, via=via, at=moment)
    return create_deal(**{"manager": by} | columns, client=client, by=by, via=via, at=moment)


class TakenError(Exception):
    """A colleague was faster; `deal` is as he left it."""

    def __init__(self, deal: Deal) -> None:
        super().__init__(f"#{deal.pk} is taken")
        self.deal = deal


@atomic
def take_deal(*, deal: Deal, by: User, via: Change.Via = Change.Via.WEB, at: datetime | None = None) -> Deal:
    """Answer for a deal that nobody answers for: of several who want it the first gets it.

    TakenError: it has somebody else already.
    """
    deal = locked(deal)
    if deal.manager is not None and deal.manager != by:
        raise TakenError(deal)
    return change_deal(deal=deal, by=by, via=via, at=at, manager=by)
