"""Taking mail: each once, in a transaction of its own, with a word about what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from sqlalchemy import delete

from accounts.access.queries import actor_of
from crm.access import rules as access_rules
from crm.access.queries import access_of
from crm.mailbox import queries, rules
from crm.mailbox.models import Mailbox, MailIn
from crm.mailbox.rules import Came, Letter
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records import service as writing
from crm.replies import service as replies
from crm.tickets import service as tickets
from crm.tickets.rules import Part
from crm.tickets.service import Asked, Said
from infra.attachments import service as attachments
from infra.mail import inbox
from infra.mail.inbox import Inbox, Unreachable
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import Problem, RuleBroken

UNDOABLE = dict.fromkeys(("mailbox.added", "mailbox.changed", "mailbox.removed"), "crm.setup")
"""What can be taken back, and the permission that this needs."""
POSTMAN = Actor(None, "Mail")
NAME_LIMIT, MOST_PORT = 120, 65_535


@dataclass(frozen=True, slots=True)
class MailboxData:
    """A mailbox as it was typed; an empty password keeps the one that is there."""

    name: str
    host: str
    port: int
    user: str
    password: str = ""
    queue_id: int | None = None
    folder: str = "INBOX"
    tls: bool = True
    active: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail, and why it was ignored if it was."""

    came: Came
    why: str = ""
    ticket_id: int | None = None
    activity_id: int | None = None


def add(data: MailboxData, *, actor: Actor) -> Work:
    """Keep a new mailbox. Raises RuleBroken."""
    _check(data, new=True)
    with transaction(actor, "mailbox.added") as work:
        row = Mailbox()
        _fill(row, data)
        work.session.add(row)
    return work


def change(mailbox_id: int, data: MailboxData, *, actor: Actor) -> Work:
    """Keep a mailbox changed; one that lies elsewhere now is read from its beginning. Raises NotFound, RuleBroken."""
    _check(data, new=False)
    with transaction(actor, "mailbox.changed") as work:
        row = queries.mailbox(mailbox_id)
        if (row.host, row.user, row.folder) != (data.host, data.user, data.folder):
            row.validity, row.last_uid, row.trouble = 0, 0, ""
        _fill(row, data)
    return work


def _fill(row: Mailbox, data: MailboxData) -> None:
    row.name, row.host, row.port, row.user = " ".join(data.name.split()), data.host, data.port, data.user
    row.queue_id, row.folder, row.tls, row.active = data.queue_id, data.folder, data.tls, data.active
    row.password = data.password or row.password


def remove(mailbox_id: int, *, actor: Actor) -> Work:
    """Look into a mailbox no more. Raises NotFound."""
    with transaction(actor, "mailbox.removed") as work:
        work.session.delete(queries.mailbox(mailbox_id))
    return work


def look(mailbox_id: int, now: datetime) -> int:
    """Take what is new in a mailbox; how many mails. What went wrong is kept with it. Raises Unreachable."""
    row = queries.mailbox(mailbox_id)
    place = Inbox(row.host, row.port, row.user, row.password or "", row.folder, row.tls)
    try:
        validity, found = inbox.arrived(place, (row.validity, row.last_uid), rules.LIMIT)
    except Unreachable as trouble:
        _looked(mailbox_id, now, trouble=str(trouble))
        raise
    for each in found:
        take(each.raw, row.queue_id, now=now, left_out=0 if each.whole else each.size)
        _looked(mailbox_id, now, (validity, each.uid))
    if not found:
        _looked(mailbox_id, now)
    return len(found)


def take(raw: bytes, queue_id: int | None, *, now: datetime, left_out: int = 0) -> Taken:
    """Take one mail: for a queue of tickets, or (None) to be written down as an activity.

    ``left_out``: its size in bytes where it was too large, and ``raw`` only holds its head. The same mail twice is
    taken once. Nothing in a mail raises.
    """
    letter = rules.read(raw, now)
    message_id = letter.message_id or sha256(raw).hexdigest()
    if queries.is_known(message_id):
        return Taken(Came.IGNORED, "taken before")
    with transaction(POSTMAN, "mailbox.taken", at=now) as work:
        taken = _judged(work, letter, queue_id, now, left_out)
        work.session.add(
            MailIn(
                message_id=message_id,
                at=now,
                sender_email=letter.sender[:254],
                subject=letter.subject,
                came=taken.came.value,
                why=taken.why[:300],
                ticket_id=taken.ticket_id,
                activity_id=taken.activity_id,
            )
        )
    if taken.ticket_id is not None and letter.files:
        _hang_on(taken.ticket_id, letter, now)
    return taken


def prune(now: datetime) -> int:
    """Forget long ago what came in; tickets and activities stay. How many were forgotten."""
    with transaction(POSTMAN, "mailbox.pruned", at=now) as work:
        return work.session.execute(delete(MailIn).where(MailIn.at < now - rules.KEPT)).rowcount or 0  # type: ignore[attr-defined]  # a cursor's


def _judged(work: Work, letter: Letter, queue_id: int | None, now: datetime, left_out: int) -> Taken:
    if not letter.sender:
        return Taken(Came.IGNORED, "it says of nobody that they sent it")
    lately = queries.how_many(letter.sender, now)
    if lately >= rules.BUSY or queries.is_ours(letter):
        many = f"more than {rules.BUSY} mails of this sender in an hour: a loop"
        return Taken(Came.IGNORED, many if lately >= rules.BUSY else "we wrote it ourselves: a loop")
    if queue_id is None:
        return _write_down(work, letter, now)
    ticket_id = queries.ticket_of(letter)
    if letter.automatic:
        return _heard_a_machine(letter, ticket_id, now)
    text = _text(letter, left_out)
    if ticket_id is not None:
        _go_on(ticket_id, letter, text, now)
        return Taken(Came.REPLY, _doubt(letter), ticket_id)
    made = _begin(letter, text, queue_id, now)
    if not (letter.forged or letter.quiet) and lately < rules.ACKNOWLEDGED:
        replies.acknowledge(made, actor=POSTMAN, now=now)
    return Taken(Came.TICKET, _doubt(letter), made)


def _heard_a_machine(letter: Letter, ticket_id: int | None, now: datetime) -> Taken:
    """An automatic answer is kept in the conversation that it answers, moves nothing and makes nothing."""
    if ticket_id is None:
        return Taken(Came.IGNORED, "a machine wrote it")
    _go_on(ticket_id, letter, _text(letter, 0), now, automatic=True)
    return Taken(Came.REPLY, "a machine wrote it", ticket_id)


def _go_on(ticket_id: int, letter: Letter, text: str, now: datetime, *, automatic: bool = False) -> None:
    name = letter.sender_name or letter.sender
    said = Said(
        text,
        Part.REQUESTER,
        automatic=automatic,
        author_name=name,
        author_email=letter.sender,
        reference=letter.message_id,
    )
    tickets.reply(ticket_id, said, actor=POSTMAN, now=now)
    _warn(ticket_id, letter, now)


def _warn(ticket_id: int, letter: Letter, now: datetime) -> None:
    """Tell agents in the conversation that a mail's sender is not who they say."""
    if letter.forged:
        doubt = Said("The sender of this mail is not who they say: the server that took it found so.", public=False)
        tickets.reply(ticket_id, doubt, actor=POSTMAN, now=now)


def _begin(letter: Letter, text: str, queue_id: int, now: datetime) -> int:
    """A new ticket; of a sender who may be somebody else nothing is believed but what they wrote."""
    contact = None if letter.forged else queries.contact_of(letter.sender)
    asked = Asked(
        name=letter.subject or text.split("\n", 1)[0][:80] or "Mail without a subject",
        description=text,
        queue_id=queue_id,
        kind="question",
        channel="mail",
        requester_id=None if letter.forged else queries.colleague(letter.sender),
        requester_name=letter.sender_name or letter.sender,
        requester_email=letter.sender,
        account_id=contact.account_id if contact else None,
        contact_id=contact.id if contact else None,
        reference=letter.message_id,
        origin="automatic",
    )
    number, _work = tickets.receive(asked, actor=POSTMAN, now=now)
    _warn(number, letter, now)
    return number


def _write_down(work: Work, letter: Letter, now: datetime) -> Taken:
    """A mail between a colleague and somebody who is known, as an activity of the colleague."""
    if letter.forged or letter.automatic:
        return Taken(Came.IGNORED, "the sender is not who they say" if letter.forged else "a machine wrote it")
    sender = queries.colleague(letter.sender)
    others = letter.recipients if sender is not None else (letter.sender,)
    owner = sender or next((found for each in letter.recipients if (found := queries.colleague(each))), None)
    if owner is None:
        return Taken(Came.IGNORED, "no colleague wrote it or got it")
    about = _seen(owner, queries.known_of(others))
    if about is None:
        return Taken(Came.IGNORED, "nobody in it is a contact or a lead that the colleague may see")
    kind, number, account = about
    values: dict[str, Any] = {
        "name": letter.subject or "E-mail",
        "kind": "email",
        "state": "done",
        "direction": "out" if sender is not None else "in",
        "occurred_at": letter.sent_at,
        "description": letter.text,
        "owner_id": owner,
        f"{kind}_id": number,
    } | ({"account_id": account} if account else {})
    (activity,) = writing.create_many(work, "activity", [values], now=now, origin="automatic")
    return Taken(Came.ACTIVITY, activity_id=activity)


def _seen(person_id: int, found: Sequence[tuple[str, int, int | None]]) -> tuple[str, int, int | None] | None:
    """The first of some records that a colleague may see: a mail writes nothing down where they may not look."""
    actor = actor_of(person_id)
    if actor is None:
        return None
    access = access_of(actor)
    for each in found:
        if records.names(access, OBJECTS[each[0]], [each[1]]) and access_rules.may(
            access, "create", OBJECTS["activity"]
        ):
            return each
    return None


def _text(letter: Letter, left_out: int) -> str:
    if left_out:
        return (
            f"This mail has {left_out / 2**20:.0f} MB; {rules.LIMIT // 2**20} are taken. Its text and files lie in the "
            "mailbox still: ask for them in another way."
        )
    return letter.text or "The mail has no text."


def _doubt(letter: Letter) -> str:
    return "the sender is not who they say" if letter.forged else ""


def _hang_on(ticket_id: int, letter: Letter, now: datetime) -> None:
    """Hang the files of a mail on its ticket; one that is refused is named in a note, so that nobody waits for it."""
    refused = []
    for each in letter.files:
        try:
            attachments.add_file(f"crm_ticket:{ticket_id}", each.name, BytesIO(each.content), actor=POSTMAN)
        except Problem as problem:
            refused.append(f"{each.name}: {problem.message}")
    if refused:
        note = Said("Files of the mail that were not kept:\n" + "\n".join(refused), public=False)
        tickets.reply(ticket_id, note, actor=POSTMAN, now=now)


def _looked(mailbox_id: int, now: datetime, read_to: tuple[int, int] | None = None, trouble: str = "") -> None:
    with transaction(POSTMAN, "mailbox.looked", at=now):
        row = queries.mailbox(mailbox_id)
        row.looked_at, row.trouble = now, trouble
        if read_to is not None:
            row.validity, row.last_uid = read_to


def _check(data: MailboxData, *, new: bool) -> None:
    for key in ("name", "host", "user", "folder"):
        if not getattr(data, key).strip():
            raise RuleBroken("mailbox.needed", "Fill this in.", field=key)
        if len(getattr(data, key)) > NAME_LIMIT:
            raise RuleBroken("mailbox.long", "At most %(limit)d characters fit.", field=key, limit=NAME_LIMIT)
    if any(letter in data.host for letter in " /@:\r\n"):
        raise RuleBroken("mailbox.host", "Write the name of the server only, such as mail.example.org.", field="host")
    if not 0 < data.port <= MOST_PORT:
        raise RuleBroken("mailbox.port", "A port lies between 1 and 65535; that of IMAP is 993.", field="port")
    if new and not data.password:
        raise RuleBroken("mailbox.password", "Without its password nobody looks into a mailbox.", field="password")
    if any(letter in f"{data.user}{data.password}{data.folder}" for letter in "\r\n\x00"):
        raise RuleBroken("mailbox.line", "A line end can't stand in here.", field="user")
