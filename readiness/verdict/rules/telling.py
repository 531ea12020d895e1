"""What people are told of a gate: its sentence, the way to a go, and sums that add up as they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from readiness.gates.rules.decision import Decision, Standing, in_tenths, stand
from readiness.gates.rules.definitions import Category
from readiness.gates.rules.path import cheapest_path, effort_of
from readiness.gates.rules.results import Line, Result
from readiness.gates.rules.waterfall import Step

_HUNDRED = 100
_HAIR = 1e-9
"""Sums of fractions miss a round limit by a hair, as in the decision."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentence of a gate is made of: counts, shortfalls and what turns the decision.

    ``fails`` and ``unknowns`` count must-haves that stand in the way. ``short`` is the least score where the score is
    below it, ``unsure`` the least confidence likewise. ``effort`` is in person-days (None where nothing helps), and
    ``leads_to`` what they lead to.
    """

    decision: Decision
    asked: int
    known: bool
    fails: int
    unknowns: int
    short: float | None
    unsure: float | None
    conditions: int
    effort: float | None
    leads_to: Decision


@dataclass(frozen=True, slots=True)
class Way:
    """From where a gate stands to a go: ``first`` as cheap as possible, ``rest`` from there to a full go.

    ``reached`` is the gate once ``first`` passes; None where nothing helps.
    """

    first: tuple[Line, ...]
    rest: tuple[Line, ...]
    reached: Standing | None

    @property
    def effort(self) -> float:
        """Person-days of the first part."""
        return effort_of(self.first)

    @property
    def more(self) -> float:
        """Person-days of the rest."""
        return effort_of(self.rest)


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion as a table shows it: points of the score that it gives, of those it could give, in tenths.

    ``whole`` is None where it is not counted.
    """

    line: Line
    points: float
    whole: float | None


@dataclass(frozen=True, slots=True)
class Section:
    """The criteria of a category; ``points`` and ``whole`` are the sums of what its rows show."""

    category: Category
    rows: tuple[Row, ...]
    points: float
    whole: float


def told(standing: Standing, way: Way | None = None) -> Told:
    """What is to be said of a gate in its first sentence; ``way`` is the one to go, where somebody found it already."""
    way, gate = way or way_of(standing), standing.gate
    blocking = [line.result for line in standing.blocking]
    short = standing.score is not None and standing.score < gate.minimum_score - _HAIR
    unsure = _HUNDRED * standing.confidence < gate.minimum_confidence - _HAIR
    no_go = standing.decision is Decision.NO_GO
    return Told(
        standing.decision,
        len(standing.lines),
        standing.score is not None,
        blocking.count(Result.FAIL),
        blocking.count(Result.UNKNOWN),
        gate.minimum_score if short else None,
        gate.minimum_confidence if unsure else None,
        len(standing.conditions),
        None if way.reached is None else way.effort if no_go else way.more,
        Decision.GO if way.reached is None or not no_go else way.reached.decision,
    )


def way_of(standing: Standing) -> Way:
    """The cheapest path, and what is left to a full go once it is gone."""
    path = cheapest_path(standing)
    if path is None:
        return Way((), standing.conditions, None)
    reached = passed(standing, path)
    return Way(path, reached.conditions, reached)


def passed(standing: Standing, lines: Iterable[Line]) -> Standing:
    """The gate as it would stand if some of its criteria passed."""
    done = {line.criterion.id for line in lines}
    return stand(
        standing.gate,
        [
            replace(line, result=Result.PASS, measured=Result.PASS, attained=1.0, unknown=None, waiver=None)
            if line.criterion.id in done
            else line
            for line in standing.lines
        ],
    )


def sections(standing: Standing) -> list[Section]:
    """The criteria by category. What is shown adds up: rows to sections, sections to the score and to 100."""
    known = sum(line.criterion.weight for line in standing.lines if line.counted)
    shares = [_HUNDRED * line.criterion.weight / known if known and line.counted else 0.0 for line in standing.lines]
    points, wholes = in_tenths(standing.contributions), in_tenths(shares)
    rows = [
        Row(line, own, whole if line.counted else None)
        for line, own, whole in zip(standing.lines, points, wholes, strict=True)
    ]
    found = [(each, tuple(row for row in rows if row.line.criterion.category is each)) for each in Category]
    return [
        Section(each, some, _sum(row.points for row in some), _sum(row.whole or 0.0 for row in some))
        for each, some in found
        if some
    ]


def shown_score(contributions: Sequence[float]) -> float:
    """The score in tenths, as the sum of what its parts show."""
    return _sum(in_tenths(contributions))


def shown_steps(found: Sequence[Step], before: float, after: float) -> list[Step]:
    """Steps in tenths that lead from one shown score to another: what rounding leaves goes to the largest of them.

    >>> [step.points for step in shown_steps([Step("a", 1.96), Step("b", -0.97)], 10.0, 11.1)]
    [2.1, -1.0]
    """
    tenths = in_tenths([step.points for step in found])
    if tenths:
        largest = max(range(len(tenths)), key=lambda place: abs(tenths[place]))
        tenths[largest] = round(tenths[largest] + (after - before) - sum(tenths), 1)
    return [Step(step.key, points) for step, points in zip(found, tenths, strict=True)]


def counted(lines: Iterable[Line]) -> dict[Result, int]:
    """How many criteria have each result, every result named."""
    results = [line.result for line in lines]
    return {each: results.count(each) for each in Result}


_ORDER = (Result.FAIL, Result.UNKNOWN, Result.WAIVED, Result.WARN, Result.PASS)


def must_haves(standing: Standing) -> list[Line]:
    """The must-haves, with what stands in the way first."""
    found = [line for line in standing.lines if line.criterion.must_have]
    return sorted(found, key=lambda line: _ORDER.index(line.result))


def _sum(tenths: Iterable[float]) -> float:
    return round(sum(tenths), 1)
