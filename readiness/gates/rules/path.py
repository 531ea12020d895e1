"""The cheapest path to go: which open criteria, taken as passed, turn a no-go, for the least effort.

To reach score and confidence by choosing among open criteria is a knapsack with two limits, filled from below. Both
limits are sums over the chosen: passing a criterion that fails adds ``weight x (1 - attained)`` to what the score
needs, passing one that is unknown adds ``weight x (1 - minimum)``, because it enters the whole as well; only the
latter adds to what is known. Costs (effort, how many, their numbers) are totally ordered and stay so when the same
criterion is added to both, so that a choice that costs no less and gains no more can be dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from readiness.gates.rules.decision import Decision, Standing
from readiness.gates.rules.results import Line, Result

_HAIR = 1e-9
_ANYTHING = 1e-6
"""Without any known criterion there is no score, however little the gate asks for."""
_CENT = 100
"""Efforts are compared in hundredths of a day, so that sums are exact."""


@dataclass(frozen=True, slots=True)
class _Choice:
    effort: int
    ids: tuple[int, ...]
    score: float
    known: float

    @property
    def cost(self) -> tuple[int, int, tuple[int, ...]]:
        return self.effort, len(self.ids), self.ids


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    effort: int
    score: float
    known: float


def cheapest_path(standing: Standing) -> tuple[Line, ...] | None:
    """The open criteria of least total effort (then fewest, then of the lowest ids) that, taken as passed, give a
    decision other than no-go; empty where it is none already, None where nothing helps.
    """
    if standing.decision is not Decision.NO_GO:
        return ()
    blocking = set(standing.blocking)
    items = [_item(standing, line) for line in sorted(standing.lines, key=_id) if line.open and line not in blocking]
    start = _start(standing, blocking)
    best = _fill(start, items, *_needs(standing))
    if best is None:
        return None
    by_id = {line.criterion.id: line for line in standing.lines}
    return tuple(by_id[each] for each in best.ids)


def effort_of(lines: Iterable[Line]) -> float:
    """Person-days to close some criteria."""
    return sum(round(line.criterion.effort_days * _CENT) for line in lines) / _CENT


def _id(line: Line) -> int:
    return line.criterion.id


def _start(standing: Standing, blocking: Iterable[Line]) -> _Choice:
    """What has to be chosen in any case."""
    items = [_item(standing, line) for line in sorted(blocking, key=_id)]
    return _Choice(
        sum(each.effort for each in items),
        tuple(each.id for each in items),
        sum(each.score for each in items),
        sum(each.known for each in items),
    )


def _needs(standing: Standing) -> tuple[float, float]:
    """What is missing to the gate's minimum of score and of confidence, in weight."""
    wanted = standing.gate.minimum_score / 100
    counted = [(line.criterion.weight, line.attained) for line in standing.lines if line.attained is not None]
    whole = sum(line.criterion.weight for line in standing.lines)
    known = sum(weight for weight, _attained in counted)
    score = wanted * known - sum(weight * attained for weight, attained in counted)
    missing = standing.gate.minimum_confidence / 100 * whole - known
    return score, missing if counted else max(missing, _ANYTHING)


def _item(standing: Standing, line: Line) -> _Item:
    weight, effort = line.criterion.weight, round(line.criterion.effort_days * _CENT)
    if line.result is Result.UNKNOWN:
        return _Item(line.criterion.id, effort, weight * (1 - standing.gate.minimum_score / 100), weight)
    return _Item(line.criterion.id, effort, weight * (1 - (line.attained or 0.0)), 0.0)


def _fill(start: _Choice, items: Sequence[_Item], score: float, known: float) -> _Choice | None:
    """The cheapest choice that reaches both limits."""
    best: _Choice | None = None
    front = [start]
    for place, item in enumerate(items):
        best = _cheaper(best, front, score, known)
        rest = items[place:]
        left = sum(max(0.0, each.score) for each in rest), sum(each.known for each in rest)
        taken = [_add(each, item) for each in front]
        front = _undominated(each for each in (*front, *taken) if _may_win(each, best, left, score, known))
    return _cheaper(best, front, score, known)


def _add(choice: _Choice, item: _Item) -> _Choice:
    ids = tuple(sorted((*choice.ids, item.id)))
    return _Choice(choice.effort + item.effort, ids, choice.score + item.score, choice.known + item.known)


def _cheaper(best: _Choice | None, front: Iterable[_Choice], score: float, known: float) -> _Choice | None:
    done = [each for each in front if each.score >= score - _HAIR and each.known >= known - _HAIR]
    return min((*done, *([best] if best else [])), key=lambda each: each.cost, default=None)


def _may_win(choice: _Choice, best: _Choice | None, left: tuple[float, float], score: float, known: float) -> bool:
    if best is not None and choice.cost >= best.cost:
        return False
    return choice.score + left[0] >= score - _HAIR and choice.known + left[1] >= known - _HAIR


def _undominated(choices: Iterable[_Choice]) -> list[_Choice]:
    """Those that no cheaper one equals in both gains. The kept ones stand by rising score and falling known."""
    kept: list[_Choice] = []
    scores: list[float] = []
    knowns: list[float] = []
    for each in sorted(choices, key=lambda each: each.cost):
        place = bisect_left(scores, each.score)
        if place < len(scores) and knowns[place] >= each.known:
            continue
        worse = place
        while worse and knowns[worse - 1] <= each.known:
            worse -= 1
        scores[worse:place], knowns[worse:place] = [each.score], [each.known]
        kept.append(each)
    return kept
