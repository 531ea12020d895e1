"""Signing and deciding on the figures of the moment, and asking again where they got worse."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from infra.transaction import transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import RuleBroken
from readiness.decisions import queries as decided
from readiness.decisions import service as decisions
from readiness.decisions.rules import Taken
from readiness.gates import queries as gates
from readiness.gates.rules.sources import Look
from readiness.meeting import rules
from readiness.signoffs import queries as tables
from readiness.signoffs import rules as signing
from readiness.signoffs import service as signoffs
from readiness.signoffs.rules import Given
from readiness.verdict import charts as verdicts
from readiness.verdict import queries as verdict
from readiness.verdict.rules import telling
from roadmap.projects import queries as projects


def sign(key: str, given: Given, look: Look, *, actor: Actor) -> int:
    """Give one's word for a seat of a gate as its evidence stands now.

    Raises NotFound, Refused, RuleBroken where the decision was taken on the words of the round.
    """
    with transaction(actor, "readiness.signed") as work:
        gate = gates.gate(look.project_id, key)
        work.alone(gate.id)
        _check_runs(look.project_id, gate.id)
        return signoffs.sign(look, key, given, signing.apart(verdict.standing(gate, look)), actor=actor)


def remind(project_id: int, key: str, *, actor: Actor) -> int:
    """Remind those whose word is missing; how many places that are. Raises NotFound, RuleBroken."""
    _check_runs(project_id, gates.gate(project_id, key).id)
    return signoffs.remind(project_id, key, actor=actor)


def decide(key: str, taken: Taken, look: Look, *, actor: Actor) -> int:
    """Take the decision at a gate as it is judged now; its number. Raises NotFound, Refused, RuleBroken."""
    with transaction(actor, "readiness.decided"):
        renew(look)
        standing = verdict.standing(gates.gate(look.project_id, key), look)
        project = projects.row_of(look.project_id)
        facts = rules.facts(
            standing, project.name, verdicts.sentence(telling.told(standing)), verdicts.value_words,
            verdicts.needs_words,
        )  # fmt: skip
        return decisions.decide(standing, taken, facts, _titler(taken.decision, standing.gate.name), look, actor=actor)


def renew(look: Look) -> int:
    """Ask those again whose word rests on figures that got worse since; how many that are.

    Words that a decision rests on stay as they were.
    """
    taken, seats = decided.decisions(look.project_id), tables.tables(look.project_id)
    running = [each for each in gates.gates(look.project_id) if decided.ended(taken, each.id, seats[each.id]) is None]
    worse = {each.gate.id: signing.apart(each) for each in verdict.standings(running, look)}
    return signoffs.ask_again(look.project_id, worse, actor=SYSTEM, now=look.now)


def _check_runs(project_id: int, gate_id: int) -> None:
    taken = decided.ended(decided.decisions(project_id), gate_id, tables.table(project_id, gate_id))
    if taken is not None:
        text = "Decision %(number)s was taken on the words of this round. Who manages the roll-out can ask anew."
        raise RuleBroken("meeting.decided", text, number=taken.number)


def _titler(decision: str, gate: str) -> Callable[[int], str]:
    """What a decision is called, once it has its number."""
    word = {each.value: said for each, said in verdicts.decision_words().items()}.get(decision, decision)

    def title(number: int) -> str:
        return _("Decision %(number)s: %(what)s at “%(gate)s”", number=number, what=word.lower(), gate=gate[:200])

    return title
