"""One YAML file as plain values with the line of each; refuses what a template never needs.

Anchors, aliases and tags are refused, size and depth limited, so that a hostile file costs no more than its length.
Values are read in one pass over the parser's events, without recursion.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from .places import Problem

MAX_CHARACTERS = 400_000
MAX_DEPTH = 12
_HUGE = 1e15
Path = tuple[str | int, ...]

_PLAIN = "Write plain text, numbers, lists and fields only."
_WORDS: Mapping[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER = re.compile(r"[-+]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


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
    reader = _Reader(file)
    try:
        reader.read(YAML(typ="safe", pure=True).parse(text))
    except (YAMLError, ValueError) as error:
        return None, [_unreadable(error, file)]
    if not reader.problems and not isinstance(reader.root, dict):
        right = "Begin with a section such as tasks: or risks:."
        reader.problems.append(Problem(file, 1, "file", "holds no sections.", right))
    return (None if reader.problems else Document(file, reader.root, reader.lines)), reader.problems


def _unreadable(error: Exception, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = error.problem if isinstance(error, MarkedYAMLError) and error.problem else "the text has a wrong character"
    return Problem(file, mark.line + 1 if mark else 1, "file", f"is not YAML: {reason}.", "Check indents and quotes.")


class _Open:
    """A list or mapping that is being read; `name` is the field that waits for its value."""

    __slots__ = ("name", "path", "values")

    def __init__(self, values: dict[str, Any] | list[Any], path: Path) -> None:
        self.values, self.path = values, path
        self.name: str | None = None


class _Reader:
    """Turns events into values and remembers lines and what is refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def read(self, events: Iterable[Any]) -> None:
        """Take in all events, or those before the first that is refused."""
        for event in events:
            what = self._refused(event)
            if what:
                self._complain(event, "file", what, _PLAIN)
                return
            self._take(event)

    def _refused(self, event: Any) -> str:
        self._documents += isinstance(event, DocumentStartEvent)
        if self._documents > 1:
            return "is not YAML of one document: it has several, parted by ---."
        if len(self._open) > MAX_DEPTH:
            return f"is nested more than {MAX_DEPTH} deep."
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            return "uses an anchor or alias (& or *)."
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            return f"uses the tag {event.tag}."
        return ""

    def _take(self, event: Any) -> None:
        if isinstance(event, CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, CollectionStartEvent):
            values: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
            self._open.append(_Open(values, self._place(values, event)))

    def _scalar(self, event: Any) -> None:
        inner = self._open[-1] if self._open else None
        if inner and isinstance(inner.values, dict) and inner.name is None:
            self._name(inner, inner.values, event)
        else:
            self._place(event.value if event.style else _value(event.value), event)

    def _name(self, inner: _Open, values: dict[str, Any], event: Any) -> None:
        name, path = str(event.value), (*inner.path, str(event.value))
        if name in values:
            self._complain(event, name, f"stands twice, first in line {self.lines[path]}.", "Keep one of them.")
        self.lines[path] = event.start_mark.line + 1
        inner.name = name

    def _place(self, value: Any, event: Any) -> Path:
        if not self._open:
            self.root = value
            return ()
        inner = self._open[-1]
        if isinstance(inner.values, list):
            path: Path = (*inner.path, len(inner.values))
            inner.values.append(value)
            self.lines[path] = event.start_mark.line + 1
            return path
        if inner.name is None:
            self._complain(event, "file", "uses a list or mapping as the name of a field.", _PLAIN)
        name, inner.name = inner.name or "", None
        inner.values[name] = value
        return (*inner.path, name)

    def _complain(self, event: Any, name: str, what: str, right: str) -> None:
        self.problems.append(Problem(self.file, event.start_mark.line + 1, name, what, right))


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return _number(text) if _NUMBER.fullmatch(text) else text


def _number(text: str) -> int | float | str:
    """The number, or the text itself where it is too large for one."""
    number = float(text)
    if not isfinite(number) or abs(number) >= _HUGE:
        return text
    return int(text) if text.lstrip("+-").replace("_", "").isdigit() else number
