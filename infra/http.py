"""The doors of every page: each route names its permission; one hook, before any view, asks the policy.

    @bp.post("/<int:risk_id>/close")
    @requires("risk.edit")
    def close(project_id: int, risk_id: int) -> ResponseReturnValue: ...

A route that takes ``project_id`` is asked in that project's scope, and a project that the actor has no part in is a
404. Whoever is not signed in is sent to the sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue

from infra.wires import wires
from kernel.actor import INSTANCE, Actor, project_scope
from kernel.errors import NotFound, Refused
from kernel.permission import Facts

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGNED_IN = "signed-in"
_MARK = "launch90_permission"
FRESH = timedelta(minutes=15)
"""How long after the password was typed a sensitive page opens without it."""


@dataclass(frozen=True, slots=True)
class Door:
    """What a route asks of whoever knocks; ``fresh``: that the password was typed a short while ago."""

    permission: str
    fresh: bool = False


def requires(permission: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Name the permission of a route: an action of the grant tables, ``public`` or ``signed-in``.

    A sensitive act is ``fresh``: whoever typed the password longer than FRESH ago types it again first.
    """

    def mark(view: View) -> View:
        setattr(view, _MARK, Door(permission, fresh))
        return view

    return mark


def public(view: View) -> View:
    """Open a route to everybody, signed in or not."""
    return requires(PUBLIC)(view)


def permission_of(endpoint: str) -> str | None:
    """The permission that a route names, or None if it names none."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    door = getattr(current_app.view_functions.get(endpoint), _MARK, None)
    return door.permission if isinstance(door, Door) else None


def guard() -> ResponseReturnValue | None:
    """Ask the policy before the view runs. Raises NotFound or Refused; sends visitors to the sign-in page."""
    if request.endpoint is None:
        return None
    permission = permission_of(request.endpoint)
    if permission == PUBLIC:
        return None
    actor: Actor | None = g.get("actor")
    if actor is None:
        return _to_sign_in()
    if permission != SIGNED_IN:
        check(permission or "nobody.nothing", request.view_args)
    return _prove_again() if _is_stale() else None


def check(permission: str, view_args: dict[str, Any] | None) -> None:
    """Raise unless the signed-in actor may do this in the scope that the address names."""
    project_id = (view_args or {}).get("project_id")
    scope = INSTANCE if project_id is None else project_scope(project_id)
    if scope != INSTANCE and not wires().policy.decide(g.actor, "project.see", scope):
        raise NotFound
    answer = wires().policy.decide(g.actor, permission, scope)
    if not answer:
        raise Refused


def may(permission: str, project_id: int | None = None, facts: Facts | None = None) -> bool:
    """Whether the signed-in actor may do something, so that a page shows a button or leaves it out."""
    scope = INSTANCE if project_id is None else project_scope(project_id)
    actor: Actor | None = g.get("actor")
    return actor is not None and bool(wires().policy.decide(actor, permission, scope, facts))


def demand(actor: Actor, permission: str, scope: str, facts: Facts) -> None:
    """Raise Refused unless the actor may do this to the record that the facts describe."""
    if not wires().policy.decide(actor, permission, scope, facts):
        raise Refused


def address(endpoint: str, **values: Any) -> str | None:
    """Where a page lies; None outside a request, where a sentence must do without its link."""
    return url_for(endpoint, **values) if has_request_context() else None


def wants_json() -> bool:
    """Whether the caller is a script rather than a page."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def is_fragment() -> bool:
    """Whether a script of ours asked for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def _is_stale() -> bool:
    """Whether a sensitive act comes too long after the password; a form that was opened in time may be filled in."""
    door = getattr(current_app.view_functions.get(request.endpoint or ""), _MARK, None)
    if not (isinstance(door, Door) and door.fresh):
        return False
    since = g.now - g.get("proved_at", g.now)
    return bool(since > (FRESH if request.method == "GET" else 2 * FRESH))


def _prove_again() -> ResponseReturnValue:
    """Lead to the page that asks for the password, and from there back to the form."""
    came_from = urlsplit(request.referrer or "/account")
    target = request.full_path.rstrip("?") if request.method == "GET" else came_from.path
    address = url_for("sign_in.again", next=target)
    return ("", 204, {"HX-Redirect": address}) if is_fragment() else redirect(address, 303)


def _to_sign_in() -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method == "GET" else url_for("portfolio.page")
    address = url_for("sign_in.page", next=target)
    if is_fragment():
        return "", 204, {"HX-Redirect": address}
    if wants_json():
        raise Refused("Sign in first.")
    return redirect(address)
