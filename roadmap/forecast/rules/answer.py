"""What the runs say: quantiles, the chance of a target, what drives the end and what would bring it forward."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from kernel.worktime import DAY, instant_of, minute_of
from roadmap.forecast.rules.model import DAY_MINUTES, Crew, Model, Purse
from roadmap.forecast.rules.passes import Passes, Told
from roadmap.forecast.rules.sampling import Draws, Minutes, draw

RUNS, SEED = 10_000, 1
LEAST_RUNS, MOST_RUNS = 100, 100_000
DRIVERS, HALVED, ROLES = 6, 4, 8
_WELL, _BADLY = 0.1, 0.9
_WIDEST = 70
"""Days beyond which a histogram counts weeks."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The moments before or at which 10, 50, 80 and 95 percent of the runs end."""

    p10: datetime
    p50: datetime
    p80: datetime
    p95: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """A milestone: ``chance`` is the share of runs that reach it by the end of its target day, None without one."""

    task: int
    quantiles: Quantiles
    target: date | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """How many runs end in a day, or in the week that begins with it."""

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Driver:
    """A task that moves the end. ``days`` are what P80 gains if it takes its likely time for sure.

    ``well`` and ``badly`` are how many days P80 moves if it goes as one time in ten, or worse than nine in ten.
    """

    task: int
    criticality: float
    days: float
    well: float
    badly: float


@dataclass(frozen=True, slots=True)
class Help:
    """Something that could be done, and the working days that P80 gains by it.

    ``kind`` is "risk" (it can't strike any more), "person" (one more of a role shares the role's work) or "halve" (half
    the time is left of one task).
    """

    kind: str
    id: int
    days: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A forecast. ``exact`` says that each run went through the scheduler by itself, and so there are fewer.

    ``goal`` is the go-live milestone, or None where the end of the plan was forecast; ``planned`` its date by the plan.
    Costs are in the smallest unit of the currency, None where the project counts no money.
    """

    runs: int
    seed: int
    exact: bool
    goal: int | None
    planned: datetime
    quantiles: Quantiles
    target: date | None
    chance: float | None
    bins: tuple[Bin, ...]
    weekly: bool
    stops: tuple[Stop, ...]
    drivers: tuple[Driver, ...]
    helps: tuple[Help, ...]
    criticality: Mapping[int, float]
    cost_p50: int | None = None
    cost_p80: int | None = None


def forecast(
    model: Model,
    targets: Mapping[int | None, date],
    *,
    runs: int = RUNS,
    seed: int = SEED,
    told: Told | None = None,
    purse: Purse | None = None,
) -> Answer:
    """Run a plan and read the answer. ``targets`` by milestone; that of the whole plan stands at None.

    ``told`` hears how much of a hundred is done. Raises PlanBroken, and RuleBroken where durations are out of reason.
    """
    draws = draw(model, runs, seed)
    asking = _Asking(model, draws, targets)
    for part in asking.steps():
        if told is not None:
            told(part)
    answer = asking.answer(seed)
    if purse is None:
        return answer
    costs = costs_of(model, draws, purse)
    return replace(answer, cost_p50=quantile(costs, 0.5), cost_p80=quantile(costs, 0.8))


def costs_of(model: Model, draws: Draws, purse: Purse) -> Minutes:
    """What each run costs in cents: the plan, what is left of each task by what it takes, and the risks that struck."""
    usual = {row.id: row.duration_minutes for row in model.plan.activities}
    found = np.full(draws.runs, float(purse.total))
    for task, line in draws.minutes.items():
        if usual[task]:
            found += purse.left.get(task, 0) * (line / usual[task] - 1)
    for struck in draws.costs.values():
        found += struck * 10**purse.digits
    cents: Minutes = np.rint(found).astype(np.int64)
    return cents


def runs_singly(model: Model) -> bool:
    """Whether each run has to go through the scheduler by itself, which takes long. Raises as `forecast`."""
    return not Passes(model, draw(model, LEAST_RUNS, SEED)).vectorised


def check_runs(runs: int) -> int:
    """As many runs as may be asked for."""
    return max(LEAST_RUNS, min(runs, MOST_RUNS))


def quantile(line: Minutes, share: float) -> int:
    """The smallest value that at least this share of the runs do not exceed (nearest rank).

    >>> quantile(np.array([3, 1, 2, 4]), 0.5)
    2
    """
    rank = max(1, math.ceil(share * len(line) - 1e-9))
    return int(np.partition(line, rank - 1)[rank - 1])


def chance_of(line: Minutes, target: date | None) -> float | None:
    """The share of runs that end by the end of a day."""
    if target is None:
        return None
    midnight = minute_of(datetime.combine(target, time())) + DAY
    return float(np.count_nonzero(line <= midnight)) / len(line)


def bins_of(line: Minutes) -> tuple[tuple[Bin, ...], bool]:
    """How many runs end on each day, weekends left out where nothing ends then; by weeks where there are many days."""
    days, counts = np.unique(line // DAY, return_counts=True)
    weekly = bool(days[-1] - days[0] > _WIDEST)
    found: dict[date, int] = {}
    for number, count in zip(days.tolist(), counts.tolist(), strict=True):
        day = instant_of(number * DAY).date()
        found_day = day - timedelta(days=day.weekday()) if weekly else day
        found[found_day] = found.get(found_day, 0) + count
    return tuple(Bin(day, count) for day, count in sorted(found.items())), weekly


class _Asking:
    """The questions that are put to one set of runs."""

    def __init__(self, model: Model, draws: Draws, targets: Mapping[int | None, date]) -> None:
        self.model, self.draws, self.targets = model, draws, targets
        self.passes = Passes(model, draws)
        rows = model.plan.activities
        self.stops = [row.id for row in rows if row.type == "milestone" and not row.finished and row.active]
        self.names = {row.id: row for row in rows}
        self.drivers: list[Driver] = []
        self.helps: list[Help] = []

    def steps(self) -> Iterator[int]:
        """Ask one thing after the other; says after each how much of a hundred is done."""
        goal = [] if self.model.goal is None else [self.model.goal]
        self.found = self.passes.run(self.draws, {*self.stops, *goal}, drivers=True)
        self.line = self.found.finish[self.model.goal]
        self.p80 = quantile(self.line, 0.8)
        yield 15
        questions = [*self._questions()]
        for number, ask in enumerate(questions, 1):
            ask()
            yield 15 + 85 * number // len(questions)

    def answer(self, seed: int) -> Answer:
        """What was found."""
        goal, target = self.model.goal, self.targets.get(self.model.goal)
        usual = self.passes.usual
        bins, weekly = bins_of(self.line)
        return Answer(
            runs=self.found.runs,
            seed=seed,
            exact=not self.passes.vectorised,
            goal=goal,
            planned=usual.finish if goal is None else usual.dates[goal].finish,
            quantiles=_quantiles(self.line),
            target=target,
            chance=chance_of(self.line, target),
            bins=bins,
            weekly=weekly,
            stops=tuple(self._stop(task) for task in self.stops),
            drivers=tuple(sorted(self.drivers, key=lambda each: (-each.days, -each.criticality, each.task))),
            helps=tuple(sorted(self.helps, key=lambda each: (-each.days, each.kind, each.id))),
            criticality={task: share for task, share in self.found.critical.items() if share > 0},
        )

    def _stop(self, task: int) -> Stop:
        line, target = self.found.finish[task], self.targets.get(task)
        return Stop(task, _quantiles(line), target, chance_of(line, target))

    def _questions(self) -> Iterator:  # type: ignore[type-arg]
        for task in self._likely_drivers():
            yield lambda task=task: self._drive(task)
        for task in self._worth_halving():
            yield lambda task=task: self._halve(task)
        for crew in self._worth_joining():
            yield lambda crew=crew: self._join(crew)
        for threat in self.draws.strikes:
            yield lambda threat=threat: self._close(threat)

    def _likely_drivers(self) -> Sequence[int]:
        """The tasks that are often critical and uncertain: criticality times the spread of what they take."""
        weights = {
            task: self.found.critical.get(task, 0) * float(line.std()) for task, line in self.draws.minutes.items()
        }
        return [task for task in sorted(weights, key=lambda each: (-weights[each], each)) if weights[task] > 0][
            :DRIVERS
        ]

    def _worth_halving(self) -> Sequence[int]:
        weights = {
            row.id: self.found.critical.get(row.id, 0) * row.duration_minutes * (100 - row.percent_complete)
            for row in self.model.plan.activities
            if row.type == "task" and not row.finished
        }
        return [task for task in sorted(weights, key=lambda each: (-weights[each], each)) if weights[task] > 0][:HALVED]

    def _worth_joining(self) -> Sequence[Crew]:
        """The roles with work that was critical in any run, those with most of it first."""
        weights = {
            crew.role: sum(self.found.critical.get(task, 0) * self.names[task].duration_minutes for task in crew.people)
            for crew in self.model.crews
        }
        found = sorted(self.model.crews, key=lambda crew: (-weights[crew.role], crew.role))
        return [crew for crew in found if weights[crew.role] > 0][:ROLES]

    def _drive(self, task: int) -> None:
        line = self.draws.minutes[task]
        likely = self.model.estimates[task].likely
        sure, well, badly = (
            self._gain(self.draws.with_minutes({task: np.full(len(line), minutes)}))
            for minutes in (likely, quantile(line, _WELL), quantile(line, _BADLY))
        )
        self.drivers.append(Driver(task, self.found.critical.get(task, 0.0), sure, -well, -badly))

    def _halve(self, task: int) -> None:
        minutes = np.maximum(self._minutes(task) // 2, 1)
        self.helps.append(Help("halve", task, self._gain(self.draws.with_minutes({task: minutes}))))

    def _join(self, crew: Crew) -> None:
        """What n people do takes n + 1 of them n / (n + 1) of the time."""
        shorter = {
            task: np.maximum(np.rint(self._minutes(task) * (people / (people + 1))).astype(np.int64), 1)
            for task, people in crew.people.items()
        }
        self.helps.append(Help("person", crew.role, self._gain(self.draws.with_minutes(shorter))))

    def _minutes(self, task: int) -> Minutes:
        """What a task takes in each run."""
        line = self.draws.minutes.get(task)
        return np.full(self.draws.runs, self.names[task].duration_minutes) if line is None else line

    def _close(self, threat: int) -> None:
        self.helps.append(Help("risk", threat, self._gain(self.draws.without(threat))))

    def _gain(self, draws: Draws) -> float:
        """By how many working days P80 comes earlier in these runs."""
        wanted = [] if self.model.goal is None else [self.model.goal]
        line = self.passes.run(draws, wanted).finish[self.model.goal]
        calendar = self.model.plan.calendar
        minutes = calendar.between(instant_of(quantile(line, 0.8)), instant_of(self.p80))
        return round(minutes / DAY_MINUTES, 2)


def _quantiles(line: Minutes) -> Quantiles:
    return Quantiles(*(instant_of(quantile(line, share)) for share in (0.1, 0.5, 0.8, 0.95)))
