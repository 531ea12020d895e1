"""A roll-out taken back to a template: what its rooms harvest, in the sections of a template's files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checklists import seed as checklists
from checklists.seed import ListSeed
from desk.shelf import queries
from infra.transaction import Work
from kernel.errors import RuleBroken
from phases.foreseen import seed as foreseen
from readiness.gates import seed as gates
from readiness.gates.seed import CriterionSeed, GateSeed
from roadmap.projects import queries as projects
from roadmap.projects.queries import ProjectRow
from roadmap.projects.rules import week_of
from roadmap.resources import seed as resources
from roadmap.risks import seed as risks
from roadmap.staffing import seed as staffing
from roadmap.tasks import seed as plans
from roadmap.tasks.seed import PhaseSeed, TaskSeed

DAY = 480
"""Minutes of a working day in a template."""
NOBODY = "not-named"
LAST_WEEK = 104
NAME, TEXT, STATEMENT, HELP, UNIT, MOST_WEIGHT, MOST_EFFORT, A_YEAR = 60, 600, 120, 300, 30, 10, 200.0, 365
"""What a gate and its criteria may be at most in a template, in characters, weight, person-days and days."""
_FORESEEN = {
    "meetings": "meeting", "communication": "communication", "training": "training", "scope": "scope",
    "objectives": "objective", "metrics": "metric", "deliverables": "deliverable", "automations": "automation",
    "reports": "report", "kpis": "kpi", "sla": "sla",
}  # fmt: skip
"""Sections that phases foresee, and the kind of their elements."""
_REFERS = {
    "task": "tasks",
    "milestone": "tasks",
    "anchor": "anchors",
    "phase": "phases",
    "role": "roles",
    "owner": "roles",
}


@dataclass(frozen=True, slots=True)
class Harvest:
    """The sections of a template, and in words what of the roll-out stays behind."""

    sections: Mapping[str, Any]
    left: tuple[tuple[str, int], ...]


def harvest(project_id: int, key: str, name: str, description: str, version: int, work: Work) -> Harvest:
    """A roll-out as a template. Raises NotFound, and RuleBroken for a plan without a milestone to end with."""
    project = projects.row_of(project_id)
    plan = plans.harvest(project_id)
    _check(plan.tasks)
    phases = _phases(plan.phases, plan.tasks, project)
    places = {seed.number: seed.key for seed in plan.phases}
    tasks = [_task(seed, places.get(seed.phase, phases[-1]["key"])) for seed in plan.tasks]
    inside = {phase["key"]: phase["key"] for phase in phases} | {task["key"]: task["phase"] for task in tasks}
    sections: dict[str, Any] = {
        "template": _head(key, name, description, version, project, plan.tasks),
        "phases": phases,
        "roles": _roles(project, work),
        "tasks": tasks,
        "checklists": list(_lists(checklists.harvest(project_id, plan.keys), inside, project)),
        "risks": list(_risks(project_id, phases)),
        "gates": list(_gates(gates.harvest(project_id, plan.keys), places, inside)),
    }
    if not _asks_for_nobody(sections):
        sections["roles"] = [role for role in sections["roles"] if role["key"] != NOBODY]
    known = _known(sections)
    gone = 0
    for section, entries in _foreseen(project).items():
        kept = [entry for entry in entries if _holds(entry, known)]
        gone += len(entries) - len(kept)
        sections[section] = kept
    sections["gates"], silent = _with_evidence(sections)
    left = (("dates", plan.dated), ("summary-links", plan.loose), ("foreseen", gone + silent))
    return Harvest({name: value for name, value in sections.items() if value}, tuple(each for each in left if each[1]))


def _check(tasks: Sequence[TaskSeed]) -> None:
    if not any(seed.type == "milestone" for seed in tasks):
        raise RuleBroken(
            "template.no_milestone",
            "A template ends with a milestone, and this plan has none. Add one for go-live first, and one that closes.",
        )


def _head(
    key: str, name: str, description: str, version: int, project: ProjectRow, tasks: Sequence[TaskSeed]
) -> dict[str, Any]:
    stones = [seed for seed in tasks if seed.type == "milestone"]
    go_live = next((seed for seed in stones if seed.is_go_live), stones[-1])
    first = next((seed for seed in tasks if not seed.links), tasks[0])
    text = description or f"Saved from the roll-out “{project.name}”."
    return {
        "key": key, "name": name, "description": text, "version": version, "days": 90, "start": first.key,
        "closing": stones[-1].key, "go_live": go_live.key,
    }  # fmt: skip


def _phases(seeds: Sequence[PhaseSeed], tasks: Sequence[TaskSeed], project: ProjectRow) -> list[dict[str, Any]]:
    """The phases, and where tasks stand outside of all of them one more for these."""
    found = [
        _phase(place, seed.key, seed.name, seed.purpose, seed.week_from or 1, seed.week_to or seed.week_from or 12)
        for place, seed in enumerate(seeds, 1)
    ]
    if any(seed.phase not in {each.number for each in seeds} for seed in tasks):
        last = found[-1]["weeks"]["from"] if found else 1
        found.append(_phase(len(found) + 1, "rest", project.name if not found else "Other work", "", last, 12))
    return found


def _phase(number: int, key: str, name: str, purpose: str, first: int, last: int) -> dict[str, Any]:
    weeks = {"from": min(first, LAST_WEEK), "to": min(max(first, last), LAST_WEEK)}
    return {"key": key, "number": number, "name": name, "description": purpose, "weeks": weeks}


def _asks_for_nobody(sections: Mapping[str, Any]) -> bool:
    """Whether anything needs the role that stands for nobody."""
    named = [entry["role"] for entry in (*sections["tasks"], *sections["checklists"])]
    named += [item["role"] for each in sections["checklists"] for part in each["sections"] for item in part["items"]]
    named += [risk["owner"] for risk in sections["risks"]]
    named += [each["owner"] for gate in sections["gates"] for each in gate["criteria"]]
    return NOBODY in named or len(sections["roles"]) == 1


def _task(seed: TaskSeed, phase: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "key": seed.key, "name": seed.name, "description": seed.description, "reason": seed.reason,
        "role": seed.role or NOBODY, "phase": phase,
    }  # fmt: skip
    if seed.type == "milestone":
        entry |= {"milestone": True}
        lines = [line.strip()[:200] for line in seed.acceptance.splitlines() if line.strip()]
        entry |= {"acceptance": lines} if lines else {}
    else:
        entry |= {"duration": f"{_days(seed.duration_minutes or 1)}d"}
        entry |= {"estimate": [_days(each) for each in seed.estimate]} if seed.estimate else {}
        entry |= {"effort": _days(seed.work_minutes)} if seed.work_minutes else {}
    if seed.links:
        entry["predecessors"] = [
            {"task": link.key, "type": link.type, "lag": f"{_days(link.lag_minutes)}d"} for link in seed.links
        ]
    return entry | ({"group": seed.group} if seed.group else {})


def _days(minutes: int) -> float | int:
    """Working minutes as days of a template, to the minute.

    >>> _days(480), _days(90), _days(-240)
    (1, 0.1875, -0.5)
    """
    days = round(minutes / DAY, 4)
    return int(days) if days == int(days) else days


def _roles(project: ProjectRow, work: Work) -> list[dict[str, Any]]:
    periods = resources.harvest(project.id, project.start, work)
    found = [_role(seed, periods.get(seed.key, [])) for seed in staffing.harvest(project.id)]
    return [*found, _role(staffing.RoleSeed(NOBODY, "Not named yet", "Whoever is found for it.", 100, 0, 100), [])]


def _role(seed: staffing.RoleSeed, periods: Sequence[resources.PeriodSeed]) -> dict[str, Any]:
    most = max([seed.share, *(each.percent for each in periods)])
    weeks = [each for each in periods if each.week_to <= LAST_WEEK]
    return {
        "key": seed.key, "name": seed.name, "description": seed.description, "allocation": most,
        "range": {"least": min(seed.share_min or 0, most), "most": max(seed.share_max or 100, most)},
        "periods": [
            {"weeks": {"from": each.week_from, "to": each.week_to}, "percent": each.percent} for each in weeks
        ] or [{"weeks": {"from": 1, "to": 12}, "percent": most}],
    }  # fmt: skip


def _lists(seeds: Iterable[ListSeed], inside: Mapping[str, str], project: ProjectRow) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for number, seed in enumerate(seeds, 1):
        sections = [
            _section(f"{number}-{place}", section, taken)
            for place, section in enumerate(seed.sections, 1)
            if section.items
        ]
        if not sections:
            continue
        key, anchor = _own(seed.key or f"list-{number}", taken), seed.task or next(iter(inside))
        entry: dict[str, Any] = {
            "key": key, "name": seed.name, "description": seed.description, "role": _role_of(seed),
            "anchor": anchor, "phase": inside[anchor], "sections": sections,
        }  # fmt: skip
        if seed.guards:
            entry["guards"] = seed.guards
        if seed.recurrence and seed.due:
            first = max(1, min(week_of(seed.due, project.start), LAST_WEEK))
            entry["recurs"] = {"every": seed.recurrence, "from_week": first, "to_week": max(first, 12)}
        yield entry


def _role_of(seed: ListSeed) -> str:
    """The role that most of a list's items ask for."""
    named = [item.role for section in seed.sections for item in section.items if item.role]
    return max(sorted(set(named)), key=named.count) if named else NOBODY


def _section(place: str, seed: checklists.SectionSeed, taken: set[str]) -> dict[str, Any]:
    return {
        "key": _own(f"section-{place}", taken),
        "name": seed.name,
        "items": [
            {
                "key": _own(item.key or f"item-{place}-{number}", taken), "name": item.name, "help": item.help,
                "role": item.role or NOBODY, "due_days": item.due_offset or 0, "required": item.required,
                "evidence": item.evidence,
            }
            for number, item in enumerate(seed.items, 1)
        ],
    }  # fmt: skip


def _own(key: str, taken: set[str]) -> str:
    """The key, or the first with a number that is not taken yet."""
    found = next(
        each for number in range(1, len(taken) + 2) if (each := key if number == 1 else f"{key}-{number}") not in taken
    )
    taken.add(found)
    return found


def _risks(project_id: int, phases: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    keys = {phase["number"]: phase["key"] for phase in phases}
    taken: set[str] = set()
    for seed in risks.harvest(project_id):
        yield {
            "key": _own(seed.key, taken), "name": seed.title, "description": seed.description,
            "phase": keys.get(seed.phase, phases[0]["key"]), "probability": seed.probability or 3,
            "impact": seed.impact or 3, "owner": seed.role or NOBODY, "trigger": seed.trigger,
            "response": seed.response or "accept", "action": seed.action,
        }  # fmt: skip


def _gates(seeds: Iterable[GateSeed], phases: Mapping[int, str], inside: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Gates at milestones of the plan, with what they ask; one without a milestone is only that roll-out's own."""
    for seed in seeds:
        if seed.milestone is not None and seed.milestone in inside and seed.criteria:
            yield {
                "key": seed.key, "name": seed.name[:NAME], "description": seed.description[:TEXT] or seed.name,
                "phase": phases.get(seed.phase or 0, inside[seed.milestone]), "milestone": seed.milestone,
                "minimum_score": seed.minimum_score, "minimum_confidence": seed.minimum_confidence,
                "criteria": [_criterion(each) for each in seed.criteria],
            }  # fmt: skip


def _criterion(seed: CriterionSeed) -> dict[str, Any]:
    """A criterion within the limits of a template."""
    return {
        "key": seed.key, "statement": seed.statement[:STATEMENT], "help": seed.help[:HELP] or seed.statement[:HELP],
        "category": seed.category, "source": seed.source, "subject": seed.subject or seed.source,
        "comparator": seed.comparator, "threshold": seed.threshold, "unit": seed.unit[:UNIT],
        "weight": max(1, min(round(seed.weight), MOST_WEIGHT)), "must_have": seed.must_have,
        "freshness_days": min(seed.freshness_days or A_YEAR, A_YEAR), "minimum_sample": seed.minimum_sample,
        "effort_days": min(seed.effort_days, MOST_EFFORT), "owner": seed.role or NOBODY, "margin": seed.margin,
        "window_days": min(seed.window_days or 0, A_YEAR), "never_waivable": seed.never_waivable,
        "workaround": seed.workaround[:HELP],
    }  # fmt: skip


def _with_evidence(sections: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """The gates with the criteria whose evidence the template has, and how many stay behind."""
    tasks = {entry["key"] for entry in sections["tasks"]}
    stones = {entry["key"] for entry in sections["tasks"] if entry.get("milestone")}
    known = {"checklist": {entry["key"] for entry in sections["checklists"]}, "milestone": stones, "task": tasks}
    signing = tasks | {entry["key"] for entry in sections.get("roles", ())} | {"all", "manager", "executive"}
    known |= {"sign-off": signing, "kpi": {entry["key"] for entry in sections.get("kpis", ())}}
    kept = [
        gate | {"criteria": [each for each in gate["criteria"] if _proven(each, known)]} for gate in sections["gates"]
    ]
    silent = sum(not _proven(each, known) for gate in sections["gates"] for each in gate["criteria"])
    return [gate for gate in kept if gate["criteria"]], silent


def _proven(criterion: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> bool:
    """Whether what its source looks at came along, where that is part of a template."""
    return criterion["source"] not in known or criterion["subject"] in known[criterion["source"]]


def _foreseen(project: ProjectRow) -> dict[str, list[dict[str, Any]]]:
    """What the roll-out's own template foresaw, less what was dropped since."""
    if project.template not in queries.names():
        return {}
    kept = foreseen.harvest(project.id)
    source = queries.sections(project.template)
    return {
        section: [entry for entry in source.get(section, []) if (kind, entry["key"]) in kept]
        for section, kind in _FORESEEN.items()
    }


def _known(sections: Mapping[str, Any]) -> dict[str, set[str]]:
    found = {name: {entry["key"] for entry in sections[name]} for name in ("phases", "roles", "tasks")}
    return found | {"anchors": found["phases"] | found["tasks"]}


def _holds(entry: Mapping[str, Any], known: Mapping[str, set[str]]) -> bool:
    """Whether everything that an entry refers to is still there."""
    return all(entry[field] in known[where] for field, where in _REFERS.items() if isinstance(entry.get(field), str))
