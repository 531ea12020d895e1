"""Which column of a sheet means what: guessed by its head, chosen by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.errors import RuleBroken

CSV_HEADS = (
    "id",
    "wbs",
    "name",
    "type",
    "duration",
    "start",
    "finish",
    "predecessors",
    "resources",
    "percent_complete",
    "cost",
    "baseline_start",
    "baseline_finish",
    "baseline_cost",
    "actual_start",
    "actual_finish",
    "actual_cost",
    "constraint",
    "deadline",
)
"""The header of an exported plan, a promise to scripts."""

NAMES = {
    "id": "Number",
    "wbs": "WBS",
    "name": "Name",
    "type": "Kind of row",
    "duration": "Duration",
    "start": "Start",
    "finish": "Finish",
    "predecessors": "Predecessors",
    "resources": "Resources",
    "percent_complete": "Progress",
    "actual_start": "Actual start",
    "actual_finish": "Actual finish",
    "cost": "Cost",
    "actual_cost": "Actual cost",
    "baseline_start": "Start in the baseline",
    "baseline_finish": "Finish in the baseline",
    "baseline_cost": "Cost in the baseline",
    "estimate_low": "Best estimate",
    "estimate_likely": "Likely estimate",
    "estimate_high": "Worst estimate",
    "estimate_shape": "Spread of the estimate",
    "constraint": "Constraint",
    "deadline": "Deadline",
    "level": "Outline level",
    "description": "Description",
}
"""What can be read from a sheet, with its name for people."""

_WORDS = {
    "id": ("id", "no", "nr", "number", "task id", "#", "line"),
    "wbs": ("wbs", "outline number", "wbs code"),
    "name": ("name", "task name", "task", "activity", "title", "summary", "milestone"),
    "type": ("type", "kind"),
    "duration": ("duration", "days", "length"),
    "start": ("start", "start date", "begin", "from"),
    "finish": ("finish", "finish date", "end", "end date", "due", "due date", "to"),
    "predecessors": ("predecessors", "predecessor", "depends on", "dependencies", "after"),
    "resources": ("resources", "resource names", "resource", "owner", "role", "assignee", "assigned to", "responsible"),
    "percent_complete": ("percent complete", "% complete", "percent", "progress", "done", "%"),
    "actual_start": ("actual start",),
    "actual_finish": ("actual finish", "actual end"),
    "cost": ("cost", "total cost", "planned cost"),
    "actual_cost": ("actual cost",),
    "baseline_start": ("baseline start",),
    "baseline_finish": ("baseline finish", "baseline end"),
    "baseline_cost": ("baseline cost",),
    "estimate_low": ("estimate low", "best estimate", "optimistic"),
    "estimate_likely": ("estimate likely", "likely estimate", "most likely"),
    "estimate_high": ("estimate high", "worst estimate", "pessimistic"),
    "estimate_shape": ("estimate shape",),
    "constraint": ("constraint", "constraint type"),
    "deadline": ("deadline",),
    "level": ("level", "outline level", "indent"),
    "description": ("description", "notes", "note"),
}

Mapped = Mapping[str, int]
"""The place of each column that is read, by what it means."""


def guess(heads: Sequence[str]) -> dict[str, int]:
    """The likeliest meaning of each column; each meaning once, the first column that fits.

    >>> guess(["Task Name", "Start Date", "% Complete", "colour"])
    {'name': 0, 'start': 1, 'percent_complete': 2}
    """
    plain = [" ".join(head.replace("_", " ").casefold().split()) for head in heads]
    found: dict[str, int] = {}
    for meaning, words in _WORDS.items():
        place = next((plain.index(word) for word in words if word in plain), None)
        if place is not None and place not in found.values():
            found[meaning] = place
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def check(mapped: Mapped, heads: Sequence[str]) -> None:
    """Raise RuleBroken for a mapping without names, one that names a column twice or one that does not exist."""
    if "name" not in mapped:
        raise RuleBroken("import.no_name", "Choose the column that holds the tasks' names.", field="name")
    for meaning, place in mapped.items():
        if meaning not in NAMES or not 0 <= place < len(heads):
            raise RuleBroken("import.column", "Choose one of the file's columns.", field=meaning)
    places = list(mapped.values())
    for meaning, place in mapped.items():
        if places.count(place) > 1:
            text = "The column “%(head)s” is chosen twice. Choose another one, or none."
            raise RuleBroken("import.column_twice", text, field=meaning, head=heads[place][:60])
