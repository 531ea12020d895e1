"""Go or no-go in the demo: the pilot went live with conditions, the first roll-out collects its sign-offs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kernel.actor import SYSTEM
from readiness.decisions import queries as decisions
from readiness.decisions import rules as deciding
from readiness.decisions.rules import Taken
from readiness.evidence import queries as evidence
from readiness.evidence import service as statements
from readiness.gates import queries as gates
from readiness.gates.rules.decision import Decision, Standing
from readiness.gates.rules.definitions import GO_LIVE, YES_NO, Gate
from readiness.gates.rules.sources import Look
from readiness.meeting import service as meeting
from readiness.signoffs import queries as signoffs
from readiness.signoffs import rules as signing
from readiness.signoffs import service as signs
from readiness.signoffs.rules import Chosen, Given, Table
from readiness.verdict import queries as verdict
from roadmap.actions import queries as action_rows
from roadmap.actions import service as actions
from roadmap.staffing import queries as staffing
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage, person

NORDIC, PILOT = ROLLOUTS[0].name, ROLLOUTS[2].name
ASKED, DECIDED, DONE = 52, 57, 63
"""Days since the pilot's start on which its sign-offs are asked for, the decision is taken, its conditions are met."""
LATELY = 3
"""How many days ago the first roll-out asked for its sign-offs."""
NEXT = "configuration"
"""The gate at which the first roll-out stands."""
TEAM = (
    "role:crm-administrator",
    "role:data-migration-specialist",
    "role:training-coordinator",
    "role:project-manager",
    "member:executive",
)
SEATS = ("role:crm-administrator", "role:end-users", "role:project-manager", "member:executive")
WORDS: dict[str, tuple[str, str]] = {
    "role:end-users": (
        "condition",
        "Two of us missed the training on late shifts: they get it before they start.",
    ),
    "role:project-manager": ("approve", "The desk is small, and everybody knows whom to call."),
}
"""What the pilot's people say besides a plain yes."""
REASONS = (
    "Eight people in one room can do without what a whole country needs. What is open gets an owner and a day, and we "
    "go back to the old list within an hour if it does not hold."
)
CONDITION = "Accounting signs the connection of its system before users are trained on it."


def play(stage: Stage, day: date) -> None:
    """What happens at gates on a day."""
    number = stage.day_of(day)
    if stage.rollout.name == PILOT and ASKED <= number < DECIDED + 7:
        _pilot(stage, day)
    elif stage.rollout.name == NORDIC and day >= stage.today - timedelta(days=LATELY):
        _collect(stage, day)


def farewell(stage: Stage, day: date) -> None:
    """What the pilot's go depended on is done before the roll-out ends."""
    found = decisions.launched(stage.project_id) if stage.rollout.name == PILOT else None
    mine = {each["action"] for each in found.document["conditions"]} if found else set()
    for row in action_rows.rows(stage.project_id) if mine else ():
        if row.id in mine and row.state == "open":
            now = stage.clock.on(day, time(11, 20))
            actor = person(row.owner_id or stage.manager.id or 0)
            actions.complete(stage.project_id, row.id, "Done, and looked at together.", actor=actor, now=now)


def _pilot(stage: Stage, day: date) -> None:
    gate = gates.gate(stage.project_id, GO_LIVE)
    table = signoffs.table(stage.project_id, gate.id)
    if table.round is None:
        _ask(stage, gate, day)
    elif not table.reached:
        _all_sign(gate, table, _look(stage, day, time(10, 40)))
    elif stage.day_of(day) >= DECIDED and decisions.standing(stage.project_id, gate.id) is None:
        _decide(stage, gate, table, _look(stage, day, time(14)))


def _ask(stage: Stage, gate: Gate, day: date) -> None:
    """The manager says who signs, states what nothing measures, and asks."""
    look = _look(stage, day, time(9, 30))
    signs.choose(stage.project_id, gate.key, Chosen(SEATS, SEATS, SEATS[-1:]), actor=stage.manager)
    for each in gate.criteria:
        if evidence.may_state(each):
            told = "Tried by the whole desk in two rounds; the list of what was found is empty."
            value = 1.0 if each.unit == YES_NO else each.threshold
            until = day + timedelta(days=30)
            statements.state(
                stage.project_id, each.id, value, told, until, actor=stage.manager, now=look.now, today=day
            )
    signs.ask(look, gate.key, day + timedelta(days=4), actor=stage.manager)


def _all_sign(gate: Gate, table: Table, look: Look) -> None:
    said = signing.apart(verdict.standing(gate, look))
    for place in table.missing:
        answer, words = WORDS.get(place.seat.key, ("approve", ""))
        due = look.today + timedelta(days=8) if answer == "condition" else None
        given = Given(place.seat.key, answer, words, due)
        signs.sign(look, gate.key, given, said, actor=person(place.seat.people[0].id))


def _decide(stage: Stage, gate: Gate, table: Table, look: Look) -> None:
    standing = verdict.standing(gate, look)
    taken = Taken(
        Decision.CONDITIONS.value, REASONS, tuple(_conditions(stage, standing, table, look)), key=f"demo-{gate.id}"
    )
    meeting.decide(gate.key, taken, look, actor=person(table.places[-1].seat.people[0].id))


def _conditions(stage: Stage, standing: Standing, table: Table, look: Look) -> list[deciding.Condition]:
    people = {each.id for each in staffing.people_of(stage.project_id)}
    due = look.today + timedelta(days=DONE - DECIDED)
    return [
        deciding.Condition(
            each.key,
            each.text,
            each.subject,
            each.owner_id if each.owner_id in people else stage.manager.id,
            each.due or due,
        )
        for each in deciding.conditions(standing, table, Decision.CONDITIONS)
    ]


def _collect(stage: Stage, day: date) -> None:
    """The manager asks at the next gate; the first two answer, the others take their time."""
    look = _look(stage, day, time(13, 30))
    gate = gates.gate(stage.project_id, NEXT)
    table = signoffs.table(stage.project_id, gate.id)
    if table.round is None:
        signs.choose(stage.project_id, gate.key, Chosen(TEAM, TEAM, TEAM[-1:]), actor=stage.manager)
        signs.ask(look, gate.key, stage.today + timedelta(days=7), actor=stage.manager)
    elif not table.counted:
        said = signing.apart(verdict.standing(gate, look))
        for place, answer in zip(table.places[:2], ("condition", "approve"), strict=False):
            words, due = ("", None) if answer == "approve" else (CONDITION, stage.today + timedelta(days=9))
            signer = person(place.seat.people[0].id) if place.seat.people else SYSTEM
            if signer.id is not None:
                signs.sign(look, gate.key, Given(place.seat.key, answer, words, due), said, actor=signer)


def _look(stage: Stage, day: date, at: time) -> Look:
    now: datetime = stage.clock.on(day, at)
    return Look(stage.project_id, now, day)
