"""What was said before, as far as mails carried it, and where answers are to arrive."""

from __future__ import annotations

from sqlalchemy import or_, select

from crm.queues.models import Queue
from crm.records.models import Ticket
from crm.tickets.models import TicketMessage
from infra.database import db


def said_before(message: TicketMessage) -> list[str]:
    """The Message-IDs of the public part of a conversation before an entry, merged tickets included, oldest first."""
    tickets = select(Ticket.id).where(or_(Ticket.id == message.ticket_id, Ticket.merged_into_id == message.ticket_id))
    query = select(TicketMessage.reference).where(
        TicketMessage.ticket_id.in_(tickets),
        TicketMessage.public,
        TicketMessage.reference != "",
        TicketMessage.id < message.id,
    )
    return list(db.session.scalars(query.order_by(TicketMessage.at, TicketMessage.id)))


def queue_of(ticket: Ticket) -> Queue | None:
    """The queue in which a ticket is."""
    return db.session.get(Queue, ticket.queue_id)
