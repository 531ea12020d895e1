"""What the shell connects: events to their handlers, questions to those who answer, and the one policy.

Rooms reach the connections through the running application; the shell fills them from one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import current_app

from kernel.events import Event
from kernel.permission import Policy
from kernel.questions import Obstacle, Question

Handler = Callable[[Any, Any], None]
"""Called with the event and the infra.transaction.Work in which it happened."""
Answerer = Callable[[Any], Iterable[Obstacle]]


@dataclass(frozen=True)
class Wires:
    """The connections of one application."""

    policy: Policy
    clock: Callable[[], datetime]
    handlers: tuple[tuple[type[Event], Handler], ...] = ()
    answerers: tuple[tuple[type[Question], Answerer], ...] = ()
    settings: Any = None
    extras: dict[str, Any] = field(default_factory=dict)


def wires() -> Wires:
    """The connections of the running application."""
    return cast("Wires", current_app.extensions["launch90"])


def ask(question: Question) -> list[Obstacle]:
    """Every obstacle that an upper floor names; none means go ahead."""
    return [
        obstacle for kind, answer in wires().answerers if isinstance(question, kind) for obstacle in answer(question)
    ]
