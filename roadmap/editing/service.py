"""Storing what was done to a plan in place: all acts of a batch or none, by the verbs of tasks and outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from infra.transaction import Work, transaction
from infra.undo import undo as take_back
from kernel.actor import Actor, project_scope
from kernel.errors import Conflict, NotFound, RuleBroken
from roadmap.editing import queries
from roadmap.editing.rules import acts
from roadmap.editing.rules.acts import Act, ActBroken
from roadmap.editing.rules.conflicts import Choices, Elsewhere, Meeting, meetings, settled
from roadmap.editing.rules.draft import Draft, Leave, Make, Put, Stand, Tie, Untie, Verb, Wait
from roadmap.editing.rules.perform import Performed, Remark, perform
from roadmap.outline import service as outline
from roadmap.projects import service as projects
from roadmap.revisions import service as revisions
from roadmap.schedule.rules import Schedule
from roadmap.tasks import service as tasks
from roadmap.tasks.models import Dependency, Task

UNDOABLE = {"task.shifted": "task.edit", "task.stretched": "task.edit", "plan.edited": "task.edit"}
"""What can be taken back, and the permission that this needs."""
ACTIONS: dict[type, str] = {
    acts.Move: "task.shifted",
    acts.Stretch: "task.stretched",
    acts.Connect: "task.linked",
    acts.Disconnect: "task.unlinked",
    acts.Place: "task.moved",
    acts.Indent: "task.moved",
    acts.Delete: "task.deleted",
    acts.Add: "task.added",
    acts.Set: "task.changed",
}
"""What the trail calls acts of one kind; several kinds together are an edit of the plan."""
NAMED = 3
"""So many tasks are named in the trail, the others counted."""


class Met(Conflict):
    """Somebody else did something to the same meanwhile."""

    def __init__(self, found: Sequence[Meeting], names: dict[int, str]) -> None:
        """Name who and what; the rest is for the page that asks."""
        self.meetings, self.names = tuple(found), names
        first = self.meetings[0]
        name = names.get(first.claim.id) or first.theirs.label
        who = first.theirs.who or "Somebody else"
        text = "%(who)s deleted “%(name)s” meanwhile." if first.theirs.gone else "%(who)s changed “%(name)s” meanwhile."
        super().__init__("plan.conflict", f"{text} Nothing was stored yet.", who=who, name=name)


@dataclass(frozen=True, slots=True)
class Preview:
    """What acts would come to: the plan before and after, and the first that can't be done."""

    before: queries.Loaded
    draft: Draft
    after: Schedule | None
    done: Performed
    problem: ActBroken | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: the number that each new row got, and what is worth knowing."""

    work: Work
    added: dict[int, int]
    remarks: tuple[Remark, ...]


def preview(project_id: int, wanted: Sequence[Act], now: datetime) -> Preview:
    """What acts would do, up to the first that can't be done. Nothing is stored. Raises NotFound for other rows."""
    before = queries.loaded(project_id)
    _check_known(before, wanted, {})
    draft = _draft(before, now)
    done: tuple[tuple[int, Verb], ...] = ()
    remarks: list[Remark] = []
    problem = None
    for number, act in enumerate(wanted):
        try:
            one = perform(draft, [act])
        except ActBroken as broken:
            problem = ActBroken(broken, number)
            break
        done += tuple((number, verb) for _zero, verb in one.verbs)
        remarks += [replace(each, act=number) for each in one.remarks]
    try:
        after = draft.schedule()
    except RuleBroken as broken:
        problem, after = problem or ActBroken(broken, None), None
    return Preview(before, draft, after, Performed(done, tuple(remarks)), problem)


def store(
    project_id: int,
    wanted: Sequence[Act],
    *,
    actor: Actor,
    now: datetime,
    version: object,
    chosen: Choices,
) -> Stored:
    """Do acts, all or none, as one action that can be undone.

    Raises Met where others changed the same since ``version`` and nothing was chosen, NotFound for rows of other
    plans, ActBroken naming the act that breaks a rule.
    """
    with transaction(actor, _action(wanted)) as work:
        projects.check_open(project_id)
        revisions.hold(project_id, work)
        before = queries.loaded(project_id)
        others = _others(project_id, before, wanted, actor, version)
        _check_known(before, wanted, others)
        if found := meetings(wanted, others, chosen):
            raise Met(found, _names(before))
        draft = _draft(before, now)
        done = perform(draft, settled(wanted, chosen))
        added: dict[int, int] = {}
        if done.verbs:
            with tasks.one_schedule(project_id, work, lambda: (draft.now_plan(), draft.schedule())):
                _store(work, project_id, done, added, actor=actor, now=now)
            if not work.changes:
                return Stored(work, added, done.remarks)
            label = _label(before, done)
            work.note(work.action, subject=project_scope(project_id), label=label, scope=project_scope(project_id))
    return Stored(work, added, done.remarks)


def undo(project_id: int, *, actor: Actor, now: datetime) -> Work:
    """Take back one's own last step in a plan. Raises RuleBroken without one, Conflict where others built on it."""
    found = queries.steps_of(project_id, actor, now).undo
    if not found:
        raise RuleBroken("plan.no_undo", "There is nothing of yours to undo in this plan.")
    return _turned(project_id, found[-1].transaction_id, actor)


def redo(project_id: int, *, actor: Actor, now: datetime) -> Work:
    """Do again what was taken back last. Raises as `undo`."""
    found = queries.steps_of(project_id, actor, now).redo
    if not found:
        raise RuleBroken("plan.no_redo", "There is nothing of yours to do again in this plan.")
    return _turned(project_id, found[-1].transaction_id, actor)


def _turned(project_id: int, transaction_id: str, actor: Actor) -> Work:
    projects.check_open(project_id)
    return take_back(transaction_id, actor=actor, asked=True)


def _draft(before: queries.Loaded, now: datetime) -> Draft:
    return Draft(before.plan, before.nodes, before.names, before.schedule, before.now(now))


def _names(before: queries.Loaded) -> dict[int, str]:
    return dict(before.names)


def _others(
    project_id: int, before: queries.Loaded, wanted: Sequence[Act], actor: Actor, version: object
) -> dict[int, Elsewhere]:
    then = queries.seen(version, before.stamp)
    if then is None:
        text = "The plan was brought back to an earlier state since this page was opened. Reload the page."
        raise Conflict("plan.earlier", text)
    return queries.elsewhere(project_id, then, wanted, actor)


def _check_known(before: queries.Loaded, wanted: Sequence[Act], others: dict[int, Elsewhere]) -> None:
    """Raise NotFound unless every row is of this plan, was deleted since, or is one that the acts add."""
    for act in wanted:
        for id in acts.ids_of(act):
            if id > 0 and id not in before.names and not (id in others and others[id].gone):
                raise NotFound("There is no such task in this plan.")


def _action(wanted: Sequence[Act]) -> str:
    kinds = {ACTIONS[type(act)] for act in wanted}
    return kinds.pop() if len(kinds) == 1 else "plan.edited"


def _label(before: queries.Loaded, done: Performed) -> str:
    """The names of what the acts were about."""
    names = list(dict.fromkeys(name for _act, verb in done.verbs for name in _about(before, verb)))
    more = f" + {len(names) - NAMED}" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"[:300]


def _about(before: queries.Loaded, verb: Verb) -> list[str]:
    if isinstance(verb, Make):
        return [str(verb.values["name"])]
    if isinstance(verb, Leave):
        return [before.names.get(id, "") for id in verb.ids]
    id = verb.target if isinstance(verb, Tie | Untie) else verb.id
    return [before.names[id]] if id in before.names else []


def _store(work: Work, project_id: int, done: Performed, added: dict[int, int], *, actor: Actor, now: datetime) -> None:
    ids = {verb.id for _act, verb in done.verbs if isinstance(verb, Put | Stand)}
    kept = work.session.scalars(select(Task).where(Task.id.in_(ids))).all()  # once, not one by one
    for number, verb in done.verbs:
        try:
            _do(work, project_id, verb, added, actor=actor, now=now)
        except RuleBroken as problem:
            raise ActBroken(problem, number) from problem
    del kept


def _do(work: Work, project_id: int, verb: Verb, added: dict[int, int], *, actor: Actor, now: datetime) -> None:
    def real(id: Any) -> Any:
        return added.get(id, id)

    match verb:
        case Put():
            tasks.change(project_id, real(verb.id), verb.values, actor=actor, now=now)
        case Stand():
            parent = real(verb.parent)
            outline.move(project_id, real(verb.id), parent_id=parent, position=verb.position, actor=actor)
        case Leave():
            outline.delete(project_id, [real(id) for id in verb.ids], actor=actor)
        case Make():
            parent = real(verb.parent)
            added[verb.id], _work = outline.add(
                project_id, verb.values, actor=actor, parent_id=parent, position=verb.position
            )
        case Tie():
            tie, ends = verb.tie, (real(verb.source), real(verb.target))
            outline.link(project_id, *ends, actor=actor, type=tie.type.value, lag_minutes=tie.lag_minutes)
        case Untie():
            outline.unlink(project_id, _link(work, real(verb.source), real(verb.target), verb.type), actor=actor)
        case Wait():
            outline.set_predecessors(project_id, real(verb.id), verb.text, actor=actor)


def _link(work: Work, source: int, target: int, kind: str) -> int:
    work.session.flush()
    ends = (Dependency.predecessor_id == source, Dependency.successor_id == target)
    found = work.session.scalar(select(Dependency.id).where(*ends, Dependency.type == kind))
    if found is None:
        raise NotFound("There is no such link in this plan.")
    return found
