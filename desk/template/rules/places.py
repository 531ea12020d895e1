"""Where something stands in a template's files, and what is wrong there."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """The file and first line of an entry; `lines` has the line of each of its fields."""

    file: str = ""
    line: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, name: str) -> int:
        """The line of a field, or that of the entry when the field is missing."""
        return self.lines.get(name, self.line)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: in which file, line and field, what is wrong, and what would be right."""

    file: str
    line: int
    field: str
    what: str
    right: str

    def __str__(self) -> str:
        """One line as compilers print it: file:line: field: what. What would be right."""
        return f"{self.file}:{self.line}: {self.field}: {self.what} {self.right}"
