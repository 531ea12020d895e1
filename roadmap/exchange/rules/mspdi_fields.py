"""What MS Project has no field for travels in custom fields that say whose they are by their alias."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from roadmap.exchange.rules.entry import Entry
from roadmap.exchange.rules.xml import Node, rows
from roadmap.tasks.rules.fields import LONGEST, SHAPES

LONGEST_TEXT = 255
"""MS Project takes no longer text in a custom field."""
_ALIAS = "Launch90 "


@dataclass(frozen=True, slots=True)
class _Field:
    """A custom field: its number, its name in MS Project, what it is called, and how its values are written."""

    number: str
    name: str
    alias: str
    kind: str


OWN: Mapping[str, _Field] = {
    "estimate_low": _Field("188743783", "Duration1", f"{_ALIAS}best estimate", "duration"),
    "estimate_likely": _Field("188743784", "Duration2", f"{_ALIAS}likely estimate", "duration"),
    "estimate_high": _Field("188743785", "Duration3", f"{_ALIAS}worst estimate", "duration"),
    "estimate_shape": _Field("188744014", "Text28", f"{_ALIAS}spread of the estimate", "text"),
    "reason": _Field("188744015", "Text29", f"{_ALIAS}reason", "text"),
    "acceptance": _Field("188744016", "Text30", f"{_ALIAS}acceptance", "text"),
    "is_go_live": _Field("188743981", "Flag20", f"{_ALIAS}go-live", "flag"),
}
"""The columns of a task that travel so."""
_EMPTY: tuple[Any, ...] = (None, "", False, SHAPES[0])


def taken(project: Node) -> dict[str, str]:
    """Which custom field of a file holds which column of ours."""
    aliases = {field.alias: name for name, field in OWN.items()}
    found = ((str(node.get("Alias", "")), str(node.get("FieldID", ""))) for node in _definitions(project))
    return {number: aliases[alias] for alias, number in found if alias in aliases}


def read(entry: Entry, ours: Mapping[str, str]) -> tuple[dict[str, Any], list[Node]]:
    """The columns that the custom fields of a task hold, and the fields that are somebody else's."""
    values: dict[str, Any] = {}
    others = []
    for node in rows(entry.node, "ExtendedAttribute"):
        name = ours.get(str(node.get("FieldID", "")))
        if name is None:
            others.append(node)
        else:
            values[name] = _value(Entry(node, entry.where, entry.tell), OWN[name].kind)
    if values.get("estimate_shape") not in (None, *SHAPES):
        del values["estimate_shape"]
    points = [values.get(name) for name in ("estimate_low", "estimate_likely", "estimate_high")]
    given = [point for point in points if point is not None]
    if given and (len(given) < len(points) or given != sorted(given) or max(given) > LONGEST):
        entry.warn("Its estimates don't run from best over likely to worst; they were left out.")
        values |= dict.fromkeys(("estimate_low", "estimate_likely", "estimate_high"))
    return values, others


def _value(part: Entry, kind: str) -> Any:
    if kind == "duration":
        minutes = part.minutes("Value")
        return None if minutes is None or minutes < 0 else minutes
    return part.flag("Value") if kind == "flag" else part.words("Value", LONGEST_TEXT)


def definitions(project: Node, used: Container[str]) -> list[Node]:
    """The custom fields that a file names: those it came with, and ours that are used."""
    ours = [
        {"FieldID": field.number, "FieldName": field.name, "Alias": field.alias}
        for name, field in OWN.items()
        if name in used
    ]
    return [*_others(project), *ours]


def free(project: Node) -> frozenset[str]:
    """The columns whose custom field nobody else uses in the file that the plan came from."""
    numbers = {str(node.get("FieldID", "")) for node in _others(project)}
    return frozenset(name for name, field in OWN.items() if field.number not in numbers)


def written(task: Mapping[str, Any], may: Container[str]) -> dict[str, Node]:
    """The custom fields of a task by the column that they hold."""
    found = {}
    for name, field in OWN.items():
        value = task[name]
        if name in may and value not in _EMPTY and not (field.kind == "text" and len(value) > LONGEST_TEXT):
            found[name] = {"FieldID": field.number, "Value": _text(value, field.kind)}
            if field.kind == "duration":
                found[name]["DurationFormat"] = "7"
    return found


def _text(value: Any, kind: str) -> str:
    if kind == "duration":
        return f"PT{value // 60}H{value % 60}M0S"
    return "1" if kind == "flag" else str(value)


def _definitions(project: Node) -> list[Node]:
    return rows(project, "ExtendedAttributes", "ExtendedAttribute")


def _others(project: Node) -> list[Node]:
    aliases = {field.alias for field in OWN.values()}
    return [node for node in _definitions(project) if node.get("Alias") not in aliases]
