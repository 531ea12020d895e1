"""Who works on what, and when, in the JSON document of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from roadmap.exchange.rules.plan_file import AssignmentSeed, Issue, RoleSeed
from roadmap.exchange.rules.xml import DEEPEST
from roadmap.tasks.rules.fields import LONGEST

MOST_UNITS = 100_000.0
KINDS = ("work", "material", "cost")


@dataclass(slots=True)
class People:
    """The resources of a document, who is assigned to what, and what is done by a role alone."""

    roles: dict[str, RoleSeed] = field(default_factory=dict)
    assignments: list[AssignmentSeed] = field(default_factory=list)
    by_role: dict[str, str] = field(default_factory=dict)
    shares: dict[str, int] = field(default_factory=dict)
    warnings: list[Issue] = field(default_factory=list)

    def of_name(self, name: str) -> str:
        """The key of the resource with a name; one that the document does not list is made."""
        found = next((key for key, role in self.roles.items() if role.name == name), None)
        if found is None:
            found = f"named {name}"
            self.roles[found] = RoleSeed(found, name)
        return found


def read(data: Mapping[str, Any], keys: Sequence[str], calendars: set[str]) -> People:
    """The people of a document; ``keys`` are those of its tasks in order, ``calendars`` those of its calendars."""
    people = People()
    for each in _mappings(data.get("resources")):
        _resource(people, each, calendars)
    for task, key in zip(_mappings(data["tasks"]), keys, strict=True):
        given = list(_mappings(task.get("assignments")))
        for each in given:
            _assignment(people, key, each)
        owner = " ".join(str(task.get("owner") or "").split())[:200]
        if owner and not given:
            people.by_role[key] = people.of_name(owner)
    return people


def _resource(people: People, each: Mapping[str, Any], calendars: set[str]) -> None:
    name = " ".join(str(each.get("name") or "").split())[:200]
    key = str(each.get("key") or each.get("id") or name)
    if not name or key in people.roles:
        people.warnings.append(Issue(f"resource {key[:40] or '?'}", "It has no name, or its number twice; left out."))
        return
    kind, calendar, uid = each.get("kind"), str(each.get("calendar_id")), each.get("uid")
    units = _number(each.get("max_units_percent"), 100.0)
    if not 0 <= units <= MOST_UNITS:
        people.warnings.append(Issue(f"resource {name}", f"{units:g} % is not possible; 100 % was taken."))
        units = 100.0
    people.roles[key] = RoleSeed(
        key=key,
        name=name,
        kind=str(kind) if kind in KINDS else "work",
        max_units=units,
        calendar=calendar if calendar in calendars else None,
        uid=None if uid is None else str(uid)[:40],
        kept=node_of(each.get("kept")),
    )


def _assignment(people: People, task: str, each: Mapping[str, Any]) -> None:
    name = " ".join(str(each.get("resource") or "").split())[:200]
    key = str(each.get("resource_key") or "")
    if not name and key not in people.roles:
        people.warnings.append(Issue(f"task {task}, assignments", "An assignment names no resource; it was left out."))
        return
    role = key if key in people.roles else people.of_name(name)
    units = _number(each.get("units_percent"), 100.0)
    if not 0 <= units <= MOST_UNITS:
        people.warnings.append(Issue(f"task {task}, assignments", f"{units:g} % is not possible; 100 % was taken."))
        units = 100.0
    if each.get("by_role") is True:
        people.by_role.setdefault(task, role)
        people.shares.setdefault(people.roles[role].name, min(round(units), 100))
    elif any((given.row, given.role) == (task, role) for given in people.assignments if given.row == task):
        people.warnings.append(Issue(f"task {task}, assignments", f"“{name}” is assigned twice; the first counts."))
    else:
        people.assignments.append(_seed(task, role, units, each))


def _seed(task: str, role: str, units: float, each: Mapping[str, Any]) -> AssignmentSeed:
    work, uid = each.get("work_minutes"), each.get("uid")
    return AssignmentSeed(
        row=task,
        role=role,
        units=units,
        work_minutes=None if work is None else _minutes(work),
        done_minutes=_minutes(each.get("done_minutes")),
        delay_minutes=_minutes(each.get("delay_minutes")),
        uid=None if uid is None else str(uid)[:40],
        kept=node_of(each.get("kept")),
    )


def node_of(value: Any) -> dict[str, Any] | None:
    """What the file of another program said: mappings, lists and texts, and nothing else; None for nothing."""
    found = _node(value, DEEPEST) if isinstance(value, dict) else None
    return found or None


def _node(value: Any, depth: int) -> Any:
    if depth == 0:
        return ""
    if isinstance(value, dict):
        return {str(tag): _node(each, depth - 1) for tag, each in value.items()}
    if isinstance(value, list):
        return [_node(each, depth - 1) for each in value]
    return "" if value is None else str(value)


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))


def _number(value: Any, default: float) -> float:
    return default if isinstance(value, bool) or not isinstance(value, (int, float)) else float(value)


def _minutes(value: Any) -> int:
    return min(max(round(_number(value, 0.0)), 0), LONGEST)
