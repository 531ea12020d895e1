"""What is turned away before anything else is looked at: another host's name, and in production a plain connection."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from kernel.errors import Problem
from web.proxies import SILENT
from web.settings import Settings

FOR_MACHINES = frozenset({"/healthz", "/readyz"})
"""What a load balancer asks, by address and without TLS."""


def register(app: Flask, settings: Settings) -> None:
    """Stand before every page."""
    hosts = settings.allowed_hosts

    @app.before_request
    def _gate() -> ResponseReturnValue | None:
        if request.path in FOR_MACHINES:
            return None
        if hosts and _host() not in hosts:
            raise Problem("host", "This server does not answer to that name. Use the address that you were given.")
        if settings.is_production and not request.is_secure:
            return _to_tls(settings)
        if request.mimetype == "application/x-www-form-urlencoded":
            _refuse_endless_form(settings)
        return None


def _refuse_endless_form(settings: Settings) -> None:
    """Werkzeug bounds forms in parts; this is the same for plain ones, before they are taken apart."""
    sent = request.get_data()
    if len(sent) > settings.max_form_text or sent.count(b"&") >= settings.max_fields:
        raise RequestEntityTooLarge


def _host() -> str:
    """The host that was asked for, without its port, in small letters."""
    try:
        return (urlsplit(f"//{request.headers.get('Host', '')}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _to_tls(settings: Settings) -> ResponseReturnValue:
    """Lead a reader to the secure address; refuse what was sent in the clear, and a proxy that does not say."""
    if request.environ.get(SILENT):
        raise Problem(
            "proxy_silent",
            "The proxy before this server does not say how you reached it: it has to send X-Forwarded-Proto.",
        )
    if request.method not in ("GET", "HEAD"):
        raise Problem("plain_http", "That was sent without encryption and was not accepted. Use https.")
    base = settings.base_url if settings.base_url.startswith("https://") else f"https://{_host()}"
    return redirect(base + request.full_path.rstrip("?"), 308)
