"""The maps, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from crm.modules.rules import maps
from crm.modules.rules.maps import HEIGHT, HIGH, PLACED, WIDE, WIDTH, Line, Process
from crm.objects.rules.catalogue import OBJECTS
from crm.records.queries import stages


@dataclass(frozen=True, slots=True)
class Box:
    """An object on the map."""

    key: str
    label: str
    count: int
    x: int
    y: int
    href: str
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectMap:
    """The drawing: its size, boxes and lines."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    label: str


@dataclass(frozen=True, slots=True)
class WayStep:
    """A step of a process with how many records are in it; None: not shown to the reader."""

    label: str
    object: str
    state: str
    result: str
    count: int | None
    href: str


def object_map(counts: Mapping[str, int]) -> ObjectMap:
    """The objects that the reader may see, with how many records of each, and what connects them."""
    boxes = tuple(
        Box(key, OBJECTS[key].label_plural, counts[key], *PLACED[key], f"/crm/{OBJECTS[key].plural}", _modules(key))
        for key in PLACED
        if key in counts
    )
    drawn = tuple(maps.lines(frozenset(counts)))
    label = _("%(objects)s objects and %(lines)s connections between them", objects=len(boxes), lines=len(drawn))
    return ObjectMap(WIDTH, HEIGHT, WIDE, HIGH, boxes, drawn, label)


def ways(
    processes: Iterable[Process], in_state: Mapping[str, int], seen: Mapping[str, int]
) -> list[tuple[Process, list[WayStep]]]:
    """Each process with its steps; a step whose object the reader may not see stands there without figures."""
    return [(way, [_step(each, in_state, seen) for each in way.steps]) for way in processes]


def _step(step: maps.Step, in_state: Mapping[str, int], seen: Mapping[str, int]) -> WayStep:
    subject = OBJECTS[step.object]
    href = f"/crm/{subject.plural}" if step.object in seen else ""
    count = in_state.get(f"{step.object}:{step.state}")
    return WayStep(step.label, subject.label, _state(step), step.result, count, href)


def _state(step: maps.Step) -> str:
    """The state in words: the label of the choice, or the stages of the pipeline that are open or won."""
    if step.object == "opportunity":
        return ", ".join(each.name for each in stages() if each.outcome == step.state and each.active)
    key = {"lead": "status", "account": "kind"}.get(step.object, "state")
    subject = OBJECTS[step.object]
    return subject.field(key).said(step.state) if step.state and subject.has(key) else ""


def _modules(key: str) -> tuple[str, ...]:
    return tuple(sorted(each.value for each in OBJECTS[key].modules))
