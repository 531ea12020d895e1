"""What in a template contradicts itself: references, doubles, order of weeks, shares, and the network of tasks."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from .entries import (
    ChecklistEntry,
    CommunicationEntry,
    Entry,
    MeetingEntry,
    PeriodEntry,
    RoleEntry,
    TaskEntry,
    Template,
)
from .network import check_network
from .places import Problem


def check(template: Template) -> list[Problem]:
    """Everything that does not hold together, by file and line."""
    return sorted({problem for rule in _RULES for problem in rule(template)})


def _problem(entry: Entry, field: str, what: str, right: str) -> Problem:
    return Problem(entry.place.file, entry.place.at(field), field, what, right)


def _unknown(entry: Entry, field: str, kind: str, known: Collection[str]) -> Iterator[Problem]:
    wanted = getattr(entry, field)
    if wanted and wanted not in known:
        near = get_close_matches(wanted, known, 3, 0.5) or sorted(known)[:5]
        yield _problem(entry, field, f"“{wanted}” is not a {kind}.", f"Use for example {', '.join(near)}.")


def _groups(template: Template) -> Iterator[tuple[str, Sequence[Any]]]:
    yield "phase", template.phases
    yield "role", template.roles
    yield "task", template.tasks
    yield "checklist", template.checklists
    sections = [section for checklist in template.checklists for section in checklist.sections]
    yield "section", sections
    yield "item", [item for section in sections for item in section.items]
    yield "risk", template.risks
    yield "meeting", template.meetings
    for meeting in template.meetings:
        yield "agenda point", meeting.agenda
        yield "action", meeting.actions
    yield "message", template.communication
    yield "training", template.training
    yield "scope entry", template.scope
    yield "objective", template.objectives
    yield "metric", template.metrics
    yield "deliverable", template.deliverables
    yield "automation", template.automations
    yield "report", template.reports
    yield "KPI", template.kpis
    yield "service level", template.sla
    yield "gate", template.gates
    yield "criterion", [criterion for gate in template.gates for criterion in gate.criteria]


def _doubles(template: Template) -> Iterator[Problem]:
    for kind, entries in _groups(template):
        yield from _twice(kind, "key", entries)
    for field in ("name", "description", "reason"):
        yield from _twice("task", field, template.tasks)


def _twice(kind: str, field: str, entries: Iterable[Any]) -> Iterator[Problem]:
    seen: dict[str, Entry] = {}
    for entry in entries:
        value = getattr(entry, field)
        first = seen.setdefault(value, entry)
        if first is not entry:
            where = f"{first.place.file}, line {first.place.at(field)}"
            what = f"“{value[:60]}” is already the {field} of another {kind} ({where})."
            yield _problem(entry, field, what, f"Give this {kind} a {field} of its own.")


def _all_entries(template: Template) -> Iterator[Entry]:
    for _, entries in _groups(template):
        yield from entries


def _references(template: Template) -> Iterator[Problem]:
    phases = {phase.key for phase in template.phases}
    roles = {role.key for role in template.roles}
    tasks = {task.key for task in template.tasks}
    milestones = {task.key for task in template.tasks if task.milestone}
    kpis = {kpi.key for kpi in template.kpis}
    known: dict[str, tuple[str, Collection[str]]] = {
        "phase": ("phase", phases),
        "role": ("role", roles),
        "owner": ("role", roles),
        "anchor": ("task, milestone or phase", tasks | phases),
        "guards": ("milestone", milestones),
        "milestone": ("milestone", milestones),
        "task": ("task", tasks),
        "kpi": ("KPI", kpis),
        "measure": ("KPI", kpis),
        "variant_of": ("objective", {objective.key for objective in template.objectives}),
    }
    for entry in _all_entries(template):
        for field, (kind, keys) in known.items():
            if isinstance(getattr(entry, field, None), str):
                yield from _unknown(entry, field, kind, keys)
    yield from _head(template, tasks, milestones)


def _head(template: Template, tasks: Collection[str], milestones: Collection[str]) -> Iterator[Problem]:
    yield from _unknown(template.template, "start", "task", tasks)
    yield from _unknown(template.template, "closing", "milestone", milestones)
    yield from _unknown(template.template, "go_live", "milestone", milestones)


def _evidence(template: Template) -> Iterator[Problem]:
    tasks, roles = {task.key for task in template.tasks}, {role.key for role in template.roles}
    subjects: dict[str, tuple[str, Collection[str]]] = {
        "checklist": ("checklist", {checklist.key for checklist in template.checklists}),
        "milestone": ("milestone", {task.key for task in template.tasks if task.milestone}),
        "task": ("task", tasks),
        "sign-off": ("task", tasks | roles | {"all", "manager", "executive"}),
        "kpi": ("KPI", {kpi.key for kpi in template.kpis}),
    }
    for gate in template.gates:
        for criterion in gate.criteria:
            if criterion.source in subjects:
                yield from _unknown(criterion, "subject", *subjects[criterion.source])


def _weeks(template: Template) -> Iterator[Problem]:
    periods = [period for role in template.roles for period in role.periods]
    for window in (*(phase.weeks for phase in template.phases), *(period.weeks for period in periods)):
        if window.from_ > window.to:
            yield _problem(
                window, "from", f"week {window.from_} is after week {window.to}.", "Put the first week first."
            )
    repeated: list[ChecklistEntry | MeetingEntry | CommunicationEntry]
    repeated = [*template.checklists, *template.meetings, *template.communication]
    for recurs in (entry.recurs for entry in repeated):
        if recurs and recurs.from_week > recurs.to_week:
            what = f"week {recurs.from_week} is after week {recurs.to_week}."
            yield _problem(recurs, "from_week", what, "Put the first week first.")


def _phase_order(template: Template) -> Iterator[Problem]:
    ordered = sorted(template.phases, key=lambda phase: phase.number)
    for place, phase in enumerate(ordered, 1):
        if phase.number != place:
            yield _problem(
                phase, "number", f"is {phase.number}.", f"Phases are numbered in order; this one is {place}."
            )
    for before, after in pairwise(ordered):
        if before.weeks.from_ > after.weeks.from_:
            what = f"{after.name} starts in week {after.weeks.from_}, before {before.name}."
            yield _problem(after, "weeks", what, f"Start it in week {before.weeks.from_} or later.")


def _shares(template: Template) -> Iterator[Problem]:
    for role in template.roles:
        least, most = role.range.least, role.range.most
        if least > most:
            what = f"goes from {least:g} to {most:g} %."
            yield _problem(role.range, "least", what, "Put the smaller figure first.")
        elif not least <= role.allocation <= most:
            what = f"{role.allocation:g} % is outside the role's range."
            yield _problem(role, "allocation", what, f"Choose {least:g} to {most:g} %.")
        yield from _periods(role)


def _periods(role: RoleEntry) -> Iterator[Problem]:
    for period in role.periods:
        if period.percent > role.allocation:
            what = f"{period.percent:g} % is more than the allocation of the role."
            yield _problem(period, "percent", what, f"Choose at most {role.allocation:g} %.")
    for before, after in pairwise(role.periods):
        yield from _overlap(before, after)


def _overlap(before: PeriodEntry, after: PeriodEntry) -> Iterator[Problem]:
    if after.weeks.from_ <= before.weeks.to:
        what = f"begins in week {after.weeks.from_}, but the period before ends in week {before.weeks.to}."
        yield _problem(after, "weeks", what, f"Begin in week {before.weeks.to + 1} or later.")


def _tasks(template: Template) -> Iterator[Problem]:
    for task in template.tasks:
        yield from _milestone(task) if task.milestone else _work(task)


def _milestone(task: TaskEntry) -> Iterator[Problem]:
    if task.duration_days or task.effort:
        yield _problem(task, "duration", "is given for a milestone.", "A milestone has no duration and no effort.")
    if not task.acceptance:
        yield _problem(task, "acceptance", f"is missing in {task.key}.", "Say what counts as reaching the milestone.")


def _work(task: TaskEntry) -> Iterator[Problem]:
    if not task.duration_days:
        yield _problem(task, "duration", f"is missing in {task.key}.", "Write days such as 2d, or milestone: true.")
    elif task.effort > task.duration_days:
        share = task.effort / task.duration_days
        what = f"{task.effort:g} days in {task.duration_days:g} days is {share:.0%} of a person."
        yield _problem(task, "effort", what, f"Write at most {task.duration_days:g} or a longer duration.")
    if not task.estimate:
        yield _problem(task, "estimate", f"is missing in {task.key}.", "Write [optimistic, likely, pessimistic] days.")
    elif list(task.estimate) != sorted(task.estimate):
        what = f"{list(task.estimate)} is not in order."
        yield _problem(task, "estimate", what, "Write the optimistic days first, the pessimistic last.")


_RULES: tuple[Callable[[Template], Iterable[Problem]], ...] = (
    _doubles,
    _references,
    _evidence,
    _weeks,
    _phase_order,
    _shares,
    _tasks,
    check_network,
)
