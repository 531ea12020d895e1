"""Measuring and printing figures: a median of several runs, in wall time or processor time, beside its target.

A benchmark is a file of this folder with `main() -> list[Figure]`. It builds its figures with `measure` (or by hand,
for sizes and rates) and returns them; `run_all` prints and keeps them.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Clock = Literal["wall", "processor"]
Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Figure:
    """One measured value and what it should reach.

    `unit` is the unit of `value`, `target` and `spread`, for example "ms" or "ticks/s". `target` is None where a figure
    is only watched. `spread` is the distance between the quartiles, None for a single measurement.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    better: Better = "lower"
    spread: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.target is None:
            return None
        return self.value <= self.target if self.better == "lower" else self.value >= self.target


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least `percent` of the values do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.

    >>> percentile([1, 2, 3, 4], 50)
    2
    """
    if not values:
        raise ValueError("A percentile needs at least one value.")
    rank = max(1, -(-len(values) * percent // 100))
    return sorted(values)[int(rank) - 1]


def settle() -> None:
    """Take what was loaded and filled out of the collector's rounds, as a server's worker does once it has started."""
    gc.collect()
    gc.freeze()


def timings(action: Callable[[], object], runs: int, warm_up: int = 1, clock: Clock = "wall") -> list[float]:
    """Run `action` `runs` times after `warm_up` unmeasured ones; return the milliseconds of each.

    The processor clock counts this process only, its threads included, and not what it waits for.
    """
    read = time.perf_counter if clock == "wall" else time.process_time
    for _ in range(warm_up):
        action()
    measured = []
    for _ in range(runs):
        start = read()
        action()
        measured.append((read() - start) * 1000)
    return measured


def measure(
    name: str,
    action: Callable[[], object],
    *,
    runs: int = 15,
    target: float | None = None,
    clock: Clock = "wall",
    warm_up: int = 1,
    at: float | None = None,
) -> Figure:
    """Measure `action` in milliseconds: the median of `runs`, or the `at`-th percentile (95 for p95)."""
    values = timings(action, runs, warm_up, clock)
    value = statistics.median(values) if at is None else percentile(values, at)
    label = f"{name} ({'processor' if clock == 'processor' else 'wall'}{'' if at is None else f', p{at:g}'})"
    return Figure(label, value, "ms", target, spread=percentile(values, 75) - percentile(values, 25))


def number(value: float) -> str:
    """Write a value with three meaningful digits at most after a separator for thousands.

    >>> number(0.5), number(12.345), number(1234.5)
    ('0.50', '12.3', '1,234')
    """
    if abs(value) < 10:  # noqa: PLR2004 - below ten two decimals are meaningful
        return f"{value:.2f}"
    return f"{value:.1f}" if abs(value) < 1000 else f"{value:,.0f}"  # noqa: PLR2004 - from a thousand on none is


def line(figure: Figure) -> str:
    """Write a figure as one aligned line: name, value, spread, target, verdict."""
    spread = "" if figure.spread is None else f"±{number(figure.spread / 2)}"
    verdict = {True: "ok", False: "MISSED", None: ""}[figure.reached]
    sign = "≤" if figure.better == "lower" else "≥"
    target = "" if figure.target is None else f"{sign} {number(figure.target)}"
    return f"{figure.name:<58} {number(figure.value):>10} {figure.unit:<9} {spread:>8}  {target:>9}  {verdict}".rstrip()


def show(figures: Sequence[Figure]) -> list[Figure]:
    """Print the figures, one a line, and give them back."""
    for figure in figures:
        print(line(figure), flush=True)
    return list(figures)


def run(main: Callable[[], list[Figure]]) -> None:
    """Run one benchmark as a program: print its figures; the exit status says whether all targets are reached."""
    sys.exit(any(figure.reached is False for figure in show(main())))
