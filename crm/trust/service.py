"""Looking as somebody else, sharing one record, and running the tests of access."""

from __future__ import annotations

from accounts.signin.models import SignInSession
from crm.trust import queries
from infra.transaction import transaction
from kernel.actor import Actor
from kernel.errors import NotFound, Refused


def begin_view(person_id: int, session_id: int, *, actor: Actor) -> str:
    """Look at the CRM as somebody else until stopped or signed out; their name. Raises NotFound, Refused."""
    other = queries.holder(person_id)
    if other is None:
        raise NotFound
    obstacle = queries.obstacle_to_view(actor, other)
    if obstacle:
        raise Refused("You can't look as %(name)s. %(why)s", name=other.name, why=obstacle)
    with transaction(actor, "view_as.begun") as work:
        row = work.session.get(SignInSession, session_id)
        if row is None or row.person_id != actor.id:
            raise NotFound("That session has ended already.")
        row.seen_as_id = person_id
        work.note("view_as.begun", subject=f"person:{person_id}", label=other.name, scope="crm")
    return other.name


def end_view(session_id: int, *, actor: Actor, why: str = "") -> None:
    """Look as oneself again; ``actor`` is who really looks. Nothing happens where no view was on."""
    with transaction(actor, "view_as.ended") as work:
        row = work.session.get(SignInSession, session_id)
        if row is None or row.person_id != actor.id or row.seen_as_id is None:
            return
        label = queries.names_of([row.seen_as_id]).get(row.seen_as_id, "")
        work.note("view_as.ended", subject=f"person:{row.seen_as_id}", label=label, scope="crm", why=why)
        row.seen_as_id = None
