"""Webhooks by the Standard Webhooks scheme: keys, signatures, addresses that may be called, and when a try follows."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Kind, Mark
from kernel.errors import RuleBroken

PREFIX = "whsec_"
KEY_BYTES = 32
"""How long a new key is; the scheme asks for 24 to 64."""
NAME_LENGTH, URL_LENGTH = 80, 500
WAITS = tuple(timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""How long each further try waits: nine of them, over three days."""
LEASE = timedelta(minutes=2)
BOTH_SIGN = timedelta(hours=24)
"""After a key is changed the old one signs as well for so long, so that the receiver can follow."""
KEPT = timedelta(days=30)
SECONDS = 10
"""A receiver has so long for all of its answer."""
MOST_SENT, MOST_READ = 64 * 1024, 64 * 1024
"""Bytes of a message, and of an answer."""
SHOWN = 300
AT_ONCE = 20
"""So many messages are sent in one turn."""
WAITING, SENDING, DELIVERED, GIVEN_UP = "waiting", "sending", "delivered", "given-up"
STATES: Mapping[str, str] = {
    WAITING: "Waits",
    SENDING: "On its way",
    DELIVERED: "Delivered",
    GIVEN_UP: "Given up",
}
GONE = 410
"""With this answer a receiver says that it wants no more messages."""


def check_name(name: str) -> str:
    """A name as it is kept. Raises RuleBroken.

    >>> check_name("  Billing  ")
    'Billing'
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LENGTH:
        raise RuleBroken("hook.name", "Write a name of 1 to %(limit)d characters.", field="name", limit=NAME_LENGTH)
    return clean


def check_url(text: str) -> str:
    """An address as it is kept: https, a name or a public number, no user in it. Raises RuleBroken.

    >>> check_url(" https://hooks.example.org/launch90?x=1 ")
    'https://hooks.example.org/launch90?x=1'
    """
    typed = text.strip()
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError:
        raise _no_address() from None
    plain = typed.isascii() and typed.isprintable() and " " not in typed
    if parts.scheme != "https" or not parts.hostname or not plain or len(typed) > URL_LENGTH or port == 0:
        raise _no_address()
    if parts.username or parts.password or parts.fragment:
        raise RuleBroken("hook.url_user", "The address must hold no user, no password and no #.", field="url")
    try:
        number = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return typed
    if not is_public(number.compressed):
        raise RuleBroken("hook.private", "That address is private: nothing is sent there.", field="url")
    return typed


def _no_address() -> RuleBroken:
    return RuleBroken(
        "hook.url", "Write an address that begins with https://, such as https://hooks.example.org/crm.", field="url"
    )


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public net: nothing of ours, of this machine or of no use is called.

    >>> [is_public(each) for each in ("93.184.215.14", "10.0.0.1", "127.0.0.1", "::1", "169.254.169.254")]
    [True, False, False, False, False]
    >>> [is_public(each) for each in ("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "100.64.0.1")]
    [False, False, False, False]
    """
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        each.is_global and not each.is_multicast and not each.is_reserved and not each.is_unspecified
        for each in (number, *_inside(number))
    )


def _inside(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The older address that a newer one carries inside, by any of the ways there are."""
    if isinstance(number, ipaddress.IPv4Address):
        return []
    found = [each for each in (number.ipv4_mapped, number.sixtofour) if each is not None]
    if number.teredo is not None:
        found += number.teredo
    if number in _TRANSLATED:
        found.append(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
    return found


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def chosen(addresses: Sequence[str]) -> str | None:
    """The address to call among those that a name stands for; None where any is private: such a name is not trusted.

    >>> chosen(["93.184.215.14", "10.0.0.1"]) is None, chosen(["93.184.215.14"])
    (True, '93.184.215.14')
    """
    return addresses[0] if addresses and all(is_public(each) for each in addresses) else None


def key_of(random: bytes) -> str:
    """A key as it is shown once.

    >>> key_of(bytes(24))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    return PREFIX + base64.b64encode(random).decode("ascii")


def signature(key: str, message: str, at: int, body: str) -> str:
    """The signature of a message by a key: HMAC-SHA256 over its number, its moment and its text.

    The example is that of the scheme's own documentation.

    >>> key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    try:
        secret = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    signed = hmac.new(secret, f"{message}.{at}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode("ascii")


def headers(keys: Iterable[str], message: str, now: datetime, body: str) -> dict[str, str]:
    """The headers of a message; more keys are more signatures, so that a receiver may check with any of them."""
    at = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Launch90",
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signature(key, message, at, body) for key in keys),
    }


def body_of(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """The text of a message. Raises RuleBroken for one that is too large.

    >>> from datetime import UTC
    >>> body_of("lead.new", datetime(2026, 2, 18, tzinfo=UTC), {"id": 7})
    '{"type":"lead.new","timestamp":"2026-02-18T00:00:00+00:00","data":{"id":7}}'
    """
    text = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, separators=(",", ":"), default=str)
    if len(text.encode()) > MOST_SENT:
        raise RuleBroken("hook.large", "The message has more than %(limit)d bytes.", limit=MOST_SENT)
    return text


def told(subject: ObjectType, record: Any, *, personal: bool) -> dict[str, Any]:
    """What a message says of a record: its fields by their keys, those of people where wanted, sensitive ones never."""
    hidden = {Mark.SENSITIVE} if personal else {Mark.SENSITIVE, Mark.PERSONAL}
    shown = [each for each in subject.fields if each.mark not in hidden and each.kind is not Kind.LONG]
    return {each.key: _plain(getattr(record, each.key)) for each in shown}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def next_try(tries: int, now: datetime, asked: int | None = None) -> datetime | None:
    """When a message that failed so often is tried again; later where the receiver ``asked`` for more seconds.

    >>> noon = datetime(2026, 2, 18, 12)
    >>> (next_try(1, noon) - noon).seconds, (next_try(1, noon, 90) - noon).seconds, next_try(10, noon)
    (5, 90, None)
    """
    if tries > len(WAITS):
        return None
    return now + max(WAITS[tries - 1], timedelta(seconds=min(asked or 0, 86_400)))


def is_elsewhere(status: int) -> bool:
    """Whether an answer sends the caller to another address, where nobody has looked who answers.

    >>> is_elsewhere(302), is_elsewhere(404)
    (True, False)
    """
    return 300 <= status < 400


def is_good(status: int) -> bool:
    """Whether an answer says that the message came in.

    >>> is_good(204), is_good(302)
    (True, False)
    """
    return 200 <= status < 300
