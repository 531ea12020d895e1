"""The portfolio in counts: what its sentence is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from reports.board.rules.lines import Ready

_ORDER = (Ready.NO_GO, Ready.UNKNOWN, Ready.CONDITIONS, Ready.GO, Ready.OPEN, Ready.LIVE, Ready.CLOSED)


class Row(Protocol):
    """What is read of a roll-out's line."""

    @property
    def id(self) -> int: ...  # noqa: D102  # a line of the portfolio
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def ready(self) -> Ready: ...  # noqa: D102
    @property
    def late(self) -> int: ...  # noqa: D102


Line = TypeVar("Line", bound=Row)


@dataclass(frozen=True, slots=True)
class Summary(Generic[Line]):
    """Roll-outs by whether they can go; ``near`` counts those that are judged now or ought to be."""

    goes: Sequence[Line]
    stopped: Sequence[Line]
    unjudged: Sequence[Line]
    far: Sequence[Line]
    live: Sequence[Line]

    @property
    def near(self) -> int:
        """How many are near their go-live."""
        return len(self.goes) + len(self.stopped) + len(self.unjudged)


def ordered(rows: Iterable[Line]) -> list[Line]:
    """What can't go first, the latest of them first."""
    return sorted(rows, key=lambda row: (_ORDER.index(row.ready), -row.late, row.name, row.id))


def summary(rows: Iterable[Line]) -> Summary[Line]:
    """Count the roll-outs."""
    found = ordered(rows)

    def are(*wanted: Ready) -> list[Line]:
        return [row for row in found if row.ready in wanted]

    return Summary(
        are(Ready.GO, Ready.CONDITIONS), are(Ready.NO_GO), are(Ready.UNKNOWN), are(Ready.OPEN), are(Ready.LIVE)
    )
