"""What editing answers a script: figures and words, as `docs/developers/plan-editing.md` has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from infra.audit.words import action_words
from infra.words import sentence_of
from kernel.actor import Actor
from roadmap.editing import queries
from roadmap.editing.queries import Loaded, Since, minute_text
from roadmap.editing.rules import conflicts, effect
from roadmap.editing.rules.acts import ActBroken
from roadmap.editing.rules.conflicts import Claim, Meeting
from roadmap.editing.rules.effect import Ends
from roadmap.editing.rules.perform import Remark
from roadmap.editing.rules.steps import Step, Steps
from roadmap.editing.service import Met, Preview, Stored
from roadmap.outline import queries as outline
from roadmap.outline import rules as fields
from roadmap.schedule.rules import ConstraintType, TaskType
from roadmap.tasks.rules.fields import CONSTRAINTS


def answer_preview(found: Preview, version: object) -> dict[str, Any]:
    """What would follow, in figures and words."""
    before, after = found.before, found.after
    moved = effect.moved(before.schedule.dates, after.dates) if after else []
    ends = _ends(found)
    named = {id for _act, verb in found.done.verbs for id in _ids(verb)}
    follow = sum(_follows(found, each) and each.id not in named for each in moved)
    remarks = [_remark(each, found.draft.names) for each in found.done.remarks]
    problems = ([_refusal(found.problem)] if found.problem else []) + remarks
    return {
        "version": queries.version_text(before.stamp),
        "stale": _is_stale(version, before),
        "may": found.problem is None,
        "moved": [
            {
                "id": each.id,
                "start": minute_text(each.after.start),
                "finish": minute_text(each.after.finish),
                "was_start": minute_text(each.before.start),
                "was_finish": minute_text(each.before.finish),
                "critical": each.after.critical,
                "was_critical": each.before.critical,
            }
            for each in moved
        ],
        "added": [_added(found, id) for id in found.draft.added] if after else [],
        "gone": found.draft.gone,
        "go_live": ends.get("go_live"),
        "finish": ends.get("finish"),
        "words": str(problems[0]["message"]) if found.problem else _sentence(follow, ends),
        "problems": problems + (_missed(found, {each.id for each in moved}) if after else []),
    }


def _follows(found: Preview, each: effect.Moved) -> bool:
    """Whether a row that is no summary has other dates; many others are just critical or no more so."""
    dates = (each.before.start, each.before.finish) != (each.after.start, each.after.finish)
    return dates and found.draft.rows[each.id].type is not TaskType.SUMMARY


def _is_stale(version: object, before: Loaded) -> bool:
    then = queries.seen(version, before.stamp)
    return then is None or then.number != before.stamp.number


def _added(found: Preview, id: int) -> dict[str, Any]:
    dates = found.draft.schedule().dates[id]
    return {
        "id": id,
        "name": found.draft.names[id],
        "start": minute_text(dates.start),
        "finish": minute_text(dates.finish),
    }


def _ids(verb: Any) -> list[int]:
    return list(getattr(verb, "ids", ())) or [getattr(verb, "id", 0) or getattr(verb, "target", 0)]


def _ends(found: Preview) -> dict[str, dict[str, Any]]:
    before, after = found.before, found.after
    if after is None:
        return {}
    calendar = before.plan.calendar
    answers = {"finish": _end("finish", effect.ends(before.schedule.finish, after.finish, calendar))}
    if moments := effect.go_live(before.go_lives, before.schedule, after):
        answers["go_live"] = _end("go_live", effect.ends(*moments, calendar))
    return answers


def _end(kind: str, ends: Ends) -> dict[str, Any]:
    return {
        "before": minute_text(ends.before),
        "after": minute_text(ends.after),
        "days": ends.days,
        "words": _by_days(kind, ends),
    }


def _by_days(kind: str, ends: Ends) -> str:
    if ends.before == ends.after:
        return {"go_live": _("go-live as before"), "finish": _("the plan ends as before")}[kind]
    later, days = ends.after > ends.before, abs(ends.days)
    by = ngettext("1 day", "%(num)d days", days) if days else _("some hours")
    if kind == "go_live":
        return _("go-live %(by)s later", by=by) if later else _("go-live %(by)s earlier", by=by)
    return _("the plan ends %(by)s later", by=by) if later else _("the plan ends %(by)s earlier", by=by)


def _sentence(follow: int, ends: Mapping[str, Mapping[str, Any]]) -> str:
    begin = ngettext("1 task follows", "%(num)d tasks follow", follow) if follow else _("Nothing else moves")
    end = ends.get("go_live") or ends.get("finish")
    return f"{begin}; {end['words']}" if end else begin


def _refusal(problem: ActBroken) -> dict[str, Any]:
    return {
        "act": problem.act,
        "id": None,
        "field": problem.field,
        "message": sentence_of(problem),
        "blocks": True,
    }


def _remark(each: Remark, names: Mapping[int, str]) -> dict[str, Any]:
    text = _(
        "“%(name)s” can't start on %(day)s. %(reason)s",
        name=names.get(each.id, ""),
        day=formats.moment(each.wanted),
        reason=outline.in_words(each.held, names),
    )
    return {"act": each.act, "id": each.id, "field": "start", "message": text, "blocks": False}


def _missed(found: Preview, moved: set[int]) -> list[dict[str, Any]]:
    """Deadlines that the moved rows miss and did not miss before, and dates that they must keep and can't."""
    answers = []
    dates, before = found.draft.schedule().dates, found.before.schedule.dates
    for id in sorted(moved & found.draft.rows.keys()):
        row = found.draft.rows[id]
        if row.deadline is not None and dates[id].finish >= row.deadline > before[id].finish:
            text = _("“%(name)s” misses its deadline.", name=found.draft.names[id])
            answers.append({"act": None, "id": id, "field": "deadline", "message": text, "blocks": False})
        if row.constraint_date is not None and dates[id].total_slack_minutes < 0 <= before[id].total_slack_minutes:
            kind = _(CONSTRAINTS[row.constraint])
            text = _("“%(name)s” can't keep “%(kind)s”.", name=found.draft.names[id], kind=kind)
            answers.append({"act": None, "id": id, "field": "constraint_date", "message": text, "blocks": False})
    return answers


def answer_rows(found: Since, steps: Steps) -> dict[str, Any]:
    """What changed, and what the person can undo and do again."""
    return {
        "version": queries.version_text(found.stamp),
        "rows": list(found.rows),
        "gone": list(found.gone),
        "by": list(found.by),
        "go_live": minute_text(found.go_live),
        "finish": minute_text(found.finish),
        "undo": _step(steps.undo, undo=True),
        "redo": _step(steps.redo, undo=False),
        "all": found.all,
    }


def _step(found: tuple[Step, ...], *, undo: bool) -> dict[str, Any]:
    if not found:
        return {"may": False, "words": "", "steps": 0}
    done = action_words(found[-1].action, found[-1].label)
    words = _("Undo: %(done)s", done=done) if undo else _("Redo: %(done)s", done=done)
    return {"may": True, "words": words, "steps": len(found)}


def answer_stored(stored: Stored, found: Since, steps: Steps, names: Mapping[int, str]) -> dict[str, Any]:
    """What was stored, with everything that changed since the version that was sent."""
    answer = answer_rows(found, steps)
    told = steps.undo[-1] if steps.undo and stored.work.changes else None
    done = action_words(told.action, told.label) if told else _("nothing to change")
    return answer | {
        "added": [{"id": id, "became": number} for id, number in stored.added.items()],
        "problems": [_remark(each, names) for each in stored.remarks],
        "message": done[:1].upper() + done[1:] + ".",
    }


def answer_conflict(met: Met, found: Since, steps: Steps, named: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    """Where both changed the same: what it was, theirs, yours."""
    where = {row["id"]: row["wbs"] for row in found.rows}
    return answer_rows(found, steps) | {
        "conflicts": [_conflict(each, met.names, where, named) for each in met.meetings],
    }


def _conflict(
    each: Meeting, names: Mapping[int, str], where: Mapping[int, str], named: Mapping[str, Mapping[int, str]]
) -> dict[str, Any]:
    claim, theirs = each.claim, each.theirs
    name = names.get(claim.id) or theirs.label
    values = {"base": "", "theirs": _("deleted")} if theirs.gone else _values(each, named)
    return {
        "act": claim.act,
        "id": claim.id,
        "name": f"{where.get(claim.id, '')} {name}".strip(),
        "field": claim.field,
        "label": _label(claim.field),
        **values,
        "yours": "" if theirs.gone else _yours(claim, named),
        "who": theirs.who or _("Somebody else"),
        "may": list(each.may),
    }


def _label(field: str) -> str:
    if field.startswith("link "):
        return _("Link")
    others = {"start": _("Start"), "place": _("Place in the plan"), "row": _("The whole row")}
    return others.get(field) or _(fields.LABELS.get(field, field))


def _values(each: Meeting, named: Mapping[str, Mapping[int, str]]) -> dict[str, str]:
    changed = each.theirs.fields
    if each.claim.field in {"row", "place"} or each.claim.field.startswith("link "):
        what = ", ".join(_label(name) for name in each.changed if name in fields.LABELS) or _("changed")
        return {"base": "", "theirs": what}
    if each.claim.field == "start":
        return {"base": _start(changed, 0), "theirs": _start(changed, 1)}
    pair = changed[each.claim.field]
    return {
        "base": _shown(each.claim.field, pair[0], named),
        "theirs": _shown(each.claim.field, pair[1], named),
    }


def _start(changed: Mapping[str, Any], side: int) -> str:
    for name in ("actual_start", "manual_start", "constraint_date"):
        if name in changed and changed[name][side]:
            return formats.moment(datetime.fromisoformat(changed[name][side]))
    kind = changed.get("constraint_type", ["ASAP", "ASAP"])[side]
    return _(CONSTRAINTS[ConstraintType(kind)])


def _yours(claim: Claim, named: Mapping[str, Mapping[int, str]]) -> str:
    if claim.field == "start":
        return formats.moment(claim.yours) if claim.yours else _("moved")
    if claim.field == "row":
        return _("deleted")
    if claim.field not in fields.LABELS or claim.yours is None:
        return _("changed")
    return _shown(claim.field, conflicts.plain(claim.yours), named)


def _shown(name: str, value: Any, named: Mapping[str, Mapping[int, str]]) -> str:
    """A value of the trail in words."""
    if value is None or value == "":
        return _("nothing")
    if name in named:
        return named[name].get(value, _("another one"))
    if name in fields.DURATIONS:
        return formats.days(value)
    if name in fields.DAYS:
        return formats.day(datetime.fromisoformat(value))
    text = _(CONSTRAINTS[ConstraintType(value)]) if name == "constraint_type" else str(value)
    return formats.percent(value) if name == "percent_complete" else text[:80]


def since(project_id: int, version: object, actor: Actor, today: date, now: datetime) -> tuple[Since, Steps]:
    """What changed since a version, and one's own steps."""
    return queries.since(project_id, version, actor, today), queries.steps_of(project_id, actor, now)
