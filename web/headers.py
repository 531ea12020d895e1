"""The headers of every answer: a strict content policy with a nonce, and the usual closed doors."""

from __future__ import annotations

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'{leads_to}; base-uri 'none'; frame-ancestors {framed_by}; "
    "manifest-src 'self'"
)

_NOT_USED = ", ".join(
    f"{name}=()"
    for name in (
        "camera",
        "display-capture",
        "geolocation",
        "microphone",
        "payment",
        "publickey-credentials-get",
        "usb",
    )
)
"""What of the browser no page of ours asks for."""


def _policy() -> str:
    """The content policy; a public form says in ``g`` which sites may frame it and where it leads afterwards."""
    return _POLICY.format(
        nonce=g.get("nonce", ""), framed_by=g.get("framed_by") or "'none'", leads_to=g.get("leads_to", "")
    )


def register(app: Flask) -> None:
    """Add the headers after each request; a view that set its own policy keeps it."""

    @app.after_request
    def _close(response: Response) -> Response:
        if request.endpoint == "static":
            response.headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
            )
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", _policy())
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Permitted-Cross-Domain-Policies"] = "none"
        response.headers["Permissions-Policy"] = _NOT_USED
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
