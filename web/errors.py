"""One error page a kind: what is wrong, in words; for scripts the same as RFC 9457 problem details."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from infra import http
from infra.database import db
from infra.transaction import note
from infra.trouble import trouble_of
from infra.undo.service import was_undone_at
from infra.wires import wires
from infra.words import sentence_of
from kernel.actor import Actor, project_scope
from kernel.errors import Problem, Refused

log = structlog.get_logger("launch90")
RETRY_AFTER = "5"
"""Seconds after which a browser or a script may try again."""
_MEGABYTE = 1024 * 1024
_PAGES = frozenset({400, 403, 404, 409, 413, 429, 500, 503})


def register(app: Flask) -> None:
    """Answer every kind of failure with its page."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(DataError, _does_not_fit)
    for kind in (SQLAlchemyError, OSError):
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _problem(problem: Problem) -> ResponseReturnValue:
    if isinstance(problem, Refused):
        _note_refusal()
    return _answer(problem.status, sentence_of(problem), problem.code, problem.field)


def _note_refusal() -> None:
    """Who tried what they may not is a fact for the trail; that it can't be written must not hide the answer."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return
    project_id = (request.view_args or {}).get("project_id")
    scope = project_scope(project_id) if isinstance(project_id, int) else ""
    try:
        as_whom = {"seen_as": actor.name} if actor.viewer else {}
        author = actor.viewer or actor
        note(author, "access.refused", label=request.path[:300], scope=scope, method=request.method, **as_whom)
    except SQLAlchemyError:
        db.session.rollback()
        log.warning("refusal_not_noted", path=request.path)


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    sentence = _("This form is too old or was opened in another session. Go back, reload the page and send it again.")
    return _answer(400, sentence, "form_stale")


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Which limit it was: that of the whole request, or those of the fields of a form."""
    settings = wires().settings
    whole = (request.content_length or 0) > (request.max_content_length or 0)
    sentence = (
        _("That is too large: at most %(limit)d MB can be sent at once.", limit=settings.max_upload // _MEGABYTE)
        if whole
        else _(
            "That form is too large: at most %(fields)s fields and %(limit)d MB of text can be sent at once.",
            fields=f"{settings.max_fields:,}",
            limit=settings.max_form_text // _MEGABYTE,
        )
    )
    return _answer(413, sentence, "too_large")


def _unavailable(error: Exception) -> ResponseReturnValue:
    """The database or the disk refuses: 503 with the reason; any other error of theirs is a fault of ours."""
    trouble = trouble_of(error)
    if trouble is None:
        return _unexpected(error)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    code, sentence = trouble
    log.error("unavailable", code=code, error=str(getattr(error, "orig", error)))
    answer = make_response(_answer(503, _(sentence), code))
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _does_not_fit(error: DataError) -> ResponseReturnValue:
    """The last line where a column can't hold what was sent; nothing of it was kept."""
    db.session.rollback()
    log.warning("does_not_fit", error=str(error.orig)[:300])
    return _answer(422, _("Something that you sent is too large or holds signs that can't be kept."), "does_not_fit")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    if code == HTTPStatus.NOT_FOUND:
        return _answer(HTTPStatus.NOT_FOUND, _("There is no such page, or it is not shared with you."), "not_found")
    if code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _answer(code, _("This address does not take that kind of request."), "method")
    return _answer(code, _("The request can't be understood."), HTTPStatus(code).phrase.lower().replace(" ", "_"))


def _unexpected(error: Exception) -> ResponseReturnValue:
    with suppress(SQLAlchemyError):
        db.session.rollback()
    log.error("unexpected", request_id=g.get("request_id"), exc_info=error)
    sentence = _("Something went wrong on our side. Nothing was changed. Tell your administrator the number below.")
    return _answer(InternalServerError.code, sentence, "unexpected")


def _answer(status: int, sentence: str, code: str, field: str | None = None) -> ResponseReturnValue:
    if http.wants_json():
        return _details(status, sentence, code, field)
    if http.is_fragment():
        return Response(sentence, status, mimetype="text/plain", headers={"X-Problem": code})
    if status == HTTPStatus.NOT_FOUND and (place := _above_what_was_undone()):
        return redirect(place, HTTPStatus.SEE_OTHER)
    g.problem = code
    page = status if status in _PAGES else (400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500)
    return render_template(f"errors/{page}.html", sentence=sentence, request_id=g.get("request_id", "")), status


def _above_what_was_undone() -> str | None:
    """The page above one that an undo took away under its reader, who is still to be told that it worked."""
    if request.method != "GET" or not was_undone_at(request.path):
        return None
    pages = current_app.url_map.bind("")
    parts = request.path.rstrip("/").split("/")[:-1]
    while len(parts) > 1:
        place = "/".join(parts)
        with suppress(HTTPException):
            pages.match(place, method="GET")
            return place
        parts.pop()
    return None


def _details(status: int, sentence: str, code: str, field: str | None) -> ResponseReturnValue:
    body: dict[str, object] = {
        "type": f"urn:launch90:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
    }
    if field:
        body["errors"] = [{"pointer": f"#/{field}", "detail": sentence}]
    answer = jsonify(body)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer
