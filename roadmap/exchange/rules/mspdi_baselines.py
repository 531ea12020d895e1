"""The baselines of a file of MS Project, 0 to 10: frozen rows of tasks here, and what else they said beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.worktime import standard
from roadmap.baselines.rules.frozen import HIGHEST_NUMBER, Frozen
from roadmap.exchange.rules.entry import Entry
from roadmap.exchange.rules.mspdi_money import cents, hundredths
from roadmap.exchange.rules.plan_file import BaselineSeed
from roadmap.exchange.rules.xml import Node, rows
from roadmap.tasks.rules.fields import LONGEST

_READ = frozenset({"Start", "Finish", "Duration", "Work", "Cost"})


def read(project: Entry, entries: Sequence[Entry], keys: Sequence[str], digits: int) -> tuple[BaselineSeed, ...]:
    """The baselines with the rows that have both dates; the one that earned value is measured against is told."""
    found: dict[int, dict[str, Frozen]] = {}
    for entry, key in zip(entries, keys, strict=True):
        for node in rows(entry.node, "Baseline"):
            part = Entry(node, entry.where, entry.tell)
            number, row = part.whole("Number", -1), _frozen(part, digits)
            if row is not None and 0 <= number <= HIGHEST_NUMBER:
                found.setdefault(number, {}).setdefault(key, row)
    wanted, saved = project.whole("BaselineForEarnedValue"), project.moment("LastSaved")
    return tuple(
        BaselineSeed(name_of(number), found[number], number, saved.date() if saved else None, number == wanted)
        for number in sorted(found)
    )


def name_of(number: int) -> str:
    """What MS Project calls a baseline."""
    return f"Baseline {number}" if number else "Baseline"


def _frozen(part: Entry, digits: int) -> Frozen | None:
    start, finish = part.moment("Start"), part.moment("Finish")
    if start is None or finish is None or finish < start:
        return None
    length = part.minutes("Duration")
    length = standard().between(start, finish) if length is None else length
    work = part.minutes("Work", 0) or 0
    return Frozen(start, finish, _within(length), _within(work), cents(part, "Cost", digits))


def _within(minutes: int) -> int:
    return min(max(minutes, 0), LONGEST)


def left(task: Node) -> list[Node]:
    """What the baselines of a task said besides what is frozen here, by their numbers; those not read stay whole."""
    quiet = (Entry(node, "", lambda _issue: None) for node in rows(task, "Baseline"))
    kept = []
    for part in quiet:
        read = _frozen(part, 0) is not None and 0 <= part.whole("Number", -1) <= HIGHEST_NUMBER
        node = {tag: value for tag, value in part.node.items() if not (read and tag in _READ)}
        if len(node) > 1 or not read:
            kept.append(node)
    return kept


def written(task: Mapping[str, Any], kept: Node, baselines: Mapping[int, Mapping[int, Any]], digits: int) -> list[Node]:
    """The baselines of a task: ours with what else was said of them, then those that were never read."""
    beside = {str(node.get("Number")).strip(): node for node in rows(kept, "Baseline")}
    return sorted(
        [*_ours(task, beside, baselines, digits), *_strange(beside, baselines)],
        key=lambda node: str(node.get("Number")).zfill(3),
    )


def _ours(
    task: Mapping[str, Any], beside: Mapping[str, Node], baselines: Mapping[int, Mapping[int, Any]], digits: int
) -> Iterator[Node]:
    for number, rows_of in baselines.items():
        if task["id"] in rows_of:
            start, finish, length, work, cost = rows_of[task["id"]]
            yield {
                "DurationFormat": "7",
                **beside.get(str(number), {}),
                "Number": str(number),
                "Start": start.strftime("%Y-%m-%dT%H:%M:%S"),
                "Finish": finish.strftime("%Y-%m-%dT%H:%M:%S"),
                "Duration": f"PT{length // 60}H{length % 60}M0S",
                "Work": f"PT{work // 60}H{work % 60}M0S",
                "Cost": hundredths(cost, digits),
            }


def _strange(beside: Mapping[str, Node], baselines: Mapping[int, Any]) -> Iterator[Node]:
    known = {str(number) for number in baselines}
    return (node for number, node in beside.items() if number not in known and _READ & node.keys())
