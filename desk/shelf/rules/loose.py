"""How strict one is with templates of one's own: as much as planting needs.

What is shipped has to be well written besides (a reason for each task, three-point estimates, one network from the
first task to the last); what comes out of a roll-out need not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.template.rules import Problem, Template, check

LONG = {"name": 300, "description": 20_000, "reason": 20_000, "help": 20_000, "evidence": 2_000, "trigger": 2_000}
_WANTED_ONLY = ("description", "reason", "help", "evidence", "trigger", "action", "note")
_ADVICE = (
    ("description", "is already the description"),
    ("reason", "is already the reason"),
    ("name", "is already the name"),
    ("acceptance", "is missing"),
    ("estimate", "is missing"),
    ("estimate", "is not in order"),
    ("effort", "of a person"),
    ("predecessors", "has no predecessor"),
    ("key", "does not lead to the closing milestone"),
)
"""What the strict check says that does not keep a template from being planted: a field, and words of the sentence."""


def loosened(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The schemas of the sections with room for what people write in a plan, and durations to the minute."""
    return {name: _loose(schema) for name, schema in schemas.items()}


def essential(template: Template) -> list[Problem]:
    """What keeps a template from being planted: references to nothing, circles, weeks and shares out of order."""
    return [problem for problem in check(template) if not _is_advice(problem)]


def _is_advice(problem: Problem) -> bool:
    return any(problem.field == field and words in problem.what for field, words in _ADVICE)


def _loose(schema: Any, field: str = "") -> Any:
    if isinstance(schema, Mapping):
        found = {key: _fields(value) if key == "properties" else _loose(value) for key, value in schema.items()}
        return _widened(found, field)
    return [_loose(each) for each in schema] if isinstance(schema, list) else schema


def _fields(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _loose(value, name) for name, value in properties.items()}


def _widened(schema: dict[str, Any], field: str) -> dict[str, Any]:
    if field in LONG and schema.get("type") == "string":
        schema["maxLength"] = LONG[field]
    if field in _WANTED_ONLY:
        schema.pop("minLength", None)
        schema.pop("pattern", None)
    if field in ("duration", "lag"):
        schema["pattern"] = r"^-?[0-9]{1,4}(\.[0-9]{1,4})?d$"
        schema["description"] = "working days with up to four digits after the point, such as 3d or 0.25d"
    if field == "due_days":
        schema |= {"minimum": -2_000, "maximum": 2_000}
    return schema
