"""Planting a template: project, people, roles, plan, checklists and all that is foreseen, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.access import service as access
from accounts.calendars import rules as calendars
from accounts.people.queries import row as person_row
from checklists import seed as checklists
from desk.setup import rules
from desk.shelf import queries as templates
from desk.template.rules import ChecklistEntry, Element, TaskEntry, Template, elements
from infra.transaction import transaction
from kernel.actor import Actor, project_scope
from kernel.worktime import Calendar
from phases.foreseen import seed as foreseen
from readiness.gates import seed as gates
from roadmap.actions import seed as actions
from roadmap.projects import rules as project_rules
from roadmap.projects import service as projects
from roadmap.projects.service import OFFICE_WEEK
from roadmap.resources import seed as resources
from roadmap.risks import seed as risks
from roadmap.staffing import seed as staffing
from roadmap.tasks import seed as tasks
from roadmap.tasks import service as plans

DEFAULT_TEMPLATE = "crm-90-day"
_PLANTED_ELSEWHERE = frozenset(
    {"phase", "task", "milestone", "checklist", "section", "item", "role", "risk", "action", "gate", "criterion"}
)
_CHILDREN = frozenset({"agenda", "attendee", "goal", "outcome", "objective"})


@dataclass(frozen=True, slots=True)
class NewProject:
    """What is asked for a new roll-out. ``people`` maps a role's key of the template to who fills it."""

    name: str
    start: date
    template: str = DEFAULT_TEMPLATE
    country: str = ""
    subdivision: str = ""
    timezone: str = "UTC"
    target_go_live: date | None = None
    purpose: str = ""
    people: Mapping[str, int] = field(default_factory=dict)
    manager_id: int | None = None
    """Who manages it besides whoever creates it."""


def preview(wanted: NewProject) -> rules.Preview:
    """The dates that would come out; nothing is stored. Raises RuleBroken for what makes no sense."""
    project_rules.check_dates(wanted.start, wanted.target_go_live)
    template = templates.load(wanted.template)
    content = _content(wanted)
    names = calendars.holidays_between(content, *_years(wanted))
    return rules.preview(template, wanted.start, working_time(wanted), wanted.target_go_live, names)


def working_time(wanted: NewProject) -> Calendar:
    """The calendar that the project would get. Raises RuleBroken for an unknown country or subdivision."""
    return calendars.calendar(_content(wanted), *_years(wanted))


def _content(wanted: NewProject) -> calendars.Content:
    return calendars.content(OFFICE_WEEK, wanted.country, wanted.subdivision, [])


def _years(wanted: NewProject) -> tuple[int, int]:
    return wanted.start.year - 1, wanted.start.year + 2


def create(wanted: NewProject, *, actor: Actor, now: datetime) -> int:
    """Create the roll-out and schedule it; returns its number. Raises RuleBroken; then nothing was stored."""
    template = templates.load(wanted.template)
    templates.card(wanted.template, actor)
    calendars.check_holidays(wanted.country, wanted.subdivision)
    with transaction(actor, "project.created") as work:
        project_id = projects.create_empty(
            wanted.name,
            wanted.start,
            actor=actor,
            now=now,
            country=wanted.country,
            subdivision=wanted.subdivision,
            timezone=wanted.timezone,
            target_go_live=wanted.target_go_live,
            purpose=wanted.purpose,
            template=wanted.template,
        )
        _invite(project_id, wanted, actor)
        roles = staffing.plant(project_id, _roles(template), wanted.people, work)
        resources.plant(project_id, wanted.start, _periods(template), roles, wanted.people, work)
        planted = tasks.plant(project_id, list(_phases(template)), list(_tasks(template)), roles, wanted.people, work)
        anchors = {**_summaries(template, planted), **planted.tasks}
        lists = [_checklist(entry, wanted.start) for entry in template.checklists]
        checklists.plant(project_id, lists, anchors, roles, wanted.people, work)
        known = foreseen.plant(project_id, list(_foreseen(template)), planted.phases, anchors, roles, work)
        actions.plant(project_id, list(_actions(template)), known, anchors, roles, work)
        risks.plant(project_id, list(_risks(template)), planted.phases, anchors, roles, work)
        gates.plant(project_id, list(_gates(template)), planted.phases, planted.tasks, roles, work)
        plans.reschedule(project_id, work)
        return project_id


def _invite(project_id: int, wanted: NewProject, actor: Actor) -> None:
    """Whoever fills a role and can sign in sees the project; the manager who was named manages it."""
    managers = {actor.id, wanted.manager_id}
    if wanted.manager_id is not None:
        access.grant_role(wanted.manager_id, "manager", project_scope(project_id), actor=actor)
    for person_id in sorted(set(wanted.people.values())):
        if person_row(person_id).email and person_id not in managers:
            access.grant_role(person_id, "member", project_scope(project_id), actor=actor)


def _roles(template: Template) -> Iterator[staffing.RoleSeed]:
    for role in template.roles:
        least, most = round(role.range.least), round(role.range.most)
        yield staffing.RoleSeed(role.key, role.name, role.description, round(role.allocation), least, most)


def _periods(template: Template) -> dict[str, list[resources.PeriodSeed]]:
    return {
        role.key: [
            resources.PeriodSeed(period.weeks.from_, period.weeks.to, round(period.percent)) for period in role.periods
        ]
        for role in template.roles
    }


def _phases(template: Template) -> Iterator[tasks.PhaseSeed]:
    for phase in template.phases:
        weeks = phase.weeks
        yield tasks.PhaseSeed(phase.number, phase.key, phase.name, phase.description, weeks.from_, weeks.to)


def _tasks(template: Template) -> Iterator[tasks.TaskSeed]:
    for task in template.tasks:
        yield tasks.TaskSeed(
            key=task.key,
            phase=template.phase_number(task.phase) or 0,
            type="milestone" if task.milestone else "task",
            name=task.name,
            description=task.description,
            reason=task.reason,
            acceptance="\n".join(task.acceptance),
            duration_minutes=rules.minutes(task.duration_days),
            estimate=_estimate(task),
            work_minutes=rules.minutes(task.effort) if task.effort else None,
            role=task.role,
            links=tuple(
                tasks.LinkSeed(link.task, link.type, rules.minutes(link.lag_days)) for link in task.predecessors
            ),
            group=task.group,
            is_go_live=task.key == template.template.go_live,
        )


def _estimate(task: TaskEntry) -> tuple[int, int, int] | None:
    if not task.estimate:
        return None
    low, likely, high = task.estimate
    return rules.minutes(low), rules.minutes(likely), rules.minutes(high)


def _summaries(template: Template, planted: tasks.Planted) -> dict[str, int]:
    return {phase.key: planted.summaries[phase.number] for phase in template.phases}


def _checklist(entry: ChecklistEntry, start: date) -> checklists.ListSeed:
    recurs = entry.recurs
    return checklists.ListSeed(
        key=entry.key,
        name=entry.name,
        description=entry.description,
        task=entry.anchor,
        guards=entry.guards or None,
        recurrence=recurs.every if recurs else "",
        due=rules.last_day_of_week(start, recurs.from_week) if recurs else None,
        sections=tuple(
            checklists.SectionSeed(
                section.name,
                tuple(
                    checklists.ItemSeed(
                        key=item.key,
                        name=item.name,
                        help=item.help,
                        evidence=item.evidence,
                        required=item.required,
                        role=item.role,
                        due_offset=item.due_days,
                        anchor=entry.anchor,
                    )
                    for item in section.items
                ),
            )
            for section in entry.sections
        ),
    )


def _foreseen(template: Template) -> Iterator[foreseen.ForeseenSeed]:
    """Every element that no room of its own brings to life yet; due where its anchor says, or its parent's."""
    days = {each.key: each.days for each in template.meetings}
    days |= {each.key: each.days for each in template.communication}
    days |= {each.key: each.days for each in template.training}
    found = [element for element in elements(template) if element.kind not in _PLANTED_ELSEWHERE]
    anchors = {element.key: element.parent for element in found if element.kind not in _CHILDREN}
    known = {element.key for element in found}
    for element in found:
        parent = element.parent if element.kind in _CHILDREN and element.parent in known else None
        yield foreseen.ForeseenSeed(
            kind=element.kind,
            key=element.key,
            phase=element.phase,
            name=element.name,
            description=element.description,
            role=element.details.get("role") or element.details.get("owner"),
            due_offset=_offset(element, parent, days),
            anchor=anchors.get(parent) if parent else anchors.get(element.key),
            parent=parent,
            details=element.details,
        )


def _offset(element: Element, parent: str | None, days: Mapping[str, int]) -> int:
    return days.get(element.key, 0) + days.get(parent or "", 0)


def _actions(template: Template) -> Iterator[actions.ActionSeed]:
    """What meetings usually end with, due as many working days after the meeting as the template says."""
    held = {meeting.key: meeting for meeting in template.meetings}
    for element in elements(template):
        meeting = held.get(element.parent or "") if element.kind == "action" else None
        if meeting is not None:
            yield actions.ActionSeed(
                key=element.key,
                title=element.name,
                details=element.description,
                role=element.details.get("role"),
                due_offset=int(element.details.get("days", 0)) + meeting.days,
                anchor=meeting.anchor,
                source=meeting.key,
            )


def _risks(template: Template) -> Iterator[risks.RiskSeed]:
    for entry in template.risks:
        yield risks.RiskSeed(
            key=entry.key,
            title=entry.name,
            description=entry.description,
            phase=template.phase_number(entry.phase),
            role=entry.owner,
            probability=entry.probability,
            impact=entry.impact,
            trigger=entry.trigger,
            response=entry.response,
            action=entry.action,
            anchor=entry.phase,
        )


def _gates(template: Template) -> Iterator[gates.GateSeed]:
    for gate in template.gates:
        yield gates.GateSeed(
            key=gate.key,
            name=gate.name,
            description=gate.description,
            phase=template.phase_number(gate.phase),
            milestone=gate.milestone,
            minimum_score=gate.minimum_score,
            minimum_confidence=gate.minimum_confidence,
            criteria=tuple(
                gates.CriterionSeed(
                    key=each.key,
                    statement=each.statement,
                    help=each.help,
                    category=each.category,
                    source=each.source,
                    subject=each.subject,
                    comparator=each.comparator,
                    threshold=each.threshold,
                    unit=each.unit,
                    weight=each.weight,
                    must_have=each.must_have,
                    minimum_sample=each.minimum_sample,
                    freshness_days=each.freshness_days,
                    effort_days=each.effort_days,
                    role=each.owner,
                    margin=each.margin,
                    window_days=each.window_days or None,
                    never_waivable=each.never_waivable,
                    workaround=each.workaround,
                )
                for each in gate.criteria
            ),
        )
