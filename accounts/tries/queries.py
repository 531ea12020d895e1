"""Where the request under way comes from."""

from __future__ import annotations

from flask import g, request

from accounts.tries.rules import Visit

BROWSER = "browser"
"""The cookie by which a browser is known again; a secure connection puts ``__Host-`` before it."""


def browser_cookie() -> str:
    """The name of that cookie on this connection: browsers take a ``__Host-`` cookie from this very host only."""
    return f"__Host-{BROWSER}" if request.is_secure else BROWSER


def visit() -> Visit:
    """Address, browser and moment of the request."""
    known = request.cookies.get(browser_cookie(), "")[:200]
    return Visit(request.remote_addr or "", request.user_agent.string, g.now, known)
