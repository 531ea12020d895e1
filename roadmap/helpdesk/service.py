"""Opening the queue of a roll-out."""

from __future__ import annotations

from crm.queues.models import Queue
from crm.queues.rules import Audience
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import RuleBroken
from roadmap.helpdesk import queries
from roadmap.helpdesk.models import ProjectQueue
from roadmap.projects import queries as projects
from roadmap.projects import service as project_service

UNDOABLE = {"helpdesk.opened": "helpdesk.edit", "helpdesk.joined": "helpdesk.edit"}
"""What can be taken back, and the permission that this needs."""


def open_queue(project_id: int, team_id: int | None, *, actor: Actor) -> tuple[int, Work]:
    """Make a queue for a roll-out, worked on by a team; its number. Where there is one, it stays.

    Raises NotFound, RuleBroken.
    """
    with transaction(actor, "helpdesk.opened") as work:
        there = queries.queue_of(project_id)
        if there is not None:
            return there.id, work
        project_service.check_open(project_id)
        name = projects.row_of(project_id).name
        queue = Queue(
            key=f"roll-out-{project_id}",
            name=name[:120],
            team_id=team_id,
            audience=Audience.ROLL_OUT.value,
            position=100 + project_id,
        )
        work.session.add(queue)
        work.session.flush()
        work.session.add(ProjectQueue(project_id=project_id, queue_id=queue.id))
        work.session.flush()
    return queue.id, work


def join_queue(project_id: int, queue_id: int, *, actor: Actor) -> Work:
    """Let the trouble of a roll-out wait in a queue that is there and belongs to no other roll-out.

    Raises RuleBroken.
    """
    with transaction(actor, "helpdesk.joined") as work:
        project_service.check_open(project_id)
        if queries.queue_of(project_id) is not None or queue_id in queries.taken():
            raise RuleBroken("helpdesk.taken", "This queue belongs to a roll-out already.", field="queue_id")
        queue = work.session.get(Queue, queue_id)
        if queue is None or queue.audience != Audience.ROLL_OUT or not queue.active:
            raise RuleBroken("helpdesk.queue", "Choose a queue for roll-outs that is in use.", field="queue_id")
        work.session.add(ProjectQueue(project_id=project_id, queue_id=queue_id))
    return work
