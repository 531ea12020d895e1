"""What-if and change requests in the demo: one was applied, one waits for the sponsor, one branch is only tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from phases.kickoff.changes import queries, service
from phases.kickoff.changes.rules import Act, ChangeData, ScopeAct
from roadmap.branches import service as trying
from roadmap.outline import service as outline
from roadmap.tasks import queries as tasks
from roadmap.tasks import service as plans
from roadmap.twins.queries import twins_of
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

NORDIC = ROLLOUTS[0].name
ASKED, DECIDED, APPLIED = 29, 31, 32
"""Days since the start on which the first change is asked for, decided and applied."""
CHAT, TRIED = 42, 43
"""The days on which the second one is submitted, and on which Maren tries something on the plan."""
INTERVIEWS = ChangeData(
    "Interview the field teams, too",
    "Three days of interviews after go-live instead of two, so that both field teams are heard.",
    "The teams in the field see other screens than the office; what only they notice was missed in the pilot.",
    "Jonas Brandt, sales",
    "quality",
    "normal",
)
ONLINE_CHAT = ChangeData(
    "Connect the chat of the website",
    "Chats on the website become requests in the CRM, with the customer found by e-mail address.",
    "A fifth of the questions comes by chat, and nobody sees them beside the customer's tickets.",
    "Erik Dahlgren, marketing",
    "scope",
    "normal",
    scope=(ScopeAct(Act.ADD, "Chat of the website", inside=True),),
)
CHAT_TASK: dict[str, Any] = {"name": "Connect the chat of the website", "duration_minutes": 10 * 480}


def play(stage: Stage, day: date) -> None:
    """What happens to the plan beside the plan on a day."""
    acts = {ASKED: _ask, DECIDED: _decide, APPLIED: _apply, CHAT: _ask_for_chat, TRIED: _try}
    act = acts.get(stage.day_of(day)) if stage.rollout.name == NORDIC else None
    if act is not None:
        act(stage, day)


def _ask(stage: Stage, day: date) -> None:
    now = stage.clock.on(day, time(9, 10))
    branch_id = trying.branch_off(stage.project_id, "Longer interviews", INTERVIEWS.why, actor=stage.manager, now=now)
    task_id = _twin(stage, branch_id, "interview-users")
    plans.change(branch_id, task_id, {"duration_minutes": 3 * 480}, actor=stage.manager, now=now)
    _submit(stage, "jonas", INTERVIEWS, branch_id)


def _decide(stage: Stage, day: date) -> None:
    now = stage.clock.on(day, time(14, 0))
    word = "Go-live stays where it is: do it."
    asked = queries.rows(stage.project_id)[0]
    service.decide(stage.project_id, asked.id, approve=True, reason=word, actor=stage.manager, now=now)


def _apply(stage: Stage, day: date) -> None:
    now = stage.clock.on(day, time(8, 40))
    service.apply(stage.project_id, queries.rows(stage.project_id)[0].id, actor=stage.manager, now=now)


def _ask_for_chat(stage: Stage, day: date) -> None:
    now = stage.clock.on(day, time(11, 20))
    project_id = stage.project_id
    branch_id = trying.branch_off(project_id, "With the website's chat", ONLINE_CHAT.why, actor=stage.manager, now=now)
    before, after = (_twin(stage, branch_id, key) for key in ("connect-systems", "integration-tests"))
    like = tasks.task(branch_id, before, day)
    values = CHAT_TASK | {"role_id": like.role_id}
    made, _work = outline.add(branch_id, values, actor=stage.manager, parent_id=like.parent_id)
    outline.link(branch_id, before, made, actor=stage.manager)
    outline.link(branch_id, made, after, actor=stage.manager)
    _submit(stage, "erik", ONLINE_CHAT, branch_id)


def _try(stage: Stage, day: date) -> None:
    now = stage.clock.on(day, time(10, 15))
    why = "What if the help desk were set up by two people in half the time?"
    branch_id = trying.branch_off(stage.project_id, "Two people for the help desk", why, actor=stage.manager, now=now)
    task_id = _twin(stage, branch_id, "set-up-help-desk")
    half = tasks.task(branch_id, task_id, day).duration_minutes // 2
    plans.change(branch_id, task_id, {"duration_minutes": half}, actor=stage.manager, now=now)


def _submit(stage: Stage, who: str, data: ChangeData, branch_id: int) -> None:
    author, now = stage.actor(who), stage.clock.now
    wanted = replace(data, branch_id=branch_id)
    made, _work = service.ask_for(stage.project_id, wanted, actor=author, now=now)
    service.submit(stage.project_id, made, actor=author, now=now)


def _twin(stage: Stage, branch_id: int, key: str) -> int:
    """The task of the template with this key, in a branch."""
    trunk = next(row.id for row in tasks.rows(stage.project_id, stage.today) if row.key == key)
    return twins_of(branch_id)[trunk]
