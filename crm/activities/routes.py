"""What is done with one activity or next step in one tap: from a record's page, my day or the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.activities import service
from crm.objects.rules.catalogue import OBJECTS, object_of
from infra.forms import told
from infra.http import requires
from infra.transaction import Work
from infra.undo import flash_undo
from kernel.errors import Refused, RuleBroken

bp = Blueprint("crm_activities", __name__)
STEPPED = f"<any({', '.join(each.plural for each in OBJECTS.values() if each.has('next_step'))}):plural>"
_MORNING = time(9)


@bp.post("/crm/activities/<int:activity_id>/done")
@requires("crm.use")
def done(activity_id: int) -> ResponseReturnValue:
    """It happened."""
    return _act(_("Done."), lambda: service.done(activity_id, actor=g.actor, now=g.now))


@bp.post("/crm/activities/<int:activity_id>/move")
@requires("crm.use")
def move(activity_id: int) -> ResponseReturnValue:
    """It is planned for another day, or another moment."""
    return _act(_("Moved."), lambda: service.move(activity_id, _moment(), actor=g.actor, now=g.now))


@bp.post("/crm/activities/<int:activity_id>/drop")
@requires("crm.use")
def drop(activity_id: int) -> ResponseReturnValue:
    """It will not happen."""
    return _act(_("Dropped."), lambda: service.drop(activity_id, actor=g.actor, now=g.now))


@bp.post(f"/crm/{STEPPED}/<int:record_id>/step/done")
@requires("crm.use")
def step_done(plural: str, record_id: int) -> ResponseReturnValue:
    """The next step was taken."""
    kind = object_of(plural).key
    return _act(
        _("Done. It stands in the timeline."), lambda: service.step_done(kind, record_id, actor=g.actor, now=g.now)
    )


@bp.post(f"/crm/{STEPPED}/<int:record_id>/step/move")
@requires("crm.use")
def step_move(plural: str, record_id: int) -> ResponseReturnValue:
    """The next step waits until another day."""
    kind = object_of(plural).key
    return _act(_("Moved."), lambda: service.step_moved(kind, record_id, _day(), actor=g.actor, now=g.now))


def _act(message: str, act: Callable[[], Work]) -> ResponseReturnValue:
    try:
        work = act()
    except (RuleBroken, Refused) as problem:
        flash(told(problem), "bad")
    else:
        flash_undo(message, work)
    return redirect(_back(), 303)


def _back() -> str:
    """The page that the button stood on, if it is one of ours."""
    came = urlsplit(request.form.get("back") or request.referrer or "")
    ours = came.netloc in ("", request.host) and came.path.startswith("/crm") and "\\" not in came.path
    return came.path + (f"?{came.query}" if came.query else "") if ours else "/crm"


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise RuleBroken("crm.day", "Write the day as 2026-03-03.", field="day") from None


def _moment() -> datetime:
    """The day that was chosen, at the time that was chosen with it or in the morning."""
    at = request.form.get("at", "")
    try:
        clock = time.fromisoformat(at) if at else _MORNING
    except ValueError:
        raise RuleBroken("crm.time", "Write the time as 14:30.", field="at") from None
    return datetime.combine(_day(), clock.replace(tzinfo=None), g.zone).astimezone(UTC)
