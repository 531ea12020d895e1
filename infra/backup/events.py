"""What others may hear of backups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class Restored(Event):
    """The whole database became an older state of itself: what was ended, used up or sent since is as it was then."""

    at: datetime
