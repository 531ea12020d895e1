"""The application: made from settings, connected by the wiring tables, closed by default."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from accounts.policy.rules import LIMITS as POLICY_LIMITS
from infra import http
from infra.backup.aside import APPLICATION
from infra.database import db, to_json
from infra.memo import forget
from infra.wires import Wires, wires
from kernel.permission import Policy
from roadmap.projects.queries import home_of
from web import addresses, errors, formats, gate, headers, hearing, logs, nav, shell, wiring
from web.clock import system_clock
from web.places import place
from web.proxies import Proxied
from web.settings import Settings, read

Clock = Callable[[], datetime]
csrf = CSRFProtect()


def create_app(settings: Settings | None = None, clock: Clock = system_clock) -> Flask:
    """Make the application. Raises RuntimeError when a route names no permission or one that nobody grants."""
    settings = settings or read()
    app = Flask(
        "launch90",
        root_path=str(place("static").parent),
        template_folder=str(place("templates")),
        static_folder=str(place("static")),
        static_url_path="/static",
    )
    app.wsgi_app = Proxied(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # Flask's own way
    _configure(app, settings)
    wiring.load_models()
    app.extensions["launch90"] = Wires(
        policy=Policy(wiring.grants(), wiring.judges(), home_of),
        clock=clock,
        handlers=hearing.HANDLERS,
        answerers=hearing.ANSWERERS,
        settings=settings,
    )
    db.init_app(app)
    csrf.init_app(app)
    Babel(app, locale_selector=lambda: "en", timezone_selector=lambda: settings.timezone)
    logs.configure(app, settings)
    headers.register(app)
    gate.register(app, settings)
    errors.register(app)
    _before_each_request(app)
    formats.register(app)
    shell.register(app, nav.fill)
    addresses.register(app)
    for blueprint in wiring.blueprints(development=not settings.is_production):
        app.register_blueprint(blueprint)
    csrf.exempt(
        "crm.webforms.routes.send"
    )  # sent from frames, where no cookie comes along; its stamp is checked instead
    for prepare in wiring.extensions():
        prepare(app)
    _refuse_open_doors(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.is_production
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=settings.max_form_text,
        MAX_FORM_PARTS=settings.max_fields,
        SESSION_COOKIE_NAME="__Host-launch90" if secure else "launch90",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=POLICY_LIMITS["session_days"][1]),
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=secure,
        BABEL_DEFAULT_LOCALE="en",
        TEMPLATES_AUTO_RELOAD=settings.debug,
        PREFERRED_URL_SCHEME="https" if secure else "http",
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.url_map.strict_slashes = False


def _engine_options(url: str) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {"json_serializer": to_json}
    return {
        "json_serializer": to_json,
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "connect_args": {"application_name": APPLICATION},
    }


def _before_each_request(app: Flask) -> None:
    @app.before_request
    def _open() -> None:
        for kept in ("shell", "problem"):
            g.pop(kept, None)
        forget()
        g.now = wires().clock()
        g.zone = ZoneInfo(wires().settings.timezone)
        g.today = g.now.astimezone(g.zone).date()
        g.nonce = secrets.token_urlsafe(16)
        g.request_id = (request.headers.get("X-Request-ID") or secrets.token_hex(8))[:64]
        g.actor = None
        for load in wiring.actor_loaders():
            g.actor = load() or g.actor

    app.before_request(http.guard)


def _refuse_open_doors(app: Flask) -> None:
    known = wires_of(app).policy.actions | {http.PUBLIC, http.SIGNED_IN}
    with app.app_context():
        for rule in app.url_map.iter_rules():
            permission = http.permission_of(rule.endpoint)
            if permission not in known:
                raise RuntimeError(
                    f"{rule.endpoint} ({rule.rule}) asks for {permission!r}, which no grant table knows."
                )


def wires_of(app: Flask) -> Wires:
    """The connections of an application."""
    return cast("Wires", app.extensions["launch90"])
