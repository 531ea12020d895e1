"""Answers to tickets go out by mail, and whoever wrote one by mail is told once that it arrived."""

from __future__ import annotations

import contextlib
from datetime import datetime

from flask_babel import gettext as _

from crm.replies import queries, rules
from crm.tickets import queries as tickets
from crm.tickets import rules as wording
from crm.tickets import service as conversation
from crm.tickets.events import TicketAnswered
from crm.tickets.models import TicketMessage
from crm.tickets.service import Said
from infra.database import db
from infra.mail import service as mail
from infra.mail.rules import Thread, Written
from infra.transaction import Work
from kernel.actor import Actor
from kernel.errors import RuleBroken


def mail_answer(event: TicketAnswered, work: Work) -> None:
    """Send what was said to those who asked and do not sign in here; whoever does has a notice of it.

    Everybody gets it under the same Message-ID, that of the entry, so that any answer finds its way back.
    """
    said = db.session.get(TicketMessage, event.message_id)
    ticket = tickets.row(event.ticket_id)
    addresses = [address for number, address in tickets.heard_by(ticket) if number is None]
    if said is None or not addresses:
        return
    queue = queries.queue_of(ticket)
    thread = Thread(
        said.reference,
        rules.named(queries.said_before(said)),
        reply_to=queue.address if queue else "",
        written=Written.REPLIED if said.automatic else Written.BY_A_PERSON,
    )
    subject = wording.mail_subject(ticket.id, ticket.name)
    for place, address in enumerate(addresses):
        with contextlib.suppress(RuleBroken):  # an address that is none was typed in by hand
            mail.queue(work, address, subject, said.body, key=f"ticket-message:{said.id}:{place}", thread=thread)


def acknowledge(ticket_id: int, *, actor: Actor, now: datetime) -> None:
    """Tell whoever wrote a ticket by mail that it arrived, if its queue does; an automatic entry of the conversation.

    Whoever calls has made sure that a person wrote it, and that the sender is real.
    """
    ticket = tickets.row(ticket_id)
    queue = queries.queue_of(ticket)
    if queue is None or not queue.acknowledges:
        return
    values = {
        "requester": ticket.requester_name,
        "agent": queue.name,
        "ticket": wording.code(ticket.id),
        "subject": ticket.name,
    }
    text = wording.filled_in(queue.acknowledgement or standard(), values)
    conversation.reply(ticket_id, Said(text, automatic=True, author_name=queue.name), actor=actor, now=now)


def standard() -> str:
    """What an acknowledgement says where its queue has no words of its own; its places are those of canned answers."""
    return _(
        "Hello {requester},\n\nyour message “{subject}” has arrived. Its number is {ticket}; somebody will answer "
        "you.\n\n"
        "If you want to add something, answer this mail and leave its subject as it is. This was sent automatically."
    )
