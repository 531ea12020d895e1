"""Calling an address out in the net: one request over TLS to a number that was checked, bounded in time and size.

The name is looked up by `addresses_of`, whoever calls decides which number may be called, and `post` connects to that
very number: a name that means something else a moment later changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

HTTPS = 443
_DIGITS = 6
"""No more than a week and a half is read as a wish to wait."""


class Unreachable(Exception):
    """No answer came, in a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``text`` is its beginning, ``wait`` how many seconds it asks us to wait, if it does."""

    status: int
    text: str
    milliseconds: int
    wait: int | None = None


def addresses_of(url: str) -> list[str]:
    """The numbers that the host of an address stands for. Raises Unreachable where it stands for none."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The name {parts.hostname} can't be looked up.") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def post(  # what is sent, and how far it may go
    url: str,
    address: str,
    headers: Mapping[str, str],
    body: str,
    *,
    seconds: float,
    most: int,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send a text to a number that the host of ``url`` stands for, and read at most ``most`` bytes of the answer.

    The whole call ends after so many seconds. Raises Unreachable.
    """
    parts, began = urlsplit(url), time.monotonic()
    connection = _Pinned(parts.hostname or "", parts.port or HTTPS, address, seconds, context)
    clock = Timer(seconds, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body.encode(), headers=dict(headers))
        answer = connection.getresponse()
        text = connection.whole(answer.read(most)).decode("utf-8", "replace")
        spent = round(1000 * (time.monotonic() - began))
        return Answer(answer.status, text, spent, _seconds(answer.headers.get("retry-after", "")))
    except TimeoutError as error:
        raise Unreachable(f"No whole answer came within {seconds:g} seconds.") from error
    except ssl.SSLError as error:
        raise Unreachable(f"The connection is not safe: {error.reason or 'no TLS'}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.was_cut:
            raise Unreachable(f"No whole answer came within {seconds:g} seconds.") from error
        raise Unreachable(f"It can't be reached: {str(error)[:200] or type(error).__name__}.") from error
    finally:
        clock.cancel()
        connection.close()


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


class _Pinned(http.client.HTTPSConnection):
    """A connection to a number that was checked, with the certificate of the name."""

    def __init__(
        self, host: str, port: int, address: str, seconds: float, context: ssl.SSLContext | None = None
    ) -> None:
        self._trust = context or ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self._trust)
        self._address = address
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the number, ask for the certificate of the name."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = plain  # so that the clock can cut the handshake, too
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)

    def whole(self, read: bytes) -> bytes:
        """What was read, unless the clock ended it: what is cut off in the middle looks like an end."""
        if self.was_cut:
            raise TimeoutError
        return read

    def cut(self) -> None:
        """End it, whatever the other side does: each of its answers in time adds up to too long."""
        self.was_cut = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
