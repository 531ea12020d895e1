"""Deciding what the actions of a rule do to records, and doing it in batches: as many statements for one as for 500."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete

from accounts.notices.service import tell
from crm.activities import rules as activities
from crm.automation.rules import texts
from crm.automation.rules.conditions import holds
from crm.automation.rules.parts import Action, Condition, Definition, Do, Op, field_of, target_of
from crm.campaigns import service as campaigns
from crm.consent.rules import KINDS as CONSENTING
from crm.effects import rules
from crm.effects.models import Turn
from crm.effects.queries import Sight, rows_of
from crm.effects.rules import Foreseen, Step, split
from crm.hooks import rules as hook_rules
from crm.hooks import service as hooks
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Field, Kind
from crm.parsing.rules import Hints, parse
from crm.records import service as records
from crm.records.queries import key_of
from crm.tags import queries as tag_queries
from crm.tags import service as tags
from infra.mail import service as mail
from infra.transaction import Work
from kernel.errors import RuleBroken

MANY = 5
"""More mails than these to one person about one batch become one mail."""
LISTED = 20
MORNING = time(9)
"""When a task is planned for on its day."""
_NUMBERED = (Kind.PERSON, Kind.TEAM, Kind.RECORD)


def decide(rule: Definition, rows: Sequence[Any], sight: Sight) -> list[Step]:
    """What a rule does to each of these records, in the order of its actions. Nothing is written."""
    named = {key for each in rule.actions for value in each.how.values() for key in texts.places(str(value))}
    if any(each.do is Do.ASSIGN for each in rule.actions):
        named.discard("owner_id")
    sight.look_ahead(rows, named, (each.how["on"] for each in rule.actions if each.how.get("on")))
    found = []
    for row in rows:
        changed: dict[str, Any] = {}
        for action in rule.actions:
            step = _DECIDED[action.do](action, Foreseen(row, changed), rule, sight)
            if step.target == (rule.object, row.id):
                changed.update(step.values)
            found.append(step)
    return found


def perform(work: Work, rule: Definition, rows: Mapping[int, Any], steps: Sequence[Step], sight: Sight) -> None:
    """Do what was decided, in an open transaction. Raises Problem where a record can't be written so."""
    todo = [each for each in steps if not each.why]
    _write(work, rule, rows, todo, sight.now)
    for do, act in _PERFORMED.items():
        wanted = [each for each in todo if each.do is do]
        if wanted:
            act(work, rule, rows, wanted, sight)
    for among, person in sight.turns.items():
        same = (Turn.automation_id == sight.automation_id, Turn.among == among)
        work.session.execute(delete(Turn).where(*same).execution_options(synchronize_session=False))
        work.session.add(Turn(automation_id=sight.automation_id, among=among, person_id=person))


def typed(what: Field, text: str, sight: Sight) -> Any:
    """A value as an action keeps it, as the record takes it. Raises RuleBroken."""
    if not text:
        return parse(what, "").value
    if what.kind in _NUMBERED:
        return int(text)
    if what.kind in (Kind.DATE, Kind.MOMENT):
        day = rules.relative_day(text, sight.today)
        return day if what.kind is Kind.DATE else datetime.combine(day, MORNING, sight.zone).astimezone(UTC)
    parsed = parse(what, text, Hints(decimal="."))
    if parsed.problem is not None:
        raise parsed.problem
    return parsed.value


def _assign(action: Action, row: Any, rule: Definition, sight: Sight) -> Step:
    for line in action.how.get("rows", ()):
        if all(_fits(rule, row, key, text, sight) for key, text in line["if"].items()):
            return _given(row, rule, sight, line["to"], line.get("how", ""))
    to = action.how.get("else", "")
    if not to:
        return Step(Do.ASSIGN, row.id, why=_("No line of its table fits."))
    return _given(row, rule, sight, to, action.how.get("how", ""))


def _given(row: Any, rule: Definition, sight: Sight, to: str, how: str) -> Step:
    person = sight.chosen(to, how)
    if person is None:
        return Step(Do.ASSIGN, row.id, why=_("Nobody is there to whom it could be given."))
    name = sight.people[person].name
    return Step(Do.ASSIGN, row.id, name, target=(rule.object, row.id), values={"owner_id": person})


def _fits(rule: Definition, row: Any, key: str, text: str, sight: Sight) -> bool:
    what = field_of(rule.subject, key)
    op = Op.CONTAINS if what.kind in (Kind.TEXT, Kind.LONG) else Op.IS
    return holds(Condition(key, op, (text,)), what, getattr(row, key), sight.today, sight.zone)


def _aim(action: Action, row: Any, rule: Definition, sight: Sight) -> tuple[str, Any]:
    """The object and the record that an action changes; no record where the link leads nowhere."""
    link = action.how.get("on", "")
    return target_of(rule.subject, link).key, sight.linked(row, link) if link else row


def _set(action: Action, row: Any, rule: Definition, sight: Sight) -> Step:
    kind, target = _aim(action, row, rule, sight)
    if target is None:
        return Step(Do.SET, row.id, why=_("It leads to no record."))
    what = OBJECTS[kind].field(action.how["field"])
    text = str(action.how.get("value", ""))
    said = f"{_(what.label)}: {_(what.said(text)) or '–'}"
    values = {what.key: typed(what, text, sight)}
    return Step(Do.SET, row.id, said, target=(kind, target.id), values=values)


def _stage(action: Action, row: Any, rule: Definition, sight: Sight) -> Step:
    kind, deal = _aim(action, row, rule, sight)
    wanted = sight.stages.get(int(action.how["stage"]))
    if deal is None:
        return Step(Do.STAGE, row.id, why=_("It leads to no deal."))
    if wanted is None or not wanted.active:
        return Step(Do.STAGE, row.id, why=_("The stage is not in use any more."))
    now = sight.stages[deal.stage_id]
    if now.outcome != "open":
        return Step(Do.STAGE, row.id, why=_("The deal is not open any more."))
    if now.position >= wanted.position:
        return Step(Do.STAGE, row.id, why=_("The deal is as far already."))
    return Step(Do.STAGE, row.id, wanted.name, target=(kind, deal.id), values={"stage_id": wanted.id})


def _task(action: Action, row: Any, rule: Definition, sight: Sight) -> Step:
    owner = _person(action.how.get("whose", "owner"), row, sight)
    if owner is None:
        return Step(Do.TASK, row.id, why=_("It belongs to nobody who could do it."))
    name = sight.filled(action.how["name"], row, owner)[: texts.TASK_LENGTH] or _("Task")
    day = rules.working_days_later(sight.today, int(action.how.get("days", 0)))
    due = datetime.combine(day, MORNING, sight.zone).astimezone(UTC)
    values = {each: getattr(row, each) for each in activities.LINKED if rule.subject.has(each)}
    links = activities.links(rule.object, row.id, values)
    task = {"name": name, "kind": action.how.get("kind", "task"), "state": "planned", "due_at": max(due, sight.now)}
    return Step(Do.TASK, row.id, name, extra={**task, "owner_id": owner, **links})


def _person(whom: str, row: Any, sight: Sight) -> int | None:
    """The person whom an action names: the owner, who leads the owner's team, or somebody by number."""
    kind, key = split(whom)
    found = row.owner_id if kind == "owner" else sight.lead_of(row.team_id) if kind == "lead" else int(key)
    return found if found in sight.people else None


def _notify(action: Action, row: Any, _rule: Definition, sight: Sight) -> Step:
    person = _person(action.how["to"], row, sight)
    if person is None:
        return Step(Do.NOTIFY, row.id, why=_("There is nobody to tell."))
    if not sight.may_see(person, row):
        return Step(Do.NOTIFY, row.id, why=_("%(name)s may not see it.", name=sight.people[person].name))
    text = sight.filled(action.how["text"], row, person)[: texts.SAID_LENGTH]
    return Step(Do.NOTIFY, row.id, sight.people[person].name, extra={"person": person, "text": text})


def _mail(action: Action, row: Any, _rule: Definition, sight: Sight) -> Step:
    if action.how["to"] == "record":
        return _mail_outside(action, row, sight)
    person = _person(action.how["to"], row, sight)
    address = sight.people[person].email if person is not None else None
    if person is None or not address:
        return Step(Do.MAIL, row.id, why=_("There is nobody to write to."))
    if not sight.may_see(person, row):
        return Step(Do.MAIL, row.id, why=_("%(name)s may not see it.", name=sight.people[person].name))
    return Step(Do.MAIL, row.id, sight.people[person].name, extra=_letter(action, row, sight, address, person))


def _mail_outside(action: Action, row: Any, sight: Sight) -> Step:
    address = str(getattr(row, "email", "") or getattr(row, "requester_email", "") or "")
    if not address:
        return Step(Do.MAIL, row.id, why=_("There is no e-mail address."))
    purpose = action.how.get("purpose") or "service"
    verdict = sight.may_write(row.id, purpose) if sight.subject.key in CONSENTING else None
    if verdict is not None and not verdict:
        return Step(Do.MAIL, row.id, address, why=_(verdict.because))
    return Step(Do.MAIL, row.id, address, extra=_letter(action, row, sight, address, None))


def _letter(action: Action, row: Any, sight: Sight, address: str, reader: int | None) -> dict[str, Any]:
    subject, body = (sight.filled(action.how[part], row, reader) for part in ("subject", "body"))
    inside = {"link": sight.address(row)} if reader is not None else {}
    return {"to": address, "subject": subject, "body": body, **inside}


def _flag(action: Action, row: Any, rule: Definition, sight: Sight) -> Step:
    kind, target = _aim(action, row, rule, sight)
    if target is None:
        return Step(action.do, row.id, why=_("It leads to no record."))
    tag = action.how["tag"]
    if sight.carries(kind, tag, target.id) is (action.do is Do.FLAG):
        why = _("It carries the tag already.") if action.do is Do.FLAG else _("It does not carry the tag.")
        return Step(action.do, row.id, tag, why=why, idle=True)
    return Step(action.do, row.id, tag, extra={"tag": tag, "kind": kind, "id": target.id})


def _campaign(action: Action, row: Any, rule: Definition, _sight: Sight) -> Step:
    extra = {"campaign": int(action.how["campaign"]), "status": action.how["status"], "kind": rule.object}
    return Step(Do.CAMPAIGN, row.id, str(action.how.get("name", "")), extra=extra)


def _hook(action: Action, row: Any, rule: Definition, sight: Sight) -> Step:
    hook = sight.hooks.get(int(action.how["hook"]))
    if hook is None or not hook.active:
        return Step(Do.HOOK, row.id, why=_("The webhook is off or gone."))
    shown = hook_rules.told(rule.subject, row, personal=hook.personal)
    data = {"object": rule.object, "id": row.id, "url": sight.address(row), "automation": rule.name, "fields": shown}
    return Step(Do.HOOK, row.id, hook.name, extra={"hook": hook.id, "data": data})


_DECIDED: Mapping[Do, Callable[[Action, Any, Definition, Sight], Step]] = {
    Do.ASSIGN: _assign,
    Do.SET: _set,
    Do.STAGE: _stage,
    Do.TASK: _task,
    Do.NOTIFY: _notify,
    Do.MAIL: _mail,
    Do.FLAG: _flag,
    Do.UNFLAG: _flag,
    Do.CAMPAIGN: _campaign,
    Do.HOOK: _hook,
}


def _write(work: Work, rule: Definition, rows: Mapping[int, Any], steps: Iterable[Step], now: datetime) -> None:
    """Write all values that steps give to the same record at once."""
    wanted: dict[str, dict[int, dict[str, Any]]] = {}
    for each in steps:
        if each.target is not None:
            kind, number = each.target
            wanted.setdefault(kind, {}).setdefault(number, {}).update(each.values)
    for kind, values in wanted.items():
        there = rows if kind == rule.object and values.keys() <= rows.keys() else rows_of(kind, values)
        many = [(there[number], each) for number, each in values.items() if number in there]
        records.change_many(work, kind, many, now=now)


def _plan_tasks(work: Work, _rule: Definition, _rows: Mapping[int, Any], steps: list[Step], sight: Sight) -> None:
    records.create_many(work, "activity", [dict(each.extra) for each in steps], now=sight.now, origin="automatic")


def _tell(work: Work, rule: Definition, rows: Mapping[int, Any], steps: list[Step], _sight: Sight) -> None:
    """One notice a person for a whole batch: about the record, or about so many."""
    by_person: dict[int, list[Step]] = {}
    for each in steps:
        by_person.setdefault(each.extra["person"], []).append(each)
    for person, theirs in by_person.items():
        first = theirs[0]
        key = key_of(rule.object, first.record_id)
        label, text = str(rows[first.record_id].name), first.extra["text"]
        tell(work, "automation", [person], subject=key, label=label, scope=key, text=text, count=len(theirs))


def _send(work: Work, rule: Definition, _rows: Mapping[int, Any], steps: list[Step], _sight: Sight) -> None:
    """A mail a record; to a colleague about many records one mail with their addresses."""
    inside: dict[str, list[Step]] = {}
    for each in steps:
        if "link" in each.extra:
            inside.setdefault(each.extra["to"], []).append(each)
    for to, theirs in inside.items():
        if len(theirs) > MANY:
            mail.queue(work, to, _subject_of_many(rule, theirs), _body_of_many(theirs))
    for each in steps:
        if "link" not in each.extra or len(inside[each.extra["to"]]) <= MANY:
            mail.queue(work, each.extra["to"], each.extra["subject"], each.extra["body"])


def _subject_of_many(rule: Definition, steps: list[Step]) -> str:
    return str(_("%(rule)s: %(count)s records", rule=rule.name, count=len(steps)))


def _body_of_many(steps: list[Step]) -> str:
    lines = [f"{each.extra['subject']}\n{each.extra['link']}" for each in steps[:LISTED]]
    more = len(steps) - LISTED
    rest = [ngettext("And one more.", "And %(num)d more.", more)] if more > 0 else []
    return "\n\n".join([*lines, *rest])


def _put_tags(work: Work, _rule: Definition, _rows: Mapping[int, Any], steps: list[Step], _sight: Sight) -> None:
    for (kind, tag), ids in _by_tag(steps).items():
        there = tag_queries.carrying(kind, ids, name=tag)
        tags.put_many(work, kind, [each for each in ids if each not in there], tag)


def _take_tags(work: Work, _rule: Definition, _rows: Mapping[int, Any], steps: list[Step], _sight: Sight) -> None:
    known = {each.name.lower(): each.id for each in tag_queries.tags()}
    for (kind, tag), ids in _by_tag(steps).items():
        if tag.lower() in known:
            there = tag_queries.carrying(kind, ids, name=tag)
            tags.take_many(work, kind, sorted(there), known[tag.lower()])


def _by_tag(steps: list[Step]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], dict[int, None]] = {}
    for each in steps:
        found.setdefault((each.extra["kind"], each.extra["tag"]), {})[each.extra["id"]] = None
    return {key: list(ids) for key, ids in found.items()}


def _add_members(work: Work, _rule: Definition, _rows: Mapping[int, Any], steps: list[Step], sight: Sight) -> None:
    wanted: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for each in steps:
        key = each.extra["campaign"], each.extra["status"]
        wanted.setdefault(key, []).append((each.extra["kind"], each.record_id))
    for (campaign, status), people in wanted.items():
        campaigns.add(campaign, people, status, actor=work.actor, now=sight.now)


def _post(work: Work, rule: Definition, _rows: Mapping[int, Any], steps: list[Step], _sight: Sight) -> None:
    wanted: dict[int, list[Mapping[str, Any]]] = {}
    for each in steps:
        wanted.setdefault(each.extra["hook"], []).append(each.extra["data"])
    for hook_id, data in wanted.items():
        hooks.queue_many(work, hook_id, f"{rule.object}.{rule.trigger.when.value}", data)


_PERFORMED: Mapping[Do, Callable[[Work, Definition, Mapping[int, Any], list[Step], Sight], None]] = {
    Do.TASK: _plan_tasks,
    Do.FLAG: _put_tags,
    Do.UNFLAG: _take_tags,
    Do.CAMPAIGN: _add_members,
    Do.HOOK: _post,
    Do.NOTIFY: _tell,
    Do.MAIL: _send,
}


def check_value(what: Field, text: str, sight: Sight) -> None:
    """Raise RuleBroken for a value that a field can't take."""
    if what.needed and not text:
        raise RuleBroken("automation.needed", "%(label)s can't be emptied.", field="value", label=what.label)
    typed(what, text, sight)
