"""Reading a mail: who wrote what to whom, in which thread, whether a machine did, and whether the sender is real.

After RFC 5322 (messages), RFC 3834 (automatic answers) and RFC 8601 (what the receiving server found out about the
sender). Whatever is broken in a mail is read as well as it can be; nothing in it raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum
from html.parser import HTMLParser

from charset_normalizer import from_bytes

LIMIT = 25 * 2**20
"""Bytes of a mail that is taken whole."""
MOST_FILES, LONGEST_TEXT, LONGEST_SUBJECT = 20, 9_500, 200
KEPT = timedelta(days=90)
BUSY, WITHIN = 20, timedelta(hours=1)
"""So many mails of one sender within this time are a loop, not a person."""
ACKNOWLEDGED = 5
"""So many mails of one sender within that time are acknowledged; whoever writes more has read it."""
_THREAD = re.compile(r"<([^<>\s]{1,250})>")
_CODE = re.compile(r"\[T-(\d{1,9})\]")
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+@.-]|$)", re.IGNORECASE)
_QUOTING = re.compile(
    r"^\s*(on\b.{0,200}\bwrote:|am\b.{0,200}\bschrieb.{0,80}:|le\b.{0,200}\ba écrit\s*:|-{2,}.*-{2,})\s*$",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_WANT_NO_ANSWER = ("X-Auto-Response-Suppress", "List-Id", "List-Post", "List-Unsubscribe", "Feedback-ID")
_BLOCKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol"})
_SILENT = frozenset({"script", "style", "head", "title"})


class Came(StrEnum):
    """What became of a mail."""

    TICKET = "ticket"
    REPLY = "reply"
    ACTIVITY = "activity"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class File:
    """Something that hung on a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail by value. ``thread``: Message-IDs it answers, the nearest first; ``number``: the ticket in its subject.

    ``automatic``: a machine wrote it. ``quiet``: it wants no automatic answer, such as what comes by a list.
    ``forged``: the receiving server found that the sender is not who they say.
    """

    message_id: str
    thread: tuple[str, ...]
    number: int | None
    sender_name: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    sent_at: datetime
    automatic: bool
    quiet: bool
    forged: bool
    files: tuple[File, ...]


def read(raw: bytes, now: datetime) -> Letter:
    """A mail from its source. ``now`` stands in for a date that is missing, broken or in the future."""
    message = message_from_bytes(raw, policy=policy.default)
    sender_name, sender = _addresses(message, "From")[0] if _addresses(message, "From") else ("", "")
    subject = _header(message, "Subject")[:LONGEST_SUBJECT]
    code = _CODE.search(subject)
    answered, before = (_THREAD.findall(_header(message, each)) for each in ("In-Reply-To", "References"))
    own = _THREAD.search(_header(message, "Message-ID"))
    return Letter(
        message_id=own[1] if own else "",
        thread=tuple(dict.fromkeys([*answered, *reversed(before)])),
        number=int(code[1]) if code else None,
        sender_name=sender_name[:LONGEST_SUBJECT],
        sender=sender,
        recipients=tuple(address for head in ("To", "Cc", "Bcc") for _name, address in _addresses(message, head)),
        subject=_CODE.sub("", subject).strip(),
        text=own_words(_text(message))[:LONGEST_TEXT],
        sent_at=_moment(message, now),
        automatic=_is_automatic(message, sender),
        quiet=any(_header(message, each) for each in _WANT_NO_ANSWER),
        forged=_is_forged(message),
        files=tuple(_files(message)),
    )


def own_words(text: str) -> str:
    r"""What somebody wrote, without the mail that they answer below it.

    >>> own_words("It works, thanks!\n\nOn Mon, Sune wrote:\n> Try again.\n> Sune")
    'It works, thanks!'
    >>> own_words("> all of it quoted")
    '> all of it quoted'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    quoted = any(line.lstrip().startswith(">") for line in lines[end:])
    if quoted and end and _QUOTING.match(lines[end - 1]):
        end -= 1
    kept = "\n".join(lines[:end]).strip() if quoted else text.strip()
    return kept or text.strip()


def plain(html: str) -> str:
    r"""The words of a page, a line a block.

    >>> plain("<style>p {}</style><p>Hello <b>there</b></p><p>Bye</p>")
    'Hello there\n\nBye'
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    """Collects what is read of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: Sequence[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data.replace("\n", " "))


def _header(message: Message, name: str) -> str:
    """A header as one line; what can't be decoded is left as it came."""
    try:
        found = message.get(name)
    except (ValueError, LookupError, IndexError, AttributeError):  # the library trips over some broken headers
        found = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(str(found or "").replace("\x00", "").split())


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    found = getaddresses([_header(message, name)])
    return [(said.strip(), address.strip().lower()) for said, address in found if "@" in address]


def _moment(message: Message, now: datetime) -> datetime:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, IndexError):
        return now
    aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return min(aware.astimezone(UTC), now)


def _is_automatic(message: Message, sender: str) -> bool:
    said = _header(message, "Auto-Submitted").lower()
    return (
        (said not in ("", "no"))
        or bool(_header(message, "X-Autoreply") or _header(message, "X-Autorespond"))
        or _header(message, "Precedence").lower() in _BULK
        or _header(message, "Return-Path") == "<>"
        or message.get_content_type() == "multipart/report"
        or bool(_MACHINES.match(sender))
    )


def _is_forged(message: Message) -> bool:
    """What the server that took the mail says of its sender; the nearest header is its own."""
    told = _header(message, "Authentication-Results").lower()
    return "dmarc=fail" in told or ("spf=fail" in told and "dkim=pass" not in told)


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return "" if message.is_multipart() else _decoded(message)
    text = _decoded(body)
    return plain(text) if body.get_content_subtype() == "html" else text


def _decoded(part: Message) -> str:
    """The text of a part by the charset that it names; by the likeliest where that is none or does not fit."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "ascii").replace("\x00", "")
    except (LookupError, UnicodeDecodeError):
        best = from_bytes(content).best()
        return (str(best) if best is not None else content.decode("utf-8", "replace")).replace("\x00", "")


def _files(message: EmailMessage) -> Iterator[File]:
    """What hangs on a mail, at most `MOST_FILES`."""
    found = 0
    for part in message.walk():
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if name and isinstance(content, bytes) and content and found < MOST_FILES:
            found += 1
            yield File(" ".join(str(name).split())[:LONGEST_SUBJECT], content)
