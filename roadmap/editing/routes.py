"""The addresses behind a plan that is edited in place; `docs/developers/plan-editing.md` says what is sent and told."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from infra.http import requires
from infra.words import sentence_of
from kernel.errors import Conflict, Problem, RuleBroken
from roadmap.editing import charts, queries, service
from roadmap.editing.rules.acts import ActBroken, read_acts
from roadmap.editing.rules.conflicts import read_choices
from roadmap.editing.service import Met
from roadmap.projects import queries as projects
from roadmap.staffing import queries as staffing

bp = Blueprint("editing", __name__)
BASE = "/projects/<int:project_id>/plan"
MOST_BYTES = 1024 * 1024
"""So much may be sent at once: five hundred acts with long texts."""


@bp.post(f"{BASE}/preview")
@requires("task.edit")
def preview(project_id: int) -> ResponseReturnValue:
    """What acts would do; nothing is stored."""
    sent = _sent()
    found = service.preview(project_id, read_acts(sent.get("acts")), g.now)
    return jsonify(charts.answer_preview(found, sent.get("version")))


@bp.post(f"{BASE}/acts")
@requires("task.edit")
def act(project_id: int) -> ResponseReturnValue:
    """Do acts, all or none."""
    sent = _sent()
    try:
        wanted, chosen = read_acts(sent.get("acts")), read_choices(sent.get("choices"))
        version = sent.get("version")
        stored = service.store(project_id, wanted, actor=g.actor, now=g.now, version=version, chosen=chosen)
    except Met as met:
        return _met(project_id, met, sent.get("version"))
    found, steps = charts.since(project_id, sent.get("version"), g.actor, g.today, g.now)
    names = queries.loaded(project_id).names if stored.remarks else {}
    return jsonify(charts.answer_stored(stored, found, steps, names))


@bp.post(f"{BASE}/undo")
@requires("task.edit")
def undo(project_id: int) -> ResponseReturnValue:
    """One step back."""
    version = _sent().get("version")
    service.undo(project_id, actor=g.actor, now=g.now)
    return _rows(project_id, version, _("Undone."))


@bp.post(f"{BASE}/redo")
@requires("task.edit")
def redo(project_id: int) -> ResponseReturnValue:
    """One step forth."""
    version = _sent().get("version")
    service.redo(project_id, actor=g.actor, now=g.now)
    return _rows(project_id, version, _("Done again."))


@bp.get(f"{BASE}/rows")
@requires("plan.see")
def rows(project_id: int) -> ResponseReturnValue:
    """The rows that changed since a version; a 304 for whoever has them already."""
    projects.row_of(project_id)
    number = queries.version_of(project_id).partition(".")[0]
    tag = f"{number}-{g.actor.id}"
    if tag in request.if_none_match:
        answer: Any = jsonify()
        answer.status_code = 304
    else:
        found, steps = charts.since(project_id, request.args.get("since"), g.actor, g.today, g.now)
        answer = jsonify(charts.answer_rows(found, steps))
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer  # type: ignore[no-any-return]  # flask's own


def _rows(project_id: int, version: object, message: str) -> ResponseReturnValue:
    found, steps = charts.since(project_id, version, g.actor, g.today, g.now)
    return jsonify(charts.answer_rows(found, steps) | {"added": [], "problems": [], "message": message})


def _met(project_id: int, met: Met, version: object) -> ResponseReturnValue:
    people = {each.id: each.name for each in staffing.people_of(project_id)}
    roles = {each.id: each.name for each in staffing.roles(project_id)}
    found, steps = charts.since(project_id, version, g.actor, g.today, g.now)
    answer = charts.answer_conflict(met, found, steps, {"owner_id": people, "role_id": roles})
    return _problem(met, answer)


@bp.errorhandler(RuleBroken)
@bp.errorhandler(Conflict)
def _refused(problem: Problem) -> ResponseReturnValue:
    return _problem(problem, {"act": problem.act} if isinstance(problem, ActBroken) else {})


def _problem(problem: Problem, more: dict[str, Any]) -> ResponseReturnValue:
    """Problem details (RFC 9457) as everywhere, with what a script needs besides."""
    detail = sentence_of(problem)
    told = {
        "type": f"urn:launch90:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "field": problem.field,
    }
    answer = jsonify(told | more)
    answer.status_code, answer.mimetype = problem.status, "application/problem+json"
    return answer


def _sent() -> dict[str, Any]:
    """What was sent, as an object of JSON. Raises RuleBroken for anything else."""
    if (request.content_length or 0) > MOST_BYTES:
        raise RuleBroken("acts.large", "That is too much at once. Send fewer acts.", field="acts")
    try:
        found = json.loads(request.get_data(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RuleBroken("acts.json", "What was sent is no JSON: %(error)s.", error=str(error)[:80]) from error
    if not isinstance(found, dict):
        raise RuleBroken("acts.json", "Send an object of JSON with “version” and “acts”.")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
