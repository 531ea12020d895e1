"""What counts as a hit: letters regardless of case and accents, the beginning of a word before its middle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.folding import folded

LONGEST = 200
SHORTEST = 2
"""A single letter finds too much to be of use."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, where it lies, and its address."""

    kind: str
    label: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; ``more`` says that further ones were left out."""

    kind: str
    hits: tuple[Hit, ...]
    more: bool


def wanted(text: str) -> str:
    """What is looked for: one line, no blanks around it, folded; empty when it is too short to find anything."""
    cleaned = folded(" ".join(text.replace("\0", " ").split())[:LONGEST])
    return cleaned if len(cleaned) >= SHORTEST else ""


def pattern(needle: str) -> str:
    r"""The needle as a LIKE pattern with backslash as the escape.

    >>> pattern("50 %")
    '%50 \\%%'
    """
    escaped = needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def group(kind: str, hits: Iterable[Hit], most: int) -> Group:
    """The first so many hits of one kind; it takes one more than that to know that there are more."""
    found = list(hits)
    return Group(kind, tuple(found[:most]), len(found) > most)
