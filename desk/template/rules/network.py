"""Whether the dependencies of the tasks make one network from the first task to the closing milestone."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from .entries import TaskEntry, Template
from .places import Problem

Links = Mapping[str, Sequence[str]]


def check_network(template: Template) -> Iterator[Problem]:
    """Unknown predecessors, a cycle with its tasks, loose beginnings and loose ends."""
    tasks = {task.key: task for task in template.tasks}
    yield from _unknown_predecessors(template, tasks)
    before = {task.key: [link.task for link in task.predecessors if link.task in tasks] for task in template.tasks}
    cycle = find_cycle(before)
    if cycle:
        yield _cycle(tasks, cycle)
    yield from _loose_starts(template)
    if template.template.closing in tasks:
        yield from _loose_ends(template, before)


def _unknown_predecessors(template: Template, tasks: Mapping[str, TaskEntry]) -> Iterator[Problem]:
    for task in template.tasks:
        for link in task.predecessors:
            if link.task not in tasks:
                near = get_close_matches(link.task, tasks, 3, 0.5) or list(tasks)[:3]
                what = f"{task.key} waits for “{link.task}”, which is not a task."
                right = f"Use for example {', '.join(near)}."
                yield Problem(link.place.file, link.place.line, "predecessors", what, right)


def find_cycle(before: Links) -> list[str]:
    """Tasks that wait for each other in a circle, the first one again at the end; empty when there are none."""
    done: set[str] = set()
    for first in before:
        if first in done:
            continue
        line: dict[str, None] = {first: None}
        ways = [iter(before[first])]
        while ways:
            following = next(ways[-1], None)
            if following is None:
                ways.pop()
                done.add(line.popitem()[0])
            elif following in line:
                keys = list(line)
                return [*keys[keys.index(following) :], following][::-1]
            elif following not in done:
                line[following] = None
                ways.append(iter(before[following]))
    return []


def _cycle(tasks: Mapping[str, TaskEntry], cycle: Sequence[str]) -> Problem:
    task = tasks[cycle[-1]]
    what = f"the tasks wait for each other in a circle: {' → '.join(cycle)}."
    return Problem(task.place.file, task.place.at("predecessors"), "predecessors", what, "Remove one of these links.")


def _loose_starts(template: Template) -> Iterator[Problem]:
    first = template.template.start
    for task in template.tasks:
        if not task.predecessors and task.key != first:
            what = f"{task.key} has no predecessor."
            yield Problem(task.place.file, task.place.line, "predecessors", what, f"Only {first} begins without one.")


def _loose_ends(template: Template, before: Links) -> Iterator[Problem]:
    closing = template.template.closing
    reached, open_ends = {closing}, [closing]
    while open_ends:
        new = set(before[open_ends.pop()]) - reached
        reached |= new
        open_ends += new
    for task in template.tasks:
        if task.key not in reached:
            what = f"{task.key} does not lead to the closing milestone."
            right = f"Make it a predecessor of another task that leads to {closing}."
            yield Problem(task.place.file, task.place.line, "key", what, right)
