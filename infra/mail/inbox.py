"""Fetching mail that arrived in a mailbox by IMAP (RFC 9051), encrypted; what is too large is told and left there."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

TIMEOUT = 20
"""Seconds that the server may take for each answer."""
MOST = 100
"""Messages that are fetched in one go."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Unreachable(Exception):
    """The mailbox can't be read now; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where mail lies. ``tls`` False is for a server on this machine."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: bool = True


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message: its number in the mailbox, its size in bytes, and its source; only its head where it is too large."""

    uid: int
    size: int
    raw: bytes
    whole: bool


def arrived(inbox: Inbox, known: tuple[int, int], limit: int) -> tuple[int, list[Arrived]]:
    """The validity of the mailbox's numbers, and the messages after the last known one, at most `MOST`.

    ``known`` is the validity and number of the last message that was taken: where the validity is another one, the
    numbers mean nothing and the mailbox is read from its beginning. Raises Unreachable.
    """
    with _open(inbox) as server:
        validity = _validity(server)
        after = known[1] if validity == known[0] else 0
        kind, found = server.uid("SEARCH", f"UID {after + 1}:*")
        _check(kind, found)
        # A search from beyond the last number gives the last message, whichever it is.
        numbers = sorted(number for number in map(int, (found[0] or b"").split()) if number > after)
        return validity, [_fetch(server, number, limit) for number in numbers[:MOST]]


@contextmanager
def _open(inbox: Inbox) -> Iterator[imaplib.IMAP4]:
    try:
        server: imaplib.IMAP4
        if inbox.tls:
            server = imaplib.IMAP4_SSL(
                inbox.host, inbox.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
            )
        else:
            server = imaplib.IMAP4(inbox.host, inbox.port, timeout=TIMEOUT)
        with server:
            server.login(inbox.user, inbox.password)
            kind, found = server.select(_quoted(inbox.folder), readonly=True)
            _check(kind, found)
            yield server
    except imaplib.IMAP4.error as error:
        raise Unreachable(f"The mailbox {inbox.user} at {inbox.host} says: {_words(error)}") from error
    except OSError as error:
        raise Unreachable(f"The mail server {inbox.host} does not answer: {error}") from error


def _validity(server: imaplib.IMAP4) -> int:
    found = server.response("UIDVALIDITY")[1][0]
    return int(found) if found else 0


def _fetch(server: imaplib.IMAP4, number: int, limit: int) -> Arrived:
    kind, told = server.uid("FETCH", str(number), "(RFC822.SIZE)")
    _check(kind, told)
    stated = _SIZE.search(told[0] if isinstance(told[0], bytes) else b"")
    size = int(stated[1]) if stated else 0
    whole = size <= limit
    kind, parts = server.uid("FETCH", str(number), "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])")
    _check(kind, parts)
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    return Arrived(number, size, raw, whole)


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check(kind: str, answer: object) -> None:
    if kind != "OK":
        raise Unreachable(f"The mail server says: {_words(answer)}")


def _words(answer: object) -> str:
    return " ".join(str(answer).split())[:300]
