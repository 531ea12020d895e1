"""Changing the products and people of a deal; the amount follows its products unless it was set by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from crm.access.queries import access_of
from crm.deals import queries, rules
from crm.deals.models import DealContact
from crm.deals.rules import LineData
from crm.objects.rules.catalogue import CONTACT, OPPORTUNITY, PRODUCT
from crm.records import queries as records
from crm.records import service as record_service
from crm.records.models import Opportunity, OpportunityLine
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, Refused, RuleBroken

UNDOABLE = {
    "line.added": "crm.use",
    "line.removed": "crm.use",
    "line.followed": "crm.use",
    "part.set": "crm.use",
    "part.removed": "crm.use",
}
"""What can be taken back by whoever may still work with the deal."""


def add_line(deal_id: int, line: LineData, *, actor: Actor, now: datetime) -> Work:
    """Add a product; the amount follows if it did. Raises NotFound, Refused, RuleBroken."""
    checked = rules.check(line)
    with transaction(actor, "line.added") as work:
        deal = _editable(deal_id, actor)
        if checked.product_id is not None:
            records.get(access_of(actor), PRODUCT, checked.product_id)
        before = _lines(deal_id)
        if len(before) >= rules.MOST:
            raise RuleBroken("crm.line_many", "A deal has at most %(most)d lines.", field="name", most=rules.MOST)
        work.session.add(
            OpportunityLine(
                opportunity_id=deal_id,
                product_id=checked.product_id,
                name=checked.name,
                quantity=checked.quantity,
                price=checked.price,
                discount=checked.discount,
                position=len(before),
            )
        )
        work.session.flush()
        _follow(work, deal, before, now)
    return work


def remove_line(deal_id: int, line_id: int, *, actor: Actor, now: datetime) -> Work:
    """Take a product out; the amount follows if it did. Raises NotFound, Refused."""
    with transaction(actor, "line.removed") as work:
        deal, before = _editable(deal_id, actor), _lines(deal_id)
        row = work.session.get(OpportunityLine, line_id)
        if row is None or row.opportunity_id != deal_id:
            raise NotFound
        work.session.delete(row)
        work.session.flush()
        _follow(work, deal, before, now)
    return work


def follow(deal_id: int, *, actor: Actor, now: datetime) -> Work:
    """Set the amount to what the products add up to; from then on it follows them. Raises NotFound, Refused."""
    with transaction(actor, "line.followed") as work:
        deal = _editable(deal_id, actor)
        record_service.change_many(work, "opportunity", [(deal, {"amount": rules.total(_lines(deal_id))})], now=now)
    return work


def set_part(deal_id: int, contact_id: int, part: str, *, actor: Actor) -> Work:
    """Say what a contact has to do with a deal. Raises NotFound, Refused, RuleBroken."""
    checked = rules.check_part(part)
    with transaction(actor, "part.set") as work:
        _editable(deal_id, actor, "contact_id")
        records.get(access_of(actor), CONTACT, contact_id)
        query = select(DealContact).where(DealContact.opportunity_id == deal_id, DealContact.contact_id == contact_id)
        row = work.session.scalar(query)
        if row is None:
            row = DealContact(opportunity_id=deal_id, contact_id=contact_id)
            work.session.add(row)
        row.part = checked
    return work


def remove_part(deal_id: int, part_id: int, *, actor: Actor) -> Work:
    """Somebody has nothing to do with the deal any more. Raises NotFound, Refused."""
    with transaction(actor, "part.removed") as work:
        _editable(deal_id, actor, "contact_id")
        row = work.session.get(DealContact, part_id)
        if row is None or row.opportunity_id != deal_id:
            raise NotFound
        work.session.delete(row)
    return work


def _editable(deal_id: int, actor: Actor, field: str = "amount") -> Opportunity:
    access = access_of(actor)
    deal: Opportunity = records.get(access, OPPORTUNITY, deal_id, hold=True)
    if field not in queries.fields_of(access, deal)[1]:
        raise Refused("You may not change this deal.")
    return deal


def _lines(deal_id: int) -> list[LineData]:
    return [line for _number, line in queries.lines(deal_id)]


def _follow(work: Work, deal: Opportunity, before: list[LineData], now: datetime) -> None:
    if not rules.follows(deal.amount, before):
        return
    lines = _lines(deal.id)
    amount = rules.total(lines) if lines else None
    record_service.change_many(work, "opportunity", [(deal, {"amount": amount})], now=now)
