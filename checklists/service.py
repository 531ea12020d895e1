"""Writing checklists: one function a verb. Items are looked up inside their project: an id alone opens no doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import func, select

from checklists import queries, rules, seed
from checklists.events import ItemTicked, ItemUnticked
from checklists.models import Checklist, Evidence, Item, Section
from infra.attachments import service as attachments
from infra.database import db
from infra.merge import merge
from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import NotFound, RuleBroken
from roadmap.projects import service as projects
from roadmap.projects.models import Project
from roadmap.projects.rules import Clash, check_open
from roadmap.staffing import queries as staffing
from roadmap.tasks.events import PlanRescheduled
from roadmap.tasks.models import Task

UNDOABLE = rules.UNDOABLE
Row = TypeVar("Row", Checklist, Section, Item, Evidence)
Placed = TypeVar("Placed", Checklist, Section, Item)


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
        (item,) = _held(project_id, [item_id])
        before = item.tick
        outcome = rules.press(before, wanted=True)
        if before is None:
            _tick(item, work, now)
        return Pressed(outcome, before or rules.Tick(actor.id, actor.name, now), work)


def untick(project_id: int, item_id: int, *, actor: Actor, seen: str = "", sure: bool = False) -> Pressed:
    """Take a tick away. Raises Conflict when it is another person's or newer than ``seen``, unless one is sure."""
    with transaction(actor, "item.unticked") as work:
        (item,) = _held(project_id, [item_id])
        before = item.tick
        outcome = rules.press(before, wanted=False)
        if before is not None:
            rules.check_untick(before, actor.id, seen, sure=sure)
            item.ticked_at = item.ticked_by_id = None
            work.emit(ItemUnticked(project_id, item_id))
        return Pressed(outcome, None, work)


def tick_many(project_id: int, item_ids: Sequence[int], *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Tick several items in one action; returns how many were open, and the action for its undo."""
    with transaction(actor, "items.ticked") as work:
        waiting = [item for item in _held(project_id, item_ids) if item.ticked_at is None]
        for item in waiting:
            _tick(item, work, now)
        return len(waiting), work


def assign_many(project_id: int, item_ids: Sequence[int], owner_id: int | None, *, actor: Actor) -> Work:
    """Give several items one owner, or none; returns the action."""
    with transaction(actor, "items.assigned") as work:
        _check_person(project_id, owner_id)
        for item in _held(project_id, item_ids):
            item.owner_id = owner_id
        return work


def set_due_many(project_id: int, item_ids: Sequence[int], due: date | None, *, actor: Actor) -> Work:
    """Give several items one day by hand; returns the action."""
    with transaction(actor, "items.due_set") as work:
        rules.check_day(due)
        for item in _held(project_id, item_ids):
            item.due, item.due_fixed = due, True
        return work


def follow_plan_again(project_id: int, item_ids: Sequence[int], *, actor: Actor) -> Work:
    """Let items whose day was set by hand follow the plan again; those that no plan gives a day stay as they are."""
    with transaction(actor, "items.follow_plan") as work:
        days = queries.planned_days(project_id)
        for item in _held(project_id, item_ids):
            if item.id in days:
                item.due, item.due_fixed = days[item.id], False
        return work


def add_list(project_id: int, values: Mapping[str, Any], *, actor: Actor) -> tuple[int, Work]:
    """Add a list with one section to write in; returns its id and the action. Values as in ``change_list``."""
    with transaction(actor, "checklist.added") as work:
        projects.check_open(project_id)
        checklist = Checklist(
            project_id=project_id, position=_next_position(Checklist, Checklist.project_id == project_id)
        )
        _fill_list(checklist, values)
        work.session.add(checklist)
        work.session.flush()
        work.session.add(Section(project_id=project_id, checklist_id=checklist.id, position=0, name=checklist.name))
        return checklist.id, work


def change_list(project_id: int, checklist_id: int, values: Mapping[str, Any], *, actor: Actor) -> Work:
    """Change any of name, description, task_id, guards_id, recurrence, due; returns the action."""
    with transaction(actor, "checklist.changed") as work:
        _fill_list(_in_project(Checklist, project_id, checklist_id), values)
        return work


def remove_list(project_id: int, checklist_id: int, *, actor: Actor) -> Work:
    """Remove a list with all its items; returns the action, for its undo."""
    with transaction(actor, "checklist.removed") as work:
        work.session.delete(_in_project(Checklist, project_id, checklist_id))
        return work


def copy_list(project_id: int, checklist_id: int, *, actor: Actor) -> tuple[int, Work]:
    """Copy a list within its project, all boxes open, guarding nothing yet; returns its id and the action."""
    with transaction(actor, "checklist.copied") as work:
        source = _in_project(Checklist, project_id, checklist_id)
        changes = {"name": rules.name_of_copy(source.name), "guards_id": None, "key": "", "series": "", "round": 1}
        changes |= {"recurrence": rules.Recurrence.ONCE.value}
        return seed.twin(source, changes, timedelta(), work), work


def add_section(project_id: int, checklist_id: int, name: str, *, actor: Actor) -> tuple[int, Work]:
    """Add a section at the end of a list; returns its id and the action."""
    with transaction(actor, "section.added") as work:
        _in_project(Checklist, project_id, checklist_id)
        section = Section(
            project_id=project_id,
            checklist_id=checklist_id,
            position=_next_position(Section, Section.checklist_id == checklist_id),
            name=rules.check_name(name, "section", rules.HEADING_LIMIT),
        )
        work.session.add(section)
        work.session.flush()
        return section.id, work


def rename_section(project_id: int, section_id: int, name: str, *, actor: Actor) -> Work:
    """Give a section another name; returns the action."""
    with transaction(actor, "section.changed") as work:
        section = _in_project(Section, project_id, section_id)
        section.name = rules.check_name(name, "section", rules.HEADING_LIMIT)
        return work


def remove_section(project_id: int, section_id: int, *, actor: Actor) -> Work:
    """Remove a section with its items; returns the action, for its undo."""
    with transaction(actor, "section.removed") as work:
        work.session.delete(_in_project(Section, project_id, section_id))
        return work


def add_item(project_id: int, section_id: int, values: Mapping[str, Any], *, actor: Actor) -> tuple[int, Work]:
    """Add an item at the end of a section; returns its id and the action. Values as in ``change_item``."""
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
        return item.id, work


def change_item(
    project_id: int, item_id: int, values: Mapping[str, Any], *, base: Mapping[str, Any] | None = None, actor: Actor
) -> Work:
    """Change an item: any of name, help, note, required, owner_id, due; returns the action.

    With ``base``, what the form showed, fields that others changed meanwhile are kept; Clash where both sides changed
    the same one.
    """
    with transaction(actor, "item.changed") as work:
        item = _in_project(Item, project_id, item_id)
        if base is not None:
            merged = merge(base, values, {name: getattr(item, name) for name in values})
            if merged.conflicts:
                raise Clash(merged.conflicts)
            values = merged.values
        _fill_item(item, values)
        return work


def write_note(project_id: int, item_id: int, note: str, *, actor: Actor) -> Work:
    """Keep a note with an item; returns the action."""
    with transaction(actor, "item.noted") as work:
        _fill_item(_in_project(Item, project_id, item_id), {"note": note})
        return work


def remove_item(project_id: int, item_id: int, *, actor: Actor) -> Work:
    """Remove an item with its evidence; returns the action, for its undo."""
    with transaction(actor, "item.removed") as work:
        work.session.delete(_in_project(Item, project_id, item_id))
        return work


def move_item(project_id: int, item_id: int, *, up: bool, actor: Actor) -> Work:
    """Move an item one place up or down, beyond a section's edge into the next one; at the list's ends it stays."""
    with transaction(actor, "item.moved") as work:
        item = _in_project(Item, project_id, item_id)
        sections = _in_project(Checklist, project_id, item.checklist_id).sections
        order = [(section.id, [each.id for each in section.items]) for section in sections]
        place = rules.neighbour(order, item_id, up=up)
        if place is not None:
            _put(item, next(section for section in sections if section.id == place[0]), place[1])
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
) -> tuple[int, Work]:
    """Keep what shows that an item is done: a text, a link, or the id of a stored file; its id and the action."""
    with transaction(actor, "evidence.added") as work:
        item = _in_project(Item, project_id, item_id)
        said, link = rules.check_evidence(kind, text, url)
        evidence = Evidence(
            project_id=project_id, item_id=item.id, kind=kind.value, added_at=now, added_by_id=actor.id,
            text=said, url=link, attachment_id=attachment_id,
        )  # fmt: skip
        work.session.add(evidence)
        work.session.flush()
        _note(work, item.id, evidence)
        return evidence.id, work


def add_file(
    project_id: int, item_id: int, name: str, stream: BinaryIO, *, text: str = "", actor: Actor, now: datetime
) -> tuple[int, Work]:
    """Keep a file as evidence, checked by its content; nothing is stored when any of it is refused."""
    with transaction(actor, "evidence.added"):
        _in_project(Item, project_id, item_id)
        attachment_id, _work = attachments.add_file(f"item:{item_id}", name, stream, actor=actor)
        kind = rules.EvidenceKind.FILE
        return add_evidence(
            project_id, item_id, kind, text=text or name, attachment_id=attachment_id, actor=actor, now=now
        )


def remove_evidence(project_id: int, evidence_id: int, *, actor: Actor) -> Work:
    """Take a piece of evidence away; returns the action, for its undo. A file stays with the item's files."""
    with transaction(actor, "evidence.removed") as work:
        evidence = _in_project(Evidence, project_id, evidence_id)
        _note(work, evidence.item_id, evidence)
        work.session.delete(evidence)
        return work


def next_round(project_id: int, checklist_id: int, *, actor: Actor, today: date) -> tuple[int, Work]:
    """Lay out the next round of a recurring list, all boxes open; returns its id and the action."""
    with transaction(actor, "checklist.next_round") as work:
        last = _in_project(Checklist, project_id, checklist_id)
        recurrence = rules.Recurrence(last.recurrence)
        if recurrence is rules.Recurrence.ONCE or last.due is None:
            raise RuleBroken("checklist.not_recurring", "Only a list that comes round and has a day has a next round.")
        due = rules.next_round_due(last.due, recurrence, today)
        series = last.series or f"list:{last.id}"
        changes = {"round": last.round + 1, "due": due, "series": series}
        following = seed.twin(last, changes, due - last.due, work)
        last.recurrence, last.series = rules.Recurrence.ONCE.value, series
        return following, work


def follow_plan(event: PlanRescheduled, work: Work) -> None:
    """Move open items that follow the plan to their new days, in the transaction that re-scheduled it."""
    days = queries.planned_days(event.project_id, following_only=True)
    stored = work.session.execute(select(Item.id, Item.due).where(Item.project_id == event.project_id, ~Item.due_fixed))
    moved = [row.id for row in stored if row.id in days and row.due != days[row.id]]
    for item in work.session.scalars(select(Item).where(Item.id.in_(moved))) if moved else ():
        item.due = days[item.id]


def _tick(item: Item, work: Work, now: datetime) -> None:
    item.ticked_at, item.ticked_by_id = now, work.actor.id
    work.emit(ItemTicked(item.project_id, item.id))


def _note(work: Work, item_id: int, evidence: Evidence) -> None:
    """The item's own history tells of its evidence too."""
    said, scope = evidence.text or evidence.url, project_scope(evidence.project_id)
    work.note(work.action, subject=f"{Item.__tablename__}:{item_id}", label=said[:300], scope=scope)


def _put(item: Item, section: Section, position: int) -> None:
    others = [each for each in section.items if each.id != item.id]
    others.insert(position, item)
    item.section_id = section.id
    for place, each in enumerate(others):
        each.position = place


def _fill_list(checklist: Checklist, values: Mapping[str, Any]) -> None:
    if "name" in values:
        checklist.name = rules.check_name(values["name"], limit=rules.HEADING_LIMIT)
    if "description" in values:
        checklist.description = rules.check_note(values["description"] or "", "description")
    if "task_id" in values:
        checklist.task_id = _task_in_project(checklist.project_id, values["task_id"], "task_id")
    if "guards_id" in values:
        checklist.guards_id = _task_in_project(checklist.project_id, values["guards_id"], "guards_id", "milestone")
    if "recurrence" in values:
        checklist.recurrence = rules.Recurrence(values["recurrence"]).value
    if "due" in values:
        checklist.due = rules.check_day(values["due"])
    rules.check_recurring(rules.Recurrence(checklist.recurrence or ""), checklist.due)


def _fill_item(item: Item, values: Mapping[str, Any]) -> None:
    if "name" in values:
        item.name = rules.check_name(values["name"])
    for name in ("help", "note"):
        if name in values:
            setattr(item, name, rules.check_note(values[name] or "", name))
    if "required" in values:
        item.required = bool(values["required"])
    if "owner_id" in values and values["owner_id"] != item.owner_id:
        _check_person(item.project_id, values["owner_id"])
        item.owner_id = values["owner_id"]
    if "due" in values and values["due"] != item.due:
        item.due, item.due_fixed = rules.check_day(values["due"]), True


def _held(project_id: int, item_ids: Sequence[int]) -> list[Item]:
    """The items, held until the transaction ends: two who press at once are told apart. One statement."""
    ids = [number for number in rules.check_several(item_ids) if number <= rules.LARGEST_ID]
    found = db.session.execute(
        select(Item, Project.state)
        .join(Project, Project.id == Item.project_id)
        .where(Item.id.in_(ids), Item.project_id == project_id)
        .order_by(Item.id)
        .with_for_update(of=Item)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(set(item_ids)):
        raise NotFound
    check_open(found[0].state)
    return [row[0] for row in found]


def _in_project(model: type[Row], project_id: int, row_id: int) -> Row:
    row = db.session.scalar(select(model).where(model.id == row_id, model.project_id == project_id))
    if row is None:
        raise NotFound
    projects.check_open(project_id)
    return row


def _task_in_project(project_id: int, task_id: int | None, field: str, kind: str = "") -> int | None:
    if task_id is None:
        return None
    found = db.session.scalar(select(Task.type).where(Task.id == task_id, Task.project_id == project_id))
    if found is None or kind not in ("", found):
        raise RuleBroken("checklist.no_task", "Choose a task or milestone of this project.", field=field)
    return task_id


def _check_person(project_id: int, person_id: int | None) -> None:
    if person_id is not None and person_id not in {each.id for each in staffing.people_of(project_id)}:
        raise RuleBroken("checklist.no_person", "Choose somebody of this project from the list.", field="owner_id")


def _next_position(model: type[Placed], siblings: Any) -> int:
    place = func.coalesce(func.max(model.position) + 1, 0)
    return int(db.session.scalar(select(place).where(siblings)) or 0)
