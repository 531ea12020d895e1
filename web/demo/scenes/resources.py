"""Days off and part time, somebody from outside, a place kept, estimates that grew, help that asks too much."""

from __future__ import annotations

from datetime import date, time, timedelta

from accounts.absences import service as absences
from accounts.absences.rules import Reason, Share, Span
from accounts.people.rules import PersonData
from roadmap.resources import queries, service
from roadmap.resources.service import AllocationData
from roadmap.staffing import queries as staffing
from roadmap.staffing import service as roles
from roadmap.tasks import queries as plans
from roadmap.tasks import service as tasks
from roadmap.tasks.rules.fields import HIGHEST_PRIORITY
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

NORDIC, BENELUX = ROLLOUTS[0].name, ROLLOUTS[1].name
OFF = (
    ("leila", 15, 16, Reason.HOLIDAY),
    ("ingrid", 40, 43, Reason.HOLIDAY),
    ("maren", 48, 51, Reason.OTHER),
)
"""Who is away from which to which day, counted from today."""
PART_TIME = ("leila", 12, 80)
GREW = {"fix-early-feedback": 14, "set-up-incentives": 8, "set-up-help-desk": 21}
"""Hours that tasks of the first roll-out turn out to need, in the days that were planned for them."""
PROMISED = ("fix-early-feedback", "set-up-incentives")
"""What Maren promised for a day: levelling is to leave these tasks where they are."""
ASKED = 15
"""Percent of her time that Ingrid is asked for by the second roll-out."""
TRAINING_FROM = timedelta(weeks=4)
"""From when on the second roll-out has time of the trainer: until then the first has it."""


def play(stage: Stage, day: date) -> None:
    """The trainer's time is settled on the first day; the rest on the eve of today, the last working day before it."""
    if day == stage.start and stage.rollout.name == BENELUX:
        _train_later(stage)
    if day != _eve(stage.today):
        return
    stage.clock.on(day)
    if stage.rollout.name == NORDIC:
        _plan_days_off(stage)
        _take_in_an_editor(stage)
        _keep_a_place(stage)
        _estimate_anew(stage)
        _promise(stage)
    elif stage.rollout.name == BENELUX:
        _ask_for_help(stage)


def _eve(today: date) -> date:
    day = today - timedelta(days=1)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _later(stage: Stage, days: int) -> date:
    return stage.today + timedelta(days=days)


def _plan_days_off(stage: Stage) -> None:
    for key, first, last, reason in OFF:
        span = Span(_later(stage, first), _later(stage, last))
        absences.add_absence(stage.ids[key], span, reason, actor=stage.actor(key))
    key, first, percent = PART_TIME
    absences.set_share(stage.ids[key], Share(_later(stage, first), percent), actor=stage.actor(key))


def _take_in_an_editor(stage: Stage) -> None:
    values = {"name": "Subtitle editor", "share": 40, "share_min": 10, "share_max": 40}
    role_id, _work = roles.add_role(stage.project_id, values, actor=stage.manager)
    editor = PersonData("Signe Falk", title="Subtitle editor", company="Rosing Media")
    data = AllocationData(role_id, None, stage.today, _later(stage, 9), 50, "Until the tutorials have subtitles.")
    service.add_allocation(stage.project_id, data, actor=stage.manager, now=stage.clock.now, newcomer=editor)


def _keep_a_place(stage: Stage) -> None:
    values = {"name": "Floor walker", "share": 60, "share_min": 50, "share_max": 100}
    role_id, _work = roles.add_role(stage.project_id, values, actor=stage.manager)
    note = "The vendor names somebody by the end of the month."
    data = AllocationData(role_id, None, _later(stage, 19), _later(stage, 30), 60, note)
    service.add_allocation(stage.project_id, data, actor=stage.manager, now=stage.clock.now)


def _estimate_anew(stage: Stage) -> None:
    """The trial found more than expected, and the help desk needs its own forms."""
    rows = {row.key: row.id for row in plans.rows(stage.project_id, stage.today)}
    for key, hours in GREW.items():
        wanted = {"work_minutes": hours * 60}
        tasks.change(stage.project_id, rows[key], wanted, actor=stage.manager, now=stage.clock.now)


def _promise(stage: Stage) -> None:
    rows = {row.key: row.id for row in plans.rows(stage.project_id, stage.today)}
    pinned = {"priority": HIGHEST_PRIORITY}
    for key in PROMISED:
        tasks.change(stage.project_id, rows[key], pinned, actor=stage.manager, now=stage.clock.now)


def _train_later(stage: Stage) -> None:
    stage.clock.on(stage.start, time(10, 30))
    first = stage.start + TRAINING_FROM
    trainer = stage.ids["samira"]
    for each in [each for each in queries.allocations(stage.project_id) if each.person_id == trainer]:
        if each.last < first:
            service.remove_allocation(stage.project_id, each.id, actor=stage.manager)
        elif each.first < first:
            data = AllocationData(each.role_id, each.person_id, first, each.last, each.percent, each.note)
            service.change_allocation(stage.project_id, each.id, data, actor=stage.manager)


def _ask_for_help(stage: Stage) -> None:
    """There is more to clean than one can do; nobody asked whether Ingrid has time."""
    role = next(each for each in staffing.roles(stage.project_id) if each.key == "data-migration-specialist")
    note = "Cleans the partners' lists together with Pieter."
    data = AllocationData(role.id, stage.ids["ingrid"], _later(stage, 5), _later(stage, 16), ASKED, note)
    service.add_allocation(stage.project_id, data, actor=stage.manager, now=stage.clock.now)
