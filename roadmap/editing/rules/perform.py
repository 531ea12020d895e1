"""From an act to the verbs that store it, tried on a draft: snapping, keeping distances, which constraint is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from kernel.errors import RuleBroken
from kernel.worktime import DAY, Calendar, instant_of, minute_of
from roadmap.editing.rules import acts
from roadmap.editing.rules.draft import Draft, Leave, Make, Put, Stand, Tie, Untie, Verb, Wait
from roadmap.schedule.rules import Activity, ConstraintType, Held, Hold, TaskType
from roadmap.tasks.rules import fields, links, tree

_PINS = (ConstraintType.MSO, ConstraintType.MFO)
_NEEDED = (ConstraintType.SNET, ConstraintType.FNLT)
"""The constraints by which tasks are moved; where something else holds them they go."""
_NONE = {"constraint_type": ConstraintType.ASAP.value, "constraint_date": None}


@dataclass(frozen=True, slots=True)
class Remark:
    """What is worth knowing about a row that was moved: it can't be where it was wanted, because something holds it."""

    act: int
    id: int
    wanted: datetime
    held: Held


@dataclass(frozen=True, slots=True)
class Performed:
    """What acts come to: verbs with the place of the act that they are of, and remarks."""

    verbs: tuple[tuple[int, Verb], ...]
    remarks: tuple[Remark, ...]


def perform(draft: Draft, wanted: Iterable[acts.Act | None]) -> Performed:
    """Do acts on a draft, one after the other; None is one that was left.

    Raises ActBroken for the first that can't be done.
    """
    verbs: list[tuple[int, Verb]] = []
    remarks: list[Remark] = []
    for number, act in enumerate(wanted):
        if act is None:
            continue
        try:
            _check_there(draft, act)
            for step in _steps(draft, act):
                if isinstance(step, Remark):
                    remarks.append(replace(step, act=number))
                else:
                    verbs.append((number, step))
        except RuleBroken as problem:
            raise acts.ActBroken(problem, number) from problem
    return Performed(tuple(verbs), tuple(remarks))


def _check_there(draft: Draft, act: acts.Act) -> None:
    if not set(acts.ids_of(act)) <= draft.rows.keys():
        text = "A task of this act is not there: an act before it deleted it, or none has added it yet."
        raise RuleBroken("act.not_there", text, field="ids")


def _steps(draft: Draft, act: acts.Act) -> Iterator[Verb | Remark]:
    """The verbs of an act, each done on the draft."""
    match act:
        case acts.Move():
            yield from _move(draft, act)
        case acts.Stretch():
            yield _done(draft, Put(act.id, _stretched(draft, act)))
        case acts.Connect():
            yield _done(draft, Tie(act.source, act.target, act.tie))
        case acts.Disconnect():
            yield from [_done(draft, each) for each in _untied(draft, act)]
        case acts.Place():
            yield from _place(draft, act)
        case acts.Indent():
            yield from _indent(draft, act)
        case acts.Delete():
            yield _done(draft, Leave(tuple(tree.topmost(draft.nodes, act.ids))))
        case acts.Add():
            yield from _add(draft, act)
        case acts.Set():
            yield from _set(draft, act)


def _done(draft: Draft, verb: Verb) -> Verb:
    draft.apply(verb)
    return verb


def _move(draft: Draft, act: acts.Move) -> Iterator[Verb | Remark]:
    dates = draft.schedule().dates
    anchor, chosen = act.ids[0], tree.topmost(draft.nodes, act.ids)
    later = _later(draft, act, anchor)
    wanted = {id: later(dates[id].start) for id in chosen}
    puts = [put for id in chosen for put in _moved(draft, act, id, wanted[id], later)]
    if not puts:
        name = draft.names[anchor]
        text = "“%(name)s” has begun. It moves only when its actual start is to be another."
        raise RuleBroken("act.begun", text, field="start", name=name)
    for put in puts:
        draft.apply(put)
    yield from _freed(draft, puts)


def _freed(draft: Draft, puts: list[Put]) -> Iterator[Verb | Remark]:
    """The same without the constraints that hold nothing; what can't be where it was wanted is remarked."""
    dates = draft.schedule().dates
    holders = {put.id: _holder(draft, put.id) for put in puts if put.values.get("constraint_type") in _NEEDED}
    free = {id: held for id, held in holders.items() if held is not None}
    for id in free:
        draft.apply(Put(id, _NONE))
    moved = [id for id in free if draft.schedule().dates[id].start != dates[id].start]
    for put in puts:
        if put.id in moved:
            draft.apply(put)  # it held the row after all
        if put.id not in free or put.id in moved:
            yield put
            continue
        yield Put(put.id, {**put.values, **_NONE})
        date = put.values["constraint_date"]
        if draft.plan.finish is None and dates[put.id].start > date:
            yield Remark(0, put.id, date, free[put.id])


def _later(draft: Draft, act: acts.Move, anchor: int) -> Any:
    """From where a row begins to where it is to begin."""
    was, to = draft.schedule().dates[anchor].start, act.to
    if to.days is not None:
        return partial(_days_later, draft.plan.calendar, days=to.days)
    minutes = to.minutes
    if minutes is None:
        moment = snapped(draft, anchor, to.moment or was)
        minutes = draft.plan.calendar.between(was, moment)
        if len(act.ids) == 1:
            return lambda _start: moment
    return partial(_minutes_later, draft.plan.calendar, minutes=minutes)


def _days_later(calendar: Calendar, moment: datetime, *, days: int) -> datetime:
    return datetime.combine(calendar.add_days(moment.date(), days), moment.time())


def _minutes_later(calendar: Calendar, moment: datetime, *, minutes: int) -> datetime:
    return instant_of(calendar.axis.start_of(calendar.axis.index(minute_of(moment)) + minutes))


def snapped(draft: Draft, id: int, moment: datetime) -> datetime:
    """Where a row can begin that is wanted at a moment: in its working time; a milestone may stand at its end."""
    calendar = draft.calendar(id)
    if draft.rows[id].type is TaskType.MILESTONE and calendar.previous_end(moment) == moment:
        return moment
    return calendar.next_start(moment)


def _moved(draft: Draft, act: acts.Move, id: int, wanted: datetime, later: Any) -> Iterator[Put]:
    row = draft.rows[id]
    if draft.children.get(id):
        inner = (draft.rows[each] for each in tree.below(draft.children, id))
        for each in inner:
            if each.constraint_date is not None and not each.started and not draft.children.get(each.id):
                yield Put(each.id, _shifted(each, later(each.constraint_date)))
        if not row.finished:
            yield Put(id, _pin(row, wanted))
    elif row.manual_start is not None:
        end = {} if row.manual_finish is None else {"manual_finish": later(row.manual_finish)}
        yield Put(id, {"manual_start": snapped(draft, id, wanted), **end})
    elif not row.started and draft.plan.finish is not None and row.constraint not in _PINS:
        finish = draft.calendar(id).previous_end(later(draft.schedule().dates[id].finish))
        yield Put(id, {"constraint_type": "FNLT", "constraint_date": finish, **_undelayed(row)})
    elif not row.started:
        yield Put(id, _pin(row, snapped(draft, id, wanted), later))
    elif act.actual:
        yield Put(id, _begun(draft, row, snapped(draft, id, wanted)))


def _pin(row: Activity, wanted: datetime, later: Any = None) -> dict[str, Any]:
    """The constraint by which a row begins where it is wanted; what must be on a day stays such."""
    if row.constraint is ConstraintType.MFO and row.constraint_date is not None and later is not None:
        return _shifted(row, later(row.constraint_date))
    kind = ConstraintType.MSO if row.constraint is ConstraintType.MSO else ConstraintType.SNET
    return {"constraint_type": kind.value, "constraint_date": wanted, **_undelayed(row)}


def _shifted(row: Activity, date: datetime) -> dict[str, Any]:
    return {"constraint_type": row.constraint.value, "constraint_date": date, **_undelayed(row)}


def _undelayed(row: Activity) -> dict[str, Any]:
    """What levelling added goes when somebody says where a task belongs."""
    return {"delay_minutes": 0} if row.delay_minutes else {}


def _begun(draft: Draft, row: Activity, wanted: datetime) -> dict[str, Any]:
    if row.actual_finish is None:
        return {"actual_start": wanted}
    calendar, dates = draft.calendar(row.id), draft.schedule().dates[row.id]
    return {"actual_start": wanted, "actual_finish": calendar.add(wanted, calendar.between(dates.start, dates.finish))}


def _holder(draft: Draft, id: int) -> Held | None:
    """What holds a row where it is other than its own constraint, which is not needed then."""
    dates = draft.schedule().dates
    leaves = [each for each in tree.with_below(draft.children, [id]) if not draft.children.get(each)]
    found = [draft.held(each) for each in leaves if dates[each].start == dates[id].start]
    if not any(each.hold is Hold.CONSTRAINT and each.by == id for each in found):
        return found[0] if found else None
    date = draft.rows[id].constraint_date
    begins = date is not None and draft.plan.calendar.between(draft.plan.start, date) <= 0
    return Held(Hold.PROJECT_START, date=draft.plan.start) if begins else None


def _stretched(draft: Draft, act: acts.Stretch) -> dict[str, Any]:
    """The duration that a task gets, and the end of one that stands where people put it."""
    minutes, row = _minutes(draft, act), draft.rows[act.id]
    if row.manual_start is None or row.manual_finish is None:
        return {"duration_minutes": minutes}
    span = row.elapsed and timedelta(minutes=minutes)
    finish = row.manual_start + span if span else draft.calendar(act.id).add(row.manual_start, minutes)
    return {"duration_minutes": minutes, "manual_finish": finish}


def _minutes(draft: Draft, act: acts.Stretch) -> int:
    """The duration that a task gets. Raises RuleBroken for rows that have none."""
    row, name = draft.rows[act.id], draft.names[act.id]
    fields.check_kind(row.type.value, name, ("duration_minutes",))
    if row.type is TaskType.MILESTONE:
        text = "“%(name)s” is a milestone and has no duration. Make it a task first."
        raise RuleBroken("act.milestone", text, field="duration_minutes", name=name)
    if row.finished:
        text = "“%(name)s” is done. Its duration is what it took."
        raise RuleBroken("act.finished", text, field="duration_minutes", name=name)
    minutes = act.duration_minutes
    if minutes is None and act.to.moment is not None:
        start, calendar = draft.schedule().dates[act.id].start, draft.calendar(act.id)
        if row.elapsed:
            minutes = int((act.to.moment - start).total_seconds()) // 60
        else:
            minutes = calendar.between(start, calendar.previous_end(act.to.moment))
    elif minutes is None:
        day = DAY if row.elapsed else fields.DAY_MINUTES
        minutes = row.duration_minutes + (act.to.days or 0) * day + (act.to.minutes or 0)
    if not 0 < minutes <= fields.LONGEST:
        text = "“%(name)s” has to end after it starts, and to last at most 10,000 days."
        raise RuleBroken("act.no_time", text, field="duration_minutes", name=name)
    return minutes


def _untied(draft: Draft, act: acts.Disconnect) -> list[Untie]:
    kinds = [act.type.value] if act.type else ["FS", "SS", "FF", "SF"]
    found = [kind for kind in kinds if (act.source, act.target, kind) in draft.links]
    if not found:
        names = {"source": draft.names[act.source], "target": draft.names[act.target]}
        text = "“%(target)s” does not wait for “%(source)s” that way."
        raise RuleBroken("link.none", text, field="to", **names)
    return [Untie(act.source, act.target, kind) for kind in found]


def _place(draft: Draft, act: acts.Place) -> Iterator[Verb]:
    chosen = tree.topmost(draft.nodes, act.ids)
    rest = [each for each in draft.siblings(act.parent) if each not in chosen]
    place = len(rest) if act.position is None else min(act.position, len(rest))
    before = rest[place - 1] if place else None
    for id in chosen:
        siblings = [each for each in draft.siblings(act.parent) if each != id]
        position = 0 if before is None else siblings.index(before) + 1
        yield _done(draft, Stand(id, act.parent, position))
        before = id


def _indent(draft: Draft, act: acts.Indent) -> Iterator[Verb]:
    order = {id: row for row, id in enumerate(tree.places(draft.nodes.values()))}
    chosen = sorted(tree.topmost(draft.nodes, act.ids), key=order.__getitem__, reverse=act.out)
    for id in chosen:
        parent = draft.nodes[id].parent_id
        if not act.out:
            yield _done(draft, Stand(id, tree.indented(draft.siblings(parent), id, draft.names[id]), None))
            continue
        left = tree.outdented(parent, draft.names[id])
        upper = draft.nodes[left].parent_id
        yield _done(draft, Stand(id, upper, draft.siblings(upper).index(left) + 1))


def _add(draft: Draft, act: acts.Add) -> Iterator[Verb]:
    number = -1 - draft.made
    draft.made += 1
    yield _done(draft, Make(number, act.values, act.parent, act.position))
    if act.after is not None:
        yield _done(draft, Tie(act.after, number, links.Tie("")))


def _set(draft: Draft, act: acts.Set) -> Iterator[Verb]:
    values = {name: value for name, value in act.values.items() if name != "predecessors"}
    if values:
        _check(draft, act.id, values)
        yield _done(draft, Put(act.id, values))
    if "predecessors" in act.values:
        yield _done(draft, Wait(act.id, act.values["predecessors"]))


def _check(draft: Draft, id: int, values: Mapping[str, Any]) -> None:
    """What has to fit together, of the fields that a draft knows."""
    row = draft.rows[id]
    known = {
        "name": draft.names[id],
        "type": row.type.value,
        "duration_minutes": 0 if values.get("type") == TaskType.MILESTONE else row.duration_minutes,
        "constraint_type": row.constraint.value,
        "constraint_date": row.constraint_date,
    }
    fields.check(fields.Draft(**{**known, **{name: values[name] for name in values if name in fields.DRAFT_FIELDS}}))
