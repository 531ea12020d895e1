"""How often one visitor may knock at which kind of public door."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Door:
    """A kind of door, and how many knocks fit into each stretch of time."""

    kind: str
    most: int
    stretch: timedelta

    def begins(self, now: datetime) -> datetime:
        """When the stretch began that a moment lies in."""
        seconds = int(self.stretch.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)

    def ends(self, now: datetime) -> datetime:
        """When it is over."""
        return self.begins(now) + self.stretch

    def key(self, visitor: str) -> str:
        """What knocks are counted by; the visitor's address itself is not kept."""
        return hashlib.sha256(f"{self.kind}|{visitor}".encode()).hexdigest()


READ = Door("read", 120, timedelta(minutes=1))
"""Pages that a visitor reads."""
WRONG = Door("wrong", 20, timedelta(minutes=15))
"""Links and codes that a visitor got wrong."""
PHRASE = Door("phrase", 8, timedelta(minutes=15))
"""Passphrases that a visitor tries at one link."""
PHRASES = Door("phrases", 60, timedelta(minutes=15))
"""Passphrases that anybody tries at one link."""
