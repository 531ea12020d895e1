"""Writing checklists: one function a verb. Items are looked up inside their project: an id alone opens no doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from flask import url_for
from flask_babel import ngettext
from sqlalchemy import func, select

from accounts.people.models import Person
from checklists import queries, rules
from checklists.events import ItemTicked, ItemUnticked
from checklists.models import Checklist, Evidence, Item, Section
from infra.database import Base, db
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from kernel.questions import Obstacle
from roadmap.projects.events import ProjectCopied
from roadmap.staffing import queries as staffing
from roadmap.tasks import queries as tasks
from roadmap.tasks.events import MayComplete, PlanRescheduled
from roadmap.tasks.models import Task, TaskDates

UNDOABLE = {
    "item.ticked": "checklist.tick",
    "item.unticked": "checklist.tick",
    "items.ticked": "checklist.tick",
    "items.assigned": "checklist.edit",
    "items.due_set": "checklist.edit",
    "item.changed": "checklist.edit",
    "item.removed": "checklist.edit",
    "item.moved": "checklist.edit",
    "checklist.changed": "checklist.edit",
    "checklist.removed": "checklist.edit",
    "evidence.removed": "checklist.tick",
}
"""What can be taken back, and the permission that this needs."""

Row = TypeVar("Row", Checklist, Section, Item, Evidence)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press on a box came to, and the tick that stands now."""

    outcome: rules.Outcome
    tick: rules.Tick | None
    work: Work

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.outcome in (rules.Outcome.TICKED, rules.Outcome.UNTICKED)


def tick(project_id: int, item_id: int, *, actor: Actor, now: datetime) -> Pressed:
    """Tick an item. One that is ticked already stays as it is, and the answer says by whom and when."""
    with transaction(actor, "item.ticked") as work:
        item = _locked(project_id, item_id)
        outcome = rules.press(_tick_of(item), wanted=True)
        if outcome is rules.Outcome.TICKED:
            item.ticked_at, item.ticked_by_id = now, actor.id
            work.emit(ItemTicked(project_id, item_id))
            return Pressed(outcome, rules.Tick(actor.id, actor.name, now), work)
        return Pressed(outcome, _tick_of(item), work)


def untick(project_id: int, item_id: int, *, actor: Actor, seen: str = "", sure: bool = False) -> Pressed:
    """Take a tick away. Raises Conflict when it is another person's or newer than ``seen``, unless one is sure."""
    with transaction(actor, "item.unticked") as work:
        item = _locked(project_id, item_id)
        before = _tick_of(item)
        outcome = rules.press(before, wanted=False)
        if before is not None:
            rules.check_untick(before, actor.id, seen, sure=sure)
            item.ticked_at = item.ticked_by_id = None
            work.emit(ItemUnticked(project_id, item_id))
        return Pressed(outcome, None, work)


def tick_many(project_id: int, item_ids: Sequence[int], *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Tick several items in one action; returns how many were open, and the action for its undo."""
    with transaction(actor, "items.ticked") as work:
        done = sum(
            tick(project_id, item_id, actor=actor, now=now).outcome is rules.Outcome.TICKED
            for item_id in sorted(set(item_ids))
        )
        return done, work


def assign_many(project_id: int, item_ids: Sequence[int], owner_id: int | None, *, actor: Actor) -> Work:
    """Give several items one owner; returns the action."""
    with transaction(actor, "items.assigned") as work:
        _check_person(owner_id)
        for item_id in sorted(set(item_ids)):
            _in_project(Item, project_id, item_id).owner_id = owner_id
        return work


def set_due_many(project_id: int, item_ids: Sequence[int], due: date | None, *, actor: Actor) -> Work:
    """Give several items one day by hand; returns the action."""
    with transaction(actor, "items.due_set") as work:
        for item_id in sorted(set(item_ids)):
            item = _in_project(Item, project_id, item_id)
            item.due, item.due_fixed = due, True
        return work


def add_list(project_id: int, values: Mapping[str, Any], *, actor: Actor) -> int:
    """Add a list with one section to write in; returns its id. Values as in ``change_list``."""
    with transaction(actor, "checklist.added") as work:
        checklist = Checklist(
            project_id=project_id, position=_next_position(Checklist, Checklist.project_id == project_id)
        )
        _fill_list(checklist, values)
        work.session.add(checklist)
        work.session.flush()
        work.session.add(Section(project_id=project_id, checklist_id=checklist.id, position=0, name=checklist.name))
        return checklist.id


def change_list(project_id: int, checklist_id: int, values: Mapping[str, Any], *, actor: Actor) -> Work:
    """Change any of name, description, task_id, guards_id, recurrence, due; returns the action."""
    with transaction(actor, "checklist.changed") as work:
        _fill_list(_in_project(Checklist, project_id, checklist_id), values)
        return work


def remove_list(project_id: int, checklist_id: int, *, actor: Actor) -> Work:
    """Remove a list with all its items; returns the action, for its undo."""
    with transaction(actor, "checklist.removed") as work:
        checklist = _in_project(Checklist, project_id, checklist_id)
        for section in checklist.sections:
            for item in section.items:
                _ = item.evidence
        work.session.delete(checklist)
        return work


def add_section(project_id: int, checklist_id: int, name: str, *, actor: Actor) -> int:
    """Add a section at the end of a list; returns its id."""
    with transaction(actor, "section.added") as work:
        _in_project(Checklist, project_id, checklist_id)
        section = Section(
            project_id=project_id,
            checklist_id=checklist_id,
            position=_next_position(Section, Section.checklist_id == checklist_id),
            name=rules.check_name(name, "section"),
        )
        work.session.add(section)
        work.session.flush()
        return section.id


def add_item(project_id: int, section_id: int, values: Mapping[str, Any], *, actor: Actor) -> int:
    """Add an item at the end of a section; returns its id. Values as in ``change_item``."""
    with transaction(actor, "item.added") as work:
        section = _in_project(Section, project_id, section_id)
        item = Item(
            project_id=project_id,
            checklist_id=section.checklist_id,
            section_id=section.id,
            position=_next_position(Item, Item.section_id == section.id),
        )
        _fill_item(item, values)
        work.session.add(item)
        work.session.flush()
        return item.id


def change_item(project_id: int, item_id: int, values: Mapping[str, Any], *, actor: Actor) -> Work:
    """Change an item: any of name, help, note, required, owner_id, due; returns the action."""
    with transaction(actor, "item.changed") as work:
        _fill_item(_in_project(Item, project_id, item_id), values)
        return work


def remove_item(project_id: int, item_id: int, *, actor: Actor) -> Work:
    """Remove an item with its evidence; returns the action, for its undo."""
    with transaction(actor, "item.removed") as work:
        item = _in_project(Item, project_id, item_id)
        _ = item.evidence
        work.session.delete(item)
        return work


def move_item(project_id: int, item_id: int, section_id: int, position: int, *, actor: Actor) -> Work:
    """Put an item at a place (from 0) of a section of the same list; returns the action."""
    with transaction(actor, "item.moved") as work:
        item, section = _in_project(Item, project_id, item_id), _in_project(Section, project_id, section_id)
        if section.checklist_id != item.checklist_id:
            raise RuleBroken(
                "checklist.other_list", "An item stays in its list. Copy it there instead.", field="section_id"
            )
        others = [other for other in section.items if other.id != item.id]
        others.insert(max(0, min(position, len(others))), item)
        item.section_id = section.id
        for place, other in enumerate(others):
            other.position = place
        return work


def add_evidence(
    project_id: int,
    item_id: int,
    kind: rules.EvidenceKind,
    *,
    text: str = "",
    url: str = "",
    attachment_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep what shows that an item is done: a text, a link, or the id of a stored file; returns its id."""
    with transaction(actor, "evidence.added") as work:
        item = _in_project(Item, project_id, item_id)
        evidence = Evidence(project_id=project_id, item_id=item.id, kind=kind.value, added_at=now, added_by_id=actor.id)
        evidence.text = rules.check_note(text, "text")
        evidence.url = rules.check_link(url) if kind is rules.EvidenceKind.LINK else ""
        evidence.attachment_id = attachment_id
        if kind is rules.EvidenceKind.TEXT and not evidence.text:
            raise RuleBroken(
                "checklist.no_evidence", "Write what shows that this is done, or add a link or a file.", field="text"
            )
        work.session.add(evidence)
        work.session.flush()
        return evidence.id


def remove_evidence(project_id: int, evidence_id: int, *, actor: Actor) -> Work:
    """Take a piece of evidence away; returns the action, for its undo."""
    with transaction(actor, "evidence.removed") as work:
        work.session.delete(_in_project(Evidence, project_id, evidence_id))
        return work


def next_round(project_id: int, checklist_id: int, *, actor: Actor) -> int:
    """Lay out the next round of a recurring list, all boxes open; returns its id."""
    with transaction(actor, "checklist.next_round") as work:
        last = _in_project(Checklist, project_id, checklist_id)
        recurrence = rules.Recurrence(last.recurrence)
        if recurrence is rules.Recurrence.ONCE or last.due is None:
            raise RuleBroken("checklist.not_recurring", "Only a list that recurs and has a day can have a next round.")
        days = rules.next_due(last.due, recurrence) - last.due
        following = _copy(Checklist, last, round=last.round + 1, due=last.due + days, position=last.position + 1)
        work.session.add(following)
        work.session.flush()
        for section in last.sections:
            _copy_section(work, section, following, days)
        last.recurrence = rules.Recurrence.ONCE.value
        return following.id


def follow_plan(event: PlanRescheduled, work: Work) -> None:
    """Move open items that follow the plan to their new days, in the transaction that re-scheduled it."""
    rows = work.session.execute(
        select(Item.id, Item.due, Item.due_offset, TaskDates.finish)
        .join(TaskDates, TaskDates.task_id == Item.anchor_id)
        .where(Item.project_id == event.project_id, ~Item.due_fixed, Item.ticked_at.is_(None))
        .where(Item.due_offset.is_not(None))
    ).all()
    if not rows:
        return
    calendar = tasks.working_time_of(event.project_id)
    wanted = {row.id: calendar.add_days(row.finish.date(), row.due_offset or 0) for row in rows}
    moved = [row.id for row in rows if row.due != wanted[row.id]]
    for item in work.session.scalars(select(Item).where(Item.id.in_(moved))) if moved else ():
        item.due = wanted[item.id]


def follow_copy(event: ProjectCopied, work: Work) -> None:
    """Copy the lists of a copied project, all boxes open; tasks are found again by their place in the plan."""
    twins = tasks.twins(event.source_id, event.project_id)
    roles = staffing.twins(event.source_id, event.project_id)
    later = timedelta(days=event.days_later)
    for checklist in work.session.scalars(select(Checklist).where(Checklist.project_id == event.source_id)):
        hangs = {"task_id": twins.get(checklist.task_id or 0), "guards_id": twins.get(checklist.guards_id or 0)}
        due = checklist.due + later if checklist.due else None
        copied = _copy(Checklist, checklist, project_id=event.project_id, due=due, **hangs)
        work.session.add(copied)
        work.session.flush()
        for section in checklist.sections:
            _copy_section(work, section, copied, later, twins, roles)


def obstacles_to_complete(question: MayComplete) -> list[Obstacle]:
    """The required items that a milestone still waits for, a sentence a list."""
    return [
        Obstacle(
            ngettext(
                "One required item of “%(list)s” is open.",
                "%(num)s required items of “%(list)s” are open.",
                count,
                list=name,
            ),
            url_for("checklists.show", project_id=project_id, checklist_id=checklist_id, show="open"),
        )
        for project_id, checklist_id, name, count in queries.open_required(question.milestone_id)
    ]


def _copy_section(
    work: Work,
    section: Section,
    checklist: Checklist,
    later: timedelta,
    tasks_: Mapping[int, int] | None = None,
    roles: Mapping[int, int] | None = None,
) -> None:
    """Copy a section into another list; with ``tasks_`` and ``roles`` into another project, where ids differ."""
    place = {"project_id": checklist.project_id, "checklist_id": checklist.id}
    copied = _copy(Section, section, **place)
    work.session.add(copied)
    work.session.flush()
    for item in section.items:
        changes: dict[str, Any] = place | {"section_id": copied.id, "ticked_at": None, "ticked_by_id": None, "note": ""}
        changes["due"] = item.due + later if item.due else None
        if tasks_ is not None and roles is not None:
            changes["anchor_id"] = tasks_.get(item.anchor_id or 0)
            changes["role_id"] = roles.get(item.role_id or 0)
        work.session.add(_copy(Item, item, **changes))


def _copy(model: type[Row], row: Row, **changes: Any) -> Row:
    columns = [column.key for column in model.__mapper__.column_attrs if column.key != "id"]
    return model(**{name: getattr(row, name) for name in columns} | changes)


def _fill_list(checklist: Checklist, values: Mapping[str, Any]) -> None:
    if "name" in values:
        checklist.name = rules.check_name(values["name"])
    if "description" in values:
        checklist.description = rules.check_note(values["description"], "description")
    for name in ("task_id", "guards_id"):
        if name in values:
            setattr(checklist, name, _task_in_project(checklist.project_id, values[name], name))
    if "recurrence" in values:
        checklist.recurrence = rules.Recurrence(values["recurrence"]).value
        checklist.series = checklist.series or checklist.name
    if "due" in values:
        checklist.due = values["due"]


def _fill_item(item: Item, values: Mapping[str, Any]) -> None:
    if "name" in values:
        item.name = rules.check_name(values["name"])
    for name in ("help", "note"):
        if name in values:
            setattr(item, name, rules.check_note(values[name], name))
    if "required" in values:
        item.required = bool(values["required"])
    if "owner_id" in values:
        _check_person(values["owner_id"])
        item.owner_id = values["owner_id"]
    if "due" in values and values["due"] != item.due:
        item.due, item.due_fixed = values["due"], True


def _tick_of(item: Item) -> rules.Tick | None:
    if item.ticked_at is None:
        return None
    return rules.Tick(item.ticked_by_id, item.ticked_by.name if item.ticked_by else "", item.ticked_at)


def _locked(project_id: int, item_id: int) -> Item:
    """The item, held until the transaction ends: two who tick at once are told apart."""
    item = db.session.scalar(select(Item).where(Item.id == item_id, Item.project_id == project_id).with_for_update())
    if item is None:
        raise NotFound
    return item


def _in_project(model: type[Row], project_id: int, row_id: int) -> Row:
    row = db.session.scalar(select(model).where(model.id == row_id, model.project_id == project_id))
    if row is None:
        raise NotFound
    return row


def _task_in_project(project_id: int, task_id: int | None, field: str) -> int | None:
    if task_id is None:
        return None
    if db.session.scalar(select(Task.id).where(Task.id == task_id, Task.project_id == project_id)) is None:
        raise RuleBroken("checklist.no_task", "Choose a task or milestone of this project.", field=field)
    return task_id


def _check_person(person_id: int | None) -> None:
    if person_id is not None and db.session.get(Person, person_id) is None:
        raise RuleBroken("checklist.no_person", "Choose somebody from the list.", field="owner_id")


def _next_position(model: type[Base], criteria: Any) -> int:
    column = model.__table__.c.position
    return int(db.session.scalar(select(func.coalesce(func.max(column) + 1, 0)).where(criteria)) or 0)
