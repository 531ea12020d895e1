"""From a row of the outbox to the message that a mail server takes: text, the same in the product's look, files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from flask import current_app
from markupsafe import Markup, escape

from infra.attachments import store
from infra.mail import rules
from infra.mail.models import Mail

_WHOLE_NAMES = SMTP.clone(max_line_length=900)
"""Headers are folded between names of mails, never within one: a name in pieces is found by no mail program."""
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_WHOLE_PAGE = re.compile(r"\s*<(!doctype|html)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail by value, so that it can be sent after its row was let go."""

    id: int
    recipient: str
    subject: str
    text: str
    html: str
    files: tuple[rules.MailFile, ...]
    unsubscribe: str
    reference: str
    answers: tuple[str, ...]
    reply_to: str
    written: str
    created_at: datetime
    tries: int


def letter_of(mail: Mail) -> Letter:
    """The letter of a row."""
    return Letter(
        mail.id,
        mail.recipient,
        mail.subject,
        mail.text,
        mail.html,
        tuple(rules.MailFile(**each) for each in mail.files),
        mail.unsubscribe,
        mail.reference,
        tuple(mail.answers),
        mail.reply_to,
        mail.written,
        mail.created_at,
        mail.tries,
    )


def compose(letter: Letter, sender: tuple[str, str], base_url: str, files: Path) -> EmailMessage:
    """The message. Its headers are built by the library, which refuses line ends; raises OSError for a missing file."""
    name, address = sender
    message = EmailMessage(policy=_WHOLE_NAMES)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = letter.recipient
    message["Subject"] = rules.clean_subject(letter.subject)
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.reference}@{rules.host_of(base_url)}>"
    _place(message, letter)
    if letter.unsubscribe and base_url:
        message["List-Unsubscribe"] = f"<{base_url}{letter.unsubscribe}>"
    message.set_content(letter.text)
    message.add_alternative(page_of(letter.subject, letter.text, letter.html), subtype="html")
    for each in letter.files:
        kind, _, subtype = each.content_type.partition("/")
        content = store.path_of(files, each.digest).read_bytes()
        message.add_attachment(content, maintype=kind, subtype=subtype or "octet-stream", filename=each.name)
    return message


def _place(message: EmailMessage, letter: Letter) -> None:
    """What keeps threads together (RFC 5322), and machines from answering machines (RFC 3834)."""
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.answers:
        message["In-Reply-To"] = f"<{letter.answers[-1]}>"
        message["References"] = " ".join(f"<{each}>" for each in letter.answers)
    message["Auto-Submitted"] = letter.written
    if letter.written != rules.Written.BY_A_PERSON:
        message["X-Auto-Response-Suppress"] = "All"


def page_of(subject: str, text: str, html: str) -> str:
    """The HTML half: a whole page as it is, a part or the plain text in the product's look."""
    if _WHOLE_PAGE.match(html):
        return html
    body = Markup(html) if html else paragraphs(text)  # noqa: S704  # rooms hand over escaped markup
    return current_app.jinja_env.get_template("shared/mail.html").render(subject=subject, body=body)


def paragraphs(text: str) -> Markup:
    r"""Plain text as paragraphs with its links alive; everything else is escaped.

    >>> paragraphs("Look <here>:\nhttps://example.org/a.")
    Markup('<p>Look &lt;here&gt;:<br><a href="https://example.org/a">https://example.org/a</a>.</p>')
    """
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(_linked(line) for line in part.splitlines()))
        for part in re.split(r"\n\s*\n", text.strip())
    )


def _linked(line: str) -> Markup:
    done, pieces = 0, []
    for found in _LINK.finditer(line):
        pieces += [escape(line[done : found.start()]), Markup('<a href="{0}">{0}</a>').format(found.group())]
        done = found.end()
    return Markup().join([*pieces, escape(line[done:])])
