"""The kinds of what is foreseen, in the order in which a phase shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its word for one and for several, what it hangs below, and whether it belongs to the charter.

    The charter is what holds for the whole project: scope, objectives and figures.
    """

    key: str
    one: str
    many: str
    below: str = ""
    charter: bool = False


_LIST = (
    Kind("meeting", "Meeting", "Meetings"),
    Kind("agenda", "Agenda point", "Agenda", "meeting"),
    Kind("attendee", "Attendee", "Attendees", "meeting"),
    Kind("goal", "Goal", "Goals", "meeting"),
    Kind("outcome", "Outcome", "Outcomes", "meeting"),
    Kind("communication", "Message", "Communication plan"),
    Kind("training", "Training", "Training"),
    Kind("deliverable", "Deliverable", "Deliverables"),
    Kind("automation", "Automation", "Automations"),
    Kind("report", "Report", "Reports"),
    Kind("scope", "Scope", "Scope", charter=True),
    Kind("objective", "Objective", "Objectives", charter=True),
    Kind("metric", "Success metric", "Success metrics", charter=True),
    Kind("kpi", "KPI", "KPIs", charter=True),
    Kind("sla", "Service level", "Service levels", charter=True),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _LIST}


def kind_of(key: str) -> Kind:
    """A kind by its key; one that is not known yet is shown by its key, after the others.

    >>> kind_of("kpi").one, kind_of("survey").many
    ('KPI', 'survey')
    """
    return KINDS.get(key) or Kind(key, key, key)
