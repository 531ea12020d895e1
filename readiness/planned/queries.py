"""What the plan says of criteria: each source is one or two statements, however many criteria ask it.

The plan speaks of now: its evidence is as fresh as the look at it. Where nothing is there that could stand or fall,
the value is None and says why; no list, task or risk is never a pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import aliased

from checklists.models import Checklist, Item
from infra.database import db
from kernel.actor import SYSTEM
from phases.foreseen.models import Foreseen
from readiness.gates.rules.definitions import Criterion
from readiness.gates.rules.results import Evidence, Offender
from readiness.gates.rules.sources import Look, in_unit, named, part_of
from readiness.health import queries as health
from readiness.health.rules.indicators import Kind
from readiness.planned import rules
from readiness.planned.rules import Todo
from roadmap.actions.models import ActionItem
from roadmap.actions.rules import State, code
from roadmap.projects import queries as projects
from roadmap.risks import queries as risks
from roadmap.standing.rules.health import Health as Colour
from roadmap.tasks.models import Dependency, Task, TaskDates
from roadmap.tasks.rules.states import FINISHED


@dataclass(frozen=True, slots=True)
class Checklists:
    """The share of the required items of a list that are done; the subject is the key of the list."""

    key: str = "checklist"
    label: str = "Checklist"

    def answers(self, _subject: str) -> bool:
        """Always."""
        return True

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """One statement for all lists that are asked for."""
        found = _required(look, {each.subject for each in criteria})
        return {each.id: _of_list(each, found.get(each.subject), look) for each in criteria}

    def subjects(self, look: Look) -> Sequence[tuple[str, str]]:
        """The lists of the project."""
        query = select(Checklist.id, Checklist.key, Checklist.name).where(
            Checklist.project_id == look.project_id, or_(Checklist.key > "", Checklist.series == "")
        )
        rows = db.session.execute(query.order_by(Checklist.position, Checklist.id))
        return [(key or rules.by_number(number), name) for number, key, name in rows]


@dataclass(frozen=True, slots=True)
class _List:
    """A list: its number, and its required items with whether each is done."""

    id: int
    items: list[tuple[int, str, bool]]


def _required(look: Look, keys: set[str]) -> dict[str, _List]:
    """The lists of these keys; of one that comes round, its last round."""
    named = keys - {""}
    query = (
        select(Checklist.id, Checklist.key, Checklist.series, Item.id, Item.name, Item.ticked_at)
        .outerjoin(Item, (Item.checklist_id == Checklist.id) & Item.required)
        .where(
            Checklist.project_id == look.project_id,
            or_(Checklist.key.in_(named), Checklist.series.in_(named), Checklist.id.in_(rules.numbers(keys))),
        )
        .order_by(Checklist.round, Checklist.id, Item.section_id, Item.position, Item.id)
    )
    found: dict[str, _List] = {}
    for list_id, key, series, item_id, name, ticked_at in db.session.execute(query):
        asked = next(each for each in (key, series, rules.by_number(list_id)) if each in named)
        if asked not in found or found[asked].id != list_id:
            found[asked] = _List(list_id, [])
        if item_id is not None:
            found[asked].items.append((item_id, name, ticked_at is not None))
    return found


def _of_list(criterion: Criterion, found: _List | None, look: Look) -> Evidence:
    if found is None:
        return Evidence(why=_("the project has no checklist with the key “%(key)s”", key=criterion.subject))
    base = f"/projects/{look.project_id}/checklists"
    said = Evidence(at=look.now, href=f"{base}/{found.id}", rule=_("Required items of the list that are ticked."))
    if not found.items:
        return replace(said, why=_("the checklist has no required item"))
    still = [Offender(name, f"{base}/items/{item_id}") for item_id, name, done in found.items if not done]
    value = part_of(len(found.items) - len(still), len(found.items), criterion.unit)
    return replace(said, value=value, n=len(found.items), **named(still))


@dataclass(frozen=True, slots=True)
class Tasks:
    """Whether a task is done or a milestone is reached; the subject is its key in the plan."""

    key: str
    label: str
    types: tuple[str, ...]

    def answers(self, _subject: str) -> bool:
        """Always."""
        return True

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """One statement: the tasks with what each waits for directly and is not done."""
        found = _tasks(look, {each.subject for each in criteria if each.subject})
        return {each.id: _of_task(each, found.get(each.subject), look) for each in criteria}

    def subjects(self, look: Look) -> Sequence[tuple[str, str]]:
        """The tasks or milestones; one that was made by hand by its number."""
        query = (
            select(Task.id, Task.key, Task.name)
            .join(TaskDates, TaskDates.task_id == Task.id)
            .where(Task.project_id == look.project_id, Task.type.in_(self.types))
        )
        rows = db.session.execute(query.order_by(TaskDates.row))
        return [(key or rules.by_number(number), name) for number, key, name in rows]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A task: how far it is in percent, and what it waits for."""

    id: int
    name: str
    percent: float
    before: list[Offender]


def _tasks(look: Look, keys: set[str]) -> dict[str, _Planned]:
    before, dates = aliased(Task), aliased(TaskDates)
    query = (
        select(Task.key, Task.id, Task.name, TaskDates.percent, before.id, before.name)
        .join(TaskDates, TaskDates.task_id == Task.id)
        .outerjoin(Dependency, Dependency.successor_id == Task.id)
        .outerjoin(dates, (dates.task_id == Dependency.predecessor_id) & (dates.percent < FINISHED))
        .outerjoin(before, before.id == dates.task_id)
        .where(Task.project_id == look.project_id, or_(Task.key.in_(keys), Task.id.in_(rules.numbers(keys))))
        .order_by(dates.row)
    )
    found: dict[str, _Planned] = {}
    for key, number, name, percent, before_id, before_name in db.session.execute(query):
        asked = key if key in keys else rules.by_number(number)
        task = found.setdefault(asked, _Planned(number, name, percent, []))
        if before_id is not None:
            task.before.append(Offender(before_name, _task_page(look, before_id)))
    return found


def _of_task(criterion: Criterion, row: _Planned | None, look: Look) -> Evidence:
    if row is None:
        return Evidence(why=_("the plan has no task with the key “%(key)s”", key=criterion.subject))
    href = _task_page(look, row.id)
    share = row.percent / FINISHED
    still = [] if share >= 1 else row.before or [Offender(row.name, href)]
    return Evidence(
        in_unit(share, criterion.unit),
        n=1,
        at=look.now,
        href=href,
        rule=_("Done in the plan: 100 %% complete. Listed is what it waits for and is not done."),
        **named(still),
    )


def _task_page(look: Look, task_id: int) -> str:
    return f"/projects/{look.project_id}/tasks/{task_id}"


@dataclass(frozen=True, slots=True)
class Risks:
    """The register: open critical ones, those without a response, exposure of all or of a phase."""

    key: str = "risk"
    label: str = "Risk register"

    def answers(self, _subject: str) -> bool:
        """Always."""
        return True

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """The register is read once, in two statements, and the phases in one where one is asked about."""
        register = risks.register(look.project_id)
        asks_phase = any(each.subject not in rules.RISK_SUBJECTS for each in criteria)
        phases = {each.key: each.id for each in projects.phases(look.project_id)} if asks_phase else {}
        return {each.id: _of_risks(each, register, phases, look) for each in criteria}

    def subjects(self, look: Look) -> Sequence[tuple[str, str]]:
        """What is fixed, and the phases."""
        phases = projects.phases(look.project_id)
        return [(key, _(name)) for key, (name, _rule) in rules.RISK_SUBJECTS.items()] + [
            (each.key, _("Exposure of the phase %(name)s", name=each.name)) for each in phases
        ]


def _of_risks(
    criterion: Criterion, register: Sequence[risks.RiskRow], phases: Mapping[str, int], look: Look
) -> Evidence:
    subject = criterion.subject
    if subject not in rules.RISK_SUBJECTS and subject not in phases:
        return Evidence(why=_("the risk register can't be asked about “%(key)s”", key=subject))
    asked = [row for row in register if subject not in phases or row.phase_id == phases[subject]]
    judged = rules.of_risks(subject, asked, criterion.unit)
    href = f"/projects/{look.project_id}/risks"
    rule = rules.RISK_SUBJECTS.get(subject, ("", rules.EXPOSURE_RULE))[1]
    against = [Offender(f"{row.code} {row.title}", f"{href}/{row.id}") for row in judged.against]
    return Evidence(
        judged.value,
        n=judged.n,
        at=look.now,
        why=_(judged.why) if judged.why else "",
        href=href,
        rule=_(rule),
        **named(against),
    )


@dataclass(frozen=True, slots=True)
class HealthSource:
    """Whether the roll-out's health, or one of its indicators, is not red."""

    key: str = "health"
    label: str = "Health"

    def answers(self, subject: str) -> bool:
        """The whole, and each indicator."""
        return subject == rules.OVERALL or subject in {kind.value for kind in Kind}

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """Health is computed once, as its page does."""
        found = health.health_of([look.project_id], look.today, SYSTEM).get(look.project_id)
        if found is None:
            return {}
        colours = {rules.OVERALL: found.worst} | {each.kind.value: each.state for each in found.indicators}
        return {each.id: _of_health(each, colours.get(each.subject), look) for each in criteria}

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """The whole, and each indicator."""
        return [(rules.OVERALL, _("All of it")), *((kind.value, _(kind.value.capitalize())) for kind in Kind)]


def _of_health(criterion: Criterion, colour: Colour | None, look: Look) -> Evidence:
    page = f"/projects/{look.project_id}/health"
    rule = _("Computed health, not claimed: anything but red passes.")
    if colour is None or colour is Colour.UNKNOWN:
        return Evidence(why=_("health has nothing to judge this by"), href=page, rule=rule)
    red = colour is Colour.OFF_TRACK
    against = [Offender(_("Health: %(subject)s is red", subject=criterion.subject), page)] if red else []
    value = in_unit(float(not red), criterion.unit)
    return Evidence(value, n=1, at=look.now, href=page, rule=rule, **named(against))


@dataclass(frozen=True, slots=True)
class ActionItems:
    """How many action items are open or late, or the share done of those due that came from a meeting or a list."""

    key: str = "action-items"
    label: str = "Action items"

    def answers(self, _subject: str) -> bool:
        """Always."""
        return True

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """Two statements: the items, and which of their origins have the keys that are asked for."""
        items = [Todo(*row) for row in db.session.execute(_todos(look))]
        origins = _origins(look, {each.subject for each in criteria} - set(rules.ACTION_SUBJECTS))
        return {each.id: _of_actions(each, items, origins.get(each.subject), look) for each in criteria}

    def subjects(self, look: Look) -> Sequence[tuple[str, str]]:
        """What is fixed, and the meetings."""
        query = select(Foreseen.key, Foreseen.name).where(
            Foreseen.project_id == look.project_id, Foreseen.kind == "meeting"
        )
        meetings = [(row[0], row[1]) for row in db.session.execute(query.order_by(Foreseen.position, Foreseen.id))]
        return [(key, _(name)) for key, (name, _rule) in rules.ACTION_SUBJECTS.items()] + meetings


def _todos(look: Look) -> Any:
    columns = (ActionItem.id, ActionItem.number, ActionItem.title, ActionItem.subject, ActionItem.state, ActionItem.due)
    return (
        select(*columns)
        .where(ActionItem.project_id == look.project_id, ActionItem.state != State.DROPPED)
        .order_by(ActionItem.number)
    )


def _origins(look: Look, keys: Iterable[str]) -> dict[str, set[str]]:
    """The subjects of meetings and of checklist items by the key of the meeting or the list."""
    wanted = [key for key in keys if key]
    if not wanted:
        return {}
    meetings = select(literal("foreseen").label("kind"), Foreseen.key, Foreseen.id).where(
        Foreseen.project_id == look.project_id, Foreseen.key.in_(wanted)
    )
    items = (
        select(literal("item"), Checklist.key, Item.id)
        .join(Item, Item.checklist_id == Checklist.id)
        .where(Checklist.project_id == look.project_id, Checklist.key.in_(wanted))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for kind, key, number in db.session.execute(union_all(meetings, items)):
        found[key].add(f"{kind}:{number}")
    return found


def _of_actions(criterion: Criterion, items: Sequence[Todo], origins: set[str] | None, look: Look) -> Evidence:
    fixed = criterion.subject in rules.ACTION_SUBJECTS
    if not fixed and origins is None:
        return Evidence(why=_("no meeting or checklist of this project has the key “%(key)s”", key=criterion.subject))
    asked = [each for each in items if fixed or each.subject in (origins or ())]
    judged = rules.of_actions(criterion.subject, asked, look.today, criterion.unit)
    href = f"/projects/{look.project_id}/actions"
    rule = rules.ACTION_SUBJECTS.get(criterion.subject, ("", rules.DUE_RULE))[1]
    against = [Offender(f"{code(each.number)} {each.title}", f"{href}/{each.id}") for each in judged.against]
    return Evidence(
        judged.value,
        n=judged.n,
        at=look.now,
        why=_(judged.why) if judged.why else "",
        href=href,
        rule=_(rule),
        **named(against),
    )
