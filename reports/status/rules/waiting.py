"""Who waits for what: work that others need next, and required items that a milestone needs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.status.rules.facts import ListState, Work

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody needs something from somebody, by a day.

    ``waiting`` are those who wait, each once ("" where nobody is named); ``then`` is what they can do afterwards.
    ``items`` counts required items where a checklist is waited for, else 0.
    """

    waiting: tuple[str, ...]
    what: str
    then: str
    whom: str
    due: date
    late: bool
    items: int = 0
    work_id: int | None = None


def waits_of(work: Sequence[Work], lists: Iterable[ListState], as_of: date) -> tuple[Wait, ...]:
    """Waits that matter now: for late work, for work under way or due within two weeks, and for open required items of
    milestones due by then; what the same person does next is no wait. Late ones first, then by day.
    """
    found = [*_for_work(work, as_of), *_for_items({each.id: each for each in work}, lists, as_of)]
    return tuple(sorted(found, key=lambda wait: (not wait.late, wait.due, wait.what)))


def _for_work(work: Sequence[Work], as_of: date) -> Iterable[Wait]:
    open_ = {each.id: each for each in work if not each.done}
    needed_by: dict[int, list[Work]] = defaultdict(list)
    for each in open_.values():
        for before in each.waits_for:
            if before in open_ and open_[before].who != each.who:
                needed_by[before].append(each)
    for id, after in needed_by.items():
        each = open_[id]
        ready = not any(before in open_ for before in each.waits_for)
        if each.late or (ready and each.start <= as_of) or (ready and each.due <= as_of + AHEAD):
            first = min(after, key=lambda next_: (next_.start, next_.id))
            people = tuple(dict.fromkeys(next_.who for next_ in after))
            yield Wait(people, each.name, first.name, each.who, each.due, each.late, work_id=each.id)


def _for_items(work: dict[int, Work], lists: Iterable[ListState], as_of: date) -> Iterable[Wait]:
    for each in lists:
        milestone = work.get(each.guards_id or 0)
        if milestone is None or milestone.done or not each.required_open or milestone.due > as_of + AHEAD:
            continue
        late = milestone.due < as_of
        yield Wait((milestone.who,), each.name, milestone.name, "", milestone.due, late, items=each.required_open)
