"""Facts that upper floors may hear: past tense, frozen. A handler that fails undoes the action."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """The base of every fact."""
