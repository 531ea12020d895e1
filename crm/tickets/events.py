"""What the rooms above hear of conversations about tickets."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class TicketAnswered(Event):
    """Something public was said to a requester: by an agent, by the product itself, or as news to all affected."""

    ticket_id: int
    message_id: int
    automatic: bool = False
