"""Taking a decision: its conditions become action items, and all of it is frozen, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.notices.service import tell
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import Refused
from readiness.decisions import queries, rules
from readiness.decisions.models import ReadinessDecision
from readiness.decisions.rules import Condition, Taken
from readiness.gates.rules.decision import Standing
from readiness.gates.rules.sources import Look
from readiness.signoffs import queries as signoffs
from readiness.signoffs.rules import may_decide
from roadmap.actions import service as actions
from roadmap.actions.rules import ActionData
from roadmap.projects import service as projects
from roadmap.staffing import queries as staffing

TITLE = 200


def decide(
    standing: Standing, taken: Taken, facts: Mapping[str, Any], title: Callable[[int], str], look: Look, *, actor: Actor
) -> int:
    """Take the decision at a gate; its number. ``facts`` are what the document keeps of the judgement.

    The same ``taken.key`` again gives the number it has already. Raises RuleBroken, and Refused for whoever does not
    decide at this gate.
    """
    gate = standing.gate
    with transaction(actor, "readiness.decided") as work:
        projects.check_open(gate.project_id)
        done = queries.number_of(taken.key)
        if done is not None:
            return done
        work.alone(gate.id)
        table, before = signoffs.table(gate.project_id, gate.id), queries.standing(gate.project_id, gate.id)
        if not may_decide(table, actor.id, signoffs.managers(gate.project_id)):
            raise Refused("Only who decides at this gate takes the decision.")
        decision = rules.check_taken(taken, standing, table, again=before is not None, today=look.today)
        number = queries.next_number(gate.project_id)
        columns = {
            "number": number,
            "title": title(number),
            "decision": decision.value,
            "computed": standing.decision.value,
            "score": None if standing.score is None else round(standing.score, 4),
            "confidence": round(standing.confidence, 6),
            "reasons": taken.reasons.strip(),
            "decided_by": actor.name,
            "superseding": taken.superseding.strip() if before else "",
        }
        made = _actions(gate.project_id, taken.conditions, actor=actor, now=look.now)
        document = rules.frozen(
            {
                **facts,
                **columns,
                "version": rules.VERSION,
                "at": look.now.isoformat(),
                "day": look.today.isoformat(),
                "supersedes": before.number if before else None,
                "round": table.round.number if table.round else None,
                "quorum": table.quorum,
                "signoffs": [rules.signature(place) for place in table.places],
                "conditions": made,
            }
        )
        row = ReadinessDecision(
            project_id=gate.project_id,
            gate_id=gate.id,
            at=look.now,
            decided_by_id=actor.id,
            supersedes_id=before.id if before else None,
            request_key=taken.key,
            document=document,
            digest=rules.digest_of(document),
            **columns,
        )
        work.session.add(row)
        work.session.flush()
        _tell(work, gate.project_id, gate.id, row.title)
    return number


def _actions(project_id: int, wanted: Sequence[Condition], *, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """An action item for each condition; what the document keeps of them."""
    names = {each.id: each.name for each in staffing.people_of(project_id)}
    made = []
    for each in wanted:
        data = ActionData(
            each.text[:TITLE], each.text if len(each.text) > TITLE else "", each.owner_id, each.due, each.subject
        )
        action, _work = actions.add_action(project_id, data, actor=actor, now=now)
        made.append(
            {
                "text": each.text,
                "subject": each.subject,
                "owner": names.get(each.owner_id or 0, ""),
                "due": each.due.isoformat() if each.due else None,
                "action": action,
            }
        )
    return made


def _tell(work: Work, project_id: int, gate_id: int, title: str) -> None:
    people = {each.person_id for each in staffing.members(project_id)}
    scope = project_scope(project_id)
    tell(work, "decided", sorted(people), subject=f"gate:{gate_id}", label=title, scope=scope)
