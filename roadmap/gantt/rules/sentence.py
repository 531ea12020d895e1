"""The answer above a chart: when the project goes live, how far from its target, what drives that, what is on time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from roadmap.gantt.rules.plan import GanttInput, GanttTask
from roadmap.standing.rules.health import slip_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sentence says.

    `goal` is the go-live, or what finishes last in a plan that names none; `slip` is in calendar days after the target
    (negative: before it), None without a target or a go-live. `driver` is the unfinished work that the goal waits for.
    Tasks and milestones count, summaries do not.
    """

    goal: GanttTask | None
    named: bool
    slip: int | None
    driver: GanttTask | None
    on_time: int
    total: int

    @property
    def late(self) -> int:
        """Tasks and milestones that are late."""
        return self.total - self.on_time


def answer_of(plan: GanttInput) -> Answer:
    """The facts of the sentence above a plan."""
    leaves = [task for task in plan.tasks if task.type != "summary"]
    goal = next((task for task in leaves if task.id == plan.go_live), None)
    end = goal or max(leaves, key=lambda task: task.finish, default=None)
    slip = slip_of(goal.finish.date(), plan.target) if goal else None
    return Answer(
        goal=end,
        named=goal is not None,
        slip=slip,
        driver=None if end is None or end.done else driver_of(plan, end),
        on_time=sum(not task.late for task in leaves),
        total=len(leaves),
    )


def driver_of(plan: GanttInput, goal: GanttTask) -> GanttTask | None:
    """The unfinished work at the head of the chain that leads to a goal; None where it waits for nothing unfinished.

    From the goal backwards, of what a task waits for, a critical one first, then what ends last.
    """
    tasks = {task.id: task for task in plan.tasks}
    family = _leaves_below(plan.tasks)
    before: dict[int, list[int]] = defaultdict(list)
    for link in plan.links:
        before[link.to_id].append(link.from_id)
    at, seen = goal, {goal.id}
    while True:
        waits = {each for above in _line(tasks, at) for id in before[above.id] for each in family.get(id, (id,))}
        open_ = [tasks[id] for id in waits - seen if id in tasks and not tasks[id].done]
        if not open_:
            return None if at is goal else at
        at = max(open_, key=lambda task: (task.critical, task.finish, -task.id))
        seen.add(at.id)


def _line(tasks: dict[int, GanttTask], task: GanttTask) -> Iterable[GanttTask]:
    """The task and its summaries, upwards: what a summary waits for holds all below it."""
    at: GanttTask | None = task
    while at is not None:
        yield at
        at = tasks.get(at.parent) if at.parent is not None else None


def _leaves_below(tasks: Iterable[GanttTask]) -> dict[int, list[int]]:
    """The tasks below each summary, from a plan in tree order."""
    by_id = {task.id: task for task in tasks}
    below: dict[int, list[int]] = defaultdict(list)
    for task in by_id.values():
        if task.type != "summary":
            for above in list(_line(by_id, task))[1:]:
                below[above.id].append(task.id)
    return below
