"""What gives points and how many at most a day, badges, and the boards: from deeds that were counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken

SMALLEST_GROUP = 5
"""A team of fewer stands on no board: its average would tell of each."""
TOP = 10
"""So many stand on the board of people: nobody is shown at its end."""
WHAT_LIMIT, WHY_LIMIT = 200, 2000
WEEKDAYS = 5


class Deed(StrEnum):
    """What is recognised."""

    LOGGED = "logged"
    COMPLETED = "completed"
    MOVED = "moved"
    CONVERTED = "converted"
    MERGED = "merged"
    HELPED = "helped"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table: the deed, its points, how many count on one day, and what exactly counts."""

    deed: Deed
    name: str
    points: int
    cap: int
    told: str


_TABLE = (
    Rule(
        Deed.LOGGED,
        "Logged in time",
        2,
        10,
        "A call, e-mail or meeting that was entered by hand within 24 hours of happening.",
    ),
    Rule(
        Deed.COMPLETED,
        "A whole record",
        3,
        10,
        "A lead, account, contact or deal that was entered by hand and has every required field, valid.",
    ),
    Rule(
        Deed.MOVED,
        "A deal moved on",
        5,
        5,
        "A deal made here that came to a later stage for the first time and has a next step with its day, or was won.",
    ),
    Rule(Deed.CONVERTED, "A lead converted", 15, 3, "A lead that became a customer who is still there."),
    Rule(
        Deed.MERGED,
        "Duplicates merged",
        5,
        5,
        "Two records made one by hand; one that the same person had made in the week before gives nothing.",
    ),
    Rule(Deed.HELPED, "Help given", 10, 2, "Help that was offered to others in this roll-out, done."),
)
RULES: Mapping[Deed, Rule] = {each.deed: each for each in _TABLE}
NEVER = (
    "What is imported, migrated, in the bin or undone gives nothing, and neither does changing a record again and"
    " again. Points are counted from the records each time: nothing is kept that could differ from them."
)


@dataclass(frozen=True, slots=True)
class Done:
    """Somebody did something so many times on a day; ``of``: out of so many that could have been (logged in time)."""

    deed: Deed
    person_id: int
    day: date
    count: int
    of: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """Somebody's points, and by deed how often it counted and what it gave."""

    points: int
    by_deed: Mapping[Deed, tuple[int, int]]


NOTHING = Score(0, {})


def scores(done: Iterable[Done], since: date, until: date) -> dict[int, Score]:
    """The points of everybody in a stretch of days, each deed at most so often a day.

    >>> day = date(2026, 2, 18)
    >>> found = scores([Done(Deed.LOGGED, 1, day, 14), Done(Deed.CONVERTED, 1, day, 1)], day, day)
    >>> found[1].points, found[1].by_deed[Deed.LOGGED]
    (35, (10, 20))
    """
    daily: dict[tuple[int, Deed, date], int] = defaultdict(int)
    for each in done:
        if since <= each.day <= until:
            daily[each.person_id, each.deed, each.day] += each.count
    counted: dict[int, dict[Deed, int]] = defaultdict(lambda: defaultdict(int))
    for (person, deed, _day), count in daily.items():
        counted[person][deed] += min(count, RULES[deed].cap)
    found = {}
    for person, deeds in counted.items():
        by_deed = {deed: (deeds[deed], deeds[deed] * RULES[deed].points) for deed in Deed if deeds.get(deed)}
        found[person] = Score(sum(points for _count, points in by_deed.values()), by_deed)
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody, or a team, on a board; those with the same points share a rank."""

    rank: int
    id: int
    points: float


def board(points: Mapping[int, float]) -> list[Place]:
    """Everybody with points, the most first; equal points share a rank and stand by their number.

    >>> [(each.rank, each.id) for each in board({7: 20, 8: 35, 9: 20, 4: 0})]
    [(1, 8), (2, 7), (2, 9)]
    """
    listed = sorted(((value, key) for key, value in points.items() if value > 0), key=lambda row: (-row[0], row[1]))
    return [Place(1 + sum(other > value for other, _key in listed), key, value) for value, key in listed]


def team_board(teams: Mapping[int, Sequence[int]], points: Mapping[int, float]) -> list[Place]:
    """Teams by their points a head; those of fewer than five who take part are left out.

    >>> team_board({1: [1, 2, 3, 4, 5], 2: [6]}, {1: 10, 6: 99})
    [Place(rank=1, id=1, points=2.0)]
    """
    heads = {team: ids for team, ids in teams.items() if len(ids) >= SMALLEST_GROUP}
    return board({team: sum(points.get(each, 0) for each in ids) / len(ids) for team, ids in heads.items()})


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge, and how somebody earns it: from their own deeds alone."""

    key: str
    name: str
    told: str
    earned: Callable[[Sequence[Done]], bool]


def _so_often(deed: Deed, times: int) -> Callable[[Sequence[Done]], bool]:
    def earned(mine: Sequence[Done]) -> bool:
        return sum(min(each.count, RULES[deed].cap) for each in mine if each.deed is deed) >= times

    return earned


def _weeks(mine: Sequence[Done]) -> dict[date, list[Done]]:
    found: dict[date, list[Done]] = defaultdict(list)
    for each in mine:
        found[each.day - timedelta(days=each.day.weekday())].append(each)
    return found


def _all_in_time(mine: Sequence[Done]) -> bool:
    """In one week at least ten interactions, and each of them in time."""
    for week in _weeks([each for each in mine if each.deed is Deed.LOGGED]).values():
        done, of = sum(each.count for each in week), sum(each.of for each in week)
        if done == of >= WEEKDAYS * 2:
            return True
    return False


def _every_day(mine: Sequence[Done]) -> bool:
    return any(
        len({each.day for each in week if each.day.weekday() < WEEKDAYS and each.count}) == WEEKDAYS
        for week in _weeks(mine).values()
    )


BADGES = (
    Badge(
        "all-in-time",
        "All in time",
        "Ten interactions in one week, every one logged within a day.",
        _all_in_time,
    ),
    Badge("every-day", "Every day", "Something that gives points on each of the five weekdays of a week.", _every_day),
    Badge("door-opener", "Door opener", "Five leads converted.", _so_often(Deed.CONVERTED, 5)),
    Badge(
        "whole-picture",
        "Whole picture",
        "Twenty-five whole records.",
        _so_often(Deed.COMPLETED, 25),
    ),
    Badge("tidy-hand", "Tidy hand", "Five pairs of duplicates made one.", _so_often(Deed.MERGED, 5)),
    Badge("helping-hand", "Helping hand", "Help given to colleagues three times.", _so_often(Deed.HELPED, 3)),
)


def badges(mine: Sequence[Done]) -> list[Badge]:
    """The badges that somebody has earned."""
    return [each for each in BADGES if each.earned(mine)]


def check_reward(what: str, why: str) -> tuple[str, str]:
    """What is given and why, as they are kept. Raises RuleBroken."""
    given, reason = " ".join(what.split()), why.strip()
    for field, text, limit, name in (("what", given, WHAT_LIMIT, "what is given"), ("why", reason, WHY_LIMIT, "why")):
        if not text:
            raise RuleBroken("recognition.empty", "Say %(name)s.", field=field, name=name)
        if len(text) > limit:
            raise RuleBroken(
                "recognition.long", "At most %(limit)s characters fit; these are %(length)s.", field=field,
                limit=limit, length=len(text),
            )  # fmt: skip
    return given, reason
