"""Writing mail into the outbox in the transaction of the action that wants it, and sending what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select

from infra.backup.events import Restored
from infra.database import insert_new
from infra.mail import letters, post, queries, rules
from infra.mail.letters import Letter
from infra.mail.models import Mail
from infra.mail.rules import OPEN, MailFile, State, Thread
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import SYSTEM, Actor
from kernel.errors import Conflict, NotFound


@dataclass(slots=True)
class Tally:
    """What became of a turn: how many mails the server took, how many it did not, and why none could go."""

    sent: int = 0
    failed: int = 0
    trouble: str = ""


def queue(  # noqa: PLR0913  # a mail has many parts, and all but four may be left out
    work: Work,
    to: str,
    subject: str,
    text: str,
    *,
    html: str = "",
    key: str = "",
    files: Sequence[MailFile] = (),
    unsubscribe: str = "",
    secret: bool = False,
    thread: Thread | None = None,
) -> None:
    """Leave a mail for the timetable to send, if and only if this action is committed.

    A second mail with the same ``key`` is not written. ``html`` is a part of a page, put into the product's look, or a
    whole one; without it the text is shown so. ``unsubscribe`` is the path of the page where such mail can be ended.
    ``secret``: the body is shown to nobody and forgotten once sent. ``thread`` puts it among other mails.
    Raises RuleBroken for what is no address.
    """
    place = thread or Thread(new_reference())
    values: dict[str, Any] = {
        "recipient": rules.clean_address(to),
        "subject": rules.clean_subject(subject),
        "text": text,
        "html": html,
        "files": [asdict(file) for file in files],
        "confidential": secret,
        "unsubscribe": unsubscribe,
        "key": key or None,
        "reference": place.reference.partition("@")[0],
        "answers": list(place.answers),
        "reply_to": place.reply_to,
        "written": place.written.value,
        "next_try_at": work.at,
        "created_at": work.at,
    }
    insert_new(work.session, Mail, [values], unique="key")


def new_reference() -> str:
    """A Message-ID that no mail has."""
    return f"{uuid4().hex}@{rules.host_of(wires().settings.base_url)}"


def send_due(now: datetime) -> Tally:
    """Send what is due, at most a handful a turn; nothing without a mail server.

    Each mail is leased before and settled after it was handed over, so that two senders never hold the same one. One
    whose sender died in between is sent again when the lease is over: at least once, with the same Message-ID.
    """
    tally, settings = Tally(), wires().settings
    if not settings.smtp_url or not queries.anything_due(now):
        return tally
    waiting = _take(now)
    try:
        while waiting:
            _send_in_one_go(waiting, now, tally)
    except post.Unreachable as problem:
        _put_back(waiting, now, str(problem))
        tally.trouble = str(problem)
    return tally


def retry(mail_id: int, *, actor: Actor) -> None:
    """Try a mail again at the next turn, with all its tries. Raises NotFound, Conflict for one that was sent."""
    with transaction(actor, "mail.retried") as work:
        mail = _held(work, mail_id)
        if mail.state in (State.SENT, State.SENDING):
            raise Conflict("mail.gone", "This mail is being sent or was sent already.")
        mail.state, mail.tries, mail.next_try_at, mail.error = State.WAITING.value, 0, work.at, ""
        work.note("mail.retried", subject=f"mail:{mail.id}", label=mail.subject)


def retry_all(*, actor: Actor) -> int:
    """Try all that failed or was given up again at the next turn; how many."""
    with transaction(actor, "mail.retried") as work:
        stuck = (State.FAILED.value, State.GIVEN_UP.value)
        mails = work.session.scalars(select(Mail).where(Mail.state.in_(stuck)).with_for_update()).all()
        for mail in mails:
            mail.state, mail.tries, mail.next_try_at = State.WAITING.value, 0, work.at
        work.note("mail.retried", subject="mail:all", label=str(len(mails)))
        return len(mails)


def cancel(mail_id: int, *, actor: Actor) -> None:
    """Never send a mail. Raises NotFound, Conflict for one that was sent."""
    with transaction(actor, "mail.cancelled") as work:
        mail = _held(work, mail_id)
        if mail.state in (State.SENT, State.SENDING):
            raise Conflict("mail.gone", "This mail is being sent or was sent already.")
        mail.state = State.CANCELLED.value
        _forget_secret(mail)
        work.note("mail.cancelled", subject=f"mail:{mail.id}", label=mail.subject)


def hold_after_restore(event: Restored, work: Work) -> None:
    """Mail that waited when the backup was made went out since, most likely: somebody decides whether it goes again."""
    for mail in work.session.scalars(select(Mail).where(Mail.state.in_(OPEN))):
        mail.state, mail.error = State.GIVEN_UP, f"Held: a backup was restored at {event.at:%Y-%m-%d %H:%M} UTC."


def prune(now: datetime) -> int:
    """Remove mails that ended ninety days ago or longer; how many."""
    ended = (State.SENT.value, State.CANCELLED.value, State.GIVEN_UP.value)
    with transaction(SYSTEM, "mail.pruned") as work:
        old = delete(Mail).where(Mail.state.in_(ended), Mail.created_at < now - rules.KEPT)
        return int(getattr(work.session.execute(old), "rowcount", 0))


def _take(now: datetime) -> list[Letter]:
    """Lease what is due. On PostgreSQL rows that another sender holds are skipped, on SQLite there is one writer."""
    with transaction(SYSTEM, "mail.taken") as work:
        due = queries.due(now).limit(rules.AT_ONCE).with_for_update(skip_locked=True)
        mails = work.session.scalars(due).all()
        for mail in mails:
            mail.state, mail.next_try_at, mail.tries = State.SENDING.value, now + rules.LEASE, mail.tries + 1
        return [letters.letter_of(mail) for mail in mails]


def _send_in_one_go(waiting: list[Letter], now: datetime, tally: Tally) -> None:
    """Send over one connection until all are out or it breaks; what was tried leaves ``waiting``."""
    settings = wires().settings
    connection = post.connect(rules.server_of(settings.smtp_url), rules.host_of(settings.base_url))
    try:
        while waiting:
            error = _hand_over(connection, waiting[0])
            _settle(waiting.pop(0), error, now)
            tally.sent, tally.failed = tally.sent + (error is None), tally.failed + (error is not None)
            if error is not None and not error.for_good:
                break
    finally:
        post.close(connection)


def _hand_over(connection: Any, letter: Letter) -> post.Undelivered | None:
    settings = wires().settings
    sender = rules.sender_of(settings.mail_from, settings.base_url)
    try:
        message = letters.compose(letter, sender, settings.base_url, settings.files_dir)
    except OSError:
        return post.Undelivered("A file that goes with this mail is missing on the server.", for_good=True)
    try:
        post.hand_over(connection, message, letter.recipient)
    except post.Undelivered as problem:
        return problem
    return None


def _settle(letter: Letter, error: post.Undelivered | None, now: datetime) -> None:
    with transaction(SYSTEM, "mail.sent") as work:
        mail = _held(work, letter.id)
        if error is None:
            mail.state, mail.sent_at, mail.error = State.SENT.value, work.at, ""
            _forget_secret(mail)
            return
        again = None if error.for_good else rules.next_try(letter.tries, now)
        mail.state = (State.FAILED if again else State.GIVEN_UP).value
        mail.error, mail.next_try_at = str(error)[:2000], again or now


def _put_back(waiting: Sequence[Letter], now: datetime, trouble: str) -> None:
    """The server is to blame, not the mail: its tries stay as they were, and it is tried again in a minute."""
    with transaction(SYSTEM, "mail.put_back") as work:
        for letter in waiting:
            mail = _held(work, letter.id)
            mail.tries = letter.tries - 1
            mail.state = (State.FAILED if mail.tries else State.WAITING).value
            mail.error, mail.next_try_at = trouble[:2000], now + rules.FIRST_WAIT


def _held(work: Work, mail_id: int) -> Mail:
    mail = work.session.scalar(select(Mail).where(Mail.id == mail_id).with_for_update())
    if mail is None:
        raise NotFound
    return mail


def _forget_secret(mail: Mail) -> None:
    if mail.confidential:
        mail.text = mail.html = ""
