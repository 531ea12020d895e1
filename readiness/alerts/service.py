"""Looking at a project, remembering what is so, and telling the owners what has begun."""

from __future__ import annotations

from accounts.notices.service import tell
from infra.transaction import transaction
from kernel.actor import Actor, project_scope
from readiness.alerts import queries
from readiness.alerts.models import ReadinessAlert
from readiness.alerts.rules import turn
from readiness.gates.rules.sources import Look
from roadmap.staffing import queries as staffing


def watch(look: Look, *, actor: Actor) -> int:
    """Tell what has begun since the last look, and forget what was mended; how many were told.

    Whoever decides about a criterion is told, the managers of the project where nobody does.
    """
    found = queries.found(look)
    known = queries.known(look.project_id)
    step = turn(known, found)
    if not step.begins and not step.over:
        return 0
    managers = [each.person_id for each in staffing.members(look.project_id) if each.role == "manager"]
    with transaction(actor, "readiness.alerted") as work:
        for pair in step.over:
            work.session.get_one(ReadinessAlert, known[pair].id).over_at = look.now
        for each in step.begins:
            work.session.add(
                ReadinessAlert(
                    project_id=look.project_id, alarm=each.alarm.value, key=each.key, begun_at=look.now, told=each.news
                )
            )
            if each.news:
                people = [each.owner_id] if each.owner_id is not None else managers
                scope, more = project_scope(look.project_id), dict(each.params)
                tell(work, each.alarm.value, people, subject=each.subject, label=each.label, scope=scope, **more)
    return sum(each.news for each in step.begins)
