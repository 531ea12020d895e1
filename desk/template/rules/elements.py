"""The elements of a template, one element a thing, as `template show` prints them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .entries import ChecklistEntry, GateEntry, MeetingEntry, TaskEntry, Template


@dataclass(frozen=True, slots=True)
class Element:
    """One thing of a template; `phase` is its number, `parent` the key of what it belongs to."""

    kind: str
    key: str
    phase: int | None
    name: str
    description: str
    parent: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def elements(template: Template) -> list[Element]:
    """Every element: phases with their tasks first, then checklists, roles, risks and all the rest."""
    return [element for source in _SOURCES for element in source(template)]


def _phases(template: Template) -> Iterator[Element]:
    for phase in template.phases:
        weeks = {"from_week": phase.weeks.from_, "to_week": phase.weeks.to}
        yield Element("phase", phase.key, phase.number, phase.name, phase.description, None, weeks)


def _tasks(template: Template) -> Iterator[Element]:
    for task in template.tasks:
        number = template.phase_number(task.phase)
        kind = "milestone" if task.milestone else "task"
        yield Element(kind, task.key, number, task.name, task.description, task.phase, _task_details(task))


def _task_details(task: TaskEntry) -> dict[str, Any]:
    links = [{"task": link.task, "type": link.type, "lag_days": link.lag_days} for link in task.predecessors]
    shared = {"reason": task.reason, "role": task.role, "predecessors": links}
    if task.milestone:
        return {**shared, "acceptance": list(task.acceptance)}
    figures = {"duration_days": task.duration_days, "estimate_days": list(task.estimate), "effort_days": task.effort}
    return {**shared, **figures}


def _checklists(template: Template) -> Iterator[Element]:
    for checklist in template.checklists:
        number = template.phase_number(checklist.phase)
        details = {"role": checklist.role, "anchor": checklist.anchor, "guards": checklist.guards or None}
        name, text = checklist.name, checklist.description
        yield Element("checklist", checklist.key, number, name, text, checklist.anchor, details)
        yield from _sections(checklist, number)


def _sections(checklist: ChecklistEntry, number: int | None) -> Iterator[Element]:
    for section in checklist.sections:
        text = f"Part of the checklist “{checklist.name}”."
        yield Element("section", section.key, number, section.name, text, checklist.key)
        for item in section.items:
            details = {
                "role": item.role,
                "due_days": item.due_days,
                "required": item.required,
                "evidence": item.evidence,
            }
            yield Element("item", item.key, number, item.name, item.help, section.key, details)


def _roles(template: Template) -> Iterator[Element]:
    for role in template.roles:
        shares = {"least_percent": role.range.least, "most_percent": role.range.most, "range_note": role.range.note}
        details = {**shares, "allocation_percent": role.allocation, "example_percent": role.example}
        yield Element("role", role.key, None, role.name, role.description, None, details)


def _risks(template: Template) -> Iterator[Element]:
    for risk in template.risks:
        rating = {"probability": risk.probability, "impact": risk.impact, "score": risk.score, "owner": risk.owner}
        details = {**rating, "trigger": risk.trigger, "response": risk.response, "action": risk.action}
        number = template.phase_number(risk.phase)
        yield Element("risk", risk.key, number, risk.name, risk.description, risk.phase, details)


def _meetings(template: Template) -> Iterator[Element]:
    for meeting in template.meetings:
        number = template.phase_number(meeting.phase)
        people = {"role": meeting.role, "attendees": list(meeting.attendees)}
        details = {**people, "goals": list(meeting.goals), "outcomes": list(meeting.outcomes)}
        yield Element("meeting", meeting.key, number, meeting.name, meeting.description, meeting.anchor, details)
        yield from _meeting_parts(meeting, number)


def _meeting_parts(meeting: MeetingEntry, number: int | None) -> Iterator[Element]:
    key = meeting.key
    for point in meeting.agenda:
        details = {"minutes": point.minutes, "role": point.role}
        yield Element("agenda", f"{key}-{point.key}", number, point.name, point.description, key, details)
    for kind, texts in (("attendee", meeting.attendees), ("goal", meeting.goals), ("outcome", meeting.outcomes)):
        for place, text in enumerate(texts, 1):
            yield Element(kind, f"{key}-{kind}-{place}", number, text, f"{kind.title()} of “{meeting.name}”.", key)
    for action in meeting.actions:
        details = {"role": action.role, "days": action.days}
        text = f"Action item that “{meeting.name}” usually leaves."
        yield Element("action", f"{key}-{action.key}", number, action.name, text, key, details)


def _communication(template: Template) -> Iterator[Element]:
    for each in template.communication:
        place = {"stage": each.stage, "anchor": each.anchor, "days": each.days, "owner": each.owner}
        details = {**place, "audience": each.audience, "channel": each.channel}
        number = template.phase_number(each.phase)
        yield Element("communication", each.key, number, each.name, each.description, each.anchor, details)


def _training(template: Template) -> Iterator[Element]:
    for each in template.training:
        details = {"type": each.type, "audience": each.audience, "format": each.format, "owner": each.owner}
        number = template.phase_number(each.phase)
        yield Element("training", each.key, number, each.name, each.description, each.anchor, details)


def _charter(template: Template) -> Iterator[Element]:
    for scope in template.scope:
        yield Element("scope", scope.key, 1, scope.name, scope.description, None, {"inside": scope.inside})
    for objective in template.objectives:
        aim = {"measure": objective.measure, "change_percent": objective.change_percent}
        details = {**aim, "baseline": objective.baseline, "due_months": objective.due_months, "owner": objective.owner}
        parent = objective.variant_of or None
        yield Element("objective", objective.key, 1, objective.name, objective.description, parent, details)
    for metric in template.metrics:
        details = {"area": metric.area, "kpi": metric.kpi, "unit": metric.unit, "frequency": metric.frequency}
        yield Element("metric", metric.key, 1, metric.name, metric.description, metric.kpi, details)
    for each in template.deliverables:
        number = template.phase_number(template.task(each.task).phase)
        yield Element("deliverable", each.key, number, each.name, each.description, each.task)


def _configured(template: Template) -> Iterator[Element]:
    for each in template.automations:
        details = {"trigger": each.trigger, "conditions": list(each.conditions), "actions": list(each.actions)}
        number = template.phase_number(template.task(each.task).phase)
        yield Element("automation", each.key, number, each.name, each.description, each.task, details)
    for report in template.reports:
        shown = {"audience": report.audience, "figures": list(report.figures)}
        number = template.phase_number(template.task(report.task).phase)
        yield Element("report", report.key, number, report.name, report.description, report.task, shown)


def _figures(template: Template) -> Iterator[Element]:
    for kpi in template.kpis:
        aim = {"area": kpi.area, "comparator": kpi.comparator or None, "target": kpi.target, "unit": kpi.unit}
        details = {**aim, "measurement": kpi.measurement, "per": kpi.per, "minimum_n": kpi.minimum_n}
        yield Element("kpi", kpi.key, None, kpi.name, kpi.description, None, details)
    for each in template.sla:
        details = {
            "response_hours": each.response_hours,
            "resolution_hours": each.resolution_hours,
            "hours": each.hours,
        }
        yield Element("sla", each.key, None, each.name, each.description, None, details)


def _gates(template: Template) -> Iterator[Element]:
    for gate in template.gates:
        number = template.phase_number(gate.phase)
        details = {"minimum_score": gate.minimum_score, "minimum_confidence": gate.minimum_confidence}
        yield Element("gate", gate.key, number, gate.name, gate.description, gate.milestone, details)
        yield from _criteria(gate, number)


def _criteria(gate: GateEntry, number: int | None) -> Iterator[Element]:
    for each in gate.criteria:
        measure = {"comparator": each.comparator, "threshold": each.threshold, "unit": each.unit, "weight": each.weight}
        source = {"category": each.category, "source": each.source, "subject": each.subject, "owner": each.owner}
        limits = {"must_have": each.must_have, "freshness_days": each.freshness_days, "n": each.minimum_sample}
        more = {"margin": each.margin, "window_days": each.window_days, "never_waivable": each.never_waivable}
        said = {name: value for name, value in {**more, "workaround": each.workaround}.items() if value}
        details = {**source, **measure, **limits, "effort_days": each.effort_days, **said}
        yield Element("criterion", each.key, number, each.statement, each.help, gate.key, details)


_SOURCES = (
    _phases,
    _tasks,
    _checklists,
    _roles,
    _risks,
    _meetings,
    _communication,
    _training,
    _charter,
    _configured,
    _figures,
    _gates,
)
