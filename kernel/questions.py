"""Questions asked before an act: a lower package declares one, upper floors answer with obstacles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why not yet: a sentence, and the page where it can be mended."""

    sentence: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The base of every question."""
