"""Who may see the help desk of a roll-out and open its queue, and what its tickets add up to."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.permission import Visibility, allow

ALL = Visibility.ALL
GRANTS = (
    *allow("helpdesk.see", administrator=ALL, manager=ALL, member=ALL, executive=ALL),
    *allow("helpdesk.edit", administrator=ALL, manager=ALL),
)
"""Who works in a roll-out sees what troubles its people; its manager opens the queue."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the tickets of a queue add up to: open, of these the critical, the serious (critical or high), the late and
    those that nobody has; and those that are solved.
    """

    open: int = 0
    critical: int = 0
    serious: int = 0
    late: int = 0
    nobody: int = 0
    done: int = 0
