"""Choosing who signs, asking them, signing, and asking again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import func, select

from accounts.notices.service import tell
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, Refused, RuleBroken
from readiness.gates.models import ReadinessGate
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.sources import Look
from readiness.signoffs import queries, rules
from readiness.signoffs.models import ReadinessRound, ReadinessSeat, ReadinessSignOff
from readiness.signoffs.rules import Chosen, Given, Place
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectCopied

UNDOABLE = {"readiness.seats_chosen": "readiness.edit"}
"""What can be taken back, and the permission that this needs."""


def choose(project_id: int, key: str, chosen: Chosen, *, actor: Actor) -> Work:
    """Say who signs at a gate, without whom there is no quorum, who decides, and how many have to sign in all.

    Raises NotFound, RuleBroken for somebody who can't be asked.
    """
    with transaction(actor, "readiness.seats_chosen") as work:
        gate = _gate(work, project_id, key)
        wanted = list(dict.fromkeys(chosen.seats))
        rules.check_seats(wanted, chosen.quorum)
        there = {row.key: row for row in _rows(work, gate.id)}
        if set(wanted) - set(queries.candidates(project_id)) - set(there):
            raise RuleBroken("signoffs.unknown", "Choose from the list who signs.", field="seats")
        gate.quorum = chosen.quorum
        for position, seat in enumerate(wanted):
            row = there.get(seat)
            if row is None:
                row = ReadinessSeat(project_id=project_id, gate_id=gate.id, key=seat)
                work.session.add(row)
            row.position, row.required, row.decides = position, seat in chosen.required, seat in chosen.deciding
        for seat in set(there) - set(wanted):
            work.session.delete(there[seat])
    return work


def ask(look: Look, key: str, due: date | None, *, actor: Actor) -> int:
    """Ask everybody who signs at a gate for their word, anew where they gave one before; the number of the round.

    Raises NotFound, RuleBroken.
    """
    with transaction(actor, "readiness.signoffs_asked") as work:
        gate = _gate(work, look.project_id, key)
        rules.check_due(due, look.today, "round_due")
        last = work.session.scalar(select(func.max(ReadinessRound.number)).where(ReadinessRound.gate_id == gate.id))
        row = ReadinessRound(
            project_id=look.project_id, gate_id=gate.id, number=(last or 0) + 1, opened_at=look.now, due=due
        )
        work.session.add(row)
        work.session.flush()
        _tell(work, gate, queries.table(look.project_id, gate.id).places)
    return row.number


def remind(project_id: int, key: str, *, actor: Actor) -> int:
    """Tell those whose word is missing that it is waited for; how many places that are. Raises NotFound, RuleBroken."""
    with transaction(actor, "readiness.signoffs_reminded") as work:
        gate = _gate(work, project_id, key)
        found = queries.table(project_id, gate.id)
        if found.round is None:
            raise RuleBroken("signoffs.not_asked", "Nobody has been asked to sign at this gate yet.")
        missing = [place for place in found.places if place.counted is None]
        _tell(work, gate, missing)
        work.note("readiness.signoffs_reminded", subject=f"gate:{gate.id}", label=gate.name,
                  scope=project_scope(project_id), places=len(missing))  # fmt: skip
    return len(missing)


def sign(look: Look, key: str, given: Given, decision: Decision, *, actor: Actor) -> int:
    """Give one's word for a seat; ``decision`` is what the evidence says now (`rules.apart`). Its number.

    Raises NotFound, Refused for somebody else's seat, RuleBroken.
    """
    with transaction(actor, "readiness.signed") as work:
        gate = _gate(work, look.project_id, key)
        found = queries.table(look.project_id, gate.id)
        place = found.place(given.seat)
        if place is None:
            raise NotFound
        if not place.seat.held_by(actor.id):
            raise Refused("Only who holds this place signs for it.")
        if found.round is None:
            raise RuleBroken("signoffs.not_asked", "Nobody has been asked to sign at this gate yet.")
        answer, said, due = rules.check_answer(given, look.today)
        row = ReadinessSignOff(
            project_id=look.project_id,
            round_id=found.round.id,
            seat=given.seat,
            answer=answer.value,
            words=said,
            due=due,
            decision=decision.value,
            signed_at=look.now,
            signed_by_id=actor.id,
        )
        work.session.add(row)
        work.session.flush()
    return row.id


def ask_again(project_id: int, found: Mapping[int, Decision], *, actor: Actor, now: datetime) -> int:
    """Mark the words whose ground got worse, and ask those who gave them again; how many that were.

    ``found`` is what the evidence says now, by the gate's number.
    """
    worse = {
        place.signed.id: (gate_id, place)
        for gate_id, table in queries.tables(project_id).items()
        for place in table.places
        if place.signed and place.counted and gate_id in found and rules.is_worse(found[gate_id], place.signed.decision)
    }
    if not worse:
        return 0
    with transaction(actor, "readiness.signoffs_stale") as work:
        rows = work.session.scalars(select(ReadinessSignOff).where(ReadinessSignOff.id.in_(worse))).all()
        for row in rows:
            row.stale_at = now
        touched = {gate_id for gate_id, _place in worse.values()}
        for gate in work.session.scalars(select(ReadinessGate).where(ReadinessGate.id.in_(touched))):
            _tell(work, gate, [place for gate_id, place in worse.values() if gate_id == gate.id])
    return len(rows)


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """The same sign at the gates of a copied project; people who are named are those of the source."""
    gates = {
        row.key: row.id
        for row in work.session.scalars(select(ReadinessGate).where(ReadinessGate.project_id == event.project_id))
    }
    query = (
        select(ReadinessSeat, ReadinessGate.key)
        .join(ReadinessGate, ReadinessGate.id == ReadinessSeat.gate_id)
        .where(ReadinessSeat.project_id == event.source_id)
        .order_by(ReadinessSeat.id)
    )
    for row, key in work.session.execute(query).all():
        if key in gates:
            same = {name: getattr(row, name) for name in ("position", "key", "required", "decides")}
            work.session.add(ReadinessSeat(project_id=event.project_id, gate_id=gates[key], **same))


def _tell(work: Work, gate: ReadinessGate, places: Iterable[Place]) -> None:
    people = {each.id for place in places for each in place.seat.people}
    label = f"your sign-off at “{gate.name}”"
    scope = project_scope(gate.project_id)
    tell(work, "request", sorted(people), subject=f"gate:{gate.id}", label=label, scope=scope)


def _gate(work: Work, project_id: int, key: str) -> ReadinessGate:
    projects.check_open(project_id)
    query = select(ReadinessGate).where(ReadinessGate.project_id == project_id, ReadinessGate.key == key)
    row = work.session.scalars(query).first()
    if row is None:
        raise NotFound
    return row


def _rows(work: Work, gate_id: int) -> list[ReadinessSeat]:
    return list(work.session.scalars(select(ReadinessSeat).where(ReadinessSeat.gate_id == gate_id)))
