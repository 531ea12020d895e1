"""What upper floors and automations hear of promises."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class ClocksReached(Event):
    """Tickets whose clock of a ``measure`` (response, resolution) reached so many percent of its limit."""

    ticket_ids: tuple[int, ...]
    measure: str
    percent: int
