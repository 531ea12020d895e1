"""What the rooms of the CRM hear of records: one event for one record or for a thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.events import Event


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What happened to one record: its values before (none: it is new) and after, of the fields that changed."""

    id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordsWritten(Event):
    """Records of one object were created (``created``), changed, put into the bin or taken out of it."""

    object: str
    changes: tuple[RecordChange, ...]
    created: bool = False

    @property
    def ids(self) -> list[int]:
        """The numbers of the records."""
        return [each.id for each in self.changes]


@dataclass(frozen=True, slots=True)
class RecordsHappened(Event):
    """Something happened to records that changed none of their fields, such as a promise that is at risk.

    ``what`` is "sla-risk" (a ticket's promise is at risk) or "form" (a web form made the record).
    """

    object: str
    what: str
    ids: tuple[int, ...]
