"""Branching a plan, and what becomes of the branch: merged back, thrown away, taken up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from infra.transaction import Work, transaction
from infra.undo.rows import typed
from infra.wires import ask
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from roadmap.branches import queries, rules
from roadmap.branches.events import MayMerge
from roadmap.branches.models import Branch
from roadmap.branches.queries import FRAME, PARTS, Part, Reading
from roadmap.branches.rules.merging import Disagreement, Loop, Merger, merged
from roadmap.branches.rules.shot import PROJECT, Row, Shot, in_order, kinds_of, table_of
from roadmap.forecast import service as forecasts
from roadmap.forecast.queries import ground as ground_of
from roadmap.forecast.rules.answer import forecast as run
from roadmap.projects import service as projects
from roadmap.projects.events import ProjectFramed
from roadmap.projects.models import Project
from roadmap.projects.rules import State
from roadmap.tasks import service as plans
from roadmap.tasks.events import TasksRemoved
from roadmap.tasks.models import Task, TaskDates
from roadmap.tasks.rules import fields
from roadmap.tasks.rules.states import FINISHED
from roadmap.twins.models import BranchStart
from roadmap.twins.queries import start_of, starts

UNDOABLE = {
    "branch.caught_up": "branch.make",
    "branch.changed": "branch.make",
    "branch.merged": "branch.merge",
    "branch.thrown_away": "branch.make",
}
"""What can be taken back, and the permission that this needs."""
STANDING = ("status_date", "status_minute")
"""What a branch has from its trunk at any time."""
Numbers = dict[str, int]


class Undecided(RuleBroken):
    """Both sides changed the same things; ``open`` holds them."""

    def __init__(self, open: Sequence[Disagreement]) -> None:
        """Say how many."""
        self.open = tuple(open)
        text = "%(count)s changes were made on both sides in different ways. Choose for each which one holds."
        super().__init__("branch.undecided", text, count=len(self.open))


def branch_off(trunk_id: int, name: str, why: str = "", *, actor: Actor, now: datetime) -> int:
    """A branch of a plan as it stands, progress and all; its number as a project. Its trunk's members may work in it.

    Raises NotFound, and RuleBroken for a name that makes no sense and a plan that can't be branched.
    """
    name, why = rules.check_name(name), rules.check_why(why)
    with transaction(actor, "branch.made") as work:
        trunk = work.session.get(Project, trunk_id)
        if trunk is None:
            raise NotFound
        is_branch, count = trunk.branch_of_id is not None, queries.open_count(trunk_id)
        rules.check_trunk(trunk.state, is_branch=is_branch, open_branches=count)
        made = _project_like(work, trunk, name, now)
        start = queries.read(trunk_id)
        copies: Numbers = {}
        _insert(work, made.id, start.shot, in_order(start.shot), copies)
        work.session.add(Branch(project_id=made.id, trunk_id=trunk_id, why=why, made_by_id=actor.id, made_at=now))
        work.session.add(BranchStart(project_id=made.id, plan=dict(start.shot), twins=_twins(start.numbers, copies)))
        plans.reschedule(made.id, work)
        return made.id


def change(trunk_id: int, project_id: int, name: str, why: str, *, actor: Actor) -> Work:
    """Call a branch something else, or say better why it is there. Raises NotFound, RuleBroken."""
    name, why = rules.check_name(name), rules.check_why(why)
    with transaction(actor, "branch.changed") as work:
        row, project = _open(work, trunk_id, project_id)
        project.name, row.why = name, why
    return work


def throw_away(trunk_id: int, project_id: int, *, actor: Actor, now: datetime) -> Work:
    """Put a branch out of sight; its rows stay, so that undo brings it back. Raises NotFound, RuleBroken."""
    with transaction(actor, "branch.thrown_away") as work:
        row, project = _open(work, trunk_id, project_id)
        _close(row, project, State.THROWN_AWAY, actor, now)
    return work


def follow_frame(event: ProjectFramed, work: Work) -> None:
    """Where work stands is no what-if: the open branches of a plan have its status date."""
    trunk = work.session.get_one(Project, event.project_id)
    is_open = (Project.branch_of_id == event.project_id, Project.state == State.BRANCH.value)
    for row in work.session.scalars(select(Project).where(*is_open)).all():
        if (row.status_date, row.status_minute) != (trunk.status_date, trunk.status_minute):
            row.status_date, row.status_minute = trunk.status_date, trunk.status_minute
            plans.reschedule(row.id, work, reframed=True)


def preview(trunk_id: int, project_id: int, choices: Mapping[str, str] | None = None) -> Merger:
    """What the plan would be with a branch in it, and what has to be chosen first. Raises NotFound, RuleBroken."""
    start = start_of(project_id)
    branch, trunk = queries.read(project_id, start.twins), queries.read(trunk_id)
    try:
        return merged(start.plan, branch.shot, trunk.shot, choices)
    except Loop as loop:
        name = trunk.shot.get(loop.args[0], branch.shot.get(loop.args[0], {})).get("name", "")
        text = "Both sides moved “%(name)s” so that it would stand below itself. Move it back on one side first."
        raise RuleBroken("branch.loop", text, name=name) from loop


def merge_back(
    trunk_id: int, project_id: int, choices: Mapping[str, str] | None = None, *, actor: Actor, now: datetime
) -> Work:
    """Make the plan what the branch is, but for what was changed in the plan meanwhile; then the branch is closed.

    ``choices`` says "branch" or "trunk" by the id of each disagreement. All or nothing: raises Undecided where one is
    left open, RuleBroken naming what would make no sense, NotFound.
    """
    with transaction(actor, "branch.merged") as work:
        row, project = _open(work, trunk_id, project_id)
        trunk = projects.opened(work, trunk_id)
        _ask_may_merge(project_id)
        found = preview(trunk_id, project_id, choices)
        if found.open:
            raise Undecided(found.open)
        _close(row, project, State.MERGED, actor, now)
        _Applied(work, trunk, found.shot, queries.read(trunk_id)).store()
        plans.reschedule(trunk_id, work, reframed=True)
        work.scope = f"project:{trunk_id}"
    return work


def catch_up(trunk_id: int, project_id: int, choices: Mapping[str, str] | None = None, *, actor: Actor) -> Work:
    """Bring a branch up to date: what was changed in the plan meanwhile comes into it; the branch goes on from there.

    ``choices`` as for `merge_back`, which gives the same plan before and after. Raises Undecided, RuleBroken, NotFound.
    """
    with transaction(actor, "branch.caught_up") as work:
        _row, project = _open(work, trunk_id, project_id)
        trunk, start = queries.read(trunk_id), start_of(project_id)
        if trunk.shot == start.plan:
            raise RuleBroken("branch.up_to_date", "Nothing was changed in the plan since: the branch is up to date.")
        found = preview(trunk_id, project_id, choices)
        if found.open:
            raise Undecided(found.open)
        applied = _Applied(work, project, found.shot, queries.read(project_id, start.twins))
        applied.store()
        project.branch_start = starts(project_id)
        copies = {key: applied.numbers[key] for key in found.shot if key in trunk.numbers and key != PROJECT}
        new = {"plan": dict(trunk.shot), "twins": _twins(trunk.numbers, copies), "number": project.branch_start}
        work.session.add(BranchStart(project_id=project_id, **new))
        plans.reschedule(project_id, work, reframed=True)
        work.scope = f"project:{trunk_id}"
    return work


def forecast(trunk_id: int, project_id: int, today: date, *, actor: Actor, now: datetime) -> None:
    """Forecast a branch and its plan as they are now, so that both can be compared. Raises NotFound, RuleBroken.

    A plan with more tasks than somebody waits for is left to its own page.
    """
    queries.branch(trunk_id, project_id)
    for each in (trunk_id, project_id):
        ground = ground_of(each, today)
        if forecasts.takes_long(ground):
            text = "This plan takes longer to forecast than anybody waits for: make it on the page of the forecast."
            raise RuleBroken("branch.long_forecast", text)
        if queries.p80_of(each) is None:
            answer = run(ground.model, ground.targets)
            forecasts.keep(ground, answer, today, actor=actor, now=now)


def bring(work: Work, project: Project, target: Shot, there: Reading) -> Numbers:
    """Make a plan, as it was read, what a shot says, inside an open transaction; the numbers of its rows by key.

    Whoever calls has the dates follow. Raises RuleBroken naming a task that would make no sense.
    """
    applied = _Applied(work, project, target, there)
    applied.store()
    return applied.numbers


def _ask_may_merge(project_id: int) -> None:
    """Raise RuleBroken with what stands in the way, as upper floors answer ``MayMerge``."""
    reasons = " ".join(each.sentence for each in ask(MayMerge(project_id)))
    if reasons:
        raise RuleBroken("branch.held", "This branch can't be merged yet. %(reasons)s", reasons=reasons)


def _project_like(work: Work, trunk: Project, name: str, now: datetime) -> Project:
    same = ("purpose", "timezone", "calendar_id", "currency", "template", "kept", *STANDING, *FRAME)
    made = Project(
        name=name,
        branch_of_id=trunk.id,
        state=State.BRANCH.value,
        created_at=now,
        archived_at=None,
        **{each: getattr(trunk, each) for each in same},
    )
    work.session.add(made)
    work.session.flush()
    return made


def _insert(work: Work, project_id: int, shot: Shot, keys: Sequence[str], numbers: Numbers) -> None:
    """Add rows of a shot to a plan, table by table and each below what it hangs on; ``numbers`` learns theirs."""
    kinds = kinds_of(shot)
    for part in PARTS:
        waiting = {key: shot[key] for key in keys if table_of(key) == part.table}
        while waiting:
            ready = {key: row for key, row in waiting.items() if row.get("parent_id") not in waiting}
            rows = [_values(part, row, numbers, project_id, kinds.get(key)) for key, row in ready.items()]
            numbers.update(zip(ready, work.bulk_insert(part.model, rows), strict=True))
            waiting = {key: row for key, row in waiting.items() if key not in ready}


def _values(part: Part, row: Row, numbers: Numbers, project_id: int, kind: str | None) -> dict[str, Any]:
    values = {name: _value(part, name, row.get(name), numbers) for name in part.columns}
    return values | {"project_id": project_id} | ({"type": kind} if kind else {})


def _value(part: Part, name: str, value: Any, numbers: Numbers) -> Any:
    """A value of a shot as its column wants it: the number of a row for its key."""
    if name in part.points:
        return None if value is None else numbers[value]
    return typed(part.model, name, value)


class _Applied:
    """A plan, as it was read, that is being made what a shot says."""

    def __init__(self, work: Work, project: Project, target: Shot, there: Reading) -> None:
        self.work, self.project, self.target = work, project, target
        self.now, self.numbers = there.shot, dict(there.numbers)

    def store(self) -> None:
        """Add, change, remove: in this order nothing ever points to what is not there."""
        for name in FRAME:
            setattr(self.project, name, typed(Project, name, self.target[PROJECT][name]))
        new = [key for key in in_order(self.target) if key not in self.now]
        _insert(self.work, self.project.id, self.target, new, self.numbers)
        self._change()
        self.work.session.flush()
        self._remove([key for key in self.now if key not in self.target])

    def _change(self) -> None:
        before, after = kinds_of(self.now), kinds_of(self.target)
        for part in PARTS:
            for key in (each for each in self.target if table_of(each) == part.table and each in self.now):
                was, row = self.now[key], self.target[key]
                names = [name for name in part.columns if was.get(name) != row.get(name) and name != "type"]
                values = {name: _value(part, name, row[name], self.numbers) for name in names}
                if before.get(key) != after.get(key):
                    values["type"] = after[key]
                if values:
                    self._set(part, key, values)

    def _set(self, part: Part, key: str, values: Mapping[str, Any]) -> None:
        row = self.work.session.get_one(part.model, self.numbers[key])
        if isinstance(row, Task) and values.get("percent_complete") == FINISHED and not self.project.branch_of_id:
            plans.announce(self.work, row)
        for name, value in values.items():
            setattr(row, name, value)
        if isinstance(row, Task):
            _check(row)

    def _remove(self, keys: Sequence[str]) -> None:
        gone = {part.table: [self.numbers[key] for key in keys if table_of(key) == part.table] for part in PARTS}
        if gone[Task.__tablename__]:
            self.work.emit(TasksRemoved(self.project.id, tuple(gone[Task.__tablename__])))
        for part in reversed(PARTS):
            if part.model is Task and gone[part.table]:
                self.work.release(Task, gone[part.table])
                self.work.session.execute(delete(TaskDates).where(TaskDates.task_id.in_(gone[part.table])))
            if gone[part.table]:
                self.work.bulk_delete(part.model, [part.model.id.in_(gone[part.table])])


def _check(task: Task) -> None:
    """Raise RuleBroken, naming the task, where what came of two changes does not fit together."""
    try:
        fields.check(fields.Draft(**{name: getattr(task, name) for name in fields.DRAFT_FIELDS}))
    except RuleBroken as problem:
        text = "“%(name)s” would make no sense: %(what)s"
        raise RuleBroken("branch.makes_no_sense", text, name=task.name, what=problem.message) from problem


def _twins(numbers: Mapping[str, int], copies: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The numbers of the trunk by table and number in the branch, as JSON holds them."""
    found: dict[str, dict[str, int]] = {}
    for key, copy in copies.items():
        found.setdefault(table_of(key), {})[str(copy)] = numbers[key]
    return found


def _open(work: Work, trunk_id: int, project_id: int) -> tuple[Branch, Project]:
    row = work.session.scalar(select(Branch).where(Branch.project_id == project_id, Branch.trunk_id == trunk_id))
    if row is None:
        raise NotFound
    return row, projects.opened(work, project_id)


def _close(row: Branch, project: Project, state: State, actor: Actor, now: datetime) -> None:
    project.state = state.value
    row.closed_at, row.closed_by_id = now, actor.id
