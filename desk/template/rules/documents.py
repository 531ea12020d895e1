"""One YAML file as plain values with the line of each; refuses what a template never needs.

Anchors, aliases and tags are refused, size and depth limited, so that a hostile file costs no more than its length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from .places import Problem

MAX_CHARACTERS = 400_000
MAX_DEPTH = 12
_HUGE = 1e15
Path = tuple[str | int, ...]

_PLAIN = "Write plain text, numbers, lists and fields only."


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values; `lines` has the line of each path of fields and positions."""

    file: str
    data: Mapping[str, Any]
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest that exists above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    """Read one file; nothing but problems when it cannot be understood."""
    if len(text) > MAX_CHARACTERS:
        return None, [Problem(file, 1, "file", f"has {len(text)} characters.", f"At most {MAX_CHARACTERS} are read.")]
    try:
        refused = next(_refusals(text, file), None)
        node = None if refused else YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError) as error:
        return None, [_unreadable(error, file)]
    if refused:
        return None, [refused]
    if not isinstance(node, MappingNode):
        return None, [Problem(file, 1, "file", "holds no sections.", "Begin with a section such as tasks: or risks:.")]
    reader = _Reader(file)
    data = reader.value(node, ())
    return (None if reader.problems else Document(file, data, reader.lines)), reader.problems


def _unreadable(error: Exception, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = error.problem if isinstance(error, MarkedYAMLError) and error.problem else "the text has a wrong character"
    return Problem(file, mark.line + 1 if mark else 1, "file", f"is not YAML: {reason}.", "Check indents and quotes.")


def _refusals(text: str, file: str) -> Iterator[Problem]:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if what := _refused(event, depth):
            yield Problem(file, event.start_mark.line + 1, "file", what, _PLAIN)


def _refused(event: Any, depth: int) -> str:
    if depth > MAX_DEPTH:
        return f"is nested more than {MAX_DEPTH} deep."
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        return "uses an anchor or alias (& or *)."
    if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
        return f"uses the tag {event.tag}."
    return ""


class _Reader:
    """Turns nodes into values and remembers lines and fields that are written twice."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, place)) for place, child in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name_node, child in node.value:
            name, line = str(name_node.value), name_node.start_mark.line + 1
            if name in found:
                first = self.lines[*path, name]
                self.problems.append(
                    Problem(self.file, line, name, f"stands twice, first in line {first}.", "Keep one of them.")
                )
            self.lines[*path, name] = line
            found[name] = self.value(child, (*path, name))
        return found


def _scalar(node: Node) -> Any:
    kind, text = str(node.tag).rpartition(":")[2], str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    return _number(text) if kind in ("int", "float") else text


def _number(text: str) -> int | float | str:
    """The number, or the text itself where it has no finite value."""
    for read in (int, float):
        try:
            number = read(text)
        except (ValueError, OverflowError):
            continue
        return number if isfinite(number) and abs(number) < _HUGE else text
    return text
