"""Structured logs, each line with its request's id; readable in a terminal, JSON for collectors."""

from __future__ import annotations

import logging
import re
import sys
import time
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

from infra.measure import service as measure
from infra.measure.rules import Failure
from web.settings import Settings

SLOW = 1.0
log = structlog.get_logger("launch90")


def configure(app: Flask, settings: Settings) -> None:
    """Set the renderer once and log every request when it has been answered."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_stderr_logger,
        cache_logger_on_first_use=False,
    )

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()

    @app.after_request
    def _finish(response: Response) -> Response:
        if request.endpoint != "static":
            milliseconds = 1000 * (time.perf_counter() - g.get("started", time.perf_counter()))
            _measure(milliseconds, response.status_code)
            log.info(
                "request",
                method=request.method,
                path=_without_keys(request.path),
                status=response.status_code,
                ms=round(milliseconds, 1),
                person=getattr(g.get("actor"), "id", None),
                request_id=g.get("request_id"),
            )
        return response


def _measure(milliseconds: float, status: int) -> None:
    """Count the answer under its page; what leads nowhere counts as one page, lest strangers fill the table."""
    if "now" not in g:
        return
    failure = None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        failure = Failure(g.now, request.method, _without_keys(request.path)[:300], status, g.get("request_id", ""))
    measure.count(request.endpoint or "no page", milliseconds, g.now, failure)


def _without_keys(path: str) -> str:
    """The address of a request without the token of a share link, which is a key.

    >>> _without_keys("/s/k3y/plan"), _without_keys("/projects/1")
    ('/s/…/plan', '/projects/1')
    """
    return re.sub(r"^/s/[^/]*", "/s/…", path)


def _stderr_logger(*_names: object) -> structlog.PrintLogger:
    """Today's stderr, asked for anew: tests and servers replace it."""
    return structlog.PrintLogger(sys.stderr)
