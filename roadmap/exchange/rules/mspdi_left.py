"""What a file of MS Project says that nothing here uses: kept, written again, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roadmap.exchange.rules.plan_file import Issue
from roadmap.exchange.rules.xml import Node, rows

_NOTHING = ("", "0", "0.0", "0.00", "PT0H0M0S", "false")
_PINS = ("2", "3", "5", "7")
"""Must start or finish on a day, or no later than on one."""
_KEPT = "kept and written again, but nothing here uses it"
_TASKS: Mapping[str, str] = {
    "ExtendedAttribute": f"Custom fields: {_KEPT}.",
    "OutlineCode": f"Outline codes: {_KEPT}.",
    "Hyperlink": f"Hyperlinks: {_KEPT}.",
    "PhysicalPercentComplete": f"Physical progress: {_KEPT}.",
    "StartText": f"Dates as free text: {_KEPT}.",
    "FinishText": f"Dates as free text: {_KEPT}.",
    "DurationText": f"Durations as free text: {_KEPT}.",
    "Recurring": "Recurring tasks: each occurrence is an ordinary task here.",
    "IsSubproject": "Inserted projects: only their own row was read; import their files by themselves.",
    "ExternalTask": "Tasks of other files: they are ordinary tasks here.",
}
_RESOURCES: Mapping[str, str] = {
    "ExtendedAttribute": f"Custom fields: {_KEPT}.",
    "OutlineCode": f"Outline codes: {_KEPT}.",
    "OvertimeRate": "Rates for overtime: kept and written again; overtime counts at the ordinary rate here.",
    "AvailabilityPeriods": f"Changing availability: {_KEPT}.",
    "Baseline": f"Baselines of resources: {_KEPT}.",
}
_ASSIGNMENTS: Mapping[str, str] = {
    "ExtendedAttribute": f"Custom fields: {_KEPT}.",
    "WorkContour": "Work spread unevenly: it is even here.",
    "CostRateTable": "Other rates than those of table A: kept and written again; table A counts here.",
    "Baseline": f"Baselines of assignments: {_KEPT}.",
}
_PROJECT: Mapping[str, str] = {
    "MultipleCriticalPaths": "Several critical paths: critical is here what holds the end of the whole plan.",
    "MoveCompletedEndsBack": "Options that move done or remaining work by themselves: nothing moves here unasked.",
    "MoveRemainingStartsForward": "Options that move done or remaining work by themselves: nothing moves here unasked.",
}


def leftovers(root: Node) -> list[Issue]:
    """A sentence for each kind of thing, with how many there are."""
    groups = (
        ("tasks", rows(root, "Tasks", "Task"), _TASKS),
        ("resources", rows(root, "Resources", "Resource"), _RESOURCES),
        ("assignments", rows(root, "Assignments", "Assignment"), _ASSIGNMENTS),
        ("project", [root], _PROJECT),
    )
    return [*(issue for where, nodes, told in groups for issue in _told(where, nodes, told)), *_pushed(root)]


def _pushed(root: Node) -> list[Issue]:
    """What there is to say about a file whose constraints are said to give way to links."""
    concerned = sum(str(task.get("ConstraintType", "")).strip() in _PINS for task in rows(root, "Tasks", "Task"))
    if str(root.get("HonorConstraints", "1")).strip() not in _NOTHING or not concerned:
        return []
    what = (
        "Links may push tasks past their constraint dates, the file says. Here the dates hold; slack below 0 shows it."
    )
    return [Issue(_where("tasks", concerned), what)]


def _told(where: str, nodes: Sequence[Node], told: Mapping[str, str]) -> list[Issue]:
    counts: dict[str, int] = {}
    for tag, sentence in told.items():
        count = sum(node.get(tag, "") not in _NOTHING for node in nodes)
        if count:
            counts[sentence] = max(counts.get(sentence, 0), count)
    return [Issue(_where(where, count), sentence) for sentence, count in counts.items()]


def _where(where: str, count: int) -> str:
    if where == "project":
        return where
    return f"{count} {where.removesuffix('s') if count == 1 else where}"
