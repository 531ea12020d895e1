"""What the segments of figures are called that are choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm.objects.rules import choices

CHOICES: Mapping[str, Sequence[tuple[str, str]]] = {
    "source": choices.SOURCES,
    "region": choices.REGIONS,
    "kind": choices.ACTIVITY_KINDS,
    "priority": choices.PRIORITIES,
    "category": choices.TICKET_CATEGORIES,
    "channel": choices.CHANNELS,
    "measure": (("response", "First answer"), ("resolution", "Solution")),
}
"""The words of each segment that is chosen from a list."""
