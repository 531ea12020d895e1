"""Behind a proxy: what it says of the visitor is believed if, and only if, the operator trusts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from kernel.errors import Problem

Network = IPv4Network | IPv6Network
Environ = dict[str, Any]
_SAID = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
_OTHERS = ("HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
SILENT = "launch90.proxy_silent"
"""Set where a trusted proxy did not say how the visitor reached it."""


class BadProxy(Problem):
    """An entry of the setting that is no address and no network."""


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises BadProxy for anything else.

    >>> networks("10.0.0.0/8, ::1")
    (IPv4Network('10.0.0.0/8'), IPv6Network('::1/128'))
    """
    found = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(entry))
        except ValueError:
            raise BadProxy(
                "proxies", "“%(entry)s” is no address and no network such as 10.0.0.0/8.", entry=entry
            ) from None
    return tuple(found)


class Proxied:
    """The application behind proxies that are known by their address."""

    def __init__(self, app: Callable[..., Iterable[bytes]], trusted: Sequence[Network]) -> None:
        """Wrap an application."""
        self.app, self.trusted = app, trusted

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Put the visitor's address, scheme and host in place, or forget what a stranger claims about them."""
        if _is_among(environ.get("REMOTE_ADDR", ""), self.trusted):
            self._believe(environ)
        for name in (*_SAID, *_OTHERS):
            environ.pop(name, None)
        return self.app(environ, start_response)

    def _believe(self, environ: Environ) -> None:
        chain, scheme, host = (_entries(environ.get(name, "")) for name in _SAID)
        environ["REMOTE_ADDR"] = visitor(environ["REMOTE_ADDR"], chain, self.trusted)
        if scheme and scheme[-1].lower() in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme[-1].lower()
        else:
            environ[SILENT] = True
        if host:
            environ["HTTP_HOST"] = host[-1]


def visitor(peer: str, chain: Sequence[str], trusted: Sequence[Network]) -> str:
    """The right-most address of the chain that no trusted proxy has: what stands left of it anybody can write.

    >>> visitor("10.0.0.2", ["6.6.6.6", "192.0.2.7", "10.0.0.1"], networks("10.0.0.0/8"))
    '192.0.2.7'
    """
    nearest = peer
    for claimed in reversed(chain):
        address = _bare(claimed)
        if address is None:
            return nearest
        nearest = address
        if not _is_among(address, trusted):
            return address
    return nearest


def _entries(header: str) -> list[str]:
    return [entry.strip() for entry in header.split(",") if entry.strip()]


def _bare(claimed: str) -> str | None:
    """An address without port and brackets, in its one spelling; None for what is no address."""
    text = claimed.strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _is_among(address: str, trusted: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in trusted if network.version == mapped.version)
