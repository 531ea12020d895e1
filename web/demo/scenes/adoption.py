"""After go-live in the demo: help is offered to two groups, recognition is switched on, one leaves it, one reward."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta

from accounts.teams import queries as teams
from adoption.crew import queries as crews
from adoption.help import service
from adoption.help.queries import Look
from adoption.help.rules import about_teams
from adoption.policy.rules import groups
from adoption.praise import service as praise
from roadmap.actions import queries as actions
from roadmap.actions import service as promises
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage, person

PILOT = ROLLOUTS[2]
SATURDAY = 5
TRAINER, LEAVES = "samira", "Sune Frandsen"
LATE_TEAM, FIRST_TEAM = "Sales Nordics", "Service"
SWITCHED_ON, LEFT, FIRST_OFFER, DONE, SECOND_OFFER, REWARDED, LAST_DAY = 72, 74, 79, 87, 88, 91, 123
"""Days since the pilot began; it went live on the 64th and ends on the 93rd. The last is when the second offer is due:
it waits for the trainings of the big roll-out.
"""
SHOWN = "Shown to all five on their own deals; two keep the list on their phone now."
REWARD = "Breakfast for the team", "First to move, and patient with everything that was not yet smooth."


def play(stage: Stage, day: date) -> None:
    """What is done on a day of the pilot."""
    if stage.rollout is not PILOT:
        return
    scenes = {
        SWITCHED_ON: _switch_on, LEFT: _leave, FIRST_OFFER: _offer_team, DONE: _close, SECOND_OFFER: _offer_rest,
        REWARDED: _reward,
    }  # fmt: skip
    for number, scene in scenes.items():
        if day == _workday(stage.start + timedelta(days=number)):
            scene(stage, day)


def _workday(day: date) -> date:
    """A day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= SATURDAY else 0)


def _switch_on(stage: Stage, day: date) -> None:
    stage.clock.on(day, time(10, 5))
    praise.choose(stage.project_id, active=True, named=True, actor=stage.manager)


def _leave(stage: Stage, day: date) -> None:
    who = next(each.id for each in crews.crew(stage.project_id).members if each.name == LEAVES)
    praise.leave(actor=person(who), now=stage.clock.on(day, time(11, 20)))


def _offer_team(stage: Stage, day: date) -> None:
    _offer(stage, day, about_teams([_team(LATE_TEAM)]), "late")


def _offer_rest(stage: Stage, day: date) -> None:
    """To the teams that are too small to be told apart."""
    parts: dict[int | None, frozenset[int]] = {}
    for each in crews.crew(stage.project_id).members:
        parts[each.team_id] = parts.get(each.team_id, frozenset()) | {each.id}
    together = max(groups(parts, frozenset()), key=len)
    asked = _offer(stage, day, about_teams(together), "inactive")
    due = stage.start + timedelta(days=LAST_DAY)
    promises.change(stage.project_id, asked, {"due": due}, actor=stage.manager)


def _offer(stage: Stage, day: date, about: str, gap: str) -> int:
    look = Look(stage.manager.id, True, stage.clock.on(day, time(13, 40)), UTC)
    return service.offer(stage.project_id, service.Wanted(about, gap), actor=stage.manager, look=look)[0]


def _close(stage: Stage, day: date) -> None:
    at = stage.clock.on(day, time(14, 10))
    offered = next(each for each in actions.rows(stage.project_id) if each.source == "help" and each.state == "open")
    promises.complete(stage.project_id, offered.id, SHOWN, actor=stage.actor(TRAINER), now=at)


def _reward(stage: Stage, day: date) -> None:
    what, why = REWARD
    gift = praise.Gift(what, why, team_id=_team(FIRST_TEAM))
    praise.give(stage.project_id, gift, actor=stage.manager, now=stage.clock.on(day, time(9, 30)))


def _team(name: str) -> int:
    return next(each.id for each in teams.teams() if each.name == name)
