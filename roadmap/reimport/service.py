"""Bringing a file into a plan that is there: looked at first, then stored as one action that one undo takes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import Actor, project_scope
from kernel.errors import Conflict, RuleBroken
from kernel.worktime import Calendar
from roadmap.baselines import queries as baselines_known
from roadmap.baselines import service as baselines
from roadmap.branches import queries as branches
from roadmap.branches.rules.comparing import ADDED, CHANGED, differences
from roadmap.branches.rules.shot import Row, Shot
from roadmap.branches.service import bring as store
from roadmap.costs import service as costs
from roadmap.costs.service import RateData
from roadmap.exchange import service as exchange
from roadmap.exchange.rules.plan_file import Issue, PlanFile, RoleSeed, rate_days
from roadmap.exchange.service import ImportBroken
from roadmap.projects import service as projects
from roadmap.projects.models import Project
from roadmap.reimport import queries
from roadmap.reimport.queries import SHEET, Found, Known, Sent, stamp_of
from roadmap.reimport.rules.matching import matched
from roadmap.reimport.rules.refusing import without
from roadmap.reimport.rules.sides import Sides, numbered
from roadmap.reimport.rules.target import Target, target
from roadmap.revisions import service as holding
from roadmap.staffing.models import ProjectRole
from roadmap.tasks import queries as tasks_known
from roadmap.tasks import service as tasks
from roadmap.tasks.events import TasksResized
from roadmap.tasks.models import Task

UNDOABLE = {"plan.file_brought": "task.edit"}
"""What can be taken back, and the permission that this needs."""
_KEPT = ("project", "summary")
"""What a file says of the project that nothing here reads."""
_HOLDING = (Task, ProjectRole)
"""A project that has none of these gets all that a file has."""
FULL = 100
Tell = Callable[[], None]


def _unheard() -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a plan: the action, how it was and is, what changed besides its rows, and what did not.

    ``offered`` is what it would be if nothing of the file had been refused.
    """

    work: Work
    before: Shot
    offered: Shot
    target: Target
    names: Mapping[str, str]
    also: tuple[str, ...]
    notes: tuple[Issue, ...]


class _Tried(Exception):  # nothing went wrong
    """Ends a trial, so that the transaction takes everything back."""


class Changed(Conflict):
    """Somebody changed the plan since the file was looked at."""

    def __init__(self) -> None:
        """Say what to do."""
        text = "The plan was changed since you looked at this file. Nothing was stored: look at it again."
        super().__init__("import.plan_changed", text)


def look(
    project_id: int,
    sent: Sent,
    *,
    out: Collection[int] = (),
    refused: Collection[str] = (),
    actor: Actor,
    pool: bool = False,
    tell: Tell = _unheard,
) -> Found:
    """What a file would do to a plan. Nothing is stored. Raises as `bring`; ``tell`` is called at each step.

    It may raise to end it.
    """
    found: list[Found] = []
    stamp, was, dates = stamp_of(project_id), branches.ends_of([project_id])[project_id], branches.dates_of(project_id)
    with suppress(_Tried), transaction(actor, "plan.file_brought"):
        done = bring(project_id, sent, out=out, refused=refused, actor=actor, pool=pool, tell=tell)
        now, later = branches.ends_of([project_id])[project_id], branches.dates_of(project_id)
        moments = {"finish": was.finish, "go_live": was.go_live, "finish_after": now.finish, "live_after": now.go_live}
        ends = {name: day.isoformat() if day else None for name, day in moments.items()}
        moved = sum(dates[id] != later[id] for id in dates.keys() & later.keys())
        found.append(replace(_found(done, sent), ends=ends, moved=moved, stamp=stamp))
        raise _Tried
    return found[0]


def take(
    project_id: int,
    sent: Sent,
    stamp: str,
    *,
    out: Collection[int] = (),
    refused: Collection[str] = (),
    actor: Actor,
    tell: Tell = _unheard,
) -> Brought:
    """Store what was looked at. Raises Changed where somebody changed the plan since, else as `bring`."""
    with transaction(actor, "plan.file_brought") as work:
        holding.hold(project_id, work)
        if stamp_of(project_id) != stamp:
            raise Changed
        return bring(project_id, sent, out=out, refused=refused, actor=actor, tell=tell)


def bring(
    project_id: int,
    sent: Sent,
    *,
    out: Collection[int] = (),
    refused: Collection[str] = (),
    actor: Actor,
    pool: bool = False,
    tell: Tell = _unheard,
) -> Brought:
    """Make a plan what a file says, as one action. What the file does not hold stays, but for the tasks ``out``; what
    of it was ``refused``, as `roadmap.reimport.rules.refusing` names it, does not come.

    A plan without tasks and roles gets all of the file. Costs count only for whoever may change them. Raises
    ImportBroken with what is wrong in the file, RuleBroken for what would make no sense, naming the task.
    """
    if sent.plan.errors:
        raise ImportBroken(sent.plan.errors)
    with transaction(actor, "plan.file_brought") as work:
        project = projects.opened(work, project_id)
        holding.hold(project_id, work)
        label = sent.plan.name or project.name
        if not any(
            work.session.scalar(select(each.id).where(each.project_id == project_id).limit(1)) for each in _HOLDING
        ):
            done = _planted(project_id, sent, work, pool=pool)
        else:
            done = _Bringing(work, project, sent, tell).done({f"task:{id}" for id in out}, refused, pool=pool)
        if work.changes:
            work.note(work.action, subject=project_scope(project_id), label=label, scope=project_scope(project_id))
        return done


def _planted(project_id: int, sent: Sent, work: Work, *, pool: bool) -> Brought:
    """A plan that has no tasks yet gets all that the file has."""
    before = branches.read(project_id)
    plan = sent.plan if _may(work.actor, "cost.edit", project_id) else _without_money(sent.plan)
    exchange.import_into(project_id, plan, actor=work.actor, pool=pool)
    shot = branches.read(project_id).shot
    return Brought(work, before.shot, shot, Target(shot, {}, (), (), {}), _names(shot), (), ())


class _Bringing:
    """A plan that is being made what a file says."""

    def __init__(self, work: Work, project: Project, sent: Sent, tell: Tell) -> None:
        self.work, self.project, self.sent, self.tell = work, project, sent, tell
        self.also: list[str] = []
        self.notes: list[Issue] = []
        self.money = _may(work.actor, "cost.edit", project.id)

    def done(self, out: Collection[str], refused: Collection[str], *, pool: bool) -> Brought:
        self.tell()
        known = self._known()
        self.tell()
        theirs = self.sent.plan if self.money else _without_money(self.sent.plan)
        calendars = self._calendars(known, theirs)
        theirs = numbered(theirs, calendars)
        known = replace(known, plan=numbered(known.plan, known.calendars))
        there = branches.read(self.project.id)
        found = target(self._sides(known, theirs, there.shot, pool=pool), self._removable(out, there.shot))
        offered = self._reached(there.shot, found.shot)
        shot = without(there.shot, offered, refused)
        self.tell()
        sizes = self._sizes(there.shot, shot)
        numbers = store(self.work, self.project, shot, there)
        self._frame(known.plan, theirs)
        if sizes:
            self.work.emit(TasksResized(self.project.id, sizes))
        if self.money:
            self._rates(known, theirs, found, numbers)
        self._baselines(known, theirs, found, numbers)
        tasks.reschedule(self.project.id, self.work, reframed=True)
        notes = (*found.notes, *self.notes)
        found = replace(found, shot=shot)
        return Brought(
            self.work, there.shot, offered, found, _names({**there.shot, **offered}), tuple(self.also), notes
        )

    def _known(self) -> Known:
        calendar: Calendar = tasks_known.calendar_of(self.project)
        return queries.known(self.project, self.sent.kind, self.sent.mapped, calendar, money=self.money)

    def _sides(self, known: Known, theirs: PlanFile, shot: Shot, *, pool: bool) -> Sides:
        sheet = self.sent.kind == SHEET
        return Sides(
            ours=known.plan,
            theirs=theirs,
            keys=known.keys,
            shot=shot,
            pairs=matched(known.plan.rows, theirs.rows),
            workers=known.workers,
            blank=queries.blanks(),
            said=queries.said_by_sheet(self.sent.mapped) if sheet else frozenset(),
            structured=not sheet or bool({"wbs", "level"} & self.sent.mapped.keys()),
            money=self.money,
            filled=exchange.known_people(theirs.roles, self.work) if pool else {},
        )

    def _removable(self, out: Collection[str], shot: Shot) -> set[str]:
        """What may go: the row of a phase stays, as it does when tasks are deleted by hand."""
        kept = [key for key in out if shot.get(key, {}).get("phase_id") is not None]
        self.notes += [Issue(str(shot[key]["name"]), "It is the row of a phase, and stays.") for key in kept]
        return set(out) - set(kept)

    def _calendars(self, known: Known, theirs: PlanFile) -> dict[str, int]:
        """The numbers of the file's calendars; those that say something else than here are changed or added."""
        ours = queries.seeds_by_name(known.plan.calendars)
        found: dict[str, int] = {}
        if theirs.calendar is not None:
            own = known.plan.calendar
            found[theirs.calendar.key] = self.project.calendar_id
            if own is None or queries.content_of(own) != queries.content_of(theirs.calendar):
                seed = replace(theirs.calendar, name=self.project.calendar.name)
                exchange.keep_calendar(seed, self.work.actor, calendar_id=self.project.calendar_id)
                self.also.append(f"The working time of “{self.project.calendar.name}” changes.")
        for seed in theirs.calendars:
            there = ours.get(seed.name)
            number = known.calendars.get(there.key) if there else None
            same = there is not None and queries.content_of(there) == queries.content_of(seed)
            if there is not None and number is None:  # working time of a person, with days off: no calendar of the plan
                if not same:
                    self.notes.append(
                        Issue(seed.name, "Working time and days off of a person are kept with the person.")
                    )
                continue
            if not same:
                place = {"calendar_id": number} if number else {"project_id": self.project.id}
                number = exchange.keep_calendar(seed, self.work.actor, **place)
                what = "changes" if there else "is new"
                self.also.append(f"The calendar “{seed.name}” {what}.")
            if number is not None:
                found[seed.key] = number
        return found

    def _reached(self, before: Shot, after: Shot) -> Shot:
        """The plan without milestones reached that may not be reached yet: the file does not know what is missing."""
        rows: dict[str, Row] = dict(after)
        for key, row in after.items():
            was = before.get(key, {}).get("percent_complete")
            if key.startswith("task:") and was is not None and was < FULL == row["percent_complete"]:
                number = int(key.partition(":")[2])
                if row["type"] == "milestone" and (missing := tasks.obstacles(number)):
                    kept = {name: before[key][name] for name in ("percent_complete", "actual_start", "actual_finish")}
                    rows[key] = {**row, **kept}
                    what = "It can't be completed yet, and stays open: " + " ".join(each.sentence for each in missing)
                    self.notes.append(Issue(str(row["name"]), what))
        return rows

    def _sizes(self, before: Shot, after: Shot) -> dict[int, tuple[int, int | None]]:
        """Tasks of another length in a file that does not say who works how much: who is on them follows."""
        if self.sent.kind != SHEET or "resources" in self.sent.mapped:
            return {}
        names = ("duration_minutes", "work_minutes")
        return {
            int(key.partition(":")[2]): (row["duration_minutes"], row["work_minutes"])
            for key, row in before.items()
            if key.startswith("task:") and key in after and any(row[name] != after[key][name] for name in names)
        }

    def _frame(self, ours: PlanFile, theirs: PlanFile) -> None:
        """Where work stands, and what the file says of the project that nothing here reads."""
        minutes = ours.frame.get("status_minute"), theirs.frame.get("status_minute")
        if theirs.status_date != ours.status_date and self.sent.kind != SHEET:
            projects.edit(self.project.id, {"status_date": theirs.status_date}, actor=self.work.actor)
            self.also.append(
                f"The status date is {theirs.status_date:%d %b %Y}." if theirs.status_date else "No status date is set."
            )
        if minutes[0] != minutes[1]:
            self.project.status_minute = minutes[1]
        was, now = ({name: (plan.frame.get("kept") or {}).get(name) for name in _KEPT} for plan in (ours, theirs))
        if was != now and self.money:
            told = {name: each for name, each in now.items() if each is not None}
            self.project.kept = {**(self.project.kept or {}), **told} or None

    def _rates(self, known: Known, theirs: PlanFile, found: Target, numbers: Mapping[str, int]) -> None:
        """What an hour costs from which day on, where the file says otherwise than the plan."""
        ours = {(known.workers.get(role), day, cents) for role, day, cents in self._days(known.plan)}
        today = self.work.at.date()
        for role, day, cents in self._days(theirs):
            who = found.roles.get(role)
            if who is None or (who, day, cents) in ours:
                continue
            if who.startswith("project_role:") and who not in numbers:  # a new role that was refused
                continue
            number = numbers[who] if who.startswith("project_role:") else int(who.partition(":")[2])
            whose = {"role_id": number} if who.startswith("project_role:") else {"person_id": number}
            try:
                costs.set_rate(self.project.id, RateData(day, cents, **whose), actor=self.work.actor, today=today)
            except RuleBroken as problem:
                self.notes.append(Issue(_role_name(theirs.roles, role), problem.message))
            else:
                self.also.append(f"The rate of “{_role_name(theirs.roles, role)}” from {day:%d %b %Y} on changes.")

    def _days(self, plan: PlanFile) -> list[tuple[str, Any, int]]:
        return list(rate_days(plan.rates, self.project.start))

    def _baselines(self, ours: Known, theirs: PlanFile, found: Target, numbers: Mapping[str, int]) -> None:
        """A baseline that the plan has not is added; one that it has is frozen, and stays."""
        there = {each.name.casefold() for each in baselines_known.of_project(self.project.id)}
        known = {each.number: each for each in ours.plan.baselines}
        mine = dict(zip((row.key for row in ours.plan.rows), ours.keys, strict=True))
        said = [(each.name, {mine[key]: row for key, row in each.rows.items()}) for each in ours.plan.baselines]
        for each in theirs.baselines:
            before = known.get(each.number) if each.number is not None else None
            if each.name.casefold() in there or (before and before.name == each.name):
                continue
            if (each.name, {found.keys[key]: row for key, row in each.rows.items()}) in said:
                continue
            rows = {numbers[found.keys[key]]: row for key, row in each.rows.items() if found.keys[key] in numbers}
            if before is not None or not rows:
                continue
            number, day = (each.number or None), each.day or self.work.at.date()
            baselines.keep(self.work, self.project.id, each.name, rows, day=day, note=each.note, number=number)
            self.also.append(f"The baseline “{each.name}” is added.")


def counts(done: Brought) -> dict[str, int]:
    """How many rows of the plan came, changed and were left as the file does not hold them."""
    found = [each.what for each in differences(done.before, done.target.shot, done.before).values()]
    return {"added": found.count(ADDED), "changed": found.count(CHANGED), "left": len(done.target.left)}


def _role_name(roles: Sequence[RoleSeed], key: str) -> str:
    """What a resource of a file is called."""
    return next((each.name for each in roles if each.key == key), key)


def _may(actor: Actor, permission: str, project_id: int) -> bool:
    return bool(wires().policy.decide(actor, permission, project_scope(project_id)))


def _without_money(plan: PlanFile) -> PlanFile:
    """A file as it counts for somebody who may not change costs."""
    bare = tuple(
        replace(each, rows={key: row._replace(cost_cents=None) for key, row in each.rows.items()})
        for each in plan.baselines
    )
    return replace(plan, rates=(), costs=(), baselines=bare)


def _names(shot: Shot) -> dict[str, str]:
    return {key: str(row["name"]) for key, row in shot.items() if "name" in row}


def _found(done: Brought, sent: Sent) -> Found:
    """What was done, as it is shown."""
    shown = tuple(differences(done.before, done.offered, done.before).values())
    stays = {key for key in done.target.left if done.before[key].get("phase_id") is not None}
    left = [(int(key.partition(":")[2]), done.names[key], key in stays) for key in done.target.left]
    return Found(
        rows=len(sent.plan.rows),
        differences=shown,
        left=tuple(left),
        names=done.names,
        notes=tuple((each.where, each.what) for each in done.notes),
        also=done.also,
        warnings=tuple((each.where, each.what) for each in sent.plan.warnings),
    )
