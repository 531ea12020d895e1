"""Mailboxes, what came in, and to whom and what a mail belongs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from accounts.people import queries as people
from accounts.people.models import Person
from crm.mailbox import rules
from crm.mailbox.models import Mailbox, MailIn
from crm.mailbox.rules import Came, Letter
from crm.queues import queries as queues
from crm.records.models import Contact, Lead, Ticket
from crm.tickets import queries as tickets
from infra.database import db
from infra.mail.rules import sender_of
from infra.wires import wires
from kernel.errors import NotFound

SHOWN = 100


def mailboxes() -> list[Mailbox]:
    """Every mailbox by name."""
    return list(db.session.scalars(select(Mailbox).order_by(func.lower(Mailbox.name), Mailbox.id)))


def mailbox(mailbox_id: int) -> Mailbox:
    """One mailbox. Raises NotFound."""
    found = db.session.get(Mailbox, mailbox_id)
    if found is None:
        raise NotFound
    return found


def came_in() -> list[MailIn]:
    """What came in, the last first."""
    return list(db.session.scalars(select(MailIn).order_by(MailIn.at.desc(), MailIn.id.desc()).limit(SHOWN)))


def is_known(message_id: str) -> bool:
    """Whether a mail was taken before."""
    return db.session.scalar(select(MailIn.id).where(MailIn.message_id == message_id)) is not None


def how_many(sender: str, now: datetime) -> int:
    """How many mails of a sender were taken lately."""
    lately = (MailIn.sender_email == sender, MailIn.at > now - rules.WITHIN, MailIn.came != Came.IGNORED.value)
    return db.session.scalar(select(func.count(MailIn.id)).where(*lately)) or 0


def is_ours(letter: Letter) -> bool:
    """Whether we sent this mail ourselves: it came back, or two of our mailboxes write to each other."""
    settings = wires().settings
    own = {sender_of(settings.mail_from, settings.base_url)[1], *(each.address for each in queues.queues())}
    return letter.sender in own or tickets.by_reference([letter.message_id]) is not None


def ticket_of(letter: Letter) -> int | None:
    """The ticket that a mail goes on with: by its thread, or by the number in its subject from whoever asked there.

    A thread's names can't be guessed; a number can.
    """
    by_thread = tickets.by_reference(letter.thread)
    if by_thread is not None or letter.number is None or letter.forged:
        return by_thread
    found = db.session.get(Ticket, letter.number)
    if found is None:
        return None
    asked = {address for _person, address in tickets.heard_by(found)}
    person = people.by_email(letter.sender)
    mine = letter.sender in asked or (person is not None and found.requester_id == person.id)
    return found.id if mine else None


def contact_of(address: str) -> Contact | None:
    """The contact with an address, if there is just one."""
    wanted = select(Contact).where(func.lower(Contact.email) == address, Contact.deleted_at.is_(None))
    found = list(db.session.scalars(wanted.order_by(Contact.id).limit(2)))
    return found[0] if len(found) == 1 else None


def known_of(addresses: Sequence[str]) -> list[tuple[str, int, int | None]]:
    """The contacts and leads with some addresses: object, number, account. Leads that became contacts are left out."""
    wanted = sorted(set(addresses))
    contacts = select(Contact.id, Contact.account_id).where(
        func.lower(Contact.email).in_(wanted), Contact.deleted_at.is_(None)
    )
    leads = select(Lead.id).where(
        func.lower(Lead.email).in_(wanted), Lead.deleted_at.is_(None), Lead.converted_at.is_(None)
    )
    found = [("contact", row.id, row.account_id) for row in db.session.execute(contacts.order_by(Contact.id))]
    return found + [("lead", number, None) for number in db.session.scalars(leads.order_by(Lead.id))]


def colleague(address: str) -> int | None:
    """The number of the active person who signs in with an address."""
    return db.session.scalar(select(Person.id).where(Person.email == address, Person.active))
